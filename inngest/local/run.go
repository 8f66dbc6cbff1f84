package local

import (
	"encoding/json"
	"time"
)

// Run is what is known about a run at one moment.
type Run struct {
	// ID is the id of the run, a ULID.
	ID string
	// FunctionID is the id of the function including its app's: "app-function".
	FunctionID string
	// AppID is the id of the app.
	AppID string
	// EventIDs are the ids by which the server knows the events that have started the run, as [Server.Send] returns them.
	EventIDs []string
	// EventName is the name of the (first) event.
	EventName string
	// Status is how the run is doing.
	Status Status
	// Output is what the function has returned; for a failed run, the body of the answer that failed it. It may be nil.
	Output json.RawMessage
	// Error is why the run has failed; nil unless it has.
	Error *RunError
	// Queued, Started and Ended are when the run was created, first called and ended; zero if that has not happened.
	Queued, Started, Ended time.Time
	// Steps are the steps that the app has reported, in the order of their first report.
	Steps []Step
	// Calls are all calls to the app, in the order in which they were made. Their number is the cost of the run.
	Calls []Call
	// Checkpoints is the number of calls that the app has made to store steps while it was being called.
	Checkpoints int
	// Faults is what the real server would have swallowed.
	Faults []Fault
}

// RunError is why a run has failed, in the form in which the events of the server have it.
type RunError struct {
	// Err is a text for those who show only one.
	Err string `json:"error"`
	// Name is the kind of error.
	Name string `json:"name"`
	// Message is its text.
	Message string `json:"message"`
	// Stack is where it came from, if that is known.
	Stack string `json:"stack,omitempty"`
	// Cause is an inner error, as the app has sent it.
	Cause json.RawMessage `json:"cause,omitempty"`
}

// Error implements error.
func (e *RunError) Error() string {
	if e.Name == "" || e.Name == "Error" {
		return e.Message
	}
	return e.Name + ": " + e.Message
}

// Step returns the step with the given id, displayed name or hash, the first of several.
func (r Run) Step(id string) (Step, bool) {
	for _, s := range r.Steps {
		if s.UserID == id || s.Name == id || s.ID == id {
			return s, true
		}
	}
	return Step{}, false
}
