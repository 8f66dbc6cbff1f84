package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Step runs fn as a durable step of the running action and returns its result, which is stored as JSON: fn is called
// until it has succeeded once, and never again on a replay. It must be called with the handler's context, or one
// derived from it. The id must be unique within the action or repeated only by deterministic code; the server sees it
// as "<action id>/<id>" (rule 12).
//
// An error of fn is retried by the server; wrap it with [NoRetryError] or [RetryAtError] to say otherwise. Once the
// attempts are used up, Step returns a *[StepError] with the error's text. fn must be safe to repeat, because a result
// can be lost between the function's return and the server's acknowledgement.
//
// Step may not return at all: if the result is not available yet the handler's goroutine ends, running its deferred
// functions, and the handler is called again later. So a handler should do nothing but call steps and compute from
// their results, and must not start goroutines that call steps.
func Step[T any](ctx context.Context, id string, fn func(ctx context.Context) (T, error)) (T, error) {
	var zero T
	if fn == nil {
		return zero, NoRetryError(fmt.Errorf("step %q: function is nil", id))
	}
	n, full, err := begin(ctx, id)
	if err != nil {
		return zero, err
	}
	defer n.leave()
	raw, known, err := n.known(ctx, full)
	if !known {
		raw, err = n.tools().Run(ctx, full, func(ctx context.Context) (raw json.RawMessage, err error) {
			defer n.guard(id, &err)
			value, err := fn(ctx)
			if err != nil {
				return nil, err
			}
			if raw, err = json.Marshal(value); err != nil {
				// Another attempt returns the same type, so it cannot help.
				return nil, NoRetryError(fmt.Errorf("marshal result: %w", err))
			}
			return raw, nil
		})
	}
	if err != nil {
		if errors.Is(err, ErrSuspended) {
			n.suspend()
		}
		return zero, err
	}
	out, err := decodeResult[T](raw)
	if err != nil {
		return zero, NoRetryError(fmt.Errorf("step %q: stored result does not fit %T: %w", id, zero, err))
	}
	return out, nil
}

// Do runs fn as a durable step without a result. See [Step].
func Do(ctx context.Context, id string, fn func(ctx context.Context) error) error {
	if fn == nil {
		return NoRetryError(fmt.Errorf("step %q: function is nil", id))
	}
	return withTools(ctx, id, func(ctx context.Context, n *node, full string) error {
		if _, known, err := n.known(ctx, full); known {
			return err
		}
		_, err := n.tools().Run(ctx, full, func(ctx context.Context) (raw json.RawMessage, err error) {
			defer n.guard(id, &err)
			return jsonNull, fn(ctx)
		})
		return err
	})
}

// Sleep suspends the running action for d, without occupying anything while it sleeps.
func Sleep(ctx context.Context, id string, d time.Duration) error {
	return waiting(ctx, id, func(ctx context.Context, n *node, id string) error {
		return n.tools().Sleep(ctx, id, d)
	})
}

// SleepUntil suspends the running action until t. A time in the past does not suspend.
func SleepUntil(ctx context.Context, id string, t time.Time) error {
	return waiting(ctx, id, func(ctx context.Context, n *node, id string) error {
		return n.tools().SleepUntil(ctx, id, t)
	})
}

// WaitForEvent suspends the running action until an event matches, and returns it. It returns [ErrEventNotReceived]
// when the time has passed. Events that arrive before the wait has been registered do not count; use opts.Announce for
// whatever makes others send the event.
func WaitForEvent(ctx context.Context, id string, opts WaitForEventOpts) (Event, error) {
	var event Event
	if opts.Event == "" {
		return event, NoRetryError(fmt.Errorf("step %q: wait for event: event name is empty", id))
	}
	if opts.Timeout <= 0 {
		return event, NoRetryError(fmt.Errorf("step %q: wait for event: timeout is %v, a positive duration is needed", id, opts.Timeout))
	}
	err := waiting(ctx, id, func(ctx context.Context, n *node, id string) (err error) {
		if opts.Announce != nil {
			if opts.Announce, err = n.announcement(opts.Announce); err != nil {
				return err
			}
		}
		event, err = n.tools().WaitForEvent(ctx, id, opts)
		return err
	})
	return event, err
}

// Invoke calls another Inngest function, waits for it and returns its result. If the function fails, or cannot be
// found, Invoke returns a *[StepError].
func Invoke[T any](ctx context.Context, id string, opts InvokeOpts) (T, error) {
	var (
		out T
		raw json.RawMessage
	)
	if opts.Function == "" {
		return out, NoRetryError(fmt.Errorf("step %q: invoke: function id is empty", id))
	}
	err := waiting(ctx, id, func(ctx context.Context, n *node, id string) (err error) {
		raw, err = n.tools().Invoke(ctx, id, opts)
		return err
	})
	if err != nil {
		return out, err
	}
	if len(raw) == 0 {
		raw = jsonNull
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		var zero T
		return zero, NoRetryError(fmt.Errorf("step %q: result of function %q does not fit %T: %w", id, opts.Function, zero, err))
	}
	return out, nil
}

// SendEvents sends events as one durable step and returns their ids in the same order. Give events an ID to make a
// repeated attempt harmless; without one, the step derives one from the run, the action and the step.
func SendEvents(ctx context.Context, id string, events ...Event) ([]string, error) {
	for i, event := range events {
		if event.Name == "" {
			return nil, NoRetryError(fmt.Errorf("step %q: send events: event %d has no name", id, i))
		}
	}
	var ids []string
	err := withTools(ctx, id, func(ctx context.Context, n *node, id string) (err error) {
		ids, err = n.tools().SendEvents(ctx, id, n.withIDs(id, events))
		return err
	})
	return ids, err
}
