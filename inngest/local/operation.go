package local

import (
	"encoding/json"
	"strings"
)

// Names of operations as apps report them.
const (
	opNone            = "None"
	opStep            = "Step"
	opStepRun         = "StepRun"
	opStepError       = "StepError"
	opStepFailed      = "StepFailed"
	opStepPlanned     = "StepPlanned"
	opSleep           = "Sleep"
	opWaitForEvent    = "WaitForEvent"
	opWaitForSignal   = "WaitForSignal"
	opInvokeFunction  = "InvokeFunction"
	opGateway         = "Gateway"
	opRunComplete     = "RunComplete"
	opDiscoverRequest = "DiscoveryRequest"
)

// operation is one element of an answer with status 206, and of a checkpoint.
type operation struct {
	Op          string          `json:"op"`
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Opts        json.RawMessage `json:"opts"`
	Data        json.RawMessage `json:"data"`
	Error       *StepError      `json:"error"`
	DisplayName *string         `json:"displayName"`
	Timing      struct {
		Start    int64 `json:"a"`
		Duration int64 `json:"b"`
	} `json:"timing"`
	Userland *struct {
		ID    string `json:"id"`
		Index int    `json:"index"`
	} `json:"userland"`
}

// StepError is the error of a step, as the app has reported it.
type StepError struct {
	// Name is the kind of error.
	Name string `json:"name"`
	// Message is its text.
	Message string `json:"message"`
	// Stack is where it came from, if the app says so.
	Stack string `json:"stack,omitempty"`
	// Data is what the step returned together with the error.
	Data json.RawMessage `json:"data,omitempty"`
	// NoRetry says that the app does not want the step to be tried again.
	NoRetry bool `json:"noRetry,omitempty"`
	// Cause is an inner error.
	Cause *StepError `json:"cause,omitempty"`
}

// label is the name of the step that a person recognises.
func (o *operation) label() string {
	switch {
	case o.DisplayName != nil && *o.DisplayName != "":
		return *o.DisplayName
	case o.Name != "":
		return o.Name
	}
	return o.ID
}

// race reports whether the operation asks for a discovery of its own whatever else is pending.
func (o *operation) race() bool {
	var opts struct {
		ParallelMode string `json:"parallelMode"`
	}
	// Options need not be an object; then they have no mode.
	_ = json.Unmarshal(o.Opts, &opts)
	return strings.EqualFold(opts.ParallelMode, "race")
}

// memo is what later calls get to see of a step that has run or failed.
func (o *operation) memo() (json.RawMessage, error) {
	switch o.Op {
	case opStepRun:
		data := o.Data
		if len(data) == 0 {
			data = json.RawMessage("null")
		}
		return json.Marshal(map[string]json.RawMessage{"data": data})
	case opStepError, opStepFailed:
		return json.Marshal(map[string]*StepError{"error": o.Error})
	}
	if len(o.Data) == 0 {
		return json.RawMessage("null"), nil
	}
	return o.Data, nil
}

// plans reports whether the operation leaves something to be done later.
func (o *operation) plans() bool {
	switch o.Op {
	case opStepPlanned, opSleep, opWaitForEvent, opWaitForSignal, opInvokeFunction, opGateway:
		return true
	}
	return false
}
