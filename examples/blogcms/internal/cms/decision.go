package cms

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// decision is what an editor decides about a post. It is the last part of the path that takes it.
type decision string

const (
	review    decision = "review"
	revert    decision = "revert"
	approve   decision = "approve"
	discard   decision = "discard"
	publish   decision = "publish"
	unpublish decision = "unpublish"
)

var decisions = []decision{review, revert, approve, discard, publish, unpublish}

// decisionTimeout is how long storing a decision and its event may take.
const decisionTimeout = 15 * time.Second

// allowed returns nil, or why the decision makes no sense for the post as it is.
func (d decision) allowed(post loader.Post) error {
	switch d {
	case approve, discard:
		if post.Revision == nil {
			return &failure{
				Status: http.StatusNotFound, Code: codeNoRevision,
				Message: fmt.Sprintf("there is no revision of post %d to %s: %s", post.ID, d, describe(post)),
			}
		}
		if post.Status != loader.StatusNeedsApproval {
			return d.conflict(post, "nobody is asked for an approval")
		}
	case revert:
		if post.Status == loader.StatusPublished {
			return d.conflict(post, "unpublish it to make it a draft")
		}
	case unpublish:
		if post.Status != loader.StatusPublished {
			return d.conflict(post, "only a published post can be unpublished")
		}
	case review, publish:
	}
	return nil
}

func (d decision) conflict(post loader.Post, reason string) error {
	return &failure{
		Status: http.StatusConflict, Code: codeConflict,
		Message: fmt.Sprintf("cannot %s post %d: %s, %s", d, post.ID, describe(post), reason),
		Details: map[string]any{"status": post.Status},
	}
}

func describe(post loader.Post) string {
	if post.Status == "" {
		return "it has no status"
	}
	return fmt.Sprintf("its status is %q", post.Status)
}

// event returns what Inngest is told about the decision. Its id makes the attempts to send it one event.
func (d decision) event(id int64, reason string) (event workflowkit.Event, err error) {
	post := strconv.FormatInt(id, 10)
	switch d {
	case review:
		event, err = actions.PostUpdated(post)
	case revert:
		event, err = workflowkit.NewEvent(eventPostReverted, actions.PostEvent{ID: actions.PostID(post)})
	case approve, discard:
		event, err = actions.Approval(post, d == approve, reason)
	case publish:
		event, err = actions.PostPublished(post)
	case unpublish:
		event, err = actions.PostUnpublished(post)
	default:
		err = fmt.Errorf("unknown decision %q", d)
	}
	if err != nil {
		return workflowkit.Event{}, err
	}
	unique, err := uuid.NewV7()
	event.ID = eventIDPrefix(event.Name, post) + unique.String()
	return event, err
}

// eventIDPrefix is how the ids of the application's own events about a post begin.
func eventIDPrefix(name, post string) string { return name + "/" + post + "/" }

// store stores what the decision changes at once, and leaves its event to be sent: both, or neither.
func (d decision) store(ctx context.Context, db *loader.DB, post loader.Post, event workflowkit.Event) (loader.Post, error) {
	var transition loader.Transition
	var err error
	switch d {
	case review:
		transition, err = db.SendToReview(ctx, post.ID, event)
	case revert:
		transition, err = db.RevertPost(ctx, post.ID, event)
	case publish:
		transition, err = db.PublishPost(ctx, post.ID, event)
	case unpublish:
		transition, err = db.UnpublishPost(ctx, post.ID, event)
	case approve, discard: // the run that asked does it
		return post, db.EnqueueFor(ctx, post.ID, event)
	}
	return transition.Post, err
}

// decide carries out a decision and returns the post as it is then. It goes on when the caller goes away: a browser drops
// its request when somebody clicks twice, and half a decision would be worse than either.
func (a *App) decide(ctx context.Context, d decision, id int64, reason string) (loader.Post, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), decisionTimeout)
	defer cancel()
	unlock, err := a.clicks.lock(ctx, id)
	if err != nil {
		return loader.Post{}, err
	}
	defer unlock()
	post, err := a.db.Post(ctx, id)
	if err != nil || a.clicks.repeated(d, post) {
		return post, err
	}
	if err := d.allowed(post); err != nil {
		return loader.Post{}, err
	}
	event, err := d.event(id, reason)
	if err != nil {
		return loader.Post{}, err
	}
	if post, err = d.store(ctx, a.db, post, event); err != nil {
		return loader.Post{}, err
	}
	a.clicks.remember(d, post)
	a.logger.InfoContext(ctx, "editor decided", "decision", string(d), "post_id", id, "event", event.Name)
	return post, nil
}
