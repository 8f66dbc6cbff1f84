package inngest

import (
	"context"
	"net/http"
	"time"
)

// CallObserver is told of the calls that the server makes to the client's handler, or over [Connect], for traces and
// metrics. Calls that are refused, or cannot be read, are none. It is safe for concurrent use, and must not panic. What
// runs do is told to a [workflowkit.Observer]. Package otelinngest is both.
type CallObserver interface {
	// StartCall is called before the function. It returns the context for the function, derived from ctx, and what to
	// call with the outcome of the call. The latter may be nil.
	StartCall(ctx context.Context, call CallInfo) (context.Context, func(CallOutcome))
}

// CallInfo describes a call that the server makes.
type CallInfo struct {
	// FunctionID is the id of the function with that of its app, and RunID that of the run.
	FunctionID, RunID string
	// StepID is the hashed id of the planned step that the call is to execute. It is empty for a call that finds out what
	// comes next.
	StepID string
	// Attempt counts the attempts of the call, from 0.
	Attempt int
	// Results is how many steps have had a result before the call.
	Results int
	// Header has the headers of the call. The server sends the run's trace in Traceparent and Tracestate.
	Header http.Header
	// Started is when the call was begun to be executed.
	Started time.Time
}

// CallOutcome says what became of a call.
type CallOutcome struct {
	// Status is the HTTP status of the answer: 200 for a run that is over, 206 for one that goes on, and other ones for
	// errors.
	Status int
	// Error is the text of the error that the answer reports. It is empty if it reports none.
	Error string
	// Hydrated says that the results of steps had to be fetched because they are too large for a call.
	Hydrated bool
	// Stored and NotStored are how many steps were stored by requests of their own while the call went on, and how many
	// could not be and became the answer instead.
	Stored, NotStored int
	// Duration is how long the call took.
	Duration time.Duration
}

// observe tells the observers of a call that it begins, and returns the context for it and what to call in the end.
func (h *handler) observe(ctx context.Context, header http.Header, c *call, results int) (context.Context, func(answer *recorder)) {
	if len(h.observers) == 0 {
		return ctx, func(*recorder) {}
	}
	info := CallInfo{
		FunctionID: c.functionID, RunID: c.runID, StepID: c.target, Attempt: c.attempt, Results: results,
		Header: header, Started: c.started,
	}
	var ends []func(CallOutcome)
	for _, observer := range h.observers {
		inner, end := observer.StartCall(ctx, info)
		if inner != nil {
			ctx = inner
		}
		if end != nil {
			ends = append(ends, end)
		}
	}
	return ctx, func(answer *recorder) {
		outcome := CallOutcome{
			Status: answer.status, Hydrated: c.fetching > 0, Stored: c.stored, NotStored: c.notStored, Duration: time.Since(c.started),
		}
		if answer.status >= http.StatusBadRequest {
			outcome.Error = answer.problem().Message
		}
		for i := len(ends) - 1; i >= 0; i-- {
			ends[i](outcome)
		}
	}
}
