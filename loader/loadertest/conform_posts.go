package loadertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/loader"
)

func testPostEdits(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	title := name("A title with 'quotes', \"more\" and ünïcödé 🎉")
	post := must(db.CreatePost(ctx, loader.NewPost{Title: title, Markdown: "text\r\nwith\ttabs $1 ? :a %s"}))(t)
	equal(t, "title", title, post.Title)
	equal(t, "markdown", "text\r\nwith\ttabs $1 ? :a %s", post.Markdown)
	equal(t, "status", loader.StatusDraft, post.Status)
	if post.ID < 1 || post.Version < 1 || post.Version >= 1<<53 {
		t.Errorf("id %d, version %d; want an id, and a version that JavaScript can hold", post.ID, post.Version)
	}
	if post.CreatedAt == nil || time.Since(*post.CreatedAt).Abs() > time.Minute {
		t.Errorf("created at %v, want now", post.CreatedAt)
	}
	if post.Revision != nil || post.Error != nil || post.Recommendations != nil || post.RevisionRun != "" {
		t.Errorf("a new post has a revision, an error or recommendations: %+v", post)
	}
	unchanged(t, db, post)

	subtitle := "new"
	edited := must(db.UpdatePost(ctx, post.ID, loader.PostEdit{Subtitle: &subtitle, Seen: post.Version}))(t)
	want := post
	want.Subtitle, want.Version = subtitle, edited.Version
	equal(t, "edited post", want, edited)
	if edited.Version == post.Version {
		t.Error("the edit did not change the version")
	}
	unchanged(t, db, edited)

	back := must(db.UpdatePost(ctx, post.ID, loader.PostEdit{Subtitle: &post.Subtitle}))(t)
	equal(t, "post with its old text", post, back)

	var found bool
	for _, p := range must(db.Posts(ctx))(t) {
		found = found || p.ID == post.ID && p.Title == title
	}
	if !found {
		t.Error("the post is not in the list")
	}
}

func testPostEditConflict(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	post := newPost(t, db)
	mine, theirs := "mine", "theirs"
	first := must(db.UpdatePost(ctx, post.ID, loader.PostEdit{Markdown: &theirs, Seen: post.Version}))(t)
	if _, err := db.UpdatePost(ctx, post.ID, loader.PostEdit{Markdown: &mine, Seen: post.Version}); !errors.Is(err, loader.ErrChanged) {
		t.Errorf("edit of an old version: error %v, want ErrChanged", err)
	}
	unchanged(t, db, first)
	// The same edit sent twice is not a conflict with itself.
	again := must(db.UpdatePost(ctx, post.ID, loader.PostEdit{Markdown: &theirs, Seen: post.Version}))(t)
	equal(t, "repeated edit", first, again)
	unseen := must(db.UpdatePost(ctx, post.ID, loader.PostEdit{Markdown: &mine}))(t)
	equal(t, "edit without a version", mine, unseen.Markdown)
}

func testInvalid(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	post := newPost(t, db)
	bad, empty := "a\x00b", " "
	ok := change(post, runID(1), "ok")
	noKey, noRun, noPost := ok, ok, ok
	noKey.Key, noRun.RunID, noPost.PostID = "", "", 0
	missing := ok
	missing.PostID, missing.Key = 1<<40, "missing"
	for name, c := range map[string]struct {
		want error
		call func() error
	}{
		"a post without a title": {loader.ErrInvalid, func() error {
			_, err := db.CreatePost(ctx, loader.NewPost{Title: " "})
			return err
		}},
		"a post with an unknown status": {loader.ErrInvalid, func() error {
			_, err := db.CreatePost(ctx, loader.NewPost{Title: "x", Status: "odd"})
			return err
		}},
		"text with a NUL": {loader.ErrInvalid, func() error {
			_, err := db.UpdatePost(ctx, post.ID, loader.PostEdit{Markdown: &bad})
			return err
		}},
		"an empty title": {loader.ErrInvalid, func() error {
			_, err := db.UpdatePost(ctx, post.ID, loader.PostEdit{Title: &empty})
			return err
		}},
		"text that is not UTF-8": {loader.ErrInvalid, func() error {
			_, err := db.SaveRevision(ctx, ok, "\xff\xfe")
			return err
		}},
		"an empty revision": {loader.ErrInvalid, func() error {
			_, err := db.SaveRevision(ctx, ok, "\n ")
			return err
		}},
		"a write without a key": {loader.ErrInvalid, func() error {
			_, err := db.SaveRevision(ctx, noKey, "text")
			return err
		}},
		"a write without a run": {loader.ErrInvalid, func() error {
			_, err := db.RequestApproval(ctx, noRun)
			return err
		}},
		"a write without a post": {loader.ErrInvalid, func() error {
			_, err := db.ApplyRevision(ctx, noPost)
			return err
		}},
		"recommendations under two lines": {loader.ErrInvalid, func() error {
			_, err := db.AppendRecommendations(ctx, ok, "a\nb", "text")
			return err
		}},
		"a rollback of nothing": {loader.ErrInvalid, func() error {
			_, err := db.Rollback(ctx, loader.Transition{})
			return err
		}},
		"a post that does not exist": {loader.ErrNotFound, func() error {
			_, err := db.Post(ctx, 1<<40)
			return err
		}},
		"a write to a post that does not exist": {loader.ErrNotFound, func() error {
			_, err := db.SaveRevision(ctx, missing, "text")
			return err
		}},
		"an edit of a post that does not exist": {loader.ErrNotFound, func() error {
			_, err := db.UpdatePost(ctx, 1<<40, loader.PostEdit{Title: &post.Title})
			return err
		}},
		"a decision on a post that does not exist": {loader.ErrNotFound, func() error {
			_, err := db.SendToReview(ctx, 1<<40)
			return err
		}},
		"the failure of a run for a post that does not exist": {loader.ErrNotFound, func() error {
			_, err := db.Fail(ctx, 1<<40, runID(1), "reason")
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.call(); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
		})
	}
	unchanged(t, db, post)
}

func testCancelledContext(t *testing.T, db *loader.DB) {
	ctx, cancel := context.WithCancel(context.Background())
	post := newPost(t, db)
	cancel()
	if _, err := db.Posts(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Posts: error %v, want context.Canceled", err)
	}
	if _, err := db.SaveRevision(ctx, change(post, runID(1), "save"), "text"); !errors.Is(err, context.Canceled) {
		t.Errorf("SaveRevision: error %v, want context.Canceled", err)
	}
	unchanged(t, db, post)
}
