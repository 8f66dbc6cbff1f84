package workflowkit

import (
	"context"
	"fmt"
)

// Send sends events of this type as one durable step of the running action, and returns their ids in the same order. See
// [SendEvents]. Data that does not fit is an error that is not retried, and nothing is sent.
func (t *EventType[T]) Send(ctx context.Context, id string, data ...T) ([]string, error) {
	events := make([]Event, len(data))
	for i, d := range data {
		event, err := t.New(d)
		if err != nil {
			return nil, NoRetryError(fmt.Errorf("step %q: event %d: %w", id, i, err))
		}
		events[i] = event
	}
	return SendEvents(ctx, id, events...)
}

// Wait suspends the running action until an event of this type matches, and returns its data. See [WaitForEvent]; the
// event that opts names must be this one, or none. An event whose data does not fit ends the wait with an error that is
// not retried.
func (t *EventType[T]) Wait(ctx context.Context, id string, opts WaitForEventOpts) (T, error) {
	var zero T
	switch {
	case t.err != nil:
		return zero, NoRetryError(fmt.Errorf("step %q: %w", id, t.err))
	case opts.Event != "" && opts.Event != t.name:
		return zero, NoRetryError(fmt.Errorf("step %q: wait for event: the options name %q, the type is %q", id, opts.Event, t.name))
	}
	opts.Event = t.name
	event, err := WaitForEvent(ctx, id, opts)
	if err != nil {
		return zero, err
	}
	data, err := t.Data(event)
	if err != nil {
		return zero, NoRetryError(fmt.Errorf("step %q: %w", id, err))
	}
	return data, nil
}
