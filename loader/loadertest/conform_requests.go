package loadertest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

func testRequests(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		call func(context.Context, int64, ...workflowkit.Event) (loader.Transition, error)
		want string
	}{
		"review":    {db.SendToReview, loader.StatusUnderReview},
		"revert":    {db.RevertPost, loader.StatusDraft},
		"publish":   {db.PublishPost, loader.StatusPublished},
		"unpublish": {db.UnpublishPost, loader.StatusDraft},
	} {
		t.Run(name, func(t *testing.T) {
			post := newPost(t, db)
			must(db.SaveRevision(ctx, change(post, runID(1), "save"), "revision"))(t)
			must(db.Fail(ctx, post.ID, runID(2), "an error of an earlier run"))(t)
			for range 2 {
				got := must(c.call(ctx, post.ID))(t).Post
				want := post
				want.Status = c.want
				equal(t, "post", want, got)
				unchanged(t, db, got)
			}
		})
	}
}

func testRollback(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	post := newPost(t, db)
	must(db.SaveRevision(ctx, change(post, runID(1), "save"), "revision"))(t)
	before := must(db.RequestApproval(ctx, change(post, runID(1), "ask")))(t)

	review := must(db.SendToReview(ctx, post.ID))(t)
	for range 2 {
		equal(t, "post after the rollback", before, must(db.Rollback(ctx, review))(t))
		unchanged(t, db, before)
	}
	// The run that had the post has it again.
	must(db.ApplyRevision(ctx, change(before, runID(1), "apply")))(t)

	// The event was delivered although sending it failed: the run that it started has the post.
	review = must(db.SendToReview(ctx, post.ID))(t)
	saved := must(db.SaveRevision(ctx, change(review.Post, runID(2), "save"), "revision"))(t)
	if _, err := db.Rollback(ctx, review); !errors.Is(err, loader.ErrChanged) {
		t.Errorf("rollback after the run has begun: error %v, want ErrChanged", err)
	}
	unchanged(t, db, saved)

	// Somebody has sent it to review as well, and that event was sent.
	review = must(db.SendToReview(ctx, post.ID))(t)
	second := must(db.SendToReview(ctx, post.ID))(t)
	if _, err := db.Rollback(ctx, review); !errors.Is(err, loader.ErrChanged) {
		t.Errorf("rollback of the first of two reviews: error %v, want ErrChanged", err)
	}
	unchanged(t, db, second.Post)

	// Somebody else has decided in the meantime.
	review = must(db.SendToReview(ctx, post.ID))(t)
	published := must(db.PublishPost(ctx, post.ID))(t)
	if _, err := db.Rollback(ctx, review); !errors.Is(err, loader.ErrChanged) {
		t.Errorf("rollback of a decision that was overruled: error %v, want ErrChanged", err)
	}
	unchanged(t, db, published.Post)
}

func testSupersededRun(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	for name, decide := range map[string]func(context.Context, int64, ...workflowkit.Event) (loader.Transition, error){
		"review": db.SendToReview, "revert": db.RevertPost, "publish": db.PublishPost, "unpublish": db.UnpublishPost,
	} {
		t.Run(name, func(t *testing.T) {
			post := newPost(t, db)
			run := runID(1)
			asked := must(db.RequestApproval(ctx, change(post, run, "ask")))(t)
			decided := must(decide(ctx, post.ID))(t).Post
			for name, write := range map[string]func(c loader.Change) (loader.Post, error){
				"save":    func(c loader.Change) (loader.Post, error) { return db.SaveRevision(ctx, c, "late") },
				"ask":     func(c loader.Change) (loader.Post, error) { return db.RequestApproval(ctx, c) },
				"discard": func(c loader.Change) (loader.Post, error) { return db.DiscardRevision(ctx, c, "") },
			} {
				if _, err := write(change(asked, run, "late "+name)); !errors.Is(err, loader.ErrChanged) {
					t.Errorf("%s: error %v, want ErrChanged", name, err)
				}
			}
			must(db.Fail(ctx, post.ID, run, "late"))(t)
			unchanged(t, db, decided)
			// Recommendations overwrite nothing.
			must(db.AppendRecommendations(ctx, change(asked, run, "recommend"), "Twitter posts", "text"))(t)
		})
	}
	// A run that had not written yet when the post was reverted began earlier, as its id says.
	post := newPost(t, db)
	reverted := must(db.RevertPost(ctx, post.ID))(t).Post
	if _, err := db.RequestApproval(ctx, change(post, runID(1), "ask")); !errors.Is(err, loader.ErrChanged) {
		t.Errorf("request of a run that began before the revert: error %v, want ErrChanged", err)
	}
	unchanged(t, db, reverted)
	// A review that was requested after that is for every run.
	must(db.SendToReview(ctx, post.ID))(t)
	must(db.RequestApproval(ctx, change(post, runID(1), "ask")))(t)
}

