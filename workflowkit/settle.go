package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// maxErrorSteps is how often in a run a handler may fail outside of its steps and recover again, each time with all
// attempts of a step.
const maxErrorSteps = 3

// errorStepIDs are the steps that make the errors of a handler, raised outside of its steps, part of the run's state.
func errorStepIDs(actionID string) (ids [maxErrorSteps]string) {
	for i := range ids {
		ids[i] = actionID + "/$error"
		if i > 0 {
			ids[i] += "." + strconv.Itoa(i)
		}
	}
	return ids
}

// settle makes the outcome of a handler durable. The error of a step has had its attempts. An error that was raised
// outside of steps is passed through a step of its own, so it is retried as any step's is, and every replay agrees on
// when the attempts were used up.
func (x *execution) settle(ctx context.Context, i int, out json.RawMessage, err error) (json.RawMessage, error) {
	ids := &x.plan.nodes[i].errorIDs
	switch {
	case err == nil, errors.Is(err, ErrSuspended):
		return x.recovered(ctx, ids, out, err)
	case ctx.Err() != nil, IsNoRetryError(err):
		return nil, err
	}
	for _, id := range ids {
		_, stepErr := x.tools.Run(ctx, id, func(context.Context) (json.RawMessage, error) { return nil, err })
		var final *StepError
		switch {
		case stepErr == nil:
			// An earlier failure that another attempt has cured. This is another one.
			continue
		case errors.As(stepErr, &final):
			return nil, &StepError{Name: final.Name, Message: final.Message, Data: final.Data}
		}
		return nil, stepErr
	}
	return nil, NoRetryError(fmt.Errorf("handler keeps failing outside of its steps: %w", err))
}

// recovered ends the step that an earlier failure of the handler has left behind, if this pass was made to try it again.
// Whether the handler has come to its end now or to its next step, what failed before has succeeded.
func (x *execution) recovered(ctx context.Context, ids *[maxErrorSteps]string, out json.RawMessage, err error) (json.RawMessage, error) {
	if !x.concurrent {
		return out, err
	}
	for _, id := range ids {
		if !x.tools.Targeted(id) {
			continue
		}
		if _, err := x.tools.Run(ctx, id, func(context.Context) (json.RawMessage, error) { return jsonNull, nil }); err != nil {
			return nil, err
		}
		break
	}
	return out, err
}
