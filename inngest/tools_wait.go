package inngest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

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
		err := t.perform(ctx, wait, func(ctx context.Context) (err error) {
			event, err = t.awaitEvent(ctx, wait, opts)
			return err
		})
		return event, err
	}
	announce, err := t.begin(ctx, opts.Announce.StepID)
	if err != nil {
		return workflowkit.Event{}, err
	}
	t.also(wait)
	if t.foreign(ctx, wait) && t.foreign(ctx, announce) {
		return workflowkit.Event{}, workflowkit.ErrSuspended
	}
	// An announcement that has failed for good ends the waiting. The wait must not be reported again then: what is
	// reported takes precedence over what the run comes to.
	if err := t.announcementFailure(announce); err != nil {
		t.racing = t.racing || !inBranch(ctx)
		return workflowkit.Event{}, err
	}
	event, err := t.announce(ctx, wait, announce, opts)
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

// announce reports both steps, or executes the announcement if that is what the call is for.
func (t *stepTools) announce(ctx context.Context, wait, announce string, opts workflowkit.WaitForEventOpts) (event workflowkit.Event, err error) {
	fn := func(ctx context.Context) (json.RawMessage, error) { return nil, opts.Announce.Run(ctx) }
	switch {
	case inBranch(ctx):
		return t.announceInBranch(ctx, wait, announce, opts, fn)
	case t.racing:
		err = t.perform(ctx, wait, func(ctx context.Context) (err error) {
			event, err = t.announceInBranch(ctx, wait, announce, opts, fn)
			return err
		})
		return event, err
	case !t.Targeted(announce):
		return t.announceSerially(ctx, wait, announce, opts, fn, group.ParallelOpts{})
	}
	// When a step has failed for good the server goes on only if nothing is pending, and the wait is. But it does go on
	// after a result in race mode. So the failure is stored as a result that says so.
	mode, start := group.ParallelOpts{}, time.Now()
	out, err := t.execute(ctx, announce, fn)
	if err == nil && t.goOn(ctx, wait, announce, start) {
		return event, workflowkit.ErrSuspended
	}
	if err != nil && t.lastAttempt(ctx, err) {
		mode.ParallelMode = parallelRace
		out, err = json.Marshal(map[string]any{failedMember: storedError{Name: "Step failed", Message: err.Error()}})
	}
	executed := func(context.Context) (json.RawMessage, error) { return out, err }
	return t.announceSerially(ctx, wait, announce, opts, executed, mode)
}

// announceSerially reports both steps as a group that ends when both have a result. Only then may the run go on
// serially: another call of the same run that comes to the same place would execute what follows as well.
func (t *stepTools) announceSerially(
	ctx context.Context, wait, announce string, opts workflowkit.WaitForEventOpts, fn stepFunc, mode group.ParallelOpts,
) (event workflowkit.Event, err error) {
	var waitErr error
	err = t.guard(wait, func() error {
		results := group.ParallelWithOpts(ctx, mode,
			func(ctx context.Context) (any, error) {
				event, waitErr = t.awaitEvent(ctx, wait, opts)
				return nil, nil
			},
			func(ctx context.Context) (any, error) {
				_, err := t.runStep(asBranch(ctx), announce, fn)
				return nil, err
			})
		return results.AnyError()
	})
	if err == nil {
		err = waitErr
	}
	return event, err
}

// announceInBranch reports both steps where the server goes on after each of them.
func (t *stepTools) announceInBranch(
	ctx context.Context, wait, announce string, opts workflowkit.WaitForEventOpts, fn stepFunc,
) (event workflowkit.Event, err error) {
	waitErr := t.guard(wait, func() (err error) {
		event, err = t.awaitEvent(ctx, wait, opts)
		return err
	})
	err = t.guard(announce, func() error {
		_, err := t.runStep(ctx, announce, fn)
		return err
	})
	if err == nil {
		err = waitErr
	}
	return event, err
}

// failedMember marks the result of an announcement that has failed for good.
const failedMember = "$failed"

// storedError is an error as it is stored.
type storedError struct {
	Name    string          `json:"name"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// announcementFailure returns the stored error of an announcement in either of its forms, or nil.
func (t *stepTools) announcementFailure(id string) error {
	if err := t.failure(id); err != nil {
		return err
	}
	var stored struct {
		Data struct {
			Failed *storedError `json:"$failed"`
		} `json:"data"`
	}
	memo, _ := t.result(id)
	if json.Unmarshal(memo, &stored) != nil || stored.Data.Failed == nil {
		return nil
	}
	return newStepError(id, stored.Data.Failed.Name, stored.Data.Failed.Message, nil)
}