func testFail(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	run := runID(1)
	for name, c := range map[string]struct {
		prepare func(t *testing.T, post loader.Post)
		want    string
	}{
		"before the first write": {func(t *testing.T, post loader.Post) {
			must(db.SendToReview(ctx, post.ID))(t)
		}, loader.StatusDraft},
		"with a revision": {func(t *testing.T, post loader.Post) {
			post = must(db.SendToReview(ctx, post.ID))(t).Post
			must(db.SaveRevision(ctx, change(post, run, "save"), "revision"))(t)
		}, loader.StatusDraft},
		"while it waits": {func(t *testing.T, post loader.Post) {
			post = must(db.SaveRevision(ctx, change(post, run, "save"), "revision"))(t)
			must(db.RequestApproval(ctx, change(post, run, "ask")))(t)
		}, loader.StatusDraft},
		"after the post was published": {func(t *testing.T, post loader.Post) {
			must(db.PublishPost(ctx, post.ID))(t)
			must(db.AppendRecommendations(ctx, change(post, run, "recommend"), "Twitter posts", "text"))(t)
		}, loader.StatusPublished},
		"with a post that nobody has sent to review": {func(*testing.T, loader.Post) {}, loader.StatusDraft},
	} {
		t.Run(name, func(t *testing.T) {
			post := newPost(t, db)
			c.prepare(t, post)
			for range 2 {
				failed := must(db.Fail(ctx, post.ID, run, "the model is not available"))(t)
				equal(t, "status", c.want, failed.Status)
				equal(t, "reason", "the model is not available", *failed.Error)
				equal(t, "text", post.Markdown, failed.Markdown)
				if failed.Revision != nil {
					t.Errorf("the revision is still there: %q", *failed.Revision)
				}
				unchanged(t, db, failed)
			}
			// The next run's first write clears the reason.
			next := must(db.AppendRecommendations(ctx, change(post, runID(2), "next"), "Next", "text"))(t)
			if next.Error != nil {
				t.Errorf("reason %q after the next run's write, want none", *next.Error)
			}
			must(db.Fail(ctx, post.ID, runID(3), ""))(t)
			again := must(db.SendToReview(ctx, post.ID))(t).Post
			if again.Error != nil {
				t.Errorf("reason %q in the next review, want none", *again.Error)
			}
		})
	}
}

func testFailOfOthers(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	post := newPost(t, db)
	// The newer run waits for an approval; the older one, of which nothing was written, fails late.
	saved := must(db.SaveRevision(ctx, change(post, runID(2), "save"), "revision"))(t)
	asked := must(db.RequestApproval(ctx, change(saved, runID(2), "ask")))(t)
	must(db.Fail(ctx, post.ID, runID(1), "late"))(t)
	unchanged(t, db, asked)
	// With ids that tell nothing, a run that is at work is left alone too.
	must(db.Fail(ctx, post.ID, "some other run", "late"))(t)
	unchanged(t, db, asked)

	// A run that had finished does not keep a later one from reporting.
	must(db.ApplyRevision(ctx, change(asked, runID(2), "apply")))(t)
	failed := must(db.Fail(ctx, post.ID, "some third run", "reason"))(t)
	equal(t, "status", loader.StatusPublished, failed.Status)
	equal(t, "reason", "reason", *failed.Error)
}

func testRelease(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	run := runID(1)
	sent, saved, asked, published := newPost(t, db), newPost(t, db), newPost(t, db), newPost(t, db)
	must(db.SendToReview(ctx, sent.ID))(t)
	must(db.SaveRevision(ctx, change(saved, run, "save"), "revision"))(t)
	must(db.RequestApproval(ctx, change(asked, run, "ask")))(t)
	done := must(db.PublishPost(ctx, published.ID))(t).Post
	// In review by somebody else: nothing in the log.
	foreign := must(db.CreatePost(ctx, loader.NewPost{Title: name("Foreign"), Status: loader.StatusUnderReview}))(t)

	ids := must(db.ReleasePosts(ctx, "the application was restarted"))(t)
	for _, post := range []loader.Post{sent, saved, asked} {
		if !slices.Contains(ids, post.ID) {
			t.Errorf("post %d is not among the released %v", post.ID, ids)
		}
		got := must(db.Post(ctx, post.ID))(t)
		equal(t, "status", loader.StatusDraft, got.Status)
		equal(t, "reason", "the application was restarted", *got.Error)
		equal(t, "version", post.Version, got.Version)
	}
	unchanged(t, db, done)
	unchanged(t, db, foreign)
	if _, err := db.SaveRevision(ctx, change(saved, run, "late"), "revision"); !errors.Is(err, loader.ErrChanged) {
		t.Errorf("write of the lost run: error %v, want ErrChanged", err)
	}
}
