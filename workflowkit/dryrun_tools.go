package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// dryTools are the tools of a dry run: what the engine needs for itself is done at once, in memory, and there is
// nothing for handlers, since none is called.
type dryTools struct{}

var _ Tools = dryTools{}

// dryStep refuses the steps of handlers. The engine's own have a $ at the start of their ids, or after the action's.
func dryStep(id string) error {
	if strings.HasPrefix(id[strings.LastIndexByte(id, '/')+1:], "$") {
		return nil
	}
	return NoRetryError(fmt.Errorf("step %q: there are no durable steps in a dry run", id))
}

// Run implements Tools.
func (dryTools) Run(ctx context.Context, id string, fn func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	if err := dryStep(id); err != nil {
		return nil, err
	}
	raw, err := fn(ctx)
	if err != nil && ctx.Err() == nil {
		// A step has one attempt: nothing in a dry run would be different in the next.
		return nil, &StepError{StepID: id, Message: err.Error()}
	}
	return raw, err
}

// Sleep implements Tools.
func (dryTools) Sleep(_ context.Context, id string, _ time.Duration) error { return dryStep(id) }

// SleepUntil implements Tools.
func (dryTools) SleepUntil(_ context.Context, id string, _ time.Time) error { return dryStep(id) }

// WaitForEvent implements Tools.
func (dryTools) WaitForEvent(_ context.Context, id string, _ WaitForEventOpts) (Event, error) {
	return Event{}, NoRetryError(fmt.Errorf("step %q: no events arrive in a dry run", id))
}

// Invoke implements Tools.
func (dryTools) Invoke(_ context.Context, id string, _ InvokeOpts) (json.RawMessage, error) {
	return nil, NoRetryError(fmt.Errorf("step %q: no functions are invoked in a dry run", id))
}

// SendEvents implements Tools.
func (dryTools) SendEvents(_ context.Context, id string, _ []Event) ([]string, error) {
	return nil, NoRetryError(fmt.Errorf("step %q: no events are sent in a dry run", id))
}

// Parallel implements Tools.
func (dryTools) Parallel(ctx context.Context, _ ForkMode, branches []func(ctx context.Context) error) error {
	var pending error
	for _, branch := range branches {
		switch err := branch(ctx); {
		case err == nil:
		case !errors.Is(err, ErrSuspended):
			return err
		default:
			pending = err
		}
	}
	return pending
}

// Targeted implements Tools.
func (dryTools) Targeted(string) bool { return false }
