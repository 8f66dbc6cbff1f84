package workflowkit

import (
	"context"
	"encoding/json"
)

// StepResults is implemented by [Tools] that can tell the result of a step without being given its function. Most steps
// of a pass have a result, so this is most of what the engine asks for.
type StepResults interface {
	// Result returns what Run would return for a step that has been executed, and true: with that the step has been called.
	// It returns false, and nothing has happened, if Run has to be called.
	Result(ctx context.Context, id string) (raw json.RawMessage, known bool, err error)
}

// known returns the result of a step if there is one, and nothing stands between the handler and the backend that has to
// see the step.
func (n *node) known(ctx context.Context, id string) (raw json.RawMessage, known bool, err error) {
	if results := n.run.execution.results; results != nil && n.limited == nil {
		return results.Result(ctx, id)
	}
	return nil, false, nil
}

// Result implements [StepResults].
func (w *witness) Result(ctx context.Context, id string) (raw json.RawMessage, known bool, err error) {
	if w.results == nil {
		return nil, false, nil
	}
	if raw, known, err = w.results.Result(ctx, id); known {
		w.learn(err)
	}
	return raw, known, err
}
