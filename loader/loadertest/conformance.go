package loadertest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/loader"
)

// Conformance tests a migrated database against the loader's contract: what is stored is read back, writes are safe to
// repeat, and nothing is overwritten that its author has not seen. It adds posts and workflows of its own and leaves
// those that are there alone, so it can be run on a database that was taken over.
//
// Another implementation of the posts that the blog's actions need can be compared with this one by reading the
// cases; the functions take a [loader.DB].
func Conformance(t *testing.T, db *loader.DB) {
	t.Helper()
	// This one changes every post in review, so it runs before the others, which wait until this function returns.
	t.Run("posts of lost runs are released", func(t *testing.T) { testRelease(t, db) })
	for name, test := range map[string]func(t *testing.T, db *loader.DB){
		"posts are stored and edited":                     testPostEdits,
		"an edit that has not seen the post is refused":   testPostEditConflict,
		"a run revises, asks and applies":                 testReview,
		"a write with a known key is not made again":      testRepeatedWrites,
		"a repeated write returns the version it made":    testRepeatedWriteVersion,
		"a run does not overwrite an edit":                testRunAgainstEdit,
		"a revision of a text that was edited is refused": testRevisionOfOldText,
		"a newer run wins over an older one":              testNewerRun,
		"runs with ids that hold no time":                 testPlainRunIDs,
		"a revision is discarded":                         testDiscard,
		"recommendations add up":                          testRecommendations,
		"decisions of editors change the status":          testRequests,
		"a decision is taken back":                        testRollback,
		"a decision ends the right of earlier runs":       testSupersededRun,
		"a decision and its events happen together":       testRequestEvents,
		"a failed run gives the post back":                testFail,
		"a failed run leaves others' posts alone":         testFailOfOthers,
		"arguments are checked":                           testInvalid,
		"workflows are stored and edited":                 testWorkflowEdits,
		"definitions keep what they hold":                 testDefinitions,
		"names and triggers are unique":                   testWorkflowConflicts,
		"a definition is not overwritten unseen":          testWorkflowSeen,
		"the workflow of an event is found":               testLoadWorkflow,
		"many writers at once":                            testConcurrentWriters,
		"many editors at once":                            testConcurrentEditors,
		"a cancelled context ends a query":                testCancelledContext,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, db)
		})
	}
}

var unique atomic.Int64

// name returns a name that no other case uses.
func name(prefix string) string { return fmt.Sprintf("%s %d", prefix, unique.Add(1)) }

// runID returns an id in the form of Inngest's, later ones for higher n.
func runID(n int) string { return fmt.Sprintf("01JZ%022d", n) }

func newPost(t *testing.T, db *loader.DB) loader.Post {
	t.Helper()
	post, err := db.CreatePost(context.Background(), loader.NewPost{
		Title: name("Post"), Subtitle: "A subtitle", Markdown: "# Post\n\nIts first text.\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	return post
}

// change is a write of the run at the given version, with a key of its own for each step.
func change(post loader.Post, run, step string) loader.Change {
	return loader.Change{
		PostID: post.ID, RunID: run, Version: post.Version, Key: fmt.Sprintf("%s/%d/%s", run, post.ID, step),
	}
}

// must fails the test on an error; it wraps a call that returns a value and an error.
func must[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func equal(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func unchanged(t *testing.T, db *loader.DB, want loader.Post) {
	t.Helper()
	equal(t, "the post was changed", want, must(db.Post(context.Background(), want.ID))(t))
}
