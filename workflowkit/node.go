package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// node is an action that is being executed in a pass. Its handler runs on a goroutine that ends when a step has no
// result yet: a goroutine that ends runs its deferred functions, and no recover in a handler can hold it.
type node struct {
	kind  *registered
	steps *stepIDs
	run   Run
	ctx   nodeContext
	// handler is called with the inputs.
	handler callFunc
	inputs  callInputs
	// secrets are what errors must not quote.
	secrets *secretTexts
	// retries are those of the action's steps. Nil means the backend's.
	retries *int
	// caller is told when the node is suspended, on whatever goroutine that is.
	caller caller

	mu sync.Mutex
	// idle is closed when busy ends, if somebody waits for that.
	idle      chan struct{}
	busy      bool
	suspended bool
	// over says that the handler is not to be served any more.
	over bool
	// claimed says that the handler has come to an end, abandoned that nobody waits for that any more.
	claimed, abandoned bool
	// returned says that out and err are what the handler has returned, and ended that nothing can change about that.
	returned, ended bool
	// cured is how many of the steps for errors are known to have come to nothing.
	cured int8
	// limited holds the action to its timeout. It is nil if there is none.
	limited *limited
	// sends counts the calls of SendEvents by step id, to tell repeated ones apart.
	sends map[string]int

	out json.RawMessage
	err error
}

// caller calls the handlers of nodes, on a goroutine that can end.
type caller interface {
	// call calls the handler of a node. The outcome is in the node then.
	call(n *node)
	// suspended is told that the handler that is being called has been suspended.
	suspended()
}

// call calls the handler on the current goroutine, and reports false if it has been given up meanwhile. It does not
// return if the handler is suspended.
func (n *node) call() (wanted bool) {
	defer func() {
		if r := recover(); r != nil {
			wanted = n.finish(nil, n.panicked(n.run.Logger(), "handler", r))
		}
	}()
	out, err := n.handler(&n.ctx, &n.run, n.inputs)
	if err != nil {
		_ = err.Error() // a nil pointer that is returned as an error panics here, not in the engine
	}
	return n.finish(out, err)
}

// finish notes what the handler has returned, and claims the node.
func (n *node) finish(out json.RawMessage, err error) (wanted bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.abandoned {
		if n.limited != nil {
			n.limited.late = true
		}
		return false
	}
	n.out, n.err, n.returned, n.claimed = out, err, true, true
	if !n.busy && !n.suspended {
		n.end()
	}
	return true
}

// outcome ends the node and returns what its handler has returned. A step that the handler has left running on another
// goroutine is waited for, since tools serve one goroutine at a time.
func (n *node) outcome() (json.RawMessage, error) {
	if n.ended {
		return n.out, n.err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for n.busy {
		idle := make(chan struct{})
		n.idle = idle
		n.mu.Unlock()
		<-idle
		n.mu.Lock()
	}
	n.end()
	switch {
	case n.suspended:
		// Whatever the handler has returned was computed without the step's result.
		return nil, ErrSuspended
	case !n.returned:
		return nil, NoRetryError(errors.New("handler ended its goroutine without returning"))
	}
	return n.out, n.err
}

// end ends the node. Its mutex is held.
func (n *node) end() {
	n.over, n.ended = true, n.returned && !n.suspended
	n.ctx.end()
}

func (n *node) panicked(logger *slog.Logger, what string, value any) error {
	if text := fmt.Sprint(value); n.secrets.clean(text) != text {
		value = n.secrets.clean(text)
	}
	return panicked(logger, what, value)
}

func panicked(logger *slog.Logger, what string, value any) error {
	logger.Error("panic in "+what, "panic", fmt.Sprint(value), "stack", string(debug.Stack()))
	return &PanicError{Value: value}
}

// abandon gives up a handler that does not come to an end, and reports false if it has come to one.
func (n *node) abandon() bool {
	n.mu.Lock()
	claimed := n.claimed
	n.abandoned, n.over = !claimed, n.over || !claimed
	n.mu.Unlock()
	if !claimed {
		n.run.Logger().Error("handler is stuck: it waits for a goroutine that has called a step; steps belong into the handler's own goroutine")
	}
	return !claimed
}

// claim takes a node whose handler has come to an end, and reports false if the handler has been given up before.
func (n *node) claim() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.claimed = !n.abandoned
	return n.claimed
}

func (n *node) wasSuspended() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.suspended
}

// enter claims the node for a step. A node that is suspended ends the goroutine.
func (n *node) enter() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.suspended:
		runtime.Goexit()
	case n.over:
		return ErrOutsideAction
	case n.busy:
		return ErrNestedStep
	}
	n.busy = true
	return nil
}

