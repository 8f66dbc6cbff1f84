package inngest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// SendEvents implements [workflowkit.Tools]. It does not use inngestgo's step, which cannot be stopped.
func (t *stepTools) SendEvents(ctx context.Context, id string, events []workflowkit.Event) ([]string, error) {
	raw, err := t.Run(ctx, id, within(func(ctx context.Context) (json.RawMessage, error) {
		identified := make([]workflowkit.Event, len(events))
		for i, event := range events {
			if event.ID == "" {
				// Repeating the step repeats the id, and Inngest takes the event once.
				event.ID = fmt.Sprintf("%s/%s/%d", t.call.runID, id, i)
			}
			identified[i] = event
		}
		ids, err := t.client.SendMany(ctx, identified)
		if err != nil {
			return nil, sendStepError(err, time.Now())
		}
		if ids == nil {
			ids = []string{}
		}
		return json.Marshal(ids)
	}))
	if err != nil {
		return nil, err
	}
	var ids []string
	if err := json.Unmarshal(raw, &ids); err != nil {
		return nil, workflowkit.NoRetryError(fmt.Errorf("step %q: read the ids of events: %w", stepName(id), err))
	}
	return ids, nil
}

// within holds the function of a step to the timeout of its action.
func within(fn stepFunc) stepFunc {
	return func(ctx context.Context) (json.RawMessage, error) { return workflowkit.WithinTimeout(ctx, fn) }
}

// sendStepError says of an error of SendMany whether, and when, another attempt of the step is of use.
func sendStepError(err error, now time.Time) error {
	var sendError *SendError
	switch {
	case errors.As(err, &sendError) && sendError.RetryAfter > 0 && sendError.Retryable:
		return workflowkit.RetryAtError(err, now.Add(sendError.RetryAfter))
	case errors.As(err, &sendError) && sendError.Retryable:
		return err
	}
	return workflowkit.NoRetryError(err)
}
