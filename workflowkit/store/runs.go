package store

import (
	"context"
	"encoding/json"
	"time"
)

// Run is what is known about a run of a workflow.
type Run struct {
	// ID is the run's id on the server.
	ID string `json:"id"`
	// WorkflowID and Version name what the run executes: the run keeps its version to its end. Version is 0 if it is not
	// known.
	WorkflowID string `json:"workflow_id"`
	Version    int    `json:"version"`
	// Status is the state of the run.
	Status Status `json:"status"`
	// Event is the name of the event that started the run, and EventData its data. The data is nil in lists.
	Event     string          `json:"event"`
	EventData json.RawMessage `json:"event_data,omitempty"`
	// Error is the text of the error of a failed run.
	Error string `json:"error,omitempty"`
	// Reason says why a run was skipped or cancelled.
	Reason string `json:"reason,omitempty"`
	// StartedAt, and FinishedAt for a run that is over.
	StartedAt  time.Time  `json:"started_at"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
	// Sequence grows with every change of any run: a watcher that has seen it has seen all changes up to it.
	Sequence int64 `json:"sequence"`
	// Actions are those that have started or been skipped, in that order. Nil in lists.
	Actions []ActionRun `json:"actions,omitempty"`
	// Edges are those that are decided, in that order. Nil in lists.
	Edges []EdgeRun `json:"edges,omitempty"`
}

// Status is the state of a run or of an action in it.
type Status string

// The states of runs and actions.
const (
	StatusRunning   Status = "running"
	StatusWaiting   Status = "waiting"
	StatusRetrying  Status = "retrying"
	StatusCompleted Status = "completed"
	StatusFailed    Status = "failed"
	StatusSkipped   Status = "skipped"
	StatusCancelled Status = "cancelled"
)

// Over reports whether nothing will change any more.
func (s Status) Over() bool {
	switch s {
	case StatusCompleted, StatusFailed, StatusSkipped, StatusCancelled:
		return true
	}
	return false
}

// ActionRun is what became of an action in a run.
type ActionRun struct {
	ActionID string `json:"action_id"`
	Kind     string `json:"kind"`
	Name     string `json:"name,omitempty"`
	Status   Status `json:"status"`
	// Attempt counts the attempts of the step that is being worked on, from 0.
	Attempt int `json:"attempt"`
	// StepID and Until say in which step the action waits, and how long at most.
	StepID string     `json:"step_id,omitempty"`
	Until  *time.Time `json:"until,omitempty"`
	// Inputs and Output are without secrets.
	Inputs json.RawMessage `json:"inputs,omitempty"`
	Output json.RawMessage `json:"output,omitempty"`
	// Error is the text of the last attempt's error.
	Error string `json:"error,omitempty"`
	// Reason says why the action was skipped.
	Reason     string     `json:"reason,omitempty"`
	StartedAt  *time.Time `json:"started_at,omitempty"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
}

// EdgeRun is how an edge was decided in a run.
type EdgeRun struct {
	ID     string `json:"id,omitempty"`
	From   string `json:"from"`
	To     string `json:"to"`
	Taken  bool   `json:"taken"`
	Reason string `json:"reason"`
}

// RunQuery asks for runs, newest first.
type RunQuery struct {
	// WorkflowID asks for the runs of one workflow. Empty means all.
	WorkflowID string
	// Status asks for runs in one state. Empty means any.
	Status Status
	// After is the cursor of the page before. Empty means the first page.
	After string
	// Limit is the most runs to return. Zero means 50; more than 200 are never returned.
	Limit int
}

// RunPage is a part of a list of runs.
type RunPage struct {
	Runs []Run `json:"runs"`
	// Next is the cursor for the next page. It is empty on the last one.
	Next string `json:"next,omitempty"`
}

// Runs is a history of runs. Its methods are safe for concurrent use.
type Runs interface {
	// ListRuns returns runs without their actions and edges.
	ListRuns(ctx context.Context, query RunQuery) (RunPage, error)
	// GetRun returns a run, or an error that matches [ErrNotFound].
	GetRun(ctx context.Context, id string) (Run, error)
	// AwaitChange returns when a run of the workflow (of any, if the id is empty) has changed after the sequence number,
	// with the number of the newest change, or with the context's error. Changes by other processes count.
	AwaitChange(ctx context.Context, workflowID string, after int64) (int64, error)
}
