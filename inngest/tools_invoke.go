package inngest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/inngest/inngestgo/step"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Invoke implements [workflowkit.Tools].
func (t *stepTools) Invoke(ctx context.Context, id string, opts workflowkit.InvokeOpts) (json.RawMessage, error) {
	if opts.Timeout < 0 || opts.Timeout > maxWait {
		return nil, workflowkit.NoRetryError(fmt.Errorf(
			"step %q: timeout of %v, Inngest allows at most %v", stepName(id), opts.Timeout, maxWait))
	}
	data, err := payload(opts.Data)
	if err != nil {
		return nil, workflowkit.NoRetryError(fmt.Errorf("step %q: data for function %q: %w", stepName(id), opts.Function, err))
	}
	unique, err := t.begin(ctx, id)
	if err != nil {
		return nil, err
	}
	var out json.RawMessage
	err = t.perform(ctx, unique, func(ctx context.Context) (err error) {
		out, err = step.Invoke[json.RawMessage](ctx, unique, step.InvokeOpts{
			FunctionId: opts.Function, Data: data, Timeout: opts.Timeout,
		})
		return err
	})
	if errors.Is(err, workflowkit.ErrSuspended) {
		return nil, err
	}
	// inngestgo drops the name of an error.
	if failure := t.failure(unique); failure != nil {
		return nil, failure
	}
	if err == nil && cancelled(out) {
		err = newStepError(unique, "InvokeCancelled", fmt.Sprintf("function %q was cancelled", opts.Function), nil)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// cancelled reports whether the result of a function is what the server reports of one that was cancelled, which has
// the form of a success.
func cancelled(result json.RawMessage) bool {
	var report struct {
		Inngest struct {
			Status string `json:"status"`
		} `json:"_inngest"`
		FunctionID string `json:"function_id"`
		RunID      string `json:"run_id"`
	}
	return json.Unmarshal(result, &report) == nil &&
		report.Inngest.Status == "Cancelled" && report.FunctionID != "" && report.RunID != ""
}

// payload returns data as the object that inngestgo wants, with numbers that keep their digits.
func payload(data any) (map[string]any, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	if string(raw) == "null" {
		return map[string]any{}, nil
	}
	if !isObject(raw) {
		return nil, errors.New("it is not a JSON object")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	object := map[string]any{}
	if err := decoder.Decode(&object); err != nil {
		return nil, err
	}
	return object, nil
}
