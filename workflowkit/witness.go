package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// witness stands between the engine and the tools of a backend in one pass. It sees which results are new, and so what
// follows from them is: each node and edge carries the highest of the numbers of the results that it depends on, and is
// new in the pass with that number. Observers are told of what is new, and the times of actions are noted.
//
// A nil witness sees nothing and costs nothing.
type witness struct {
	Tools
	// progress is nil if the backend does not say what is new, and results if it does not tell results by themselves.
	progress  Progress
	results   StepResults
	observers []Observer
	engine    *Engine
	ctx       context.Context
	in        RunInput
	memory    *Memory
	// number and discovers are those of the pass.
	number    int
	discovers bool
	// load is the age of what follows from the engine's first step alone, and own that of all its steps.
	load, own age
	// groups counts the groups of branches that the pass has come to, and group is the one that it is in.
	groups int
	group  group

	// workflow is what the run executes, and x its pass, once that is known.
	workflow *WorkflowInfo
	x        *execution
	// calls counts the calls of steps by id, to tell repeated ones apart.
	calls map[string]int
	// recovering says that what is told was new in another pass.
	recovering bool
}

var _ Tools = (*witness)(nil)

// witness returns the witness of a pass, or nil if there is nobody to tell and nothing to note.
func (e *Engine) witness(ctx context.Context, tools Tools, in RunInput) *witness {
	progress, _ := tools.(Progress)
	if in.unseen || progress == nil && len(e.observers) == 0 {
		return nil
	}
	results, _ := tools.(StepResults)
	w := &witness{
		Tools: tools, progress: progress, results: results, observers: e.observers, engine: e, ctx: ctx, in: in, discovers: true,
	}
	if progress != nil {
		w.number, w.discovers = progress.Pass()
		w.memory = progress.Memory()
		if len(w.observers) > 0 {
			progress.Watch(w.watch)
		}
	}
	if w.memory == nil {
		w.memory = e.memories.of(in.RunID)
	}
	if w.discovers {
		w.memory.enter(w.number)
	}
	return w
}

// end ends the pass.
func (w *witness) end() {
	if w == nil {
		return
	}
	if w.discovers {
		w.memory.leave(w.number)
	}
	w.engine.memories.settle(w.in.RunID)
}

// begin tells the witness which workflow the pass executes.
func (w *witness) begin(x *execution) {
	if w == nil {
		return
	}
	w.x, x.witness = x, w
	w.load, x.age = w.own, w.own
	w.memory.grow(len(x.nodes))
}

// learn takes notice of the result of the last call of the tools.
func (w *witness) learn(err error) {
	if w.progress == nil || errors.Is(err, ErrSuspended) {
		return
	}
	at := &w.own
	if w.x != nil && w.x.current != sourceIndex {
		at = &w.x.nodes[w.x.current].age
	}
	w.group.learn(at, w.progress.Known(), w.groups)
}

// isNew reports whether what depends on results up to a number is new in this pass. In branches, each result has a pass of
// its own; if that is executed in this process at the same time, who comes first tells, so that the order is right.
// Before the first fork there is one pass at a time, and results that are newer than it belong to one that was lost.
func (w *witness) isNew(since int) bool {
	switch {
	case w.progress == nil || w.discovers && since == w.number:
		return true
	case !w.discovers:
		return false
	case since > w.number && (!w.group.racing || since <= w.group.fork):
		return true
	}
	return w.memory.executing(since)
}

func (w *witness) now() time.Time {
	if w.progress == nil {
		return time.Now()
	}
	return w.progress.Now()
}

// Run implements Tools.
func (w *witness) Run(ctx context.Context, id string, fn func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	if w.progress == nil || id == LoadStepID {
		fn = w.watched(id, fn)
	}
	raw, err := w.Tools.Run(ctx, id, fn)
	w.learn(err)
	return raw, err
}

// Sleep implements Tools.
func (w *witness) Sleep(ctx context.Context, id string, d time.Duration) error {
	return w.waiting(id, d, func() error { return w.Tools.Sleep(ctx, id, d) })
}

// SleepUntil implements Tools.
func (w *witness) SleepUntil(ctx context.Context, id string, t time.Time) error {
	return w.waitingUntil(id, t, func() error { return w.Tools.SleepUntil(ctx, id, t) })
}

// WaitForEvent implements Tools.
func (w *witness) WaitForEvent(ctx context.Context, id string, opts WaitForEventOpts) (event Event, err error) {
	err = w.waiting(id, opts.Timeout, func() error {
		event, err = w.Tools.WaitForEvent(ctx, id, opts)
		return err
	})
	return event, err
}

// Invoke implements Tools.
func (w *witness) Invoke(ctx context.Context, id string, opts InvokeOpts) (raw json.RawMessage, err error) {
	err = w.waiting(id, opts.Timeout, func() error {
		raw, err = w.Tools.Invoke(ctx, id, opts)
		return err
	})
	return raw, err
}

// SendEvents implements Tools.
func (w *witness) SendEvents(ctx context.Context, id string, events []Event) ([]string, error) {
	ids, err := w.Tools.SendEvents(ctx, id, events)
	w.learn(err)
	return ids, err
}

// over is the number of the newest of all results.
func (w *witness) over() int {
	since := w.own.since
	if w.x != nil {
		for i := range w.x.nodes {
			since = max(since, w.x.nodes[i].age.since)
		}
	}
	return since
}
