package loader_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// aged is a run that began and ended that long ago.
func aged(run, workflow string, age time.Duration) []workflowkit.Transition {
	all := told(run, workflow)
	for i := range all {
		all[i].Time = all[i].Time.Add(-age)
	}
	return all
}

func runIDs(t *testing.T, h *loader.History) string {
	t.Helper()
	page, err := h.ListRuns(context.Background(), store.RunQuery{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, run := range page.Runs {
		ids = append(ids, run.ID)
	}
	return strings.Join(ids, " ")
}

func TestRunsAreKeptForAWhile(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		config  loader.HistoryConfig
		deleted int
		want    string
	}{
		"the defaults":     {loader.HistoryConfig{}, 1, "new a b c running"},
		"by age":           {loader.HistoryConfig{MaxAge: 3 * day, MaxRuns: -1}, 2, "new a b running"},
		"by count":         {loader.HistoryConfig{MaxAge: -1, MaxRuns: 2}, 2, "new a b running"},
		"of each workflow": {loader.HistoryConfig{MaxAge: -1, MaxRuns: 1}, 3, "new a running"},
		"for ever":         {loader.HistoryConfig{MaxAge: -1, MaxRuns: -1}, 0, "new a b c old running"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBoth(t, func(t *testing.T, dsn string) {
				h := openHistory(t, loadertest.Open(t, dsn), c.config)
				tell(h, aged("running", "w", 100*day)[:3]...)
				for i, run := range []string{"old", "c", "b", "a"} {
					tell(h, aged(run, "w", []time.Duration{40 * day, 4 * day, 2 * day, day}[i])...)
				}
				tell(h, told("new", "other")...)
				flush(t, h)
				deleted, err := h.Prune(context.Background())
				if err != nil || deleted != c.deleted {
					t.Errorf("Prune = %d, %v; want %d", deleted, err, c.deleted)
				}
				if got := runIDs(t, h); got != c.want {
					t.Errorf("runs left: %s, want %s", got, c.want)
				}
				whole(t, h, "new")
			})
		})
	}
}

// Pruning is done in small transactions, and takes with it all that belongs to a run.
func TestManyRunsArePruned(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		h, other := openHistory(t, loadertest.Open(t, dsn), loader.HistoryConfig{MaxRuns: 3}), openLegacy(t, dsn)
		for i := range 253 {
			h.Observe(context.Background(), told(fmt.Sprintf("run %03d", i), "w")[3])
			h.Observe(context.Background(), told(fmt.Sprintf("run %03d", i), "w")[1])
		}
		flush(t, h)
		other.exec("UPDATE workflowkit_runs SET status = 'completed', finished_at_ms = started_at_ms")
		if deleted, err := h.Prune(context.Background()); err != nil || deleted != 250 {
			t.Errorf("Prune = %d, %v; want 250", deleted, err)
		}
		rows := other.rows(`SELECT (SELECT count(*) FROM workflowkit_runs) AS runs, (SELECT count(*) FROM workflowkit_run_actions) AS actions,
			(SELECT count(*) FROM workflowkit_run_edges) AS edges, (SELECT count(*) FROM workflowkit_run_keys) AS keys`)
		expect(t, "rows left", []string{"runs=3 actions=3 edges=3 keys=6 "}, rows)
	})
}

