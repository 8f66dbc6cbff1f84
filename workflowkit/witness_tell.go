package workflowkit

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// tell tells observers of a transition, unless this process has told them. The parts identify it among those of its type.
func (w *witness) tell(t Transition, parts ...string) {
	t.Key = strings.Join(append([]string{w.in.RunID, string(t.Type)}, parts...), ":")
	t.RunID, t.Event = w.in.RunID, w.in.Event
	if w.workflow != nil {
		t.Workflow = *w.workflow
	}
	w.memory.telling.Lock()
	defer w.memory.telling.Unlock()
	if !w.memory.claim(t.Key) {
		return
	}
	for _, observer := range w.observers {
		w.guarded(func() { observer.Observe(w.ctx, t) })
	}
}

// guarded calls an observer. Its panics are its own business.
func (w *witness) guarded(call func()) {
	defer func() {
		if r := recover(); r != nil {
			w.engine.logger.Error("observer panicked", "run_id", w.in.RunID, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
	}()
	call()
}

// loaded tells that the workflow has been loaded, unless there is nothing to do.
func (w *witness) loaded(pin *pinned) {
	if w == nil {
		return
	}
	w.workflow = pin.Workflow
	if pin.Reason != "" || !w.isNew(w.since) {
		return
	}
	started := w.memory.runStarted(w.now)
	if len(w.observers) > 0 {
		w.tell(Transition{Type: RunStarted, Time: started})
	}
}

// loadFailed tells that the run has failed, if its workflow could not be loaded in any attempt.
func (w *witness) loadFailed(err error) {
	var final *StepError
	if w == nil || !errors.As(err, &final) {
		return
	}
	w.finished(&Result{Status: StatusFailed, Error: err.Error()})
}

// finished tells that the run is over, and completes the times of its result.
func (w *witness) finished(r *Result) {
	if w == nil {
		return
	}
	since := w.over()
	fresh := w.isNew(since)
	if fresh {
		w.memory.runFinished(w.now)
	}
	r.Started, r.Finished = w.memory.run()
	if !fresh || len(w.observers) == 0 {
		return
	}
	w.rest(r)
	t := Transition{Type: RunCompleted, Time: r.Finished, Started: r.Started, Error: r.Error, Reason: r.Reason, Result: r}
	switch r.Status {
	case StatusFailed:
		t.Type = RunFailed
	case StatusSkipped:
		t.Type = RunSkipped
	}
	w.tell(t)
}

// rest tells what became of actions and edges that a failed run has not come to.
func (w *witness) rest(r *Result) {
	if w.x == nil || r.Status != StatusFailed {
		return
	}
	for i := range w.x.nodes {
		if w.x.nodes[i].status == "" {
			w.skippedAt(i, r.Finished)
		}
	}
	for i := range w.x.edges {
		if !w.x.edges[i].decided {
			w.edgeAt(i, r.Finished)
		}
	}
}

// actionTransition begins a transition of an action.
func (w *witness) actionTransition(kind TransitionType, i int) Transition {
	return Transition{Type: kind, Action: w.x.plan.nodes[i].action.info(), Inputs: w.x.redactedInputs(i)}
}

// times returns when an action was started and finished.
func (w *witness) times(i int) (started, finished time.Time) {
	remembered := w.memory.action(i)
	return remembered.started.time(), remembered.finished.time()
}

// started notes that the inputs of an action are known.
func (w *witness) started(i int) {
	if w == nil || !w.isNew(w.x.nodes[i].since) {
		return
	}
	at := w.memory.actionStarted(i, w.now)
	if len(w.observers) == 0 {
		return
	}
	t := w.actionTransition(ActionStarted, i)
	t.Time = at
	w.tell(t, t.Action.ID)
}

// ended notes that an action has completed or failed.
func (w *witness) ended(i int) {
	if w == nil || !w.isNew(w.x.nodes[i].since) {
		return
	}
	at := w.memory.actionFinished(i, w.now)
	if len(w.observers) == 0 {
		return
	}
	t := w.actionTransition(ActionCompleted, i)
	if w.x.nodes[i].status == StatusFailed {
		t.Type, t.Error = ActionFailed, w.x.nodes[i].err
	} else {
		t.Output = w.x.redactedOutput(i)
	}
	remembered := w.memory.action(i)
	t.Time, t.Started, t.Attempt = at, remembered.started.time(), int(remembered.failures)
	w.tell(t, t.Action.ID)
}

// skipped tells that an action is skipped.
func (w *witness) skipped(i int) {
	if w == nil || len(w.observers) == 0 || !w.isNew(w.x.nodes[i].since) {
		return
	}
	w.skippedAt(i, w.now())
}

func (w *witness) skippedAt(i int, at time.Time) {
	action := &w.x.plan.nodes[i].action
	w.tell(Transition{Type: ActionSkipped, Action: action.info(), Time: at, Reason: w.x.skipReason(i)}, action.ID)
}

// edge tells how an edge was decided.
func (w *witness) edge(i, since int) {
	if w == nil || len(w.observers) == 0 || !w.isNew(since) {
		return
	}
	w.edgeAt(i, w.now())
}

func (w *witness) edgeAt(i int, at time.Time) {
	edge := w.x.edgeResult(i)
	w.tell(Transition{Type: EdgeDecided, Time: at, Edge: &edge}, strconv.Itoa(w.x.plan.edges[i].document))
}
