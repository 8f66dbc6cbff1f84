package local

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/xhit/go-str2duration/v2"
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

// deadline reads a duration such as "1d" or "100ms", or a time in RFC 3339, as a time from now.
func deadline(text string, now time.Time) (time.Time, error) {
	duration, err := str2duration.ParseDuration(text)
	if err == nil {
		return now.Add(duration), nil
	}
	if at, timeErr := time.Parse(time.RFC3339, text); timeErr == nil {
		// Times come from the app, which lives in real time.
		return now.Add(time.Until(at)), nil
	}
	return time.Time{}, fmt.Errorf("invalid duration %q: %w", text, err)
}
