package loader

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// Transition is a decision of an editor that has been stored, with what is needed to take it back.
type Transition struct {
	// Post is the post after the decision.
	Post   Post
	before postRow
	marker writeRow
}

// SendToReview sets the status "under review". The caller then sends the event "blog-post.updated", and calls
// [DB.Rollback] if it cannot be sent. Like the other three decisions it removes the revision and the error of an
// earlier run, and ends the right of runs that have written to the post to write again.
func (db *DB) SendToReview(ctx context.Context, id int64) (Transition, error) {
	return db.request(ctx, id, requestReview, StatusUnderReview)
}

// RevertPost sets the status "draft": a review is not wanted any more.
func (db *DB) RevertPost(ctx context.Context, id int64) (Transition, error) {
	return db.request(ctx, id, requestRevert, StatusDraft)
}

// PublishPost sets the status "published". The caller then sends the event "blog-post.published", and calls
// [DB.Rollback] if it cannot be sent.
func (db *DB) PublishPost(ctx context.Context, id int64) (Transition, error) {
	return db.request(ctx, id, requestPublish, StatusPublished)
}

// UnpublishPost sets the status "draft". The caller then sends the event "blog-post.unpublished", and calls
// [DB.Rollback] if it cannot be sent.
func (db *DB) UnpublishPost(ctx context.Context, id int64) (Transition, error) {
	return db.request(ctx, id, requestUnpublish, StatusDraft)
}

func (db *DB) request(ctx context.Context, id int64, action, status string) (Transition, error) {
	var t Transition
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
		t.marker, err = logRequest(tx, t.Post, action)
		return err
	})
	if err != nil {
		return Transition{}, wrap(ctx, err, "%s post %d", action, id)
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
// although sending seemed to fail. Taking back twice is the same as once.
func (db *DB) Rollback(ctx context.Context, t Transition) (Post, error) {
	if !t.marker.found() {
		return Post{}, fmt.Errorf("roll back: %w: the transition is empty", ErrInvalid)
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
