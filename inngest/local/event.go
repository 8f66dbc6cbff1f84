package local

// Event is an event to send.
type Event struct {
	// ID makes the event idempotent: a function runs once for all events with the same id within 24 hours. Empty is a new id.
	ID string `json:"id,omitempty"`
	// Name is what functions and waits listen to. It is required.
	Name string `json:"name"`
	// Data is the payload, anything that is a JSON object; nil is an empty one.
	Data any `json:"data,omitempty"`
	// User is data about a user, a JSON object; nil is an empty one.
	User any `json:"user,omitempty"`
	// Timestamp is when the event happened, in milliseconds since 1970; zero is when it arrives. Runs of an event from the
	// future start then.
	Timestamp int64 `json:"ts,omitempty"`
	// Version is the version of the payload, if there is such a thing.
	Version string `json:"v,omitempty"`
}

// Names of the events that the server itself sends.
const (
	// EventFunctionFinished is sent when a run has ended, however it did.
	EventFunctionFinished = "inngest/function.finished"
	// EventFunctionFailed is sent when a run has failed.
	EventFunctionFailed = "inngest/function.failed"
	// EventFunctionCancelled is sent when a run was cancelled.
	EventFunctionCancelled = "inngest/function.cancelled"
	// EventFunctionInvoked is the event of a run that another run has invoked.
	EventFunctionInvoked = "inngest/function.invoked"
	// EventScheduled is the event of a run that a schedule has started.
	EventScheduled = "inngest/scheduled.timer"
)

const internalPrefix = "inngest/"

// metadataKey is the key in an event's data that belongs to the server.
const metadataKey = "_inngest"
