package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

// watch is the [StepWatcher] of a pass.
func (w *witness) watch(ctx context.Context, id string, attempt int) (context.Context, func(err error, final bool)) {
	at := w.step(id)
	at.Attempt = attempt
	ends := make([]func(error), 0, len(w.observers))
	for _, observer := range w.observers {
		if around, ok := observer.(StepObserver); ok {
			inner, end := w.around(ctx, around, at)
			if end != nil {
				ctx, ends = inner, append(ends, end)
			}
		}
	}
	return ctx, func(err error, final bool) {
		for i := len(ends) - 1; i >= 0; i-- {
			w.guarded(func() { ends[i](err) })
		}
		if err != nil && ctx.Err() == nil {
			w.attemptFailed(at, err, final)
		}
	}
}

// around asks an observer for the context of a step.
func (w *witness) around(ctx context.Context, observer StepObserver, at StepInfo) (inner context.Context, end func(error)) {
	w.guarded(func() { inner, end = observer.StartStep(ctx, at) })
	if inner == nil {
		inner = ctx
	}
	return inner, end
}

// step describes a step by its full id.
func (w *witness) step(id string) StepInfo {
	at := StepInfo{RunID: w.in.RunID, FunctionID: w.in.FunctionID, StepID: id}
	if w.workflow != nil {
		at.Workflow = *w.workflow
	}
	if w.x != nil && w.x.current != sourceIndex {
		at.Action = w.x.plan.nodes[w.x.current].action.info()
		at.StepID = strings.TrimPrefix(id, at.Action.ID+"/")
	}
	return at
}

// watched watches the function of a step for a backend that does not.
func (w *witness) watched(id string, fn func(ctx context.Context) (json.RawMessage, error)) func(ctx context.Context) (json.RawMessage, error) {
	return func(ctx context.Context) (json.RawMessage, error) {
		if id == LoadStepID {
			w.memory.forget() // the run is at its very beginning
		}
		if w.progress != nil {
			return fn(ctx)
		}
		ctx, end := w.watch(ctx, id, w.in.Attempt)
		raw, err := fn(ctx)
		end(err, IsNoRetryError(err))
		return raw, err
	}
}

// attemptFailed tells that an attempt has failed. The last one is told as the end of its action.
func (w *witness) attemptFailed(at StepInfo, err error, final bool) {
	if w.x == nil || w.x.current == sourceIndex || strings.HasPrefix(at.StepID, failedStep) {
		return
	}
	w.memory.failed(w.x.current)
	if final {
		return
	}
	t := w.actionTransition(ActionRetrying, w.x.current)
	if !strings.HasPrefix(at.StepID, "$") {
		t.StepID = at.StepID
	}
	t.Attempt, t.Error, t.Time = at.Attempt, w.x.redactedError(w.x.current, err), w.now()
	tell := func(w *witness, _ int) { w.tell(t, t.Action.ID, at.StepID, strconv.Itoa(at.Attempt)) }
	if g := &w.group; len(g.postponed) > 0 {
		g.postponed = append(g.postponed, postponed{telling: telling{tell: tell}, isNew: true})
		return
	}
	tell(w, 0)
}

// waiting calls a step that waits for some time. Zero means that nobody knows for how long.
func (w *witness) waiting(id string, d time.Duration, call func() error) error {
	if len(w.observers) == 0 || d <= 0 {
		return w.waitingUntil(id, time.Time{}, call)
	}
	return w.waitingUntil(id, w.now().Add(d), call)
}

// waitingUntil calls a step that waits, and tells if it does.
func (w *witness) waitingUntil(id string, until time.Time, call func() error) error {
	since, unique := w.x.nodes[w.x.current].age.since, w.unique(id)
	err := call()
	w.learn(err)
	if len(w.observers) > 0 && errors.Is(err, ErrSuspended) && w.isNew(since) {
		t := w.actionTransition(ActionWaiting, w.x.current)
		t.Time, t.Until = w.now(), until
		t.StepID = strings.TrimPrefix(id, t.Action.ID+"/")
		w.tell(t, unique)
	}
	return err
}

// unique tells repeated ids of steps apart by the order of the calls, as backends do.
func (w *witness) unique(id string) string {
	if len(w.observers) == 0 {
		return id
	}
	if w.calls == nil {
		w.calls = map[string]int{}
	}
	n := w.calls[id]
	w.calls[id]++
	if n == 0 {
		return id
	}
	return id + ":" + strconv.Itoa(n)
}
