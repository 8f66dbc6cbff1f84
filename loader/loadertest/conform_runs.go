package loadertest

import (
	"context"
	"errors"
	"testing"

	"github.com/workflowkit/workflowkit-go/loader"
)

func testReview(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	post := must(db.SendToReview(ctx, newPost(t, db).ID))(t).Post
	run := runID(1)

	saved := must(db.SaveRevision(ctx, change(post, run, "toc"), "first revision"))(t)
	equal(t, "revision", "first revision", *saved.Revision)
	equal(t, "revision's run", run, saved.RevisionRun)
	equal(t, "status", loader.StatusUnderReview, saved.Status)
	equal(t, "text", post.Markdown, saved.Markdown)

	saved = must(db.SaveRevision(ctx, change(saved, run, "grammar"), "second revision"))(t)
	asked := must(db.RequestApproval(ctx, change(saved, run, "ask")))(t)
	equal(t, "status", loader.StatusNeedsApproval, asked.Status)
	equal(t, "version after a change of the status alone", saved.Version, asked.Version)

	applied := must(db.ApplyRevision(ctx, change(asked, run, "apply")))(t)
	equal(t, "text", "second revision", applied.Markdown)
	equal(t, "status", loader.StatusPublished, applied.Status)
	if applied.Revision != nil || applied.RevisionRun != "" {
		t.Errorf("the revision is still there: %+v", applied)
	}
	unchanged(t, db, applied)

	_, err := db.ApplyRevision(ctx, change(applied, run, "apply again"))
	if !errors.Is(err, loader.ErrNoRevision) {
		t.Errorf("second application: error %v, want ErrNoRevision", err)
	}
	unchanged(t, db, applied)
}

func testRepeatedWrites(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	run := runID(1)
	post := newPost(t, db)
	save, ask, apply := change(post, run, "save"), change(post, run, "ask"), change(post, run, "apply")
	recommend := change(post, run, "recommend")
	for range 3 {
		saved := must(db.SaveRevision(ctx, save, "revision"))(t)
		equal(t, "status", loader.StatusUnderReview, saved.Status)
		ask.Version, apply.Version = saved.Version, saved.Version
	}
	for range 3 {
		equal(t, "status", loader.StatusNeedsApproval, must(db.RequestApproval(ctx, ask))(t).Status)
	}
	for range 3 {
		applied := must(db.ApplyRevision(ctx, apply))(t)
		equal(t, "text", "revision", applied.Markdown)
	}
	for range 3 {
		appended := must(db.AppendRecommendations(ctx, recommend, "LinkedIn posts", "text"))(t)
		equal(t, "recommendations", "## LinkedIn posts\n\ntext\n", *appended.Recommendations)
	}
	// A step that is repeated late does not bring back what later steps have changed.
	late := must(db.SaveRevision(ctx, save, "revision"))(t)
	equal(t, "status after a late repetition", loader.StatusPublished, late.Status)
	if late.Revision != nil {
		t.Errorf("a late repetition brought the revision back: %q", *late.Revision)
	}
	// A key belongs to one write.
	other := save
	other.PostID = newPost(t, db).ID
	if _, err := db.SaveRevision(ctx, other, "revision"); !errors.Is(err, loader.ErrInvalid) {
		t.Errorf("key of another post: error %v, want ErrInvalid", err)
	}
	if _, err := db.DiscardRevision(ctx, save, ""); !errors.Is(err, loader.ErrInvalid) {
		t.Errorf("key of another kind of write: error %v, want ErrInvalid", err)
	}
}

func testRepeatedWriteVersion(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	run := runID(1)
	post := newPost(t, db)
	save := change(post, run, "save")
	saved := must(db.SaveRevision(ctx, save, "revision"))(t)

	// The step's result is lost, somebody edits the title, the step is repeated: the run must not believe that it has
	// seen the new title.
	title := "edited meanwhile"
	must(db.UpdatePost(ctx, post.ID, loader.PostEdit{Title: &title}))(t)
	repeated := must(db.SaveRevision(ctx, save, "revision"))(t)
	equal(t, "version of a repeated write", saved.Version, repeated.Version)
	equal(t, "title of a repeated write", title, repeated.Title)
	if _, err := db.ApplyRevision(ctx, change(repeated, run, "apply")); !errors.Is(err, loader.ErrChanged) {
		t.Errorf("application over an unseen edit: error %v, want ErrChanged", err)
	}
}

func testRunAgainstEdit(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	run, edit := runID(1), "edited"
	post := newPost(t, db)
	edited := must(db.UpdatePost(ctx, post.ID, loader.PostEdit{Markdown: &edit}))(t)
	if _, err := db.SaveRevision(ctx, change(post, run, "save"), "revision"); !errors.Is(err, loader.ErrChanged) {
		t.Errorf("revision of an old text: error %v, want ErrChanged", err)
	}
	unchanged(t, db, edited)

	saved := must(db.SaveRevision(ctx, change(edited, run, "save"), "revision"))(t)
	again := "edited again"
	edited = must(db.UpdatePost(ctx, post.ID, loader.PostEdit{Markdown: &again}))(t)
	if _, err := db.ApplyRevision(ctx, change(saved, run, "apply")); !errors.Is(err, loader.ErrChanged) {
		t.Errorf("application over an edit: error %v, want ErrChanged", err)
	}
	unchanged(t, db, edited)
}

