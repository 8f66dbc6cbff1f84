package memory_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/memory"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// told is a transition of a run of workflow "1", version 3.
func told(run string, kind workflowkit.TransitionType, minute int, more ...func(*workflowkit.Transition)) workflowkit.Transition {
	t := workflowkit.Transition{
		Key: fmt.Sprint(run, kind, minute), Type: kind, Time: noon.Add(time.Duration(minute) * time.Minute), RunID: run,
		Workflow: workflowkit.WorkflowInfo{ID: "1", Version: "3"},
		Event:    workflowkit.Event{Name: "go", Data: json.RawMessage(`{"n":1}`)},
	}
	for _, f := range more {
		f(&t)
	}
	return t
}

func of(id string) func(*workflowkit.Transition) {
	return func(t *workflowkit.Transition) {
		t.Action = workflowkit.ActionInfo{ID: id, Kind: "k", Name: "Name " + id}
	}
}

func at(minute int) *time.Time {
	t := noon.Add(time.Duration(minute) * time.Minute)
	return &t
}

func TestHistoryOfARun(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), memory.New()
	status := func(want store.Status) {
		t.Helper()
		run, err := s.GetRun(ctx, "r")
		if err != nil || run.Status != want {
			t.Errorf("status %q (%v), want %q", run.Status, err, want)
		}
	}
	edge := workflowkit.EdgeResult{From: "$source", To: "a", Taken: true, Reason: "no condition"}
	s.Observe(ctx, told("r", workflowkit.RunStarted, 0))
	s.Observe(ctx, told("r", workflowkit.EdgeDecided, 0, func(t *workflowkit.Transition) { t.Edge = &edge }))
	s.Observe(ctx, told("r", workflowkit.ActionStarted, 1, of("a"), func(t *workflowkit.Transition) { t.Inputs = json.RawMessage(`{"x":1}`) }))
	status(store.StatusRunning)
	s.Observe(ctx, told("r", workflowkit.ActionRetrying, 2, of("a"), func(t *workflowkit.Transition) { t.Error, t.Attempt, t.StepID = "oops", 1, "s" }))
	status(store.StatusRetrying)
	s.Observe(ctx, told("r", workflowkit.ActionWaiting, 3, of("a"), func(t *workflowkit.Transition) { t.StepID, t.Until = "nap", *at(9) }))
	status(store.StatusWaiting)
	run, err := s.GetRun(ctx, "r")
	if err != nil {
		t.Fatal(err)
	}
	want := store.ActionRun{
		ActionID: "a", Kind: "k", Name: "Name a", Status: store.StatusWaiting, StepID: "nap", Until: at(9),
		Inputs: json.RawMessage(`{"x":1}`), Error: "oops", StartedAt: at(1),
	}
	if diff := cmp.Diff([]store.ActionRun{want}, run.Actions); diff != "" {
		t.Errorf("waiting action (-want +got):\n%s", diff)
	}
	s.Observe(ctx, told("r", workflowkit.ActionCompleted, 4, of("a"), func(t *workflowkit.Transition) { t.Output, t.Started = json.RawMessage(`2`), *at(1) }))
	s.Observe(ctx, told("r", workflowkit.ActionWaiting, 5, of("a"))) // overtaken: it is over
	s.Observe(ctx, told("r", workflowkit.ActionSkipped, 5, of("b"), func(t *workflowkit.Transition) { t.Reason = "no edge to it was taken" }))
	s.Observe(ctx, told("r", workflowkit.ActionFailed, 6, of("c"), func(t *workflowkit.Transition) { t.Error = "broken" }))
	s.Observe(ctx, told("r", workflowkit.RunFailed, 7, func(t *workflowkit.Transition) { t.Error = "c is broken" }))
	s.Observe(ctx, told("r", workflowkit.RunCompleted, 8)) // a run ends once
	run, err = s.GetRun(ctx, "r")
	if err != nil {
		t.Fatal(err)
	}
	whole := store.Run{
		ID: "r", WorkflowID: "1", Version: 3, Status: store.StatusFailed, Event: "go", EventData: json.RawMessage(`{"n":1}`),
		Error: "c is broken", StartedAt: noon, FinishedAt: at(7),
		Actions: []store.ActionRun{
			{ActionID: "a", Kind: "k", Name: "Name a", Status: store.StatusCompleted, Inputs: json.RawMessage(`{"x":1}`), Output: json.RawMessage(`2`), StartedAt: at(1), FinishedAt: at(4)},
			{ActionID: "b", Kind: "k", Name: "Name b", Status: store.StatusSkipped, Reason: "no edge to it was taken", FinishedAt: at(5)},
			{ActionID: "c", Kind: "k", Name: "Name c", Status: store.StatusFailed, Error: "broken", StartedAt: at(6), FinishedAt: at(6)},
		},
		Edges: []store.EdgeRun{{From: "$source", To: "a", Taken: true, Reason: "no condition"}},
	}
	if diff := cmp.Diff(whole, run, cmpopts.IgnoreFields(store.Run{}, "Sequence")); diff != "" {
		t.Errorf("run (-want +got):\n%s", diff)
	}
	before := run.Sequence
	s.Observe(ctx, told("r", workflowkit.ActionStarted, 1, of("a"))) // told a second time
	if run, err = s.GetRun(ctx, "r"); err != nil || run.Sequence != before {
		t.Errorf("a transition that was known is change %d (%v)", run.Sequence, err)
	}
}

