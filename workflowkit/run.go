package workflowkit

import (
	"encoding/json"
	"log/slog"
	"sync/atomic"
)

// Run is what a handler knows about the run it works in. It is valid during the call of the handler only and is not
// safe for concurrent use. The zero value knows nothing: who calls a handler by hand has to set the RunInfo that it looks
// at.
type Run struct {
	// RunInfo is what all actions of the run have in common. It is never nil in a run of an engine.
	*RunInfo
	// Action is the action being executed: the box that the user drew.
	Action ActionInfo

	logger atomic.Pointer[slog.Logger]

	execution *execution
	node      *node
	index     int
	// before are the actions whose output may be asked for.
	before map[int]bool
}

// RunInfo is what all actions of a run have in common in a pass. They share it, so it must not be modified.
type RunInfo struct {
	// ID is the run's id on the server.
	ID string
	// Attempt counts the attempts of the current pass, from 0.
	Attempt int
	// Event is the event that started the run.
	Event Event
	// Events are all events of a batch that started the run, with Event as the first. Nil means Event alone. Refs see the
	// first only.
	Events []Event
	// Workflow names the workflow that the run executes.
	Workflow WorkflowInfo
}

// WorkflowInfo names the workflow of a run.
type WorkflowInfo struct {
	// ID and Version are those of the [Definition].
	ID      string `json:"id,omitempty"`
	Version string `json:"version,omitempty"`
	// Name is what the workflow's author called it.
	Name string `json:"name,omitempty"`
	// Hash identifies the content of the definition: the SHA-256 of its canonical form, in hex.
	Hash string `json:"hash,omitempty"`
}

// ActionInfo names an action in a workflow.
type ActionInfo struct {
	// ID is unique in the workflow.
	ID string
	// Kind is that of the [Action].
	Kind string
	// Name and Description are what the workflow's author wrote. They may be empty.
	Name, Description string
}

func (a WorkflowAction) info() ActionInfo {
	return ActionInfo{ID: a.ID, Kind: a.Kind, Name: a.Name, Description: a.Description}
}

// Logger returns a logger that carries the run, its function, the workflow and the action. It is never nil. A line that is logged
// outside of steps appears once for every pass of the run.
func (r *Run) Logger() *slog.Logger {
	if r.execution == nil {
		return slog.New(slog.DiscardHandler)
	}
	if logger := r.logger.Load(); logger != nil {
		return logger
	}
	logger := r.execution.engine.logger.With(
		"run_id", r.ID, "workflow_id", r.Workflow.ID, "action_id", r.Action.ID, "kind", r.Action.Kind)
	if id := r.execution.in.FunctionID; id != "" {
		logger = logger.With("function_id", id)
	}
	r.logger.Store(logger)
	return logger
}

// Output returns the output of an action from which a path leads to this one and which has completed, and whether there
// is one. The caller must not modify it. Prefer a ref in the action's inputs: it shows in the workflow what the action
// depends on.
func (r *Run) Output(actionID string) (json.RawMessage, bool) {
	if r.node == nil {
		return nil, false
	}
	r.node.mu.Lock()
	defer r.node.mu.Unlock()
	target, ok := r.execution.state.plan.index[actionID]
	if !ok || r.node.over {
		return nil, false
	}
	if r.before == nil {
		// What runs beside this action must not show: how far it has got differs from pass to pass.
		r.before = map[int]bool{}
		for _, node := range r.execution.state.plan.ancestors(r.index) {
			r.before[node] = true
		}
	}
	raw := r.execution.state.outputs[target].raw
	return raw, raw != nil && r.before[target]
}
