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
)

// node is an action that is being executed in a pass. Its handler runs in a goroutine of its own, which ends when a
// step has no result yet: a goroutine that ends runs its deferred functions, and no recover in a handler can hold it.
type node struct {
	id     string
	runID  string
	tools  Tools
	logger *slog.Logger
	cancel context.CancelFunc

	mu        sync.Mutex
	busy      bool
	suspended bool
	// sends counts the calls of SendEvents by step id, to tell repeated ones apart.
	sends map[string]int

	out      json.RawMessage
	err      error
	returned bool
}

type nodeKey struct{}

// execute calls the handler and waits until it has returned or was suspended.
func (n *node) execute(ctx context.Context, handler func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	ctx, n.cancel = context.WithCancel(context.WithValue(ctx, nodeKey{}, n))
	defer n.cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if r := recover(); r != nil {
				n.err, n.returned = n.panicked("handler", r), true
			}
		}()
		out, err := handler(ctx)
		n.out, n.err, n.returned = out, err, true
	}()
	<-done

	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.suspended:
		// Whatever the handler has returned was computed without the step's result.
		return nil, ErrSuspended
	case !n.returned:
		return nil, NoRetryError(errors.New("handler ended its goroutine without returning"))
	}
	return n.out, n.err
}

func (n *node) panicked(what string, value any) error {
	n.logger.Error("panic in "+what, "panic", fmt.Sprint(value), "stack", string(debug.Stack()))
	return &PanicError{Value: value}
}

// enter claims the node for a step. It returns false if another step is running.
func (n *node) enter() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.busy {
		return false
	}
	n.busy = true
	return true
}

func (n *node) leave() {
	n.mu.Lock()
	n.busy = false
	n.mu.Unlock()
}

// suspend marks the node and ends the calling goroutine.
func (n *node) suspend() {
	n.mu.Lock()
	n.suspended = true
	n.mu.Unlock()
	n.cancel()
	runtime.Goexit()
}

func (n *node) isSuspended() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.suspended
}

// withTools calls f with the tools of the running action and the step's full id, and unwinds the handler if the step
// has no result yet.
func withTools(ctx context.Context, id string, f func(ctx context.Context, n *node, id string) error) error {
	n, ok := ctx.Value(nodeKey{}).(*node)
	if !ok {
		return fmt.Errorf("step %q: %w", id, ErrOutsideAction)
	}
	if err := checkStepID(id); err != nil {
		return err
	}
	if n.isSuspended() {
		n.suspend()
	}
	// A server that was called with a context that is over would take the run for finished.
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("step %q: %w", id, context.Cause(ctx))
	}
	if !n.enter() {
		return NoRetryError(fmt.Errorf("step %q: %w", id, ErrNestedStep))
	}
	err := f(ctx, n, n.id+"/"+id)
	if errors.Is(err, ErrSuspended) {
		n.suspend()
	}
	n.leave()
	return err
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

// guard makes a panic of a step's function an error.
func (n *node) guard(id string, fn func(ctx context.Context) (json.RawMessage, error)) func(ctx context.Context) (json.RawMessage, error) {
	return func(ctx context.Context) (raw json.RawMessage, err error) {
		defer func() {
			if r := recover(); r != nil {
				raw, err = nil, n.panicked(fmt.Sprintf("step %q", id), r)
			}
		}()
		return fn(ctx)
	}
}

// runStep runs a step whose result is already JSON.
func runStep(ctx context.Context, id string, fn func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	var raw json.RawMessage
	err := withTools(ctx, id, func(ctx context.Context, n *node, full string) (err error) {
		raw, err = n.tools.Run(ctx, full, n.guard(id, fn))
		return err
	})
	return raw, err
}

// announcement gives an announcement its full id and makes its panics errors.
func (n *node) announcement(a *Announcement) (*Announcement, error) {
	if err := checkStepID(a.StepID); err != nil {
		return nil, fmt.Errorf("announcement: %w", err)
	}
	if a.Run == nil {
		return nil, NoRetryError(fmt.Errorf("announcement %q: function is nil", a.StepID))
	}
	guarded := n.guard(a.StepID, func(ctx context.Context) (json.RawMessage, error) { return jsonNull, a.Run(ctx) })
	return &Announcement{StepID: n.id + "/" + a.StepID, Run: func(ctx context.Context) error {
		_, err := guarded(ctx)
		return err
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
			out[i].ID = fmt.Sprintf("%s/%s/%d/%d", n.runID, id, call, i)
		}
	}
	return out
}
