package workflowkit

import (
	"fmt"
	"runtime/debug"
	"strings"
)

// tell tells observers of a transition, unless this process has told them. The parts identify it among those of its type.
func (w *witness) tell(t Transition, parts ...string) {
	t.Key = strings.Join(append([]string{w.in.RunID, string(t.Type)}, parts...), ":")
	t.RunID, t.FunctionID, t.Event, t.Recovered = w.in.RunID, w.in.FunctionID, w.in.Event, w.recovering
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
			w.engine.logger.Error("observer panicked", "run_id", w.in.RunID, "function_id", w.in.FunctionID, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
	}()
	call()
}
