package workflowkit

import (
	"encoding/json"
	"time"
)

// Result is the outcome of a finished run, made to be read by people and programs (rule 14).
type Result struct {
	// Status is "completed", "failed" or "skipped": skipped means that there was nothing to do (rule 11).
	Status Status `json:"status"`
	// Reason says why nothing was done. It is empty otherwise.
	Reason string `json:"reason,omitempty"`
	// Workflow names what was executed. Nil means that no workflow was found.
	Workflow *WorkflowInfo `json:"workflow,omitempty"`
	// Actions lists every action of the workflow: those that ran in the order in which they ran, skipped ones last.
	Actions []ActionResult `json:"actions,omitempty"`
	// Edges lists every edge of the workflow with its decision, in the order of the document.
	Edges []EdgeResult `json:"edges,omitempty"`
	// Error is the text of the error of a failed run.
	Error string `json:"error,omitempty"`
	// Started and Finished are when the run was started, which is when its workflow had been loaded, and when it was
	// over. They are zero, and left out of the JSON, if this process does not know: another one did the work, or the
	// backend does not implement [Progress].
	Started  time.Time `json:"started,omitzero"`
	Finished time.Time `json:"finished,omitzero"`
}

// Status is the state of a run or an action.
type Status string

// The states of runs and actions.
const (
	StatusCompleted Status = "completed"
	StatusSkipped   Status = "skipped"
	StatusFailed    Status = "failed"
)

// ActionResult is what became of an action.
type ActionResult struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Name   string `json:"name,omitempty"`
	Status Status `json:"status"`
	// Reason says why the action was skipped.
	Reason string `json:"reason,omitempty"`
	// Inputs are the inputs with their refs resolved. Empty for skipped actions.
	Inputs json.RawMessage `json:"inputs,omitempty"`
	// Output is what the action returned. Empty unless it completed.
	Output json.RawMessage `json:"output,omitempty"`
	// Error is the text of the action's error.
	Error string `json:"error,omitempty"`
	// Started is when the handler was first called, and Finished when it was known that the action had completed or
	// failed. Like those of the run they are zero if this process does not know.
	Started  time.Time `json:"started,omitzero"`
	Finished time.Time `json:"finished,omitzero"`
}

// EdgeResult is how an edge was decided.
type EdgeResult struct {
	ID    string `json:"id,omitempty"`
	From  string `json:"from"`
	To    string `json:"to"`
	Taken bool   `json:"taken"`
	// Reason says why.
	Reason string `json:"reason"`
}

// Action returns the result of an action, and whether the workflow has one with this id.
func (r *Result) Action(id string) (ActionResult, bool) {
	for _, a := range r.Actions {
		if a.ID == id {
			return a, true
		}
	}
	return ActionResult{}, false
}
