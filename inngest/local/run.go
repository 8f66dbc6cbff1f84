package local

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"time"
)

// Status is how a run, or a step, is doing.
type Status string

// The statuses of runs.
const (
	// Running is a run that has not ended; it may wait, or not have started yet.
	Running Status = "Running"
	// Completed is a run whose function has returned without an error, or a step that has a result.
	Completed Status = "Completed"
	// Failed is a run or step that has failed for good.
	Failed Status = "Failed"
	// Cancelled is a run that was cancelled.
	Cancelled Status = "Cancelled"
	// Skipped is a run that never started because another one of the same singleton was running.
	Skipped Status = "Skipped"
)

// The statuses of steps besides [Running] (being called), [Completed] and [Failed].
const (
	// Planned is a step that is to be called.
	Planned Status = "Planned"
	// Retrying is a step that has failed and is to be tried again.
	Retrying Status = "Retrying"
	// Waiting is a step that waits for time, an event, a signal or another run.
	Waiting Status = "Waiting"
	// TimedOut is a wait whose event has not come in time.
	TimedOut Status = "TimedOut"
)

// Ended reports whether the status of a run is final.
func (s Status) Ended() bool { return s != Running }

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

// Step is what is known about a step of a run.
type Step struct {
	// ID is the hash by which the app and the server know the step.
	ID string
	// Name is the name that the app displays.
	Name string
	// UserID is the id that the code gives the step, before hashing; repeated ids have Index 1, 2 and so on.
	UserID string
	// Index is which repetition of the id this is, from 0.
	Index int
	// Op is the operation last reported, such as "StepRun", "Sleep" or "WaitForEvent".
	Op string
	// Status is how the step is doing.
	Status Status
	// Attempts is how often the step's own code was run, as far as the app has reported that.
	Attempts int
	// Output is the result, nil if there is none.
	Output json.RawMessage
	// Error is the last error; nil if there was none.
	Error *StepError
	// Reported and Ended are when the server has first heard of the step, and when it got its result.
	Reported, Ended time.Time
}

// Call is one call to an app.
type Call struct {
	// RunID and FunctionID say for what.
	RunID, FunctionID string
	// Number counts the calls of the run from 1.
	Number int
	// StepID is the step to run; empty for a discovery, which runs the function to find out what comes next.
	StepID string
	// StepName is the displayed name of that step.
	StepName string
	// After is the id of the step whose end has caused the call; empty for the first.
	After string
	// Attempt counts from 0.
	Attempt int
	// Duplicate is set for the second delivery of the same call; see [Faults].
	Duplicate bool
	// UseAPI says that the call had no state because it is too large.
	UseAPI bool
	// Steps is the number of results that the call carried or, with UseAPI, left out.
	Steps int
	// Started and Ended are when the call was made and answered.
	Started, Ended time.Time
	// RequestBytes and ResponseBytes are the sizes of the bodies.
	RequestBytes, ResponseBytes int
	// HTTPStatus is the status of the answer, zero if there was none.
	HTTPStatus int
	// Operations are what the answer reports, as "StepRun <name>".
	Operations []string
	// Error is why there was no (usable) answer.
	Error string
}

// run is a run as the server keeps it. The server's mutex protects it.
type run struct {
	id      string
	seq     uint64
	fn      *function
	events  []*event
	status  Status
	output  json.RawMessage
	err     *RunError
	queued  time.Time
	started time.Time
	ended   time.Time

	stack     []string
	memos     map[string]json.RawMessage
	executed  map[string]operation // the StepRun that has given each memo
	stateSize int
	pending   map[string]bool // steps that must end before the next discovery
	seen      map[string]bool // ids of jobs, each of which is done once
	version   int             // of the protocol, -1 until the app has said
	planOnly  bool            // disable_immediate_execution

	steps     map[string]*Step
	stepOrder []string
	calls     []*Call
	stored    int // checkpoint requests
	faults    []Fault
	result    *job // the job whose answer has ended the run
	concluded bool // that answer was the function's result
	raced     bool // an operation was in Race mode
	closed    bool // the step reported last was reported when all others had ended

	jobs      int // queued, ready or being done
	pauses    []*pause
	stepKeys  []string // of concurrency limits, parallel to fn.stepLimits
	runKeys   []string
	single    string // key of the singleton, empty if none
	holding   bool   // counts against the limits for runs
	priority  time.Duration
	rng       *rand.Rand
	slots     int // with ShuffleSteps: planned steps at a time
	active    int // planned steps being called
	throttled bool
	traceID   string
}

func (r *run) snapshot() Run {
	out := Run{
		ID: r.id, FunctionID: r.fn.slug, AppID: r.fn.app, Status: r.status, Output: slices.Clone(r.output),
		Queued: r.queued, Started: r.started, Ended: r.ended, Checkpoints: r.stored, Faults: slices.Clone(r.faults),
		EventName: r.events[0].name,
	}
	if r.err != nil {
		copied := *r.err
		out.Error = &copied
	}
	for _, e := range r.events {
		out.EventIDs = append(out.EventIDs, e.internalID)
	}
	for _, id := range r.stepOrder {
		out.Steps = append(out.Steps, *r.steps[id])
	}
	for _, c := range r.calls {
		call := *c
		call.Operations = slices.Clone(c.Operations)
		out.Calls = append(out.Calls, call)
	}
	return out
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