func TestListOfRuns(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), memory.New()
	for i := range 7 {
		s.Observe(ctx, told(strconv.Itoa(i), workflowkit.RunStarted, i))
		if i%2 == 0 {
			s.Observe(ctx, told(strconv.Itoa(i), workflowkit.RunCompleted, i))
		}
	}
	s.Observe(ctx, told("other", workflowkit.RunStarted, 9, func(t *workflowkit.Transition) { t.Workflow.ID = "2" }))
	list := func(query store.RunQuery) (ids []string) {
		t.Helper()
		for range 10 {
			page, err := s.ListRuns(ctx, query)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page.Runs {
				ids = append(ids, r.ID)
				if r.EventData != nil || r.Actions != nil || r.Edges != nil {
					t.Errorf("run in a list has details: %+v", r)
				}
			}
			if query.After = page.Next; page.Next == "" {
				return ids
			}
			ids = append(ids, "|")
		}
		t.Fatal("the list does not end")
		return nil
	}
	for name, tc := range map[string]struct {
		query store.RunQuery
		want  []string
	}{
		"all":                    {want: []string{"other", "6", "5", "4", "3", "2", "1", "0"}},
		"of one workflow":        {query: store.RunQuery{WorkflowID: "2"}, want: []string{"other"}},
		"in pages":               {query: store.RunQuery{WorkflowID: "1", Limit: 3}, want: []string{"6", "5", "4", "|", "3", "2", "1", "|", "0"}},
		"a page that is full":    {query: store.RunQuery{WorkflowID: "1", Limit: 7}, want: []string{"6", "5", "4", "3", "2", "1", "0"}},
		"in one state, in pages": {query: store.RunQuery{Status: store.StatusCompleted, Limit: 2}, want: []string{"6", "4", "|", "2", "0"}},
		"of no workflow":         {query: store.RunQuery{WorkflowID: "3"}},
	} {
		if diff := cmp.Diff(tc.want, list(tc.query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if _, err := s.ListRuns(ctx, store.RunQuery{After: "nonsense"}); err == nil {
		t.Error("a cursor that is none is accepted")
	}
	if _, err := s.GetRun(ctx, "nobody"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown run: %v", err)
	}
}

func TestOldRunsAreForgotten(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), memory.New()
	for i := range 1005 {
		s.Observe(ctx, told(strconv.Itoa(i), workflowkit.RunStarted, 0))
	}
	if _, err := s.GetRun(ctx, "4"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("run 4: %v", err)
	}
	if _, err := s.GetRun(ctx, "5"); err != nil {
		t.Errorf("run 5: %v", err)
	}
}

func TestAwaitChange(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), memory.New()
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	if _, err := s.AwaitChange(short, "", 0); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nothing has changed, and the error is %v", err)
	}
	type change struct {
		sequence int64
		err      error
	}
	changes := make(chan change, 2)
	for _, id := range []string{"1", ""} {
		go func() {
			n, err := s.AwaitChange(ctx, id, 0)
			changes <- change{n, err}
		}()
	}
	s.Observe(ctx, told("r", workflowkit.RunStarted, 0))
	for range 2 {
		if got := <-changes; got.sequence != 1 || got.err != nil {
			t.Errorf("change %d, error %v", got.sequence, got.err)
		}
	}
	s.Observe(ctx, told("r2", workflowkit.RunStarted, 0, func(t *workflowkit.Transition) { t.Workflow.ID = "2" }))
	if n, err := s.AwaitChange(ctx, "1", 0); n != 1 || err != nil {
		t.Errorf("workflow 1: change %d, error %v", n, err)
	}
	if n, err := s.AwaitChange(ctx, "", 1); n != 2 || err != nil {
		t.Errorf("any workflow: change %d, error %v", n, err)
	}
}

// TestEngineTellsTheStore runs a workflow that the store loads, and looks at what the store has been told.
func TestEngineTellsTheStore(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), memory.New()
	echo := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "echo"},
		func(_ context.Context, _ *workflowkit.Run, in map[string]any) (any, error) { return in, nil })
	engine, err := workflowkit.New(workflowkit.WithActions(echo), workflowkit.WithLoader(s), workflowkit.WithObservers(s))
	if err != nil {
		t.Fatal(err)
	}
	name, trigger, on := "Echo", "go", true
	w, err := s.CreateWorkflow(ctx, store.Settings{Name: &name, Trigger: &trigger, Enabled: &on})
	if err != nil {
		t.Fatal(err)
	}
	definition := json.RawMessage(`{"actions":[{"id":"1","kind":"echo","inputs":{"n":"!ref($.event.data.n)"}}],"edges":[{"from":"$source","to":"1"}]}`)
	if _, err := s.SaveVersion(ctx, w.ID, store.Save{Definition: definition}); err != nil {
		t.Fatal(err)
	}
	event := workflowkit.Event{Name: "go", Data: json.RawMessage(`{"n":7}`)}
	for _, published := range []bool{false, true} {
		if published {
			if _, err := s.PublishVersion(ctx, w.ID, 1); err != nil {
				t.Fatal(err)
			}
		}
		id := fmt.Sprint("published ", published)
		if _, err := workflowkittest.Run(ctx, engine, event, workflowkittest.WithRunID(id)); err != nil {
			t.Fatal(err)
		}
		got, err := s.GetRun(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if !published {
			if got.Status != store.StatusSkipped || got.Reason == "" || got.WorkflowID != "" {
				t.Errorf("a run without a published workflow: %+v", got)
			}
			continue
		}
		if got.Status != store.StatusCompleted || got.WorkflowID != w.ID || got.Version != 1 || len(got.Actions) != 1 || len(got.Edges) != 1 {
			t.Fatalf("run is %+v", got)
		}
		if a := got.Actions[0]; a.Status != store.StatusCompleted || string(a.Inputs) != `{"n":7}` || string(a.Output) != `{"n":7}` || a.StartedAt == nil {
			t.Errorf("action is %+v", a)
		}
	}
}
