package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// maxErrorSteps is how often in a run a handler may fail outside of its steps and recover again, each time with all
// attempts of a step.
const maxErrorSteps = 3

// failedStep is how the steps begin that note that a handler has failed outside of its steps.
const failedStep = "$failed"

// settle makes the outcome of a handler durable. The error of a step has had its attempts. An error that was raised
// outside of steps is passed through a step of its own, so it is retried as any step's is, and every replay agrees on
// when the attempts were used up.
func (x *execution) settle(ctx context.Context, n *node, out json.RawMessage, err error) (json.RawMessage, error) {
	switch {
	case err == nil, errors.Is(err, ErrSuspended):
		if x.quiet {
			return out, err
		}
		return out, x.recovered(ctx, n.steps.errors(), err)
	case ctx.Err() != nil, IsNoRetryError(err):
		return nil, err
	}
	steps := n.steps.errors()
	err = n.secrets.hide(err)
	fail := func(context.Context) (json.RawMessage, error) { return nil, err }
	// A request that has been made to try the handler again must not count for the steps that it then goes on to.
	isolated := withStepOptions(ctx, StepOptions{Retries: n.retries, Isolated: true})
	for i := int(n.cured); i < maxErrorSteps; i++ {
		if noteErr := x.note(ctx, steps, i, err); noteErr != nil {
			return nil, noteErr
		}
		_, stepErr := x.tools.Run(isolated, steps.attempts[i], fail)
		var final *StepError
		switch {
		case stepErr == nil:
			// An earlier failure that another attempt has cured. This is another one.
			continue
		case errors.As(stepErr, &final):
			return nil, final.ofHandler()
		}
		return nil, stepErr
	}
	return nil, NoRetryError(fmt.Errorf("handler keeps failing outside of its steps: %w", err))
}

// notes reports whether errors outside of steps are noted before they are tried again.
func (x *execution) notes() bool { return x.concurrent && x.failures != nil }

// note makes it known that a handler has failed, by a step that fails for good.
func (x *execution) note(ctx context.Context, steps *errorSteps, i int, err error) error {
	if !x.notes() {
		return nil
	}
	_, stepErr := x.tools.Run(ctx, steps.noted[i], func(context.Context) (json.RawMessage, error) { return nil, NoRetryError(err) })
	var noted *StepError
	if errors.As(stepErr, &noted) {
		return nil
	}
	return stepErr
}

// recovered ends the step that an earlier failure of the handler has left behind, if this pass was made to execute it.
// Whether the handler has come to its end now or to its next step, what failed before has succeeded.
func (x *execution) recovered(ctx context.Context, steps *errorSteps, err error) error {
	for i := range maxErrorSteps {
		switch {
		case x.notes() && x.tools.Targeted(steps.noted[i]):
			if err := x.note(ctx, steps, i, errors.New("handler failed")); err != nil {
				return err
			}
			return err
		case x.notes() && !x.failures.Failed(steps.noted[i]):
			return err
		case x.tools.Targeted(steps.attempts[i]):
			ctx := withStepOptions(ctx, StepOptions{Isolated: true})
			if _, err := x.tools.Run(ctx, steps.attempts[i], func(context.Context) (json.RawMessage, error) { return jsonNull, nil }); err != nil {
				return err
			}
			return err
		}
	}
	return err
}

// decidedBefore returns what is known of a handler's errors outside of its steps without calling it: the error, if its
// attempts are used up, or ErrSuspended, if they are under way.
func (x *execution) decidedBefore(ctx context.Context, n *node) error {
	if x.failures == nil || x.quiet {
		return nil
	}
	steps := n.steps.errors()
	for i := range maxErrorSteps {
		attempts := steps.attempts[i]
		if !x.failures.Failed(attempts) && !(x.notes() && x.failures.Failed(steps.noted[i]) && x.failures.Planning()) {
			continue
		}
		// It has a result, or is planned: nothing is executed here.
		_, err := x.tools.Run(ctx, attempts, func(context.Context) (json.RawMessage, error) { return jsonNull, nil })
		var final *StepError
		switch {
		case err == nil:
			n.cured = int8(i + 1)
			continue
		case errors.As(err, &final):
			return final.ofHandler()
		}
		return err
	}
	return nil
}

// ofHandler returns the error as one that a handler has returned outside of its steps.
func (e *StepError) ofHandler() error {
	return &StepError{Name: e.Name, Message: e.Message, Data: e.Data}
}
