package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// StatusInvalid is the status of a dry run whose workflow cannot run.
const StatusInvalid Status = "invalid"

// DryRunInput is what a dry run starts with. The zero value is an event without a name and data, and null as the output
// of each action.
type DryRunInput struct {
	// Event is the event that refs find as $.event.
	Event Event
	// Outputs are the outputs of actions by their ids, as JSON. The output {"$error":"text"} makes its action fail
	// with that text. An action that is not in the map has the output null.
	Outputs map[string]json.RawMessage
	// MaxInputs bounds the inputs of all actions together once their refs are resolved, in bytes: the result holds them
	// all, so that a large event that many actions refer to would fill the memory. An action that exceeds it fails. Zero
	// means no bound but that of each action, see [Limits].
	MaxInputs int
}

// DryRunResult is what would have happened. It holds no times and nothing else that differs from one dry run to the
// next.
type DryRunResult struct {
	// Status is "completed", "failed" or "invalid": invalid means that the workflow cannot run.
	Status Status `json:"status"`
	// Problems are all findings about a workflow that is invalid. Nil otherwise; see [Engine.Validate].
	Problems Problems `json:"problems,omitempty"`
	// Actions lists every action of the workflow: those that ran in the order in which they ran, skipped ones last. It
	// is empty if the workflow is invalid.
	Actions []DryRunAction `json:"actions"`
	// Edges lists every edge of the workflow with its decision, in the order of the document. Edges to [SinkID] have
	// no effect and are left out. It is empty if the workflow is invalid.
	Edges []DryRunEdge `json:"edges"`
	// Error is the text of the error of a run that failed.
	Error string `json:"-"`
	// Unused lists the ids in Outputs that mocked nothing: no action has the id, or the action runs for real. In order.
	Unused []string `json:"-"`
}

// DryRunAction is what would have become of an action.
type DryRunAction struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	// Status is "completed", "skipped" or "failed".
	Status Status `json:"status"`
	// Inputs are the inputs with their refs resolved. Null for skipped actions.
	Inputs json.RawMessage `json:"inputs"`
	// Output is the mocked output, or the real one of a built-in action. Null unless the action completed.
	Output json.RawMessage `json:"output"`
	// Error is the text of the action's error. Empty unless it failed.
	Error string `json:"error"`
}

// DryRunEdge is how an edge would have been decided.
type DryRunEdge struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Taken bool   `json:"taken"`
	// Reason says why.
	Reason string `json:"reason"`
}

// DryRun executes a workflow without doing anything: it is the interpreter of [Engine.Run], with real conditions, refs
// and checks of inputs, but no handler is called. Outputs come from the input instead. Built-in actions without side
// effects, such as builtin:if, run for real, whatever the input says. There are no durable steps, and nothing is
// waited for.
//
// A workflow that is invalid or fails is a result, not an error. Errors are a context that ends, and outputs that
// cannot be read. A null definition completes, with nothing done.
func (e *Engine) DryRun(ctx context.Context, definition json.RawMessage, in DryRunInput) (*DryRunResult, error) {
	mocks, err := newMocks(e.kinds, in.Outputs)
	if err != nil {
		return nil, fmt.Errorf("dry run: %w", err)
	}
	if isNull(definition) {
		definition = jsonNull
	}
	result, err := e.Run(ctx, dryTools{}, RunInput{
		RunID: "dry-run", Event: in.Event, Definition: &Definition{JSON: definition}, Replace: mocks.replace, unseen: true,
		budget: max(in.MaxInputs, 0),
	})
	var (
		invalid *InvalidError
		failed  *ActionError
	)
	switch {
	case errors.As(err, &invalid):
		// The findings of a run are its errors; who runs dry wants to see the warnings too.
		return &DryRunResult{
			Status: StatusInvalid, Problems: e.Validate(definition), Error: invalid.Error(),
			Actions: []DryRunAction{}, Edges: []DryRunEdge{}, Unused: []string{},
		}, nil
	case err != nil && !errors.As(err, &failed):
		return nil, fmt.Errorf("dry run: %w", err)
	}
	return mocks.result(result), nil
}

// result reduces the result of the run.
func (m *mocks) result(run *Result) *DryRunResult {
	out := &DryRunResult{
		Status: run.Status, Error: run.Error,
		Actions: make([]DryRunAction, 0, len(run.Actions)), Edges: make([]DryRunEdge, 0, len(run.Edges)),
	}
	if out.Status == StatusSkipped {
		out.Status = StatusCompleted // nothing to do is a normal run (rule 11)
	}
	mocked := map[string]bool{}
	for _, a := range run.Actions {
		mocked[a.ID] = !m.real(a.Kind)
		out.Actions = append(out.Actions, DryRunAction{
			ID: a.ID, Kind: a.Kind, Status: a.Status, Inputs: orNull(a.Inputs), Output: orNull(a.Output), Error: a.Error,
		})
	}
	for _, e := range run.Edges {
		out.Edges = append(out.Edges, DryRunEdge{From: e.From, To: e.To, Taken: e.Taken, Reason: e.Reason})
	}
	out.Unused = []string{}
	for _, id := range sortedNames(m.outputs) {
		if !mocked[id] && !m.used[id] {
			out.Unused = append(out.Unused, id)
		}
	}
	return out
}

// Result returns the dry run in the form of a run's result, for instance to draw it with [RenderMermaid].
func (r *DryRunResult) Result() *Result {
	out := &Result{Status: r.Status, Error: r.Error}
	for _, a := range r.Actions {
		out.Actions = append(out.Actions, ActionResult{
			ID: a.ID, Kind: a.Kind, Status: a.Status, Inputs: a.Inputs, Output: a.Output, Error: a.Error,
		})
	}
	for _, e := range r.Edges {
		out.Edges = append(out.Edges, EdgeResult{From: e.From, To: e.To, Taken: e.Taken, Reason: e.Reason})
	}
	return out
}

func orNull(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return jsonNull
	}
	return raw
}
