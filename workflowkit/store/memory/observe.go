package memory

import (
	"context"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// Observe implements [workflowkit.Observer]: it enters a transition into the history, once. What comes late changes nothing
// that is over, and the result of a run brings what was missed.
func (s *Store) Observe(_ context.Context, t workflowkit.Transition) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.runs.get(t.RunID)
	if t.Key != "" {
		if r.told[t.Key] {
			return
		}
		r.told[t.Key] = true
	}
	before := r.snapshot()
	r.know(t)
	switch {
	case t.Type == workflowkit.EdgeDecided && t.Edge != nil:
		r.edge(*t.Edge)
	case strings.HasPrefix(string(t.Type), "action."):
		r.action(t)
	default:
		r.over(t)
	}
	if !r.Status.Over() {
		r.Status = r.active()
	}
	if !reflect.DeepEqual(before, r.Run) {
		s.runs.note(r)
	}
}

// snapshot returns a copy that does not change with the run.
func (r *run) snapshot() store.Run {
	copied := r.Run
	copied.Actions, copied.Edges = slices.Clone(r.Actions), slices.Clone(r.Edges)
	return copied
}

// know fills in what every transition says about its run.
func (r *run) know(t workflowkit.Transition) {
	if r.WorkflowID == "" && t.Workflow.ID != "" {
		r.WorkflowID = t.Workflow.ID
		r.Version, _ = strconv.Atoi(t.Workflow.Version)
	}
	if r.Event == "" && t.Event.Name != "" {
		r.Event, r.EventData = t.Event.Name, t.Event.Data
	}
	began := t.Time
	if !t.Started.IsZero() && strings.HasPrefix(string(t.Type), "run.") {
		began = t.Started
	}
	if r.StartedAt.IsZero() || t.Type == workflowkit.RunStarted && began.Before(r.StartedAt) {
		r.StartedAt = began
	}
}

// over notes the end of a run.
func (r *run) over(t workflowkit.Transition) {
	status, ok := map[workflowkit.TransitionType]store.Status{
		workflowkit.RunCompleted: store.StatusCompleted, workflowkit.RunFailed: store.StatusFailed, workflowkit.RunSkipped: store.StatusSkipped,
	}[t.Type]
	if !ok || r.Status.Over() {
		return
	}
	if t.Result != nil {
		r.reconcile(t)
	}
	r.Status, r.Error, r.Reason, r.FinishedAt = status, t.Error, t.Reason, timeOf(t.Time)
}

// reconcile enters what the run's result says and nobody has told before.
func (r *run) reconcile(t workflowkit.Transition) {
	for _, result := range t.Result.Actions {
		one := t
		one.Type, one.Action = workflowkit.ActionCompleted, workflowkit.ActionInfo{ID: result.ID, Kind: result.Kind, Name: result.Name}
		one.Inputs, one.Output, one.Error, one.Reason, one.Started = result.Inputs, result.Output, result.Error, result.Reason, result.Started
		switch result.Status {
		case workflowkit.StatusFailed:
			one.Type = workflowkit.ActionFailed
		case workflowkit.StatusSkipped:
			one.Type = workflowkit.ActionSkipped
		case workflowkit.StatusCompleted:
		}
		if !result.Finished.IsZero() {
			one.Time = result.Finished
		}
		r.action(one)
	}
	for _, e := range t.Result.Edges {
		r.edge(e)
	}
}

// edge notes the decision of an edge.
func (r *run) edge(e workflowkit.EdgeResult) {
	if r.Status.Over() {
		return
	}
	decided := store.EdgeRun{ID: e.ID, From: e.From, To: e.To, Taken: e.Taken, Reason: e.Reason}
	if !slices.Contains(r.Edges, decided) {
		r.Edges = append(r.Edges, decided)
	}
}

// action notes what an action does. What is told late about an action that is over is not news.
func (r *run) action(t workflowkit.Transition) {
	i := slices.IndexFunc(r.Actions, func(a store.ActionRun) bool { return a.ActionID == t.Action.ID })
	if i < 0 && r.Status.Over() {
		return
	}
	if i < 0 {
		i = len(r.Actions)
		r.Actions = append(r.Actions, store.ActionRun{ActionID: t.Action.ID, Kind: t.Action.Kind, Name: t.Action.Name})
	}
	a := &r.Actions[i]
	if a.Status.Over() {
		return
	}
	if t.Type == workflowkit.ActionStarted && a.Status != "" {
		a.StartedAt = timeOf(t.Time) // what has come before is what it does now
		return
	}
	if t.Inputs != nil {
		a.Inputs = t.Inputs
	}
	if a.StartedAt == nil && t.Type != workflowkit.ActionSkipped {
		a.StartedAt = timeOf(t.Time)
		if !t.Started.IsZero() {
			a.StartedAt = timeOf(t.Started)
		}
	}
	a.StepID, a.Until, a.Attempt = "", nil, t.Attempt
	switch t.Type {
	case workflowkit.ActionStarted:
		a.Status = store.StatusRunning
	case workflowkit.ActionWaiting:
		a.Status, a.StepID, a.Until = store.StatusWaiting, t.StepID, timeOf(t.Until)
	case workflowkit.ActionRetrying:
		a.Status, a.StepID, a.Error = store.StatusRetrying, t.StepID, t.Error
	case workflowkit.ActionCompleted:
		a.Status, a.Output, a.Error, a.FinishedAt = store.StatusCompleted, t.Output, "", timeOf(t.Time)
	case workflowkit.ActionFailed:
		a.Status, a.Error, a.FinishedAt = store.StatusFailed, t.Error, timeOf(t.Time)
	case workflowkit.ActionSkipped:
		a.Status, a.Reason, a.FinishedAt = store.StatusSkipped, t.Reason, timeOf(t.Time)
	}
}

// active returns the state of a run that is not over: it waits if all that it works on does.
func (r *run) active() store.Status {
	is := func(s store.Status) bool {
		return slices.ContainsFunc(r.Actions, func(a store.ActionRun) bool { return a.Status == s })
	}
	switch {
	case is(store.StatusRunning):
		return store.StatusRunning
	case is(store.StatusRetrying):
		return store.StatusRetrying
	case is(store.StatusWaiting):
		return store.StatusWaiting
	}
	return store.StatusRunning
}

// timeOf returns nil for the zero time.
func timeOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
