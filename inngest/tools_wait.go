package inngest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/inngest/inngestgo/group"
	"github.com/inngest/inngestgo/step"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// WaitForEvent implements [workflowkit.Tools].
//
// A wait with an announcement is reported together with the announcement, as a step that is planned, not executed. The
// server registers all waits of a response before it does anything else with it, so the announcement cannot be executed,
// and nobody can answer it, before the wait exists.
func (t *stepTools) WaitForEvent(ctx context.Context, id string, opts workflowkit.WaitForEventOpts) (workflowkit.Event, error) {
	if opts.Timeout > maxWait {
		return workflowkit.Event{}, workflowkit.NoRetryError(fmt.Errorf(
			"step %q: timeout of %v, Inngest allows at most %v", stepName(id), opts.Timeout, maxWait))
	}
	wait, err := t.begin(ctx, id)
	if err != nil {
		return workflowkit.Event{}, err
	}
	if opts.Announce == nil {
		var event workflowkit.Event
		err := t.guard(wait, func() (err error) {
			event, err = t.awaitEvent(ctx, wait, opts)
			return err
		})
		return event, t.ending(ctx, err)
	}
	announce, err := t.begin(ctx, opts.Announce.StepID)
	if err != nil {
		return workflowkit.Event{}, err
	}
	// An announcement that has failed for good ends the waiting. The wait must not be reported again then: what is
	// reported takes precedence over what the run comes to.
	if err := t.failure(announce); err != nil {
		return workflowkit.Event{}, err
	}
	if inBranch(ctx) {
		return t.announceInBranch(ctx, wait, announce, opts)
	}
	event, err := t.announceSerially(ctx, wait, announce, opts)
	return event, t.ending(ctx, err)
}

// awaitEvent calls inngestgo, which panics if the wait has no result.
func (t *stepTools) awaitEvent(ctx context.Context, id string, opts workflowkit.WaitForEventOpts) (workflowkit.Event, error) {
	var event workflowkit.Event
	wait := step.WaitForEventOpts{Event: opts.Event, Timeout: opts.Timeout}
	if opts.If != "" {
		wait.If = &opts.If
	}
	raw, err := step.WaitForEvent[json.RawMessage](ctx, id, wait)
	if errors.Is(err, step.ErrEventNotReceived) {
		return event, workflowkit.ErrEventNotReceived
	}
	if err != nil {
		return event, err
	}
	if err := json.Unmarshal(raw, &event); err != nil {
		return event, workflowkit.NoRetryError(fmt.Errorf("step %q: read the event: %w", stepName(id), err))
	}
	return event, nil
}

// announceSerially reports both steps as a group that ends when both have a result. Only then may the run go on
// serially: another call of the same run that comes to the same place would execute what follows as well.
func (t *stepTools) announceSerially(ctx context.Context, wait, announce string, opts workflowkit.WaitForEventOpts) (workflowkit.Event, error) {
	var (
		event   workflowkit.Event
		waitErr error
	)
	err := t.guard(wait, func() error {
		results := group.Parallel(ctx,
			func(ctx context.Context) (any, error) {
				event, waitErr = t.awaitEvent(ctx, wait, opts)
				return nil, nil
			},
			func(ctx context.Context) (any, error) {
				_, err := t.runStep(asBranch(ctx), announce, announcement(opts.Announce))
				return nil, err
			})
		return results.AnyError()
	})
	if err != nil {
		return workflowkit.Event{}, err
	}
	return event, waitErr
}

// announceInBranch reports both steps in a branch, whose group the engine closes with a barrier.
func (t *stepTools) announceInBranch(ctx context.Context, wait, announce string, opts workflowkit.WaitForEventOpts) (workflowkit.Event, error) {
	var event workflowkit.Event
	waitErr := t.guard(wait, func() (err error) {
		event, err = t.awaitEvent(ctx, wait, opts)
		return err
	})
	announceErr := t.guard(announce, func() error {
		_, err := t.runStep(ctx, announce, announcement(opts.Announce))
		return err
	})
	if announceErr != nil {
		return workflowkit.Event{}, announceErr
	}
	return event, waitErr
}

func announcement(a *workflowkit.Announcement) stepFunc {
	return func(ctx context.Context) (json.RawMessage, error) { return nil, a.Run(ctx) }
}
