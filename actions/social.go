package actions

import (
	"context"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// SocialOutput is the output of the actions that write posts for social networks.
type SocialOutput struct {
	// Posts are the posts, in order.
	Posts []string `json:"posts" jsonschema:"title=Posts"`
	// Text is all of it as it was added to the recommendations of the blog post, in Markdown.
	Text string `json:"text" jsonschema:"title=Text"`
	// Model names the text model.
	Model string `json:"model" jsonschema:"title=Text model"`
	// Note tells people what they should know about how the posts were made.
	Note string `json:"note,omitempty" jsonschema:"title=Note"`
}

const stepSaveRecommendations = "save-ai-recommendations"

// announcement is what the actions differ in that write posts for a social network.
type announcement struct {
	step, heading string
	// label stands before each post, with its number. Empty means that a rule stands between posts.
	label string
	// limit is the number of posts that were asked for.
	limit        int
	task         Task
	instructions string
}

// announce is what the actions have in common that write posts for a social network.
func (b *blog) announce(ctx context.Context, run *workflowkit.Run, a announcement) (SocialOutput, error) {
	post, err := b.load(ctx, run, true)
	if err != nil {
		return SocialOutput{}, err
	}
	if strings.TrimSpace(post.Title) == "" {
		if err := post.needText(); err != nil {
			return SocialOutput{}, err
		}
	}
	text, err := b.generate(ctx, run, a.step, Prompt{
		Task: a.task, Instructions: a.instructions, Title: post.Title, Document: post.Text,
	})
	if err != nil {
		return SocialOutput{}, err
	}
	posts := splitPosts(text.Content, a.limit)
	section := renderPosts(posts, a.label, text.Note)
	err = workflowkit.Do(ctx, stepSaveRecommendations, func(ctx context.Context) error {
		_, err := b.posts.AppendRecommendations(ctx, post.change(run, stepSaveRecommendations), a.heading, section)
		return fromPosts(post.ID, err)
	})
	if err != nil {
		return SocialOutput{}, err
	}
	return SocialOutput{Posts: posts, Text: section, Model: text.Model, Note: text.Note}, nil
}
