package loader_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// story is a random sequence of what runs, editors and the other application do to one post. Each actor knows only
// what it has read at some time before.
type story struct {
	db    *loader.DB
	other legacy
	post  loader.Post            // as it is
	seen  map[string]loader.Post // by run: as the run has last read it
	bases map[string]string      // by revision: the text from which it was made
	steps int
}

var storyRuns = []string{
	"01JZ0000000000000000000001", "01JZ0000000000000000000002", "01JZ0000000000000000000003", "a run", "another run",
}

// fresh returns a text that was never there before.
func (s *story) fresh(what string) string {
	s.steps++
	return fmt.Sprintf("%s %d of post %d", what, s.steps, s.post.ID)
}

func (s *story) read(t *rapid.T) loader.Post {
	post, err := s.db.Post(context.Background(), s.post.ID)
	if err != nil {
		t.Fatal(err)
	}
	return post
}

// write makes a write twice with one key, as a step does that is repeated, and checks that the second changes nothing.
func (s *story) write(t *rapid.T, run string, call func(loader.Change) (loader.Post, error)) bool {
	seen, ok := s.seen[run]
	if !ok {
		seen = s.post
	}
	c := loader.Change{PostID: s.post.ID, RunID: run, Key: s.fresh("key"), Version: seen.Version}
	got, err := call(c)
	now := s.read(t)
	if err != nil {
		if !errors.Is(err, loader.ErrChanged) && !errors.Is(err, loader.ErrNoRevision) {
			t.Fatalf("%s: %v", run, err)
		}
		if diff := cmp.Diff(s.post, now); diff != "" {
			t.Fatalf("a refused write has changed the post:\n%s", diff)
		}
		return false
	}
	s.seen[run] = got
	again, err := call(c)
	if err != nil {
		t.Fatalf("%s repeats a step: %v", run, err)
	}
	if diff := cmp.Diff(got, again); diff != "" {
		t.Fatalf("a repeated step gives another result:\n%s", diff)
	}
	if diff := cmp.Diff(now, s.read(t)); diff != "" {
		t.Fatalf("a repeated step has changed the post:\n%s", diff)
	}
	return true
}

func (s *story) actions() map[string]func(*rapid.T) {
	ctx := context.Background()
	run := func(t *rapid.T) string { return rapid.SampledFrom(storyRuns).Draw(t, "run") }
	decide := func(f func(context.Context, int64, ...workflowkit.Event) (loader.Transition, error)) func(*rapid.T) {
		return func(t *rapid.T) {
			if _, err := f(ctx, s.post.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	return map[string]func(*rapid.T){
		"load": func(t *rapid.T) { s.seen[run(t)] = s.post },
		"save": func(t *rapid.T) {
			r, text := run(t), s.fresh("revision")
			s.write(t, r, func(c loader.Change) (loader.Post, error) { return s.db.SaveRevision(ctx, c, text) })
			s.bases[text] = s.post.Markdown
		},
		"ask": func(t *rapid.T) {
			s.write(t, run(t), func(c loader.Change) (loader.Post, error) { return s.db.RequestApproval(ctx, c) })
		},
		"apply": func(t *rapid.T) {
			before := s.post
			if !s.write(t, run(t), func(c loader.Change) (loader.Post, error) { return s.db.ApplyRevision(ctx, c) }) {
				return
			}
			// The rule of the package: what is replaced is the text from which the revision was made.
			if base, known := s.bases[*before.Revision]; known && base != before.Markdown {
				t.Fatalf("a revision of %q has replaced %q", base, before.Markdown)
			}
		},
		"discard": func(t *rapid.T) {
			s.write(t, run(t), func(c loader.Change) (loader.Post, error) { return s.db.DiscardRevision(ctx, c, "reason") })
		},
		"fail": func(t *rapid.T) {
			r := run(t)
			for range 2 {
				if _, err := s.db.Fail(ctx, s.post.ID, r, "reason"); err != nil {
					t.Fatal(err)
				}
			}
		},
		"edit": func(t *rapid.T) {
			text := s.fresh("text")
			if _, err := s.db.UpdatePost(ctx, s.post.ID, loader.PostEdit{Markdown: &text, Seen: s.post.Version}); err != nil {
				t.Fatal(err)
			}
		},
		"foreign edit":     func(*rapid.T) { s.other.exec(foreignEdit, s.post.ID) },
		"foreign revision": func(*rapid.T) { s.other.exec(foreignRevision, s.post.ID) },
		"foreign review":   func(*rapid.T) { s.other.exec(foreignReview, s.post.ID) },
		"review":           decide(s.db.SendToReview),
		"revert":           decide(s.db.RevertPost),
		"publish":          decide(s.db.PublishPost),
		"unpublish":        decide(s.db.UnpublishPost),
		"review, not sent": func(t *rapid.T) {
			decision, err := s.db.SendToReview(ctx, s.post.ID)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.db.Rollback(ctx, decision); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(s.post, s.read(t)); diff != "" {
				t.Fatalf("the rollback has left a difference:\n%s", diff)
			}
		},
		// After every action.
		"": func(t *rapid.T) {
			before := s.post
			s.post = s.read(t)
			statuses := []string{loader.StatusDraft, loader.StatusUnderReview, loader.StatusNeedsApproval, loader.StatusPublished}
			if !slices.Contains(statuses, s.post.Status) {
				t.Fatalf("status %q", s.post.Status)
			}
			same := before.Title == s.post.Title && before.Markdown == s.post.Markdown && cmp.Equal(before.Revision, s.post.Revision)
			if same != (before.Version == s.post.Version) {
				t.Fatalf("the version does not follow the texts:\n%s", cmp.Diff(before, s.post))
			}
		},
	}
}

// Whatever runs, editors and the other application do, and in whatever order: a repeated step changes nothing, a
// refused write writes nothing, and no text is replaced by a revision of another text.
func TestStoriesOfAPost(t *testing.T) {
	t.Parallel()
	dsn := loadertest.SQLite(t)
	// Nothing here has to survive a power cut.
	db, other := loadertest.Open(t, "file:"+dsn+"?_pragma=synchronous(off)"), openLegacy(t, dsn)
	other.exec("PRAGMA synchronous = off")
	rapid.Check(t, func(t *rapid.T) {
		post, err := db.CreatePost(context.Background(), loader.NewPost{Title: "Post", Markdown: "text"})
		if err != nil {
			t.Fatal(err)
		}
		s := &story{db: db, other: other, post: post, seen: map[string]loader.Post{}, bases: map[string]string{}}
		t.Repeat(s.actions())
	})
}
