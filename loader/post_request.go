package loader

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Transition is a decision of an editor that has been stored, with what is needed to take it back.
type Transition struct {
	// Post is the post after the decision.
	Post   Post
	before postRow
	marker writeRow
	// told is set if events were left in the outbox.
	told bool
}

// SendToReview sets the status "under review", and leaves the events in the outbox in the same transaction, so that the
// status and what is sent cannot disagree: in the blog that is the event "blog-post.updated". Like the other three
// decisions it removes the revision and the error of an earlier run, and ends the right of runs that have written to the
// post to write again.
//
// A caller that sends events by itself gives none, and calls [DB.Rollback] if they cannot be sent.
func (db *DB) SendToReview(ctx context.Context, id int64, events ...workflowkit.Event) (Transition, error) {
	return db.request(ctx, id, requestReview, StatusUnderReview, events)
}

// RevertPost sets the status "draft": a review is not wanted any more. See [DB.SendToReview] for the events.
func (db *DB) RevertPost(ctx context.Context, id int64, events ...workflowkit.Event) (Transition, error) {
	return db.request(ctx, id, requestRevert, StatusDraft, events)
}

// PublishPost sets the status "published". See [DB.SendToReview] for the events: in the blog "blog-post.published".
func (db *DB) PublishPost(ctx context.Context, id int64, events ...workflowkit.Event) (Transition, error) {
	return db.request(ctx, id, requestPublish, StatusPublished, events)
}

// UnpublishPost sets the status "draft". See [DB.SendToReview] for the events: in the blog "blog-post.unpublished".
func (db *DB) UnpublishPost(ctx context.Context, id int64, events ...workflowkit.Event) (Transition, error) {
	return db.request(ctx, id, requestUnpublish, StatusDraft, events)
}

func (db *DB) request(ctx context.Context, id int64, action, status string, events []workflowkit.Event) (Transition, error) {
	t := Transition{told: len(events) > 0}
	err := db.write(ctx, func(tx *gorm.DB) (err error) {
		if t.before, err = lockPost(tx, id); err != nil {
			return err
		}
		row, err := updatePost(tx, id, map[string]any{
			"status": status, "markdown_ai_revision": nil, "workflow_revision": nil, "workflow_error": nil,
		})
		if err != nil {
			return err
		}
		t.Post = row.post()
		if err := pruneWrites(tx); err != nil {
			return err
		}
		if t.marker, err = logRequest(tx, t.Post, action); err != nil {
			return err
		}
		return db.enqueueFor(tx, id, events)
	})
	if err != nil {
		return Transition{}, wrap(ctx, err, "%s post %d", action, id)
	}
	if t.told {
		db.outbox.Wake()
	}
	return t, nil
}

func logRequest(tx *gorm.DB, post Post, action string) (writeRow, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return writeRow{}, err
	}
	return logWrite(tx, writeRow{
		Key: "request/" + id.String(), PostID: post.ID, Action: action, Version: post.Version,
	})
}

// Rollback takes a decision back, because its event could not be sent: status, revision and error are as before. It
// is refused with [ErrChanged] if the post has been changed since, for instance by the run that the event has started
// although sending seemed to fail. Taking back twice is the same as once. A decision that has left events in the outbox
// cannot be taken back: the error matches [ErrInvalid].
func (db *DB) Rollback(ctx context.Context, t Transition) (Post, error) {
	if !t.marker.found() {
		return Post{}, fmt.Errorf("roll back: %w: the transition is empty", ErrInvalid)
	}
	if t.told {
		return Post{}, fmt.Errorf("roll back post %d: %w: its events are in the outbox and will be sent", t.Post.ID, ErrInvalid)
	}
	var row postRow
	err := db.write(ctx, func(tx *gorm.DB) (err error) {
		if row, err = lockPost(tx, t.Post.ID); err != nil {
			return err
		}
		marker, err := writeByKey(tx, t.marker.Key)
		if err != nil || !marker.found() {
			return err
		}
		last, err := lastWrite(tx, t.Post.ID)
		if err != nil {
			return err
		}
		if last.ID != marker.ID || text(row.Status) != t.Post.Status || row.version() != t.Post.Version {
			return ErrChanged
		}
		if err := tx.Delete(&writeRow{}, "id = ?", marker.ID).Error; err != nil {
			return err
		}
		row, err = updatePost(tx, t.Post.ID, map[string]any{
			"status": t.before.Status, "markdown_ai_revision": t.before.Revision,
			"workflow_revision": t.before.Origin, "workflow_error": t.before.Error,
		})
		return err
	})
	if err != nil {
		return Post{}, wrap(ctx, err, "roll back post %d", t.Post.ID)
	}
	return row.post(), nil
}