// A run loads the post in each of its actions, so the version it gives may be that of an edit of which its revision
// knows nothing.
func testRevisionOfOldText(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	run, edit := runID(1), "edited"
	post := newPost(t, db)
	must(db.SaveRevision(ctx, change(post, run, "first"), "revision"))(t)
	edited := must(db.UpdatePost(ctx, post.ID, loader.PostEdit{Markdown: &edit}))(t)
	if _, err := db.SaveRevision(ctx, change(edited, run, "second"), "revision, revised"); !errors.Is(err, loader.ErrChanged) {
		t.Errorf("second revision: error %v, want ErrChanged", err)
	}
	if _, err := db.ApplyRevision(ctx, change(edited, run, "apply")); !errors.Is(err, loader.ErrChanged) {
		t.Errorf("application: error %v, want ErrChanged", err)
	}
	unchanged(t, db, edited)
}

func testNewerRun(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	older, newer := runID(1), runID(2)
	post := newPost(t, db)

	// The newer run has read the post, then the older one finishes the step in which it was replaced.
	must(db.SaveRevision(ctx, change(post, older, "save"), "of the older"))(t)
	saved := must(db.SaveRevision(ctx, change(post, newer, "save"), "of the newer"))(t)
	equal(t, "revision", "of the newer", *saved.Revision)
	equal(t, "revision's run", newer, saved.RevisionRun)

	for name, write := range map[string]func(c loader.Change) (loader.Post, error){
		"save":    func(c loader.Change) (loader.Post, error) { return db.SaveRevision(ctx, c, "late") },
		"ask":     func(c loader.Change) (loader.Post, error) { return db.RequestApproval(ctx, c) },
		"discard": func(c loader.Change) (loader.Post, error) { return db.DiscardRevision(ctx, c, "") },
	} {
		if _, err := write(change(saved, older, "late "+name)); !errors.Is(err, loader.ErrChanged) {
			t.Errorf("%s of the older run: error %v, want ErrChanged", name, err)
		}
	}
	unchanged(t, db, saved)
	if failed := must(db.Fail(ctx, post.ID, older, "too late"))(t); failed.Error != nil {
		t.Errorf("the older run's failure is shown: %q", *failed.Error)
	}
	unchanged(t, db, saved)

	asked := must(db.RequestApproval(ctx, change(saved, newer, "ask")))(t)
	must(db.ApplyRevision(ctx, change(asked, newer, "apply")))(t)
}

func testPlainRunIDs(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	first, second := name("z run"), name("a run") // in an order that the names do not tell
	post := newPost(t, db)
	saved := must(db.SaveRevision(ctx, change(post, first, "save"), "of the first"))(t)
	if _, err := db.SaveRevision(ctx, change(post, second, "blind"), "of the second"); !errors.Is(err, loader.ErrChanged) {
		t.Errorf("revision that has not seen the first run's: error %v, want ErrChanged", err)
	}
	saved = must(db.SaveRevision(ctx, change(saved, second, "save"), "of the second"))(t)
	if _, err := db.RequestApproval(ctx, change(saved, first, "ask")); !errors.Is(err, loader.ErrChanged) {
		t.Errorf("the first run asks for the second one's revision: error %v, want ErrChanged", err)
	}
	must(db.RequestApproval(ctx, change(saved, second, "ask")))(t)
}

func testDiscard(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	run, edit := runID(1), "edited while the run waited"
	post := newPost(t, db)
	saved := must(db.SaveRevision(ctx, change(post, run, "save"), "revision"))(t)
	asked := must(db.RequestApproval(ctx, change(saved, run, "ask")))(t)
	must(db.UpdatePost(ctx, post.ID, loader.PostEdit{Markdown: &edit}))(t)

	for range 2 {
		discarded := must(db.DiscardRevision(ctx, change(asked, run, "discard"), "no answer in time"))(t)
		equal(t, "status", loader.StatusDraft, discarded.Status)
		equal(t, "text", edit, discarded.Markdown)
		equal(t, "reason", "no answer in time", *discarded.Error)
		if discarded.Revision != nil {
			t.Errorf("the revision is still there: %q", *discarded.Revision)
		}
	}
	// A review without a revision ends the same way.
	bare := newPost(t, db)
	must(db.RequestApproval(ctx, change(bare, run, "ask")))(t)
	discarded := must(db.DiscardRevision(ctx, change(bare, run, "discard"), ""))(t)
	equal(t, "status", loader.StatusDraft, discarded.Status)
	if discarded.Error != nil {
		t.Errorf("reason %q, want none", *discarded.Error)
	}
}

func testRecommendations(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	post := newPost(t, db)
	must(db.AppendRecommendations(ctx, change(post, runID(1), "linkedin"), "LinkedIn posts", "One.\n\nTwo.\n\n"))(t)
	edit := "an edit does not matter"
	must(db.UpdatePost(ctx, post.ID, loader.PostEdit{Markdown: &edit}))(t)
	got := must(db.AppendRecommendations(ctx, change(post, runID(1), "twitter"), "Twitter posts", "Three."))(t)
	equal(t, "recommendations", "## LinkedIn posts\n\nOne.\n\nTwo.\n\n## Twitter posts\n\nThree.\n", *got.Recommendations)
	equal(t, "status", post.Status, got.Status)
	equal(t, "text", edit, got.Markdown)
}
