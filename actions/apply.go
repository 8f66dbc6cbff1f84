package actions

import (
	"context"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// ApplyOutput is the output of the action "apply_changes".
type ApplyOutput struct {
	// Status is the post's status now.
	Status string `json:"status" jsonschema:"title=Status"`
}

const stepApply = "apply-ai-revision"

func (b *blog) applyChanges(ctx context.Context, run *workflowkit.Run, _ struct{}) (ApplyOutput, error) {
	post, err := b.load(ctx, run, false)
	if err != nil {
		return ApplyOutput{}, err
	}
	if err := post.needRevision(); err != nil {
		return ApplyOutput{}, err
	}
	status, err := b.apply(ctx, run, post)
	return ApplyOutput{Status: status}, err
}

// apply publishes the revision and returns the post's status.
func (b *blog) apply(ctx context.Context, run *workflowkit.Run, post snapshot) (string, error) {
	return workflowkit.Step(ctx, stepApply, func(ctx context.Context) (string, error) {
		applied, err := b.posts.ApplyRevision(ctx, post.change(run, stepApply))
		return applied.Status, fromPosts(post.ID, err)
	})
}
