package actions

import (
	"context"
	"errors"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

var (
	// ErrPostNotFound says that there is no post with the given id.
	ErrPostNotFound = errors.New("post not found")
	// ErrPostChanged says that a write was refused because it would have overwritten a change that the run has not
	// seen, or a revision of another run. Nothing was written.
	ErrPostChanged = errors.New("post was changed by somebody else")
	// ErrNoRevision says that there is no revision to approve or to apply.
	ErrNoRevision = errors.New("post has no revision")
	// ErrEmptyPost says that a post has no text to work on.
	ErrEmptyPost = errors.New("post has no text")
)

// Post is a blog post as the actions see it.
type Post struct {
	// ID identifies the post.
	ID string
	// Title and Subtitle are plain text. They may be empty.
	Title, Subtitle string
	// Status is one of the Status constants, or empty.
	Status string
	// Markdown is the post's text.
	Markdown string
	// Revision is the proposed new text. It counts only if HasRevision is true, since a revision may be empty.
	Revision    string
	HasRevision bool
	// RevisionRun is the id of the run that saved the revision. Empty means that there is no revision, or that other
	// software made it.
	RevisionRun string
	// Recommendations is what was generated to promote the post.
	Recommendations string
	// Version counts the changes of title, subtitle, markdown and revision, whoever makes them. A change of status or
	// recommendations alone does not count.
	Version int64
}

// The statuses of a post.
const (
	StatusDraft         = "draft"
	StatusUnderReview   = "under review"
	StatusNeedsApproval = "needs approval"
	StatusPublished     = "published"
)

// Change identifies a write of a run to a post, so that it can be repeated without harm and cannot overwrite what the
// run has not seen.
type Change struct {
	// PostID is the post to write to.
	PostID string
	// RunID is the run that writes.
	RunID string
	// Key identifies the durable step that writes: "<run id>/<action id>/<step id>".
	Key string
	// Version is the version of the post that the run has seen.
	Version int64
}

// Posts is where blog posts live. Every write is atomic. A write whose [Change.Key] has been applied before changes
// nothing and returns the post as it is now, because a step may run twice.
//
// Implementations return [ErrPostNotFound], [ErrPostChanged] and [ErrNoRevision], or errors that wrap them, for what
// another attempt cannot cure; every other error is retried. They must be safe for concurrent use.
type Posts interface {
	// LoadPost returns a post.
	LoadPost(ctx context.Context, id string) (Post, error)
	// SaveRevision stores markdown as the revision of the run, with status "under review". It returns ErrPostChanged
	// if the post has another version than the change says.
	SaveRevision(ctx context.Context, change Change, markdown string) (Post, error)
	// RequestApproval sets the status "needs approval". It does not compare versions, but returns ErrPostChanged if
	// the revision belongs to another run, and ErrNoRevision if there is none.
	RequestApproval(ctx context.Context, change Change) (Post, error)
	// ApplyRevision makes the revision the post's text and sets the status "published". It returns ErrPostChanged if
	// the post has another version than the change says, and ErrNoRevision if there is no revision.
	ApplyRevision(ctx context.Context, change Change) (Post, error)
	// DiscardRevision removes the revision and sets the status "draft". The reason is for people and may be empty.
	DiscardRevision(ctx context.Context, change Change, reason string) (Post, error)
	// AppendRecommendations appends text to the recommendations, under the Markdown heading "## <heading>". It does not
	// compare versions: several actions of a run may append at the same time.
	AppendRecommendations(ctx context.Context, change Change, heading, text string) (Post, error)
}

// fromPosts adds the post's id to an error of Posts and marks it if another attempt cannot cure it.
func fromPosts(id string, err error) error {
	if err == nil {
		return nil
	}
	wrapped := fmt.Errorf("post %q: %w", id, err)
	if errors.Is(err, ErrPostNotFound) || errors.Is(err, ErrPostChanged) || errors.Is(err, ErrNoRevision) {
		return workflowkit.NoRetryError(wrapped)
	}
	return wrapped
}
