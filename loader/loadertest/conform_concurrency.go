package loadertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/workflowkit/workflowkit-go/loader"
)

const writers = 16

// atOnce calls f in as many goroutines as there are writers, and reports their errors.
func atOnce(t *testing.T, f func(writer int) error) {
	t.Helper()
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			if err := f(i); err != nil {
				t.Errorf("writer %d: %v", i, err)
			}
		})
	}
	all.Wait()
}

func testConcurrentWriters(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	const rounds = 4
	post := newPost(t, db)
	atOnce(t, func(writer int) error {
		for round := range rounds {
			c := change(post, runID(writer), fmt.Sprintf("recommend %d", round))
			heading := fmt.Sprintf("From %d in round %d", writer, round)
			for range 2 { // every step runs twice
				if _, err := db.AppendRecommendations(ctx, c, heading, "text"); err != nil {
					return err
				}
			}
		}
		return nil
	})
	got := must(db.Post(ctx, post.ID))(t)
	equal(t, "sections", writers*rounds, strings.Count(*got.Recommendations, "## From "))

	// One step in several processes at once: applied once.
	saved := must(db.SaveRevision(ctx, change(post, runID(1), "save"), "revision"))(t)
	apply := change(saved, runID(1), "apply")
	atOnce(t, func(int) error {
		applied, err := db.ApplyRevision(ctx, apply)
		if err == nil && applied.Markdown != "revision" {
			err = fmt.Errorf("text is %q", applied.Markdown)
		}
		return err
	})
}

// testConcurrentEditors lets editors and runs change the same thing at once: one of each wins, and the others hear it.
func testConcurrentEditors(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	post := newPost(t, db)
	var edits, enabled atomic.Int64
	atOnce(t, func(writer int) error {
		text := fmt.Sprintf("text of writer %d", writer)
		_, err := db.UpdatePost(ctx, post.ID, loader.PostEdit{Markdown: &text, Seen: post.Version})
		return countWins(err, loader.ErrChanged, &edits)
	})
	equal(t, "edits of one version", int64(1), edits.Load())

	trigger, on := name("event"), true
	atOnce(t, func(int) error {
		title := name("Workflow")
		_, err := db.CreateWorkflow(ctx, loader.WorkflowEdit{Name: &title, Trigger: &trigger, Enabled: &on})
		return countWins(err, loader.ErrConflict, &enabled)
	})
	equal(t, "enabled workflows of one trigger", int64(1), enabled.Load())
}

func countWins(err, lost error, wins *atomic.Int64) error {
	if err == nil {
		wins.Add(1)
	}
	if errors.Is(err, lost) {
		return nil
	}
	return err
}
