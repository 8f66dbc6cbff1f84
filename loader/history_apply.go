package loader

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// runState is a run as it is stored, and what transitions make of it.
type runState struct {
	row     runRow
	known   bool // by the database
	changed bool
	actions map[string]*actionState
	// edges are those that are stored, if they were read, and newEdges those that are not.
	edges, newEdges []edgeRow
}

type actionState struct {
	actionRow
	changed bool
}

// actionStatus is the state of an action after a transition.
var actionStatus = map[workflowkit.TransitionType]store.Status{
	workflowkit.ActionStarted:   store.StatusRunning,
	workflowkit.ActionWaiting:   store.StatusWaiting,
	workflowkit.ActionRetrying:  store.StatusRetrying,
	workflowkit.ActionCompleted: store.StatusCompleted,
	workflowkit.ActionFailed:    store.StatusFailed,
	workflowkit.ActionSkipped:   store.StatusSkipped,
}

// runStatus is the state of a run after a transition.
var runStatus = map[workflowkit.TransitionType]store.Status{
	workflowkit.RunStarted:   store.StatusRunning,
	workflowkit.RunCompleted: store.StatusCompleted,
	workflowkit.RunFailed:    store.StatusFailed,
	workflowkit.RunSkipped:   store.StatusSkipped,
}

// apply enters a transition that was not entered before.
func (s *runState) apply(t workflowkit.Transition) {
	s.know(t)
	if _, ok := runStatus[t.Type]; ok {
		s.applyRun(t)
	} else if t.Type == workflowkit.EdgeDecided && t.Edge != nil {
		s.decide(*t.Edge)
	} else if _, ok := actionStatus[t.Type]; ok {
		s.applyAction(t)
	}
	if status := s.active(); !s.row.Status.Over() && s.row.Status != status {
		s.row.Status, s.changed = status, true
	}
}

// know fills in what every transition says about its run, so that it does not matter which comes first.
func (s *runState) know(t workflowkit.Transition) {
	if s.row.StartedAtMS == 0 {
		at := t.Time
		if _, ok := runStatus[t.Type]; ok && !t.Started.IsZero() {
			at = t.Started
		}
		if at.IsZero() {
			at = time.Now()
		}
		s.row.StartedAtMS, s.row.Status, s.changed = at.UnixMilli(), store.StatusRunning, true
	}
	began := t.Started
	if t.Type == workflowkit.RunStarted {
		began = t.Time
	}
	if _, ok := runStatus[t.Type]; ok && !began.IsZero() && began.UnixMilli() < s.row.StartedAtMS {
		s.row.StartedAtMS, s.changed = began.UnixMilli(), true
	}
	if s.row.WorkflowID == "" && t.Workflow.ID != "" {
		s.row.WorkflowID, s.changed = t.Workflow.ID, true
		version, _ := strconv.ParseInt(t.Workflow.Version, 10, 32) // of other loaders it may be anything
		s.row.Version = int(max(version, 0))
	}
	if s.row.Event == "" && t.Event.Name != "" {
		s.row.Event, s.changed = t.Event.Name, true
	}
	if s.row.EventData == nil && t.Event.Data != nil {
		s.row.EventData, s.changed = textOf(t.Event.Data), true
	}
}

func (s *runState) applyRun(t workflowkit.Transition) {
	if !ends(t.Type) {
		return
	}
	if !s.row.Status.Over() {
		failure, reason := t.Error, t.Reason
		if t.Result != nil {
			failure, reason = orText(failure, t.Result.Error), orText(reason, t.Result.Reason)
		}
		s.finish(runStatus[t.Type], failure, reason, t.Time)
	}
	if t.Result != nil && !s.row.Reconciled {
		s.reconcile(t.Result, t.Time)
	}
	s.closeActions(t.Time)
}

func orText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// finish ends the run. Its state does not change any more.
func (s *runState) finish(status store.Status, failure, reason string, at time.Time) {
	if at.IsZero() {
		at = time.Now()
	}
	s.row.Status, s.row.Error, s.row.Reason, s.row.FinishedAtMS, s.changed = status, failure, reason, millis(at), true
}

// reconcile enters what the result says and the record does not.
func (s *runState) reconcile(r *workflowkit.Result, at time.Time) {
	s.row.Reconciled, s.changed = true, true
	for _, result := range r.Actions {
		a := s.action(result.ID, result.Kind, result.Name)
		a.fill(result.Inputs, result.Output)
		if a.StartedAtMS == nil && !result.Started.IsZero() {
			a.StartedAtMS, a.changed = millis(result.Started), true
		}
		if a.Status.Over() {
			continue
		}
		ended := at
		if !result.Finished.IsZero() {
			ended = result.Finished
		}
		s.finishAction(a, store.Status(result.Status), result.Error, result.Reason, ended)
	}
	missing := map[edgeName]int{}
	for _, e := range s.edges {
		missing[nameOf(e.EdgeID, e.From, e.To)]--
	}
	for _, e := range s.newEdges {
		missing[nameOf(e.EdgeID, e.From, e.To)]--
	}
	for _, e := range r.Edges {
		name := nameOf(e.ID, e.From, e.To)
		if missing[name]++; missing[name] > 0 {
			s.addEdge(e)
		}
	}
}

// closeActions ends the actions of a run that is over.
func (s *runState) closeActions(at time.Time) {
	for _, a := range s.actions {
		if !a.Status.Over() {
			s.finishAction(a, store.StatusCancelled, a.Error, reasonOver, at)
		}
	}
}

const reasonOver = "the run is over"

// active is the state of a run that is not over: that of its busiest action.
func (s *runState) active() store.Status {
	switch {
	case s.row.Running > 0:
		return store.StatusRunning
	case s.row.Retrying > 0:
		return store.StatusRetrying
	case s.row.Waiting > 0:
		return store.StatusWaiting
	default:
		return store.StatusRunning
	}
}

// count notes that the state of an action is, or is not any more, one of those that are counted.
func (s *runState) count(status store.Status, by int) {
	switch status {
	case store.StatusRunning:
		s.row.Running += by
	case store.StatusWaiting:
		s.row.Waiting += by
	case store.StatusRetrying:
		s.row.Retrying += by
	}
}

type edgeName struct{ id, from, to string }

func nameOf(id, from, to string) edgeName { return edgeName{id, from, to} }

// decide enters a decision. A run that is over has all its edges, or gets them once.
func (s *runState) decide(e workflowkit.EdgeResult) {
	if s.row.Reconciled {
		return
	}
	if s.row.Status.Over() {
		for _, known := range append(s.edges, s.newEdges...) {
			if nameOf(known.EdgeID, known.From, known.To) == nameOf(e.ID, e.From, e.To) {
				return
			}
		}
	}
	s.addEdge(e)
}

func (s *runState) addEdge(e workflowkit.EdgeResult) {
	s.newEdges = append(s.newEdges, edgeRow{
		RunID: s.row.ID, Position: s.row.Edges, EdgeID: e.ID, From: e.From, To: e.To, Taken: e.Taken, Reason: e.Reason,
	})
	s.row.Edges++
	s.changed = true
}

func textOf(value json.RawMessage) *string {
	if value == nil {
		return nil
	}
	text := string(value)
	return &text
}
