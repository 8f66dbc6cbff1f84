package inngest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/inngest/inngestgo"
	sdkerrors "github.com/inngest/inngestgo/errors"
	"github.com/inngest/inngestgo/step"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// maxStepOutput is what Inngest stores of a step. With more of it the run fails, with a message that names no step.
const maxStepOutput = 4<<20 - 1<<10

type stepFunc = func(ctx context.Context) (json.RawMessage, error)

// Run implements [workflowkit.Tools].
func (t *stepTools) Run(ctx context.Context, id string, fn func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	if out, known, err := t.Result(ctx, id); known {
		return out, err
	}
	unique, err := t.identify(ctx, id)
	if err != nil {
		return nil, err
	}
	var out json.RawMessage
	if t.stores(ctx, unique) {
		err = t.ending(ctx, t.guard(unique, func() (err error) {
			out, err = t.runStored(ctx, unique, fn)
			return err
		}))
		return out, err
	}
	if err := t.flush(ctx); err != nil {
		return nil, err
	}
	err = t.perform(ctx, unique, func(ctx context.Context) (err error) {
		out, err = t.runStep(ctx, unique, fn)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// runStep returns the result of a step, or executes it. It calls inngestgo, which may panic to end the pass.
func (t *stepTools) runStep(ctx context.Context, id string, fn stepFunc) (json.RawMessage, error) {
	return t.report(ctx, id, func(ctx context.Context) (json.RawMessage, error) { return t.execute(ctx, id, fn) })
}

// report leaves a step to inngestgo. The outcome of the body is the answer to the call.
func (t *stepTools) report(ctx context.Context, id string, body stepFunc) (json.RawMessage, error) {
	fresh := false
	out, err := step.Run(ctx, id, func(ctx context.Context) (json.RawMessage, error) {
		fresh = true
		return body(ctx)
	})
	if fresh && (err != nil || inBranch(ctx)) {
		// The result is on its way to the server, but not stored, and an error may be tried again. So nothing may be
		// computed from either: the pass ends for this branch.
		return nil, workflowkit.ErrSuspended
	}
	var failed inngestgo.StepError
	if errors.As(err, &failed) {
		return nil, newStepError(id, failed.Name, failed.Message, failed.Data)
	}
	return restore(out), err
}

// execute calls the function of a step and gives its outcome a form that inngestgo can store and read back.
func (t *stepTools) execute(ctx context.Context, id string, fn stepFunc) (out json.RawMessage, err error) {
	if err := t.exhausted(ctx); err != nil {
		t.stepLogger(id).Warn("step failed", "attempt", t.call.attempt, "error", err)
		return nil, bodyError(err)
	}
	ended := func(error, bool) {}
	defer func() {
		if value := recover(); value != nil {
			out, err = nil, t.stepError(ctx, panicError(t.stepLogger(id), "step "+id, value))
		}
		ended(err, err != nil && t.lastAttempt(ctx, err))
	}()
	if t.watch != nil {
		ctx, ended = t.watch(ctx, id, t.call.attempt)
	}
	t.fresh = true
	out, err = fn(ctx)
	switch {
	case err != nil:
		t.stepLogger(id).Warn("step failed", "attempt", t.call.attempt, "error", err)
		return nil, t.stepError(ctx, err)
	case len(out) == 0:
		return json.RawMessage("null"), nil
	case !json.Valid(out):
		return nil, bodyError(workflowkit.NoRetryError(errors.New("result is not JSON")))
	}
	if out, err = storable(out); err == nil && len(out) > maxStepOutput {
		return nil, bodyError(workflowkit.NoRetryError(fmt.Errorf(
			"result is %d bytes long, Inngest stores at most %d", len(out), maxStepOutput)))
	}
	return out, err
}

// bodyError returns err as inngestgo understands it: whether and when to try again, and the text. The error itself must
// not go there, because inngestgo looks into it for errors of other steps and then ends the run.
func bodyError(err error) error {
	text := errors.New(err.Error())
	if workflowkit.IsNoRetryError(err) || sdkerrors.IsNoRetryError(err) {
		return inngestgo.NoRetryError(text)
	}
	if at, ok := workflowkit.RetryAt(err); ok {
		return retryAt(text, at)
	}
	if at := sdkerrors.GetRetryAtTime(err); at != nil {
		return retryAt(text, *at)
	}
	return text
}

// retryAt rounds the time up, because it travels in whole seconds and earlier than asked for would be too early.
func retryAt(err error, at time.Time) error {
	if whole := at.Truncate(time.Second); whole.Before(at) {
		at = whole.Add(time.Second)
	}
	return inngestgo.RetryAtError(err, at)
}
