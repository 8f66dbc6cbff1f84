package local

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// parseOperations reads the body of an answer with status 206.
func parseOperations(body []byte, maxOutput int) ([]*operation, error) {
	body = bytes.TrimSpace(body)
	var ops []*operation
	switch {
	case len(body) == 0:
		return nil, errors.New("the answer is empty")
	case body[0] == '{':
		var one operation
		if err := json.Unmarshal(body, &one); err != nil {
			return nil, fmt.Errorf("reading the operation: %w", err)
		}
		ops = []*operation{&one}
	case body[0] == '[':
		if err := json.Unmarshal(body, &ops); err != nil {
			return nil, fmt.Errorf("reading the operations: %w", err)
		}
	default:
		return nil, errors.New("the answer is neither a JSON object nor an array")
	}
	for i, op := range ops {
		switch {
		case op == nil:
			return nil, fmt.Errorf("operation %d is null", i)
		case op.Op == opStepError && op.Error == nil:
			return nil, fmt.Errorf("operation %s is a StepError without an error", op.ID)
		case op.Op == opStepFailed && op.Error == nil:
			return nil, fmt.Errorf("operation %s is a StepFailed without an error", op.ID)
		case len(op.Data) > maxOutput:
			return nil, &tooLargeError{step: op.label(), size: len(op.Data), limit: maxOutput}
		}
	}
	return ops, nil
}

type tooLargeError struct {
	step        string
	size, limit int
}

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("step output size is greater than the limit: step %q has %d bytes, the limit is %d", e.step, e.size, e.limit)
}
