package workflowkit

import (
	"context"
	"encoding/json"
	"time"
)

// Tools are the durable steps that an engine needs from the system that runs it. Package inngest implements them on
// Inngest, package workflowkittest in memory. Action handlers do not call them: they use [Step], [Sleep] and the other
// step functions, which add what every backend needs.
//
// A run is executed in passes. Each pass starts from the beginning, with the results of the steps that have been
// executed so far. A method returns the result of its step if there is one. If there is none yet, the method does what
// is needed to get one and returns [ErrSuspended], or it executes the step at once and returns its result; which of
// the two is the backend's choice. The engine unwinds the handler when it gets ErrSuspended.
//
// A backend that can say more than this interface asks for implements [StepFailures], [StepResults] and [Progress], too.
//
// Step ids are unique in a run, except that a handler may repeat one in deterministic code; the backend then tells
// them apart by the order of the calls. Methods are called by one goroutine at a time.
type Tools interface {
	// Run executes fn once, durably, and returns the JSON that it returned. An error of fn is retried as the backend
	// is configured, with respect to [NoRetryError] and [RetryAtError]; after the last attempt the result is a
	// *[StepError].
	Run(ctx context.Context, id string, fn func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error)

	// Sleep suspends the run for d.
	Sleep(ctx context.Context, id string, d time.Duration) error

	// SleepUntil suspends the run until t. A time in the past does not suspend.
	SleepUntil(ctx context.Context, id string, t time.Time) error

	// WaitForEvent suspends the run until an event matches, and returns it, or [ErrEventNotReceived]. If opts.Announce
	// is set, it is executed as a durable step after the wait has been registered, and WaitForEvent returns when both
	// have a result, or with the error of the announcement.
	WaitForEvent(ctx context.Context, id string, opts WaitForEventOpts) (Event, error)

	// Invoke calls another function and returns its result. If it fails the result is a *[StepError], whose name is
	// [InvokeTimeoutName] if the function has not ended in time.
	Invoke(ctx context.Context, id string, opts InvokeOpts) (json.RawMessage, error)

	// SendEvents sends events as one durable step and returns their ids.
	SendEvents(ctx context.Context, id string, events []Event) ([]string, error)

	// Parallel calls each branch once, in order and one after another, whether or not an earlier one was suspended.
	// Steps of all branches may then be executed concurrently by the backend. A branch returns [ErrSuspended] if it is
	// not done. The mode says when the backend makes the next pass, and what the engine may do after the group.
	Parallel(ctx context.Context, mode ForkMode, branches []func(ctx context.Context) error) error

	// Targeted reports whether this pass was made to execute only the step with the given id. Backends that never do
	// so return false.
	Targeted(id string) bool
}

// InvokeTimeoutName is the name of the error of a function that was invoked and has not ended in time.
const InvokeTimeoutName = "InngestInvokeTimeoutError"

// WaitForEventOpts says what to wait for, and for how long.
type WaitForEventOpts struct {
	// Event is the name of the event. It is required.
	Event string
	// If is a CEL expression over event (the event that started the run) and async (the event that came in), for
	// instance `async.data.id == event.data.id`. Empty means that any event of that name matches. Values that are
	// spliced into an expression must be quoted, for instance with strconv.Quote.
	If string
	// Timeout is how long to wait. It is required: Inngest has no wait without an end (at most 366 days).
	Timeout time.Duration
	// Announce is a step that tells the world that an answer is expected: it runs once the wait has been registered,
	// so an answer that is sent as soon as the announcement can be seen is never missed. Nil means none.
	Announce *Announcement
}

// Announcement is a durable step that runs once a wait has been registered. See [WaitForEventOpts].
type Announcement struct {
	// StepID is the id of the step within its action.
	StepID string
	// Run is the step. It is retried like any step and must be safe to repeat.
	Run func(ctx context.Context) error
}

// InvokeOpts says which function to call, and with what.
type InvokeOpts struct {
	// Function is the id of the function with that of its app, "<app id>-<function id>". It is required.
	Function string
	// Data is marshalled to the payload of the event that the function gets: an object, or nil for none.
	Data any
	// Timeout is how long to wait for the result. Zero means the server's default.
	Timeout time.Duration
}
