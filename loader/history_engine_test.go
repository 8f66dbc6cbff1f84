package loader_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// branches fork, wait, fail once or for good, and join.
const branches = `{"name": "Branches", "actions": [
	{"id": "a", "kind": "work"}, {"id": "b", "kind": "wait"}, {"id": "c", "kind": "work"}, {"id": "d", "kind": "work"},
	{"id": "join", "kind": "work"}, {"id": "rescue", "kind": "work"}], "edges": [
	{"from": "$source", "to": "a"}, {"from": "$source", "to": "b"}, {"from": "$source", "to": "c"},
	{"from": "a", "to": "d", "conditional": {"type": "if", "ref": "!ref($.output.odd)"}},
	{"from": "a", "to": "join"}, {"from": "b", "to": "join"}, {"from": "c", "to": "join"},
	{"from": "c", "to": "rescue", "conditional": {"type": "error"}}]}`

// The record of a run says what its result says, however the run was executed, and whether or not something was lost on
// the way.
func TestHistoryOfRealRuns(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		db := loadertest.Open(t, dsn)
		h := openHistory(t, db, loader.HistoryConfig{})
		for seed := range int64(30) {
			t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { runBranches(t, h, seed) })
		}
	})
}

func runBranches(t *testing.T, h *loader.History, seed int64) {
	ctx := context.Background()
	random := rand.New(rand.NewPCG(uint64(seed), 1))
	id := fmt.Sprint("run ", seed)
	lossy := workflowkit.ObserverFunc(func(ctx context.Context, tr workflowkit.Transition) {
		over := tr.Result != nil
		for range 1 + random.IntN(2) { // some are told twice
			if over || seed%3 > 0 || random.IntN(4) > 0 { // and sometimes, one is lost
				h.Observe(ctx, tr)
			}
		}
	})
	attempts := 0
	work := workflowkit.Define(workflowkit.Spec{Kind: "work"}, func(ctx context.Context, run *workflowkit.Run, _ struct{}) (map[string]any, error) {
		n, err := workflowkit.Step(ctx, "step", func(context.Context) (int, error) {
			if run.Action.ID == "c" {
				if attempts++; attempts <= int(seed%6) {
					return 0, errors.New("busy")
				}
			}
			return int(seed) + attempts, nil
		})
		return map[string]any{"odd": n%2 == 1}, err
	})
	wait := workflowkit.Define(workflowkit.Spec{Kind: "wait"}, func(ctx context.Context, _ *workflowkit.Run, _ struct{}) (struct{}, error) {
		return struct{}{}, workflowkit.Sleep(ctx, "nap", time.Hour)
	})
	engine, err := workflowkit.New(workflowkit.WithActions(work, wait), workflowkit.WithObservers(lossy))
	if err != nil {
		t.Fatal(err)
	}
	out, err := workflowkittest.Run(ctx, engine, workflowkit.Event{Name: "begin", Data: []byte(`{"n":1}`)},
		workflowkittest.WithWorkflow(branches), workflowkittest.WithRunID(id), workflowkittest.WithReplay(seed))
	if out == nil || out.Run == nil {
		t.Fatal(err)
	}
	flush(t, h)
	got, err := h.GetRun(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	want := store.Run{
		ID: id, WorkflowID: out.Run.Workflow.ID, Status: store.Status(out.Run.Status), Event: "begin", EventData: json.RawMessage(`{"n":1}`), Error: out.Run.Error,
	}
	for _, a := range out.Run.Actions {
		want.Actions = append(want.Actions, store.ActionRun{
			ActionID: a.ID, Kind: a.Kind, Name: a.Name, Status: store.Status(a.Status), Inputs: a.Inputs, Output: a.Output, Error: a.Error, Reason: a.Reason,
		})
	}
	for _, e := range out.Run.Edges {
		want.Edges = append(want.Edges, store.EdgeRun{ID: e.ID, From: e.From, To: e.To, Taken: e.Taken, Reason: e.Reason})
	}
	if diff := cmp.Diff(want, got, cmp.Options{
		cmpopts.SortSlices(func(a, b store.ActionRun) bool { return a.ActionID < b.ActionID }),
		cmpopts.SortSlices(func(a, b store.EdgeRun) bool { return a.From+" "+a.To < b.From+" "+b.To }),
		cmpopts.IgnoreFields(store.Run{}, "Sequence", "StartedAt", "FinishedAt"),
		cmpopts.IgnoreFields(store.ActionRun{}, "Attempt", "StartedAt", "FinishedAt"),
	}); diff != "" {
		t.Errorf("record (-result +record):\n%s", diff)
	}
	for _, a := range got.Actions {
		if a.Status == store.StatusCompleted && (a.FinishedAt == nil || a.StartedAt != nil && a.FinishedAt.Before(*a.StartedAt)) {
			t.Errorf("action %s: started %v, finished %v", a.ActionID, a.StartedAt, a.FinishedAt)
		}
	}
	if got.FinishedAt == nil || got.FinishedAt.Before(got.StartedAt) {
		t.Errorf("the run: started %v, finished %v", got.StartedAt, got.FinishedAt)
	}
}
