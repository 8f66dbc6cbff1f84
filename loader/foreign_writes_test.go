package loader_test

import (
	"context"
	"errors"
	"testing"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
)

// The statements of the TypeScript application, which knows none of our columns.
const (
	foreignInsert   = `INSERT INTO blog_posts (title, status, markdown) VALUES ('Foreign', 'draft', '# Foreign') RETURNING id`
	foreignEdit     = `UPDATE blog_posts SET markdown = 'edited elsewhere' WHERE id = $1`
	foreignRevision = `UPDATE blog_posts SET markdown_ai_revision = 'revision from elsewhere', status = 'under review' WHERE id = $1`
	foreignReview   = `UPDATE blog_posts SET status = 'under review', markdown_ai_revision = NULL WHERE id = $1`
)

// takenOver runs a test on both kinds of databases that were taken over, with the other application still connected.
func takenOver(t *testing.T, test func(t *testing.T, db *loader.DB, other legacy)) {
	t.Helper()
	for name, fill := range map[string]func(t *testing.T) string{"supabase": supabase, "prisma": prisma} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dsn := fill(t)
			test(t, loadertest.Open(t, dsn), openLegacy(t, dsn))
		})
	}
}

// foreignPost inserts a post as the other application does.
func foreignPost(t *testing.T, db *loader.DB, other legacy) loader.Post {
	t.Helper()
	var id int64
	if err := other.QueryRowContext(context.Background(), foreignInsert).Scan(&id); err != nil {
		t.Fatal(err)
	}
	post, err := db.Post(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return post
}

func TestWritesOfTheOtherApplicationAreNoticed(t *testing.T) {
	t.Parallel()
	takenOver(t, func(t *testing.T, db *loader.DB, other legacy) {
		ctx := context.Background()
		const run = "01JZ0000000000000000000001"
		at := func(post loader.Post, key string) loader.Change {
			return loader.Change{PostID: post.ID, RunID: run, Key: key, Version: post.Version}
		}

		post := foreignPost(t, db, other)
		saved, err := db.SaveRevision(ctx, at(post, "a/save"), "revision")
		if err != nil {
			t.Fatal(err)
		}
		other.exec(foreignEdit, post.ID)
		if _, err := db.ApplyRevision(ctx, at(saved, "a/apply")); !errors.Is(err, loader.ErrChanged) {
			t.Errorf("application over an edit of the other application: %v, want ErrChanged", err)
		}

		post = foreignPost(t, db, other)
		saved, err = db.SaveRevision(ctx, at(post, "b/save"), "revision")
		if err != nil {
			t.Fatal(err)
		}
		other.exec(foreignRevision, post.ID)
		now, err := db.Post(ctx, post.ID)
		if err != nil || now.RevisionRun != "" {
			t.Errorf("the other application's revision counts as that of run %q (error %v)", now.RevisionRun, err)
		}
		if _, err := db.ApplyRevision(ctx, at(saved, "b/apply")); !errors.Is(err, loader.ErrChanged) {
			t.Errorf("application of the other application's revision: %v, want ErrChanged", err)
		}
		if _, err := db.DiscardRevision(ctx, at(saved, "b/discard"), ""); !errors.Is(err, loader.ErrChanged) {
			t.Errorf("removal of the other application's revision: %v, want ErrChanged", err)
		}
		// A run that has seen it may apply it.
		if got, err := db.ApplyRevision(ctx, at(now, "b/apply seen")); err != nil || got.Markdown != "revision from elsewhere" {
			t.Errorf("application of a foreign revision: %q, %v", got.Markdown, err)
		}
	})
}

func TestReviewOfTheOtherApplication(t *testing.T) {
	t.Parallel()
	takenOver(t, func(t *testing.T, db *loader.DB, other legacy) {
		ctx := context.Background()
		older, newer := "01JZ0000000000000000000001", "01JZ0000000000000000000002"
		post := foreignPost(t, db, other)
		if _, err := db.Fail(ctx, post.ID, older, "an old reason"); err != nil {
			t.Fatal(err)
		}
		other.exec(foreignReview, post.ID)
		post, err := db.Post(ctx, post.ID)
		if err != nil || post.Status != loader.StatusUnderReview || post.Error != nil {
			t.Errorf("post in the other application's review: %+v, %v; want no reason of an earlier run", post, err)
		}
		// What it has sent to review is not released when this application starts.
		ids, err := db.ReleasePosts(ctx, "restart")
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			if id == post.ID {
				t.Error("a post that the other application has sent to review was released")
			}
		}
		if _, err := db.SaveRevision(ctx, loader.Change{PostID: post.ID, RunID: newer, Key: newer, Version: post.Version}, "x"); err != nil {
			t.Errorf("the run of that review cannot save: %v", err)
		}
		failed, err := db.Fail(ctx, post.ID, newer, "reason")
		if err != nil || failed.Status != loader.StatusDraft || failed.Revision != nil {
			t.Errorf("after the failure: %+v, %v; want a draft without a revision", failed, err)
		}
	})
}

// The other application can go on writing what this package refuses to write itself.
func TestTheOtherApplicationKeepsItsFreedom(t *testing.T) {
	t.Parallel()
	takenOver(t, func(t *testing.T, db *loader.DB, other legacy) {
		other.exec(`INSERT INTO workflows (name, "trigger", enabled, workflow) VALUES ('Twin', 'blog-post.updated', true, '{}')`)
		other.exec(`UPDATE workflows SET enabled = true, name = 'Twin', "trigger" = 'x', workflow = '{"name":"changed"}'`)
		other.exec(`DELETE FROM blog_posts WHERE id = 7`)
		if workflows, err := db.Workflows(context.Background()); err != nil || len(workflows) < 5 {
			t.Errorf("%d workflows, %v", len(workflows), err)
		}
	})
}
