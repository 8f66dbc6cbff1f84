package inngest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

var (
	// ErrInvalidEvent is matched by errors about an event that no server would accept: no name, data that is not a JSON
	// object. Nothing has been sent.
	ErrInvalidEvent = workflowkit.ErrInvalidEvent

	// ErrEventTooLarge is matched by errors about an event of more than [MaxEventSize]. Nothing has been sent.
	ErrEventTooLarge = errors.New("event too large")

	// ErrNoEventKey is returned when events are sent in cloud mode without an event key.
	ErrNoEventKey = errors.New("cloud mode needs an event key to send events: set INNGEST_EVENT_KEY")
)

// SendError is the error of an attempt to send events that reached the network. When it is returned, the attempts are
// used up. Some of the events may have been received; sending them again is harmless if they have an ID.
type SendError struct {
	// StatusCode is the HTTP status of the last answer. Zero means that there was none.
	StatusCode int
	// Message is what the server said. It may be empty.
	Message string
	// Retryable says whether a later attempt can succeed: the server was not reached, overloaded or broken.
	Retryable bool
	// RetryAfter is how long the server asked to wait. Zero means that it did not say.
	RetryAfter time.Duration
	// Attempts is how many requests were made for the events that could not be sent.
	Attempts int
	// Sent are the ids of the events, the first of those given, that the server has received before: there were too many
	// for one request.
	Sent []string
	// Err is the error of the transport or of the context. It is nil if there was an answer.
	Err error
}

// Error implements error.
func (e *SendError) Error() string {
	var b strings.Builder
	b.WriteString("send events: ")
	switch {
	case e.Err != nil:
		b.WriteString(e.Err.Error())
	case e.Message != "":
		fmt.Fprintf(&b, "server answered %d: %s", e.StatusCode, e.Message)
	default:
		fmt.Fprintf(&b, "server answered %d", e.StatusCode)
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " (after %d attempts)", e.Attempts)
	}
	if len(e.Sent) > 0 {
		fmt.Fprintf(&b, "; the first %d events were received", len(e.Sent))
	}
	return b.String()
}

// Unwrap returns the error of the transport or of the context.
func (e *SendError) Unwrap() error { return e.Err }
