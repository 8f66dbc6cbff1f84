package inngest

import (
	"bytes"
	"context"
	"fmt"

	sdkerrors "github.com/inngest/inngestgo/errors"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// The server gives every step of a function the same number of attempts, and counts those of calls. So it is told the
// largest number that an action may ask for, and who is to fail earlier is failed here.

// lastAttempt reports whether an error of the step that is being executed is final.
func (t *stepTools) lastAttempt(ctx context.Context, err error) bool {
	return workflowkit.IsNoRetryError(err) || sdkerrors.IsNoRetryError(err) || t.call.last(t.retriesOf(ctx))
}

// stepError returns the error of a step as inngestgo understands it.
func (t *stepTools) stepError(ctx context.Context, err error) error {
	if t.lastAttempt(ctx, err) {
		err = workflowkit.NoRetryError(err)
	}
	return bodyError(err)
}

// retriesOf returns how often the step with the given context is tried again.
func (t *stepTools) retriesOf(ctx context.Context) int {
	if retries := workflowkit.StepOptionsFrom(ctx).Retries; retries != nil {
		return *retries
	}
	return t.call.retries
}

// exhausted returns an error if a step has had all its attempts and the answer to the last one was lost: what was not to
// be done again must not be, though the server, which does not know, asks for it.
func (t *stepTools) exhausted(ctx context.Context) error {
	if t.call.attempt == 0 {
		return nil
	}
	if retries := t.retriesOf(ctx); t.call.attempt > retries {
		return workflowkit.NoRetryError(fmt.Errorf("the answer to an attempt was lost, and there are no retries left of %d", retries))
	}
	return nil
}

// last reports whether there is no further attempt after this call.
func (c *call) last(retries int) bool {
	return c.attempt >= retries || c.maxAttempts > 0 && c.attempt+1 >= c.maxAttempts
}

// foreign reports whether this call is made for another step than the given one, which has no result yet. Outside of
// branches inngestgo must not hear of it: it would end the call, and with it the step that is wanted.
func (t *stepTools) foreign(ctx context.Context, id string) bool {
	if t.call.target == "" || inBranch(ctx) {
		return false
	}
	_, done := t.result(id)
	return !done && !t.Targeted(id)
}

// Failed implements [workflowkit.StepFailures].
func (t *stepTools) Failed(id string) bool {
	return t.call.hasFailures() && t.failure(id) != nil
}

// Quiet implements [workflowkit.StepFailures].
func (t *stepTools) Quiet() bool { return t.call.target == "" && !t.call.hasFailures() }

// Planning implements [workflowkit.StepFailures].
func (t *stepTools) Planning() bool { return t.call.target == "" }

// hasFailures reports whether a step of the run may have failed. In most runs none has, and nothing has to be looked up.
func (c *call) hasFailures() bool {
	if c.failures == nil {
		found := false
		for _, memo := range c.steps {
			if holdsError(memo) {
				found = true
				break
			}
		}
		c.failures = &found
	}
	return *c.failures
}

// holdsError reports whether a stored result may be that of a step that has failed.
func holdsError(memo []byte) bool {
	return bytes.Contains(memo[:min(len(memo), 32)], []byte(`"error"`))
}

// retries is how often a step is tried again whose action does not say.
func (f *Function) retries() int {
	if f.Retries == nil {
		return DefaultRetries
	}
	return *f.Retries
}
