package loader

import (
	"encoding/json"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// action returns an action of the run, a new one with an empty status if it is not known.
func (s *runState) action(id, kind, name string) *actionState {
	a := s.actions[id]
	if a == nil {
		a = &actionState{actionRow: actionRow{RunID: s.row.ID, ActionID: id, Position: s.row.Actions}}
		s.row.Actions++
		s.actions[id] = a
	}
	if a.Kind == "" && kind != "" {
		a.Kind, a.changed = kind, true
	}
	if a.Name == "" && name != "" {
		a.Name, a.changed = name, true
	}
	return a
}

// applyAction enters what an action does. An action that is over stays as it is: what comes late fills in what is not
// known about it, and no more.
func (s *runState) applyAction(t workflowkit.Transition) {
	status := actionStatus[t.Type]
	if s.row.Reconciled && s.actions[t.Action.ID] == nil {
		return // an action that the workflow does not have
	}
	a := s.action(t.Action.ID, t.Action.Kind, t.Action.Name)
	a.start(t)
	switch {
	case a.Status.Over():
		a.fill(t.Inputs, t.Output)
	case status.Over():
		a.fill(t.Inputs, t.Output)
		a.Attempt = max(a.Attempt, t.Attempt)
		s.finishAction(a, status, t.Error, t.Reason, t.Time)
	case s.row.Status.Over():
		a.fill(t.Inputs, nil)
		s.finishAction(a, store.StatusCancelled, t.Error, reasonOver, t.Time)
	default:
		s.count(a.Status, -1)
		a.progress(status, t)
		s.count(a.Status, 1)
	}
	s.changed = s.changed || a.changed
}

// start notes when the action was started, as far as the transition tells.
func (a *actionState) start(t workflowkit.Transition) {
	at := t.Started
	if t.Type == workflowkit.ActionStarted {
		at = t.Time
	}
	if a.StartedAtMS == nil && !at.IsZero() && t.Type != workflowkit.ActionSkipped {
		a.StartedAtMS, a.changed = millis(at), true
	}
}

// progress notes what an action that is not over is doing.
func (a *actionState) progress(status store.Status, t workflowkit.Transition) {
	a.fill(t.Inputs, nil)
	if t.Type == workflowkit.ActionStarted && a.Status != "" {
		return // what has come before is what it does now
	}
	if status == store.StatusRetrying && a.Status == status && a.StepID == t.StepID && t.Attempt < a.Attempt {
		return // a later attempt is known
	}
	a.Status, a.StepID, a.UntilMS, a.Attempt, a.changed = status, t.StepID, millis(t.Until), t.Attempt, true
	if status == store.StatusRetrying {
		a.Error = t.Error
	}
}

// fill enters values that are not known yet.
func (a *actionState) fill(inputs, output json.RawMessage) {
	if a.Inputs == nil && inputs != nil {
		a.Inputs, a.changed = textOf(inputs), true
	}
	if a.Output == nil && output != nil {
		a.Output, a.changed = textOf(output), true
	}
}

// finishAction ends an action. Its state does not change any more.
func (s *runState) finishAction(a *actionState, status store.Status, failure, reason string, at time.Time) {
	if at.IsZero() {
		at = time.Now()
	}
	s.count(a.Status, -1)
	s.changed = true
	a.Status, a.Error, a.Reason, a.FinishedAtMS, a.changed = status, failure, reason, millis(at), true
	a.StepID, a.UntilMS = "", nil
}
