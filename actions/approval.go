package actions

import (
	"context"
	"errors"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// ApprovalInput configures the action "wait_for_approval".
type ApprovalInput struct {
	// Timeout is how long to wait for an answer; see [ParseTimeout]. Empty means [DefaultApprovalTimeout].
	Timeout string `json:"timeout,omitempty" jsonschema:"title=Time to wait,default=1d,pattern=^( *[0-9]+[wdhms])* *$" jsonschema_description:"How long to wait for an answer before the changes are discarded: a number with a unit such as 90m or 24h or 1d or 2w."`
}

// ApprovalOutput is the output of the action "wait_for_approval".
type ApprovalOutput struct {
	// Approved says whether the revision was approved and is the post's text now.
	Approved bool `json:"approved" jsonschema:"title=Approved"`
	// TimedOut says that nobody answered in time.
	TimedOut bool `json:"timedOut" jsonschema:"title=Timed out"`
	// Reason is what the person who answered said, or why there is no approval.
	Reason string `json:"reason,omitempty" jsonschema:"title=Reason"`
	// Status is the post's status now.
	Status string `json:"status" jsonschema:"title=Status"`
}

const (
	stepRequestApproval = "update-blog-post-status"
	stepWaitForApproval = "wait-for-ai-suggestion-approval"
	stepDiscard         = "discard-ai-revision"
)

func (b *blog) waitForApproval(ctx context.Context, run *workflowkit.Run, in ApprovalInput) (ApprovalOutput, error) {
	timeout, err := ParseTimeout(in.Timeout)
	if err != nil {
		return ApprovalOutput{}, workflowkit.NoRetryError(err)
	}
	post, err := b.load(ctx, run, false)
	if err != nil {
		return ApprovalOutput{}, err
	}
	if err := post.needRevision(); err != nil {
		return ApprovalOutput{}, err
	}
	matches, err := approvalOf(post.ID)
	if err != nil {
		return ApprovalOutput{}, workflowkit.NoRetryError(err)
	}
	answer, err := workflowkit.WaitForEvent(ctx, stepWaitForApproval, workflowkit.WaitForEventOpts{
		Event:   EventApproval,
		If:      matches,
		Timeout: timeout,
		// People see the status, and applications offer the button that sends the answer. So it changes only when the
		// answer can be received.
		Announce: &workflowkit.Announcement{StepID: stepRequestApproval, Run: func(ctx context.Context) error {
			_, err := b.posts.RequestApproval(ctx, post.change(run, stepRequestApproval))
			return fromPosts(post.ID, err)
		}},
	})
	out := ApprovalOutput{}
	switch {
	case errors.Is(err, workflowkit.ErrEventNotReceived):
		out.TimedOut, out.Reason = true, "nobody answered within "+describeTimeout(in.Timeout)
	case err != nil:
		return ApprovalOutput{}, err
	default:
		out.Approved, out.Reason = decisionOf(answer)
	}
	if out.Approved {
		out.Status, err = b.apply(ctx, run, post)
	} else {
		out.Status, err = b.discard(ctx, run, post, out.Reason)
	}
	if err != nil {
		return ApprovalOutput{}, err
	}
	return out, nil
}

// discard drops the revision and returns the post's status.
func (b *blog) discard(ctx context.Context, run *workflowkit.Run, post snapshot, reason string) (string, error) {
	return workflowkit.Step(ctx, stepDiscard, func(ctx context.Context) (string, error) {
		discarded, err := b.posts.DiscardRevision(ctx, post.change(run, stepDiscard), reason)
		return discarded.Status, fromPosts(post.ID, err)
	})
}
