package local

import (
	"encoding/json"
)

// callRequest is the body of a call to an app.
type callRequest struct {
	Event   json.RawMessage            `json:"event"`
	Events  []json.RawMessage          `json:"events"`
	Steps   map[string]json.RawMessage `json:"steps"`
	Defers  map[string]any             `json:"defers"`
	Context callContext                `json:"ctx"`
	Version int                        `json:"version"`
	UseAPI  bool                       `json:"use_api"`
}

type callContext struct {
	FunctionID                string    `json:"fn_id"`
	RunID                     string    `json:"run_id"`
	Env                       string    `json:"env"`
	StepID                    string    `json:"step_id"`
	Attempt                   int       `json:"attempt"`
	MaxAttempts               int       `json:"max_attempts"`
	Stack                     callStack `json:"stack"`
	QueueItemID               string    `json:"qi_id"`
	RequestID                 string    `json:"request_id,omitempty"`
	GenerationID              int       `json:"generation_id,omitempty"`
	JobID                     string    `json:"job_id,omitempty"`
	DisableImmediateExecution bool      `json:"disable_immediate_execution"`
	UseAPI                    bool      `json:"use_api"`
}

type callStack struct {
	Stack   []string `json:"stack"`
	Current int      `json:"current"`
}