func TestLargeValuesAreCut(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		db := loadertest.Open(t, dsn)
		h, unbounded := openHistory(t, db, loader.HistoryConfig{MaxValue: 100}), openHistory(t, db, loader.HistoryConfig{MaxValue: -1})
		text := `"` + strings.Repeat("ä", 5000) + `"`
		all := told("cut", "w")
		all[0].Event.Data, all[2].Inputs, all[4].Result.Actions[0].Output = []byte(`{"a":`+text+`}`), []byte(text), []byte(text)
		tell(h, all[0], all[2], all[4])
		run, err := h.GetRun(ctx, "cut")
		if err != nil {
			t.Fatal(err)
		}
		for what, value := range map[string]json.RawMessage{
			"event data": run.EventData, "inputs": run.Actions[0].Inputs, "output": run.Actions[0].Output,
		} {
			var cut struct {
				Truncated bool
				Bytes     int
				Start     string
			}
			if err := json.Unmarshal(value, &cut); err != nil || !cut.Truncated || cut.Bytes < 10_000 || !strings.Contains(cut.Start, "ä") || len(value) > 300 {
				t.Errorf("%s: %s, %v", what, value, err)
			}
		}
		all[4].RunID, all[4].Error = "whole", strings.Repeat("x", 70_000)
		tell(unbounded, all[4])
		if run, err = h.GetRun(ctx, "whole"); err != nil || string(run.Actions[0].Output) != text || len(run.Error) != 70_000 {
			t.Errorf("a value of any size: %d bytes, %v", len(run.Actions[0].Output), err)
		}
	})
}

// What happens to a run while no process works on it is told from outside.
func TestRunsAreMarked(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		h := openHistory(t, loadertest.Open(t, dsn), loader.HistoryConfig{})
		for run, mark := range map[string]func() error{
			"failed":    func() error { return h.MarkFailed(ctx, "failed", "timed out") },
			"cancelled": func() error { return h.MarkCancelled(ctx, "cancelled", "the post was reverted") },
		} {
			all := told(run, "w")
			tell(h, all[:3]...)
			if err := mark(); err != nil {
				t.Fatal(err)
			}
			before, err := h.GetRun(ctx, run)
			if err != nil || string(before.Status) != run || before.FinishedAt == nil || before.Error+before.Reason == "" ||
				before.Actions[0].Status != store.StatusCancelled {
				t.Errorf("%s: %+v, %v", run, before, err)
			}
			tell(h, all[3:4]...) // which was under way
			if err := errors.Join(mark(), h.MarkFailed(ctx, run, "again"), h.MarkCancelled(ctx, run, "again")); err != nil {
				t.Fatal(err)
			}
			tell(h, all[4:]...)
			after, err := h.GetRun(ctx, run)
			if err != nil || after.Status != before.Status || after.Error != before.Error || after.Reason != before.Reason ||
				after.Actions[0].Status != store.StatusCancelled || len(after.Edges) != 1 {
				t.Errorf("%s, after more was told: %+v, %v", run, after, err)
			}
		}
		tell(h, told("done", "w")...)
		if err := h.MarkFailed(ctx, "done", "too late"); err != nil {
			t.Fatal(err)
		}
		whole(t, h, "done")
		if err := h.MarkFailed(ctx, "nobody's", "x"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a run that is not known: %v, want ErrNotFound", err)
		}
	})
}

func TestCursorsAreChecked(t *testing.T) {
	t.Parallel()
	h := openHistory(t, loadertest.Open(t, loadertest.SQLite(t)), loader.HistoryConfig{})
	for _, cursor := range []string{"x", "!", "MTI", "LzE", "YS9i"} {
		if _, err := h.ListRuns(context.Background(), store.RunQuery{After: cursor}); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("cursor %q: %v, want ErrInvalid", cursor, err)
		}
	}
}

// A history that writes runs deletes old ones as fast as new ones come.
func TestPruningKeepsUp(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		h, other := openHistory(t, loadertest.Open(t, dsn), loader.HistoryConfig{MaxRuns: 5}), openLegacy(t, dsn)
		other.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 450)
			INSERT INTO workflowkit_runs SELECT 'old ' || i, 'w', 1, 'completed', 'event', NULL, '', '', i, i, i, 0, true, 0, 0, 0, 0, 0 FROM n`)
		tell(h, told("first", "w")...)
		loader.PruneSoon(h)
		for i := range 20 {
			tell(h, told(fmt.Sprint("run ", i), "w")...)
			flush(t, h)
		}
		page, err := h.ListRuns(context.Background(), store.RunQuery{Limit: 200})
		if err != nil || len(page.Runs) > 30 {
			t.Errorf("%d runs are left, %v", len(page.Runs), err)
		}
	})
}
