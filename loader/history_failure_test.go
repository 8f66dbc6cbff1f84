package loader_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// told is a run of one action, from its start to its end.
func told(run, workflow string) []workflowkit.Transition {
	begin := time.Now().UTC().Truncate(time.Millisecond)
	at := func(key string, kind workflowkit.TransitionType) workflowkit.Transition {
		return workflowkit.Transition{
			Key: key, Type: kind, Time: begin, RunID: run, Workflow: workflowkit.WorkflowInfo{ID: workflow, Version: "1"},
			Event: workflowkit.Event{Name: "event"},
		}
	}
	action := func(key string, kind workflowkit.TransitionType) workflowkit.Transition {
		t := at(key, kind)
		t.Action = workflowkit.ActionInfo{ID: "1", Kind: "k"}
		return t
	}
	edge, done, end := at("edge", workflowkit.EdgeDecided), action("done", workflowkit.ActionCompleted), at("end", workflowkit.RunCompleted)
	edge.Edge = &workflowkit.EdgeResult{From: "$source", To: "1", Taken: true}
	done.Output = []byte(`{"n":1}`)
	end.Result = &workflowkit.Result{
		Status: workflowkit.StatusCompleted, Edges: []workflowkit.EdgeResult{*edge.Edge},
		Actions: []workflowkit.ActionResult{{ID: "1", Kind: "k", Status: workflowkit.StatusCompleted, Output: done.Output}},
	}
	return []workflowkit.Transition{at("start", workflowkit.RunStarted), edge, action("begin", workflowkit.ActionStarted), done, end}
}

// tell tells the history of transitions and returns how long it took.
func tell(h *loader.History, all ...workflowkit.Transition) time.Duration {
	begin := time.Now()
	for _, t := range all {
		h.Observe(context.Background(), t)
	}
	return time.Since(begin)
}

// whole checks that the record of a run is complete.
func whole(t *testing.T, h *loader.History, run string) {
	t.Helper()
	got, err := h.GetRun(context.Background(), run)
	if err != nil {
		t.Errorf("run %s: %v", run, err)
		return
	}
	if got.Status != store.StatusCompleted || len(got.Actions) != 1 || got.Actions[0].Status != store.StatusCompleted ||
		string(got.Actions[0].Output) != `{"n":1}` || len(got.Edges) != 1 || got.FinishedAt == nil {
		t.Errorf("run %s is not complete: %+v", run, got)
	}
}

func flush(t *testing.T, h *loader.History) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := h.Flush(ctx); err != nil {
		t.Fatal(err)
	}
}

// While the database does not work runs go on at full speed, and when it works again nothing is missing.
func TestHistoryOfABrokenDatabase(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		h, other := openHistory(t, loadertest.Open(t, dsn), loader.HistoryConfig{}), openLegacy(t, dsn)
		tell(h, told("before", "w")...)
		whole(t, h, "before")
		other.exec("ALTER TABLE workflowkit_run_actions RENAME TO elsewhere")
		tell(h, told("first", "w")...) // which finds out
		for i := range 50 {
			if took := tell(h, told(fmt.Sprint("during ", i), "w")...); took > 500*time.Millisecond {
				t.Errorf("run %d was held up for %s", i, took)
			}
		}
		other.exec("ALTER TABLE elsewhere RENAME TO workflowkit_run_actions")
		flush(t, h)
		whole(t, h, "first")
		for i := range 50 {
			whole(t, h, fmt.Sprint("during ", i))
		}
	})
}

// A lock that somebody holds is waited for no longer than is configured, and not by each run again.
func TestHistoryBehindALock(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		h, other := openHistory(t, loadertest.Open(t, dsn), loader.HistoryConfig{WriteTimeout: 200 * time.Millisecond}), openLegacy(t, dsn)
		conn, err := other.Conn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		for _, statement := range []string{"BEGIN", "UPDATE workflowkit_run_sequence SET value = value"} {
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				t.Fatal(err)
			}
		}
		var took time.Duration
		for i := range 20 {
			took += tell(h, told(fmt.Sprint("run ", i), "w")...)
		}
		if took > 10*time.Second {
			t.Errorf("20 runs were held up for %s", took)
		}
		if _, err := conn.ExecContext(ctx, "ROLLBACK"); err != nil {
			t.Fatal(err)
		}
		flush(t, h)
		for i := range 20 {
			whole(t, h, fmt.Sprint("run ", i))
		}
	})
}

// What is kept in memory is bounded. What is dropped comes with the end of the run.
func TestHistoryInMemoryIsBounded(t *testing.T) {
	t.Parallel()
	dsn := loadertest.SQLite(t)
	h, other := openHistory(t, loadertest.Open(t, dsn), loader.HistoryConfig{MaxValue: 1 << 20}), openLegacy(t, dsn)
	other.exec("ALTER TABLE workflowkit_run_actions RENAME TO elsewhere")
	all := told("run", "w")
	tell(h, all[:3]...)
	large := make([]byte, 500_000)
	for i := range large {
		large[i] = '1'
	}
	for i := range 12_000 {
		noise := all[2]
		noise.Key, noise.Type, noise.StepID = fmt.Sprint("wait ", i), workflowkit.ActionWaiting, "s"
		if i < 100 {
			noise.Inputs = large
		}
		tell(h, noise)
	}
	tell(h, all[3:]...)
	other.exec("ALTER TABLE elsewhere RENAME TO workflowkit_run_actions")
	flush(t, h)
	whole(t, h, "run")
}

