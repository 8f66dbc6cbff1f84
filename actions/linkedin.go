package actions

import (
	"context"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// LinkedInInput configures the action "generate_linkedin_posts".
type LinkedInInput struct {
	// Tone is the tone of the posts.
	Tone string `json:"tone,omitempty" jsonschema:"title=Tone,default=professional,enum=professional,enum=friendly,enum=casual,enum=enthusiastic" jsonschema_description:"How the posts should sound."`
	// Number is how many posts to write.
	Number int `json:"number,omitempty" jsonschema:"title=Number of posts,default=1,minimum=1,maximum=5"`
	// Emojis says whether posts may hold emojis. Nil means no.
	Emojis *bool `json:"emojis,omitempty" jsonschema:"title=Emojis,default=false" jsonschema_description:"Whether the posts may hold emojis."`
	// Instructions are further wishes, in words.
	Instructions string `json:"instructions,omitempty" jsonschema:"title=Instructions" jsonschema_description:"Further wishes for the language model." fieldType:"textarea"`
}

func (b *blog) generateLinkedInPosts(ctx context.Context, run *workflowkit.Run, in LinkedInInput) (SocialOutput, error) {
	task := LinkedInPosts{Number: in.Number}.withDefaults()
	tone := in.Tone
	if tone == "" {
		tone = "professional"
	}
	return b.announce(ctx, run, announcement{
		step: "generate-linked-posts", heading: "LinkedIn posts", limit: task.Number, task: task,
		instructions: lines(
			"You write for the marketing of a blog for developers.",
			fmt.Sprintf("Write %s for LinkedIn that make people want to read the blog post.", count(task.Number, "post")),
			"Use a "+tone+" tone. "+emojiRule(in.Emojis != nil && *in.Emojis),
			"Claim nothing that the blog post does not say, and invent no links.",
			wishes(in.Instructions),
			answerWithPosts(task.Number, "post"),
		),
	})
}
