package loader

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// Change identifies a write of a run to a post.
type Change struct {
	PostID int64
	// RunID is the id of the run.
	RunID string
	// Key identifies the durable step, for instance "<run id>/<action id>/<step id>". A write whose key was applied
	// before is not made again.
	Key string
	// Version is the [Post.Version] that the run has seen.
	Version int64
}

func (c Change) check() error {
	if _, err := positiveID(c.PostID); err != nil {
		return err
	}
	if c.RunID == "" || c.Key == "" {
		return fmt.Errorf("%w: a write of a run needs a run id and a key", ErrInvalid)
	}
	if err := checkText("run id", c.RunID); err != nil {
		return err
	}
	return checkText("key", c.Key)
}

// SaveRevision stores the run's revision and sets the status "under review". It is refused with [ErrChanged] if the
// post is not as the run has seen it, with one exception: a revision that an older run has left in the meantime, for
// instance in the step during which it was replaced, does not stop the newer one.
func (db *DB) SaveRevision(ctx context.Context, c Change, markdown string) (Post, error) {
	if err := checkText("revision", markdown); err != nil {
		return Post{}, fmt.Errorf("save revision of post %d: %w", c.PostID, err)
	}
	if strings.TrimSpace(markdown) == "" {
		return Post{}, fmt.Errorf("save revision of post %d: %w revision: it is empty", c.PostID, ErrInvalid)
	}
	return db.runWrite(ctx, c, writeSave, func(tx *gorm.DB, row postRow) (map[string]any, error) {
		if err := checkSeen(row, c); err != nil {
			return nil, err
		}
		return map[string]any{
			"markdown_ai_revision": markdown,
			"workflow_revision":    newOrigin(c.RunID, markdown, row.base()),
			"status":               StatusUnderReview,
		}, nil
	})
}

// checkSeen holds a new revision against the post as it is.
func checkSeen(row postRow, c Change) error {
	origin, known := row.origin()
	if known && origin.Run == c.RunID && origin.Base != row.base() {
		return fmt.Errorf("%w: the text was edited after the run's first revision", ErrChanged)
	}
	order, sortable := compareRuns(origin.Run, c.RunID)
	if known && sortable && order > 0 {
		return fmt.Errorf("%w: the revision belongs to a newer run", ErrChanged)
	}
	if row.version() == c.Version {
		return nil
	}
	if known && sortable && order < 0 && row.versionWith(nil) == c.Version {
		return nil
	}
	return ErrChanged
}

// RequestApproval sets the status "needs approval". The version is not checked, but the post must not belong to a
// newer run by now: that gives [ErrChanged].
func (db *DB) RequestApproval(ctx context.Context, c Change) (Post, error) {
	return db.runWrite(ctx, c, writeAsk, func(tx *gorm.DB, row postRow) (map[string]any, error) {
		if err := checkNotNewer(tx, row, c); err != nil {
			return nil, err
		}
		return map[string]any{"status": StatusNeedsApproval}, nil
	})
}

func checkNotNewer(tx *gorm.DB, row postRow, c Change) error {
	origin, known := row.origin()
	if !known || origin.Run == c.RunID {
		return nil
	}
	later, err := newer(tx, row.ID, origin.Run, c.RunID)
	if err == nil && later {
		return fmt.Errorf("%w: the revision belongs to a newer run", ErrChanged)
	}
	return err
}

// ApplyRevision makes the revision the post's text and sets the status "published". It is refused with [ErrChanged] if
// the post is not as the run has seen it, or if its text was edited after the revision was made from it, and with
// [ErrNoRevision] if there is none.
func (db *DB) ApplyRevision(ctx context.Context, c Change) (Post, error) {
	return db.runWrite(ctx, c, writeApply, func(tx *gorm.DB, row postRow) (map[string]any, error) {
		if row.version() != c.Version {
			return nil, ErrChanged
		}
		if row.Revision == nil {
			return nil, ErrNoRevision
		}
		if origin, known := row.origin(); known && origin.Base != row.base() {
			return nil, fmt.Errorf("%w: the text was edited after the revision was made", ErrChanged)
		}
		return map[string]any{
			"markdown": *row.Revision, "markdown_ai_revision": nil, "workflow_revision": nil, "status": StatusPublished,
		}, nil
	})
}

