package actions

import (
	"context"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// TweetsInput configures the action "generate_tweet_posts".
type TweetsInput struct {
	// Number is how many tweets to write.
	Number int `json:"number,omitempty" jsonschema:"title=Number of tweets,default=2,minimum=1,maximum=10"`
	// Tone is the tone of the tweets.
	Tone string `json:"tone,omitempty" jsonschema:"title=Tone,default=friendly,enum=friendly,enum=professional,enum=casual,enum=enthusiastic" jsonschema_description:"How the tweets should sound."`
	// Emojis says whether tweets may hold emojis. Nil means yes.
	Emojis *bool `json:"emojis,omitempty" jsonschema:"title=Emojis,default=true" jsonschema_description:"Whether the tweets may hold emojis."`
	// Instructions are further wishes, in words.
	Instructions string `json:"instructions,omitempty" jsonschema:"title=Instructions" jsonschema_description:"Further wishes for the language model." fieldType:"textarea"`
}

func (b *blog) generateTweets(ctx context.Context, run *workflowkit.Run, in TweetsInput) (SocialOutput, error) {
	task := Tweets{Number: in.Number}.withDefaults()
	tone := in.Tone
	if tone == "" {
		tone = "friendly"
	}
	return b.announce(ctx, run, announcement{
		step: "generate-tweets", heading: "Twitter posts", label: "Tweet", limit: task.Number, task: task,
		instructions: lines(
			"You write for the marketing of a blog for developers.",
			fmt.Sprintf("Write %s that announce the blog post, each of at most %d characters and each about something else.", count(task.Number, "tweet"), MaxTweet),
			"Use a "+tone+" tone. "+emojiRule(in.Emojis == nil || *in.Emojis),
			"Where it fits, tease the main points of the blog post as a list.",
			"Claim nothing that the blog post does not say, and invent no links.",
			wishes(in.Instructions),
			answerWithPosts(task.Number, "tweet"),
		),
	})
}