// A record that the database never takes holds up no other.
func TestHistoryGivesUpWhatCannotBeStored(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		db := loadertest.Open(t, dsn)
		h, other := openHistory(t, db, loader.HistoryConfig{}), openLegacy(t, dsn)
		if db.Dialect() == "sqlite" {
			other.exec(`CREATE TRIGGER poison BEFORE INSERT ON workflowkit_runs WHEN NEW.id = 'poison' BEGIN SELECT RAISE(ABORT, 'poison'); END`)
		} else {
			other.exec(`ALTER TABLE workflowkit_runs ADD CHECK (id <> 'poison')`)
		}
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() { tell(h, told(fmt.Sprint("run ", i), "w")...) })
			all.Go(func() { tell(h, told("poison", "w")...) })
		}
		all.Wait()
		flush(t, h)
		for i := range 20 {
			whole(t, h, fmt.Sprint("run ", i))
		}
	})
}

func TestHistoryIsClosed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		db := loadertest.Open(t, dsn)
		other := openLegacy(t, dsn)
		h := db.History(loader.HistoryConfig{})
		tell(h, told("run", "w")...)
		other.exec("ALTER TABLE workflowkit_run_actions RENAME TO elsewhere")
		tell(h, told("lost", "w")...)
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		if err := h.Close(ctx); err == nil {
			t.Error("no error from Close although something was not written")
		}
		tell(h, told("after", "w")...)
		other.exec("ALTER TABLE elsewhere RENAME TO workflowkit_run_actions")
		whole(t, h, "run") // reading goes on
		if err := h.Close(context.Background()); err != nil {
			t.Errorf("second Close: %v", err)
		}
		if err := db.History(loader.HistoryConfig{}).Close(context.Background()); err != nil {
			t.Errorf("Close of one that was never used: %v", err)
		}
	})
}

// A transition that is told again by another process, which has not heard of the first, is written once.
func TestHistoriesOfTwoProcesses(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		config := loader.HistoryConfig{PollInterval: 10 * time.Millisecond}
		one, two := openHistory(t, loadertest.Open(t, dsn), config), openHistory(t, loadertest.Open(t, dsn), config)
		all := told("run", "w")
		tell(one, all[:4]...)
		flush(t, one)
		before, err := one.GetRun(context.Background(), "run")
		if err != nil {
			t.Fatal(err)
		}
		tell(two, all[:4]...)
		flush(t, two)
		after, err := two.GetRun(context.Background(), "run")
		if diff := cmp.Diff(before, after); diff != "" || err != nil {
			t.Errorf("told again by another process (%v):\n%s", err, diff)
		}
		// One waits for what the other writes.
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		changed := make(chan int64)
		go func() {
			n, err := one.AwaitChange(ctx, "w", before.Sequence)
			if err != nil {
				t.Errorf("AwaitChange: %v", err)
			}
			changed <- n
		}()
		tell(two, all[4:]...)
		if n := <-changed; n <= before.Sequence {
			t.Errorf("change %d, want one after %d", n, before.Sequence)
		}
		whole(t, one, "run")
		// Numbers of a database that was restored from a backup begin again.
		if n, err := one.AwaitChange(ctx, "w", 1<<40); err != nil || n >= 1<<40 {
			t.Errorf("AwaitChange after a number that was never given out = %d, %v", n, err)
		}
	})
}

// Who has seen a number has seen every change up to it, also if several processes write at once.
func TestSequencesDoNotSkip(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		config := loader.HistoryConfig{PollInterval: 2 * time.Millisecond, WriteTimeout: 20 * time.Second}
		var writers sync.WaitGroup
		const processes, runs = 3, 40
		for p := range processes {
			h := openHistory(t, loadertest.Open(t, dsn), config)
			writers.Go(func() {
				for r := range runs {
					tell(h, told(fmt.Sprintf("run %d of %d", r, p), "w")...)
				}
			})
		}
		watcher := openHistory(t, loadertest.Open(t, dsn), config)
		var after int64
		seen := map[string]int64{}
		for done := 0; done < processes*runs; {
			next, err := watcher.AwaitChange(ctx, "w", after)
			if err != nil {
				t.Fatal(err)
			}
			page, err := watcher.ListRuns(ctx, store.RunQuery{WorkflowID: "w", Limit: 200})
			if err != nil {
				t.Fatal(err)
			}
			done = 0
			for _, run := range page.Runs {
				if run.Sequence <= after && seen[run.ID] != run.Sequence {
					t.Fatalf("change %d of %s was not there when %d was seen", run.Sequence, run.ID, after)
				}
				seen[run.ID] = run.Sequence
				if run.Status.Over() {
					done++
				}
			}
			after = next
		}
		writers.Wait()
	})
}
