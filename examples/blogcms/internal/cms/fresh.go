package cms

import (
	"context"
	"errors"
	"strings"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// fresh is the engine's loader: the workflows of the database, but none for a decision that was overruled.
//
// Inngest cancels a run by the events that come after it has been scheduled, so a revert that follows a review within
// some milliseconds may find nothing to cancel. The run then finds out here, in its first step. Events of other
// software start their workflow in any case, since only the application's own promise a status.
type fresh struct{ db *loader.DB }

// LoadWorkflow implements workflowkit.Loader.
func (f fresh) LoadWorkflow(ctx context.Context, event workflowkit.Event) (*workflowkit.Definition, error) {
	stale, err := f.outdated(ctx, event)
	if err != nil || stale {
		return nil, err
	}
	return f.db.LoadWorkflow(ctx, event)
}

// LoadWorkflowByID implements workflowkit.WorkflowLoader.
func (f fresh) LoadWorkflowByID(ctx context.Context, id string) (*workflowkit.Definition, error) {
	return f.db.LoadWorkflowByID(ctx, id)
}

func (f fresh) outdated(ctx context.Context, event workflowkit.Event) (bool, error) {
	var payload actions.PostEvent
	if event.DecodeData(&payload) != nil || !strings.HasPrefix(event.ID, eventIDPrefix(event.Name, string(payload.ID))) {
		return false, nil //nolint:nilerr // the first action says what is wrong with the event
	}
	var post loader.Post
	id, err := loader.ParseID(string(payload.ID))
	if err == nil {
		post, err = f.db.Post(ctx, id)
	}
	switch {
	case errors.Is(err, loader.ErrNotFound), errors.Is(err, loader.ErrInvalid):
		return false, nil // the first action says so
	case err != nil:
		return false, err
	case event.Name == actions.EventPostUpdated:
		return post.Status != loader.StatusUnderReview && post.Status != loader.StatusNeedsApproval, nil
	case event.Name == actions.EventPostPublished:
		return post.Status != loader.StatusPublished, nil
	default:
		return false, nil
	}
}
