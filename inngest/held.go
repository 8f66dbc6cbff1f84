package inngest

import (
	"context"
	"encoding/json"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// holdTime is how long the result of loading a workflow waits for that of the first step, to be stored with it by one
// request. After that it is stored by itself while the step goes on.
const holdTime = 10 * time.Millisecond

// held is the result of the step that loads the workflow, which is not stored yet. That step has no effects, so if the
// process ends now it is executed again, and no step of an action has a result that could belong to another workflow.
type held struct {
	steps []stepOperation
	out   json.RawMessage
	// sent is where the outcome arrives of a request that stores the result by itself. It is nil if there is none.
	sent  chan error
	timer *time.Timer
}

// holds reports whether the result of a step is to wait for the next one.
func holds(id string) bool { return id == workflowkit.LoadStepID }

// hold keeps the result of a step.
func (t *stepTools) hold(id string, out json.RawMessage, start time.Time) {
	t.held = &held{steps: []stepOperation{newStepOperation(id, out, start)}, out: out}
}

// meanwhile begins to store what is held if that has not been done in the time in which a step is executed.
func (h *held) meanwhile(ctx context.Context, t *stepTools) {
	if h == nil {
		return
	}
	sent := make(chan error, 1)
	h.sent = sent
	h.timer = time.AfterFunc(holdTime, func() { sent <- t.store(ctx, h.steps) })
}

// unsent returns what has to be stored with the step that has been executed meanwhile.
func (h *held) unsent() []stepOperation {
	if h == nil || h.timer == nil || h.timer.Stop() {
		if h == nil {
			return nil
		}
		return h.steps
	}
	if err := <-h.sent; err != nil {
		return h.steps
	}
	return nil
}

// flush stores what is held, before something is asked of the server that is not the execution of a step. It returns
// workflowkit.ErrSuspended if the result is the answer to the call instead.
func (t *stepTools) flush(ctx context.Context) error {
	h := t.held
	if t.held = nil; h == nil || t.store(ctx, h.steps) == nil {
		return nil
	}
	name := h.steps[0].Name
	err := t.guard(name, func() error {
		_, err := t.report(ctx, name, func(context.Context) (json.RawMessage, error) { return h.out, nil })
		return err
	})
	return t.ending(ctx, err)
}

// finish stores what is held when the function has come to its end. Whether that works makes no difference any more,
// except that people see the step.
func (t *stepTools) finish(ctx context.Context) {
	if t.held != nil && ctx.Err() == nil {
		_ = t.store(ctx, t.held.steps)
	}
	t.held = nil
}
