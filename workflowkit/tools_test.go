package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// direct executes each step at once and remembers nothing.
type direct struct{}

var _ workflowkit.Tools = direct{}

func (direct) Run(ctx context.Context, _ string, fn func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	return fn(ctx)
}
func (direct) Sleep(context.Context, string, time.Duration) error { return nil }

func (direct) SleepUntil(context.Context, string, time.Time) error { return nil }

func (direct) WaitForEvent(context.Context, string, workflowkit.WaitForEventOpts) (workflowkit.Event, error) {
	return workflowkit.Event{}, workflowkit.ErrEventNotReceived
}

func (direct) Invoke(context.Context, string, workflowkit.InvokeOpts) (json.RawMessage, error) {
	return json.RawMessage("null"), nil
}

func (direct) SendEvents(_ context.Context, _ string, events []workflowkit.Event) ([]string, error) {
	ids := make([]string, len(events))
	for i := range events {
		ids[i] = events[i].ID
	}
	return ids, nil
}

func (direct) Parallel(ctx context.Context, _ workflowkit.ForkMode, branches []func(ctx context.Context) error) error {
	var pending error
	for _, branch := range branches {
		if err := branch(ctx); err != nil && (pending == nil || errors.Is(pending, workflowkit.ErrSuspended)) {
			pending = err
		}
	}
	return pending
}
func (direct) Targeted(string) bool { return false }
