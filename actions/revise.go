package actions

import (
	"context"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// RevisionOutput is the output of the actions that revise a post.
type RevisionOutput struct {
	// Markdown is the revision.
	Markdown string `json:"markdown" jsonschema:"title=Revision" jsonschema_description:"The post's text with the changes, in Markdown."`
	// Changed says whether the revision differs from the text that the action started from.
	Changed bool `json:"changed" jsonschema:"title=Changed"`
	// Status is the post's status now.
	Status string `json:"status" jsonschema:"title=Status"`
	// Model names the text model.
	Model string `json:"model" jsonschema:"title=Text model"`
	// Note tells people what they should know about how the text was made.
	Note string `json:"note,omitempty" jsonschema:"title=Note"`
}

const stepSaveRevision = "save-ai-revision"

// revise is what the actions have in common that make a revision of the working copy.
func (b *blog) revise(ctx context.Context, run *workflowkit.Run, step string, task Task, instructions string) (RevisionOutput, error) {
	post, err := b.load(ctx, run, true)
	if err != nil {
		return RevisionOutput{}, err
	}
	if err := post.needText(); err != nil {
		return RevisionOutput{}, err
	}
	text, err := b.generate(ctx, run, step, Prompt{
		Task: task, Instructions: instructions, Title: post.Title, Document: post.Text,
	})
	if err != nil {
		return RevisionOutput{}, err
	}
	status, err := workflowkit.Step(ctx, stepSaveRevision, func(ctx context.Context) (string, error) {
		saved, err := b.posts.SaveRevision(ctx, post.change(run, stepSaveRevision), text.Content)
		return saved.Status, fromPosts(post.ID, err)
	})
	if err != nil {
		return RevisionOutput{}, err
	}
	return RevisionOutput{
		Markdown: text.Content, Changed: text.Content != post.Text, Status: status, Model: text.Model, Note: text.Note,
	}, nil
}