// DiscardRevision removes the revision and sets the status "draft". The reason, if there is one, is shown as
// [Post.Error]. An edit of the post's own text since does not matter, since it is kept; a revision that is not the
// run's own and that it has not seen gives [ErrChanged]. A post without a revision becomes a draft as well.
func (db *DB) DiscardRevision(ctx context.Context, c Change, reason string) (Post, error) {
	if err := checkText("reason", reason); err != nil {
		return Post{}, fmt.Errorf("discard revision of post %d: %w", c.PostID, err)
	}
	return db.runWrite(ctx, c, writeDiscard, func(tx *gorm.DB, row postRow) (map[string]any, error) {
		origin, known := row.origin()
		own := known && origin.Run == c.RunID
		if row.Revision != nil && !own && row.version() != c.Version {
			return nil, ErrChanged
		}
		if err := checkNotNewer(tx, row, c); err != nil {
			return nil, err
		}
		return map[string]any{
			"markdown_ai_revision": nil, "workflow_revision": nil, "status": StatusDraft, "workflow_error": orNull(reason),
		}, nil
	})
}

// AppendRecommendations adds a section to the post's recommendations. No version is checked, so that actions that run
// at the same time do not hinder each other; each adds its section.
func (db *DB) AppendRecommendations(ctx context.Context, c Change, heading, section string) (Post, error) {
	added := "## " + strings.TrimSpace(heading) + "\n\n" + strings.TrimSpace(section) + "\n"
	if err := checkText("recommendations", added); err != nil {
		return Post{}, fmt.Errorf("append recommendations to post %d: %w", c.PostID, err)
	}
	if strings.TrimSpace(heading) == "" || strings.ContainsAny(strings.TrimSpace(heading), "\r\n") {
		return Post{}, fmt.Errorf("append recommendations to post %d: %w heading: one line is needed", c.PostID, ErrInvalid)
	}
	return db.runWrite(ctx, c, writeRecommend, func(tx *gorm.DB, row postRow) (map[string]any, error) {
		present := strings.TrimRight(text(row.Recommendations), "\n")
		if present != "" {
			present += "\n\n"
		}
		return map[string]any{"ai_publishing_recommendations": present + added}, nil
	})
}

// runWrite is the frame of every write of a run: one transaction in which the post is locked, the key looked up, the
// run's right to the post checked, the post changed and the key stored.
//
// A write whose key was applied before returns the post as it is now, but with the version that it had after the
// write: what others have changed since then has not been seen by the run.
func (db *DB) runWrite(ctx context.Context, c Change, action string,
	change func(tx *gorm.DB, row postRow) (map[string]any, error),
) (Post, error) {
	if err := c.check(); err != nil {
		return Post{}, fmt.Errorf("%s post: %w", action, err)
	}
	var post Post
	err := db.write(ctx, func(tx *gorm.DB) error {
		row, err := lockPost(tx, c.PostID)
		if err != nil {
			return err
		}
		before, err := writeByKey(tx, c.Key)
		if err != nil {
			return err
		}
		if before.found() {
			if before.PostID != c.PostID || before.Action != action {
				return fmt.Errorf("%w key %q: it belongs to another write", ErrInvalid, clip(c.Key))
			}
			post = row.post()
			post.Version = before.Version
			return nil
		}
		if err := checkRight(tx, c, action); err != nil {
			return err
		}
		changes, err := change(tx, row)
		if err != nil {
			return err
		}
		if _, set := changes["workflow_error"]; !set {
			changes["workflow_error"] = nil
		}
		if row, err = updatePost(tx, c.PostID, changes); err != nil {
			return err
		}
		post = row.post()
		_, err = logWrite(tx, writeRow{
			Key: c.Key, PostID: c.PostID, RunID: c.RunID, Action: action, Version: post.Version,
		})
		return err
	})
	if err != nil {
		return Post{}, wrap(ctx, err, "%s post %d", action, c.PostID)
	}
	return post, nil
}

func checkRight(tx *gorm.DB, c Change, action string) error {
	if action == writeRecommend {
		return nil // it overwrites nothing
	}
	late, err := superseded(tx, c.PostID, c.RunID)
	if err == nil && late {
		return fmt.Errorf("%w: an editor has decided on the post since the run wrote to it", ErrChanged)
	}
	return err
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
