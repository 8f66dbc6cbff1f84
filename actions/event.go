package actions

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// The events of the blog. All carry the id of a post as "id"; see [PostEvent] and [ApprovalEvent].
const (
	// EventPostUpdated says that a post was sent to review.
	EventPostUpdated = "blog-post.updated"
	// EventPostPublished says that a post was published.
	EventPostPublished = "blog-post.published"
	// EventPostUnpublished says that a post was taken back to draft.
	EventPostUnpublished = "blog-post.unpublished"
	// EventApproval answers a request for approval: see [ApprovalEvent].
	EventApproval = "blog-post.approve-ai-suggestions"
)

// PostEvent is the payload of the events that are about one post.
type PostEvent struct {
	// ID is the post's id. It is required.
	ID PostID `json:"id"`
}

// ApprovalEvent is the payload of the event that answers a request for approval.
type ApprovalEvent struct {
	// ID is the post's id. It is required.
	ID PostID `json:"id"`
	// Approved says whether the revision is to be published. Nil means yes, as in applications that send this event
	// only to approve.
	Approved *bool `json:"approved,omitempty"`
	// Reason is what the person who decided wants to say about it. It may be empty.
	Reason string `json:"reason,omitempty"`
}

// PostUpdated returns the event that sends a post to review.
func PostUpdated(id string) (workflowkit.Event, error) { return postEvent(EventPostUpdated, id) }

// PostPublished returns the event that says that a post was published.
func PostPublished(id string) (workflowkit.Event, error) { return postEvent(EventPostPublished, id) }

// PostUnpublished returns the event that says that a post was taken back to draft.
func PostUnpublished(id string) (workflowkit.Event, error) {
	return postEvent(EventPostUnpublished, id)
}

// Approval returns the event that approves or rejects the revision of a post. The reason may be empty.
func Approval(id string, approved bool, reason string) (workflowkit.Event, error) {
	if id == "" {
		return workflowkit.Event{}, fmt.Errorf("event %q: %w", EventApproval, errNoID)
	}
	return workflowkit.NewEvent(EventApproval, ApprovalEvent{ID: PostID(id), Approved: &approved, Reason: reason})
}

func postEvent(name, id string) (workflowkit.Event, error) {
	if id == "" {
		return workflowkit.Event{}, fmt.Errorf("event %q: %w", name, errNoID)
	}
	return workflowkit.NewEvent(name, PostEvent{ID: PostID(id)})
}

var errNoID = errors.New("the id of a post is missing")

// postOf returns the id of the post that an event is about.
func postOf(event workflowkit.Event) (string, error) {
	var payload PostEvent
	if err := event.DecodeData(&payload); err != nil {
		return "", workflowkit.NoRetryError(err)
	}
	if payload.ID == "" {
		return "", workflowkit.NoRetryError(fmt.Errorf("event %q: data.id: %w", event.Name, errNoID))
	}
	return string(payload.ID), nil
}

// decisionOf reads the answer to a request for approval. It never fails, because the event has been consumed when it is
// read: whatever is not clearly a yes is a no, and the reason says why.
func decisionOf(event workflowkit.Event) (approved bool, reason string) {
	var payload struct {
		Approved json.RawMessage `json:"approved"`
		Reason   any             `json:"reason"`
	}
	if err := event.DecodeData(&payload); err != nil {
		return false, err.Error()
	}
	reason, _ = payload.Reason.(string)
	switch value := string(payload.Approved); value {
	case "", "null", "true":
		return true, reason
	case "false":
		return false, reason
	default:
		return false, fmt.Sprintf("data.approved of the answer is %s, neither true nor false", clip(value, 40))
	}
}
