package workflowkit

import (
	"strconv"
	"time"
)

// times returns when an action was started and finished.
func (w *witness) times(i int) (started, finished time.Time) {
	remembered := w.memory.action(i)
	return remembered.started.time(), remembered.finished.time()
}

// actionTransition begins a transition of an action.
func (w *witness) actionTransition(kind TransitionType, i int) Transition {
	return Transition{Type: kind, Action: w.x.plan.nodes[i].action.info(), Inputs: w.x.redactedInputs(i)}
}

// started notes that the inputs of an action are known.
func (w *witness) started(i int) {
	if w != nil {
		w.see(w.x.nodes[i].age, (*witness).tellStarted, i)
	}
}

func (w *witness) tellStarted(i int) {
	at := w.now()
	if !w.recovering { // otherwise it has happened at a time that is not known
		at = w.memory.actionStarted(i, at)
	}
	if len(w.observers) == 0 {
		return
	}
	t := w.actionTransition(ActionStarted, i)
	t.Time = at
	w.tell(t, t.Action.ID)
}

// ended notes that an action has completed or failed.
func (w *witness) ended(i int) {
	if w != nil {
		w.see(w.x.nodes[i].age, (*witness).tellEnded, i)
	}
}

func (w *witness) tellEnded(i int) {
	at := w.now()
	if !w.recovering {
		at = w.memory.actionFinished(i, at)
	}
	if len(w.observers) == 0 {
		return
	}
	t := w.actionTransition(ActionCompleted, i)
	if w.x.nodes[i].status == StatusFailed {
		t.Type, t.Error = ActionFailed, w.x.errors[i]
	} else {
		t.Output = w.x.redactedOutput(i)
	}
	remembered := w.memory.action(i)
	t.Time, t.Started, t.Attempt = at, remembered.started.time(), int(remembered.failures)
	w.tell(t, t.Action.ID)
}

// skipped tells that an action is skipped.
func (w *witness) skipped(i int) {
	if w != nil && len(w.observers) > 0 {
		w.see(w.x.nodes[i].age, (*witness).tellSkipped, i)
	}
}

func (w *witness) tellSkipped(i int) {
	action := &w.x.plan.nodes[i].action
	w.tell(Transition{Type: ActionSkipped, Action: action.info(), Time: w.now(), Reason: w.x.skipReason(i)}, action.ID)
}

// edge tells how an edge was decided.
func (w *witness) edge(i int) {
	if w != nil && len(w.observers) > 0 {
		w.see(w.x.age, (*witness).tellEdge, i)
	}
}

func (w *witness) tellEdge(i int) {
	edge := w.x.edgeResult(i)
	w.tell(Transition{Type: EdgeDecided, Time: w.now(), Edge: &edge}, strconv.Itoa(w.x.plan.edges[i].document))
}
