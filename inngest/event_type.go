package inngest

import (
	"context"
	"errors"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// On returns the trigger that starts runs by events of a type. The condition is an expression over event; empty means
// always.
func On[T any](t *workflowkit.EventType[T], condition string) Trigger {
	return Trigger{Event: t.Name(), If: condition}
}

// SendTyped sends events of a type and returns their ids in the same order. See [Client.SendMany]. If data of one of them
// does not fit the type, nothing is sent and the error is a *workflowkit.EventError.
//
// In an action's handler, use the Send method of the type: it is a durable step.
func SendTyped[T any](ctx context.Context, client *Client, t *workflowkit.EventType[T], data ...T) ([]string, error) {
	if client == nil || t == nil {
		return nil, errors.New("send events: client or type is nil")
	}
	events := make([]workflowkit.Event, len(data))
	for i, d := range data {
		event, err := t.New(d)
		if err != nil {
			return nil, fmt.Errorf("send events: event %d: %w", i, err)
		}
		events[i] = event
	}
	return client.SendMany(ctx, events)
}
