package loader

import (
	"encoding/json"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// runRow is a row of workflowkit_runs.
type runRow struct {
	ID           string       `gorm:"column:id;primaryKey"`
	WorkflowID   string       `gorm:"column:workflow_id"`
	Version      int          `gorm:"column:version"`
	Status       store.Status `gorm:"column:status"`
	Event        string       `gorm:"column:event"`
	EventData    *string      `gorm:"column:event_data"`
	Error        string       `gorm:"column:error"`
	Reason       string       `gorm:"column:reason"`
	StartedAtMS  int64        `gorm:"column:started_at_ms"`
	FinishedAtMS *int64       `gorm:"column:finished_at_ms"`
	ChangedAtMS  int64        `gorm:"column:changed_at_ms"`
	Sequence     int64        `gorm:"column:sequence"`
	// Reconciled is set when the run's result has been entered: nothing is missing any more.
	Reconciled bool `gorm:"column:reconciled"`
	// Actions and Edges count the rows of the other tables: the next one's position.
	Actions int `gorm:"column:actions"`
	Edges   int `gorm:"column:edges"`
	// Running, Waiting and Retrying count the actions in these states.
	Running  int `gorm:"column:running"`
	Waiting  int `gorm:"column:waiting"`
	Retrying int `gorm:"column:retrying"`
}

// TableName names the table for gorm.
func (runRow) TableName() string { return "workflowkit_runs" }

// actionRow is a row of workflowkit_run_actions.
type actionRow struct {
	RunID        string       `gorm:"column:run_id;primaryKey"`
	ActionID     string       `gorm:"column:action_id;primaryKey"`
	Position     int          `gorm:"column:position"`
	Kind         string       `gorm:"column:kind"`
	Name         string       `gorm:"column:name"`
	Status       store.Status `gorm:"column:status"`
	Attempt      int          `gorm:"column:attempt"`
	StepID       string       `gorm:"column:step_id"`
	UntilMS      *int64       `gorm:"column:until_ms"`
	Inputs       *string      `gorm:"column:inputs"`
	Output       *string      `gorm:"column:output"`
	Error        string       `gorm:"column:error"`
	Reason       string       `gorm:"column:reason"`
	StartedAtMS  *int64       `gorm:"column:started_at_ms"`
	FinishedAtMS *int64       `gorm:"column:finished_at_ms"`
}

// TableName names the table for gorm.
func (actionRow) TableName() string { return "workflowkit_run_actions" }

// edgeRow is a row of workflowkit_run_edges.
type edgeRow struct {
	RunID    string `gorm:"column:run_id;primaryKey"`
	Position int    `gorm:"column:position;primaryKey;autoIncrement:false"`
	EdgeID   string `gorm:"column:edge_id"`
	From     string `gorm:"column:from_id"`
	To       string `gorm:"column:to_id"`
	Taken    bool   `gorm:"column:taken"`
	Reason   string `gorm:"column:reason"`
}

// TableName names the table for gorm.
func (edgeRow) TableName() string { return "workflowkit_run_edges" }

// keyRow is a row of workflowkit_run_keys.
type keyRow struct {
	RunID string `gorm:"column:run_id;primaryKey"`
	Key   string `gorm:"column:key;primaryKey"`
}

// TableName names the table for gorm.
func (keyRow) TableName() string { return "workflowkit_run_keys" }

func (r runRow) run() store.Run {
	return store.Run{
		ID: r.ID, WorkflowID: r.WorkflowID, Version: r.Version, Status: r.Status, Event: r.Event, EventData: raw(r.EventData),
		Error: r.Error, Reason: r.Reason, StartedAt: time.UnixMilli(r.StartedAtMS).UTC(), FinishedAt: timeOf(r.FinishedAtMS),
		Sequence: r.Sequence,
	}
}

func (r actionRow) action() store.ActionRun {
	return store.ActionRun{
		ActionID: r.ActionID, Kind: r.Kind, Name: r.Name, Status: r.Status, Attempt: r.Attempt, StepID: r.StepID,
		Until: timeOf(r.UntilMS), Inputs: raw(r.Inputs), Output: raw(r.Output), Error: r.Error, Reason: r.Reason,
		StartedAt: timeOf(r.StartedAtMS), FinishedAt: timeOf(r.FinishedAtMS),
	}
}

func (r edgeRow) edge() store.EdgeRun {
	return store.EdgeRun{ID: r.EdgeID, From: r.From, To: r.To, Taken: r.Taken, Reason: r.Reason}
}

func timeOf(ms *int64) *time.Time {
	if ms == nil {
		return nil
	}
	at := time.UnixMilli(*ms).UTC()
	return &at
}

// unread stands for a value that is stored and was not read: writing it back changes nothing.
const unread = ""

// raw is nil for what is not known.
func raw(text *string) json.RawMessage {
	if text == nil || *text == unread {
		return nil
	}
	return json.RawMessage(*text)
}

// millis is nil for the zero time.
func millis(at time.Time) *int64 {
	if at.IsZero() {
		return nil
	}
	ms := at.UnixMilli()
	return &ms
}
