package workflowkit

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

var (
	// ErrSuspended is returned by [Engine.Run], and by the methods of [Tools], when a result is not available in
	// this pass: the run goes on in a later pass, on a server's next call. It never reaches an action handler.
	ErrSuspended = errors.New("run is suspended until a later pass")

	// ErrEventNotReceived is returned by [WaitForEvent] when the time to wait has passed and no event matched.
	ErrEventNotReceived = errors.New("event not received in time")

	// ErrOutsideAction is returned by the step functions when their context does not belong to a running action.
	ErrOutsideAction = errors.New("step called outside an action handler")

	// ErrNestedStep is returned by the step functions when they are called while another step of the same action is
	// running: from inside a step's function, or from a second goroutine. Steps of one action run one after another.
	ErrNestedStep = errors.New("step called while another step of the action is running")
)

// StepError is what a step returns after its last attempt has failed. It is read back from the run's state, so it is
// the same on every replay and holds text only, not the original error.
type StepError struct {
	// StepID is the step's id without the action's. It is empty for an error that a handler returned outside of its steps.
	StepID string
	// Name is a short class of the error, as the server reports it. It may be empty.
	Name string
	// Message is the text of the error of the last attempt.
	Message string
	// Data is what the step returned beside its error, as JSON. It may be empty.
	Data json.RawMessage
}

// Error implements error.
func (e *StepError) Error() string {
	if e.StepID == "" {
		return e.Message
	}
	return fmt.Sprintf("step %q: %s", e.StepID, e.Message)
}

// ActionError is the error of a run that failed in an action. errors.Is and errors.As reach an error that the handler
// marked with [NoRetryError]; any other has been stored between its attempts and is a *[StepError] now.
type ActionError struct {
	// ActionID and Kind name the action in the workflow, and Name is what its author called it (it may be empty).
	ActionID, Kind, Name string
	// Completed lists the ids of the actions that had completed, in the order in which they ran.
	Completed []string
	// Err is what the handler returned.
	Err error
}

// Error implements error.
func (e *ActionError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "action %q (kind %q): %v", e.ActionID, e.Kind, e.Err)
	if len(e.Completed) > 0 {
		fmt.Fprintf(&b, " (completed before: %s)", strings.Join(e.Completed, ", "))
	}
	return b.String()
}

// Unwrap returns the handler's error.
func (e *ActionError) Unwrap() error { return e.Err }

// PanicError is the error of a handler or step that panicked. Its text holds the panic's value only, without a stack that
// somebody has written into that; stacks are written to the engine's log.
type PanicError struct {
	// Value is what was passed to panic.
	Value any
}

// Error implements error.
func (e *PanicError) Error() string {
	text := fmt.Sprint(e.Value)
	// Panics of goroutines that are passed on to those who wait for them often bring their stack along.
	if at := stackTrace.FindStringIndex(text); at != nil {
		text = strings.TrimSpace(text[:at[0]])
	}
	return "panic: " + text
}

// stackTrace is how a stack begins that the runtime has written.
var stackTrace = regexp.MustCompile(`(?m)^goroutine [0-9]+ \[`)

type noRetryError struct{ err error }

func (e *noRetryError) Error() string { return e.err.Error() }
func (e *noRetryError) Unwrap() error { return e.err }

// NoRetryError wraps an error that another attempt cannot cure: the step, or the action, fails at once. A nil error
// stays nil.
func NoRetryError(err error) error {
	if err == nil {
		return nil
	}
	return &noRetryError{err: err}
}

// IsNoRetryError reports whether err, or an error that it wraps, was made by [NoRetryError] or cannot be cured by
// another attempt for another reason: an input that does not fit, an invalid workflow, a step that has already used
// up its attempts.
func IsNoRetryError(err error) bool {
	var (
		marked  *noRetryError
		invalid *InvalidError
		input   *InputError
		step    *StepError
	)
	return errors.As(err, &marked) || errors.As(err, &invalid) || errors.As(err, &input) || errors.As(err, &step)
}

type retryAtError struct {
	err error
	at  time.Time
}

func (e *retryAtError) Error() string { return e.err.Error() }
func (e *retryAtError) Unwrap() error { return e.err }

// RetryAtError wraps an error of a step that should be tried again at a given time instead of after the server's own
// back-off, for instance because a service answered with Retry-After. A nil error stays nil.
func RetryAtError(err error, at time.Time) error {
	if err == nil {
		return nil
	}
	return &retryAtError{err: err, at: at}
}

// RetryAt returns the time given to [RetryAtError] and true if err, or an error that it wraps, holds one.
func RetryAt(err error) (time.Time, bool) {
	var r *retryAtError
	if errors.As(err, &r) {
		return r.at, true
	}
	return time.Time{}, false
}