func (n *node) leave() {
	n.mu.Lock()
	n.busy = false
	if n.limited != nil {
		n.limited.outside = time.Now()
	}
	if n.idle != nil {
		close(n.idle)
		n.idle = nil
	}
	n.mu.Unlock()
}

// suspend marks the node and ends the calling goroutine.
func (n *node) suspend() {
	n.mu.Lock()
	n.suspended = true
	n.mu.Unlock()
	n.ctx.end()
	n.caller.suspended()
	runtime.Goexit()
}

// begin claims the node of the context for a step, and returns the step's full id. The step has to be ended by
// [node.leave].
func begin(ctx context.Context, id string) (n *node, full string, err error) {
	n, ok := ctx.Value(nodeKey{}).(*node)
	if !ok {
		return nil, "", fmt.Errorf("step %q: %w", id, ErrOutsideAction)
	}
	if full, err = n.steps.full(id); err != nil {
		return nil, "", err
	}
	if err := n.enter(); err != nil {
		return nil, "", NoRetryError(fmt.Errorf("step %q: %w", id, err))
	}
	// A server that was called with a context that is over would take the run for finished.
	if ctx.Err() != nil {
		n.leave()
		return nil, "", fmt.Errorf("step %q: %w", id, context.Cause(ctx))
	}
	return n, full, nil
}

// tools returns what serves the steps of the node.
func (n *node) tools() Tools {
	if n.limited != nil {
		return n.limited
	}
	return n.run.execution.tools
}

// withTools calls f with the tools of the running action and the step's full id, and unwinds the handler if the step
// has no result yet.
func withTools(ctx context.Context, id string, f func(ctx context.Context, n *node, id string) error) error {
	n, full, err := begin(ctx, id)
	if err != nil {
		return err
	}
	defer n.leave()
	if err = f(ctx, n, full); errors.Is(err, ErrSuspended) {
		n.suspend()
	}
	return err
}

// waiting is withTools for what an action that never waits must not do. Other branches would be held up by it.
func waiting(ctx context.Context, id string, f func(ctx context.Context, n *node, id string) error) error {
	return withTools(ctx, id, func(ctx context.Context, n *node, full string) error {
		if n.kind.spec.NeverWaits {
			return NoRetryError(fmt.Errorf(
				"step %q waits, but the action kind %q has declared that it never does: take NeverWaits out of its Spec", id, n.run.Action.Kind))
		}
		return f(ctx, n, full)
	})
}

func checkStepID(id string) error {
	switch {
	case strings.TrimSpace(id) == "":
		return NoRetryError(errors.New("step id is empty"))
	case strings.HasPrefix(id, "$"):
		return NoRetryError(fmt.Errorf("step id %q: ids that start with $ are the engine's own", id))
	}
	return nil
}

// guard makes a panic of a step's function an error, and takes secrets out of errors. It is to be deferred.
func (n *node) guard(id string, err *error) {
	failed := func(r any) {
		*err = n.panicked(n.run.Logger().With("step_id", id), fmt.Sprintf("step %q", id), r)
	}
	if r := recover(); r != nil {
		failed(r)
	}
	if *err != nil {
		func() {
			defer func() {
				if r := recover(); r != nil {
					failed(r)
				}
			}()
			_ = (*err).Error() // a nil pointer that is returned as an error panics here, not in the engine
		}()
	}
	*err = n.secrets.hide(*err)
}

// announcement gives an announcement its full id and makes its panics errors.
func (n *node) announcement(a *Announcement) (*Announcement, error) {
	full, err := n.steps.full(a.StepID)
	if err != nil {
		return nil, fmt.Errorf("announcement: %w", err)
	}
	if a.Run == nil {
		return nil, NoRetryError(fmt.Errorf("announcement %q: function is nil", a.StepID))
	}
	return &Announcement{StepID: full, Run: func(ctx context.Context) (err error) {
		defer n.guard(a.StepID, &err)
		return a.Run(ctx)
	}}, nil
}

// withIDs gives events without an id one that is the same on every attempt of the step.
func (n *node) withIDs(id string, events []Event) []Event {
	n.mu.Lock()
	if n.sends == nil {
		n.sends = map[string]int{}
	}
	call := n.sends[id]
	n.sends[id]++
	n.mu.Unlock()
	out := append([]Event(nil), events...)
	for i := range out {
		if out[i].ID == "" {
			out[i].ID = fmt.Sprintf("%s/%s/%d/%d", n.run.ID, id, call, i)
		}
	}
	return out
}
