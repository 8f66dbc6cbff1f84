package loader

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// Fail records that a run has failed: a post in review becomes a draft again, a published one stays published, the
// run's own revision is removed, and the reason becomes [Post.Error]. It changes nothing when called again, nor when
// an editor or another run has the post by now.
func (db *DB) Fail(ctx context.Context, id int64, run, reason string) (Post, error) {
	c := Change{PostID: id, RunID: run, Key: fmt.Sprintf("%s/$fail/%d", run, id)}
	if err := c.check(); err != nil {
		return Post{}, fmt.Errorf("fail post: %w", err)
	}
	if reason == "" {
		reason = "the workflow failed"
	}
	if err := checkText("reason", reason); err != nil {
		return Post{}, fmt.Errorf("fail post %d: %w", id, err)
	}
	var row postRow
	err := db.write(ctx, func(tx *gorm.DB) (err error) {
		if row, err = lockPost(tx, id); err != nil {
			return err
		}
		mine, err := failConcerns(tx, row, c)
		if err != nil || !mine {
			return err
		}
		changes := map[string]any{"workflow_error": reason}
		if row.inReview() {
			changes["status"] = StatusDraft
		}
		if origin, known := row.origin(); known && origin.Run == run {
			changes["markdown_ai_revision"], changes["workflow_revision"] = nil, nil
		}
		if row, err = updatePost(tx, id, changes); err != nil {
			return err
		}
		_, err = logWrite(tx, writeRow{Key: c.Key, PostID: id, RunID: run, Action: writeFail, Version: row.version()})
		return err
	})
	if err != nil {
		return Post{}, wrap(ctx, err, "fail post %d", id)
	}
	return row.post(), nil
}

// failConcerns reports whether the failed run still has the post.
func failConcerns(tx *gorm.DB, row postRow, c Change) (bool, error) {
	before, err := writeByKey(tx, c.Key)
	if err != nil || before.found() {
		return false, err
	}
	late, err := superseded(tx, row.ID, c.RunID)
	if err != nil || late {
		return false, err
	}
	last, err := lastWrite(tx, row.ID)
	if err != nil || last.RunID == "" || last.RunID == c.RunID {
		return err == nil, err
	}
	if last.Action != writeSave && last.Action != writeAsk {
		return true, nil // the other run has finished with the post
	}
	order, known := compareRuns(last.RunID, c.RunID)
	return known && order < 0, nil
}

// ReleasePosts makes drafts of the posts that are in review although no run can be working on them any more: with
// Inngest inside the process, runs end with the process, and this is called when it starts again. The revision is
// removed, the reason becomes [Post.Error], and the ids are returned. Posts that other software has sent to review
// are left alone.
func (db *DB) ReleasePosts(ctx context.Context, reason string) ([]int64, error) {
	if err := checkText("reason", reason); err != nil {
		return nil, fmt.Errorf("release posts: %w", err)
	}
	var waiting []int64
	err := db.read(ctx).Model(&postRow{}).Where("status IN ?", []string{StatusUnderReview, StatusNeedsApproval}).
		Order("id").Pluck("id", &waiting).Error
	if err != nil {
		return nil, wrap(ctx, err, "list posts in review")
	}
	var released []int64
	for _, id := range waiting {
		done, err := db.release(ctx, id, reason)
		if err != nil {
			return released, wrap(ctx, err, "release post %d", id)
		}
		if done {
			released = append(released, id)
		}
	}
	return released, nil
}

// reviews reports whether the post is in review by what the log says. If it says anything else, other software has
// changed the status since.
func (w writeRow) reviews() bool {
	switch w.Action {
	case requestReview, writeSave, writeAsk, writeRecommend:
		return true
	default:
		return false
	}
}

func (db *DB) release(ctx context.Context, id int64, reason string) (done bool, err error) {
	err = db.write(ctx, func(tx *gorm.DB) error {
		row, err := lockPost(tx, id)
		if err != nil {
			return err
		}
		last, err := lastWrite(tx, id)
		if err != nil || !row.inReview() || !last.reviews() {
			return err
		}
		row, err = updatePost(tx, id, map[string]any{
			"status": StatusDraft, "markdown_ai_revision": nil, "workflow_revision": nil, "workflow_error": orNull(reason),
		})
		if err != nil {
			return err
		}
		done = true
		_, err = logRequest(tx, row.post(), requestRelease)
		return err
	})
	return done && err == nil, err
}
