package inngest

import (
	"context"
)

// DefaultRetries is how often a step, or the function between steps, is tried again unless Function.Retries says
// otherwise: five attempts in all.
const DefaultRetries = 4

// Function says under which id an engine is registered, what starts a run of it, and how runs are scheduled. ID and at
// least one of Events and Triggers are required.
//
// Expressions are CEL over event, the event that starts a run, for instance `event.data.id`. In those that compare it
// with a second event, that one is async. Values that are spliced into an expression must be quoted, for instance with
// [strconv.Quote].
//
// [Register] checks all of it, compiles the expressions, and reports every fault at once, so that a server does not
// refuse at the next sync what looked fine.
type Function struct {
	// ID identifies the function within its app. It must not change once it has runs.
	ID string
	// Name is what Inngest shows. Empty means the ID.
	Name string

	// Events are the names of events that start a run.
	Events []string
	// Triggers are events that start a run under a condition, and schedules.
	Triggers []Trigger

	// Retries is how often a failed step is tried again, at most 20. Nil means [DefaultRetries]. Actions of workflows may
	// have retries of their own.
	Retries *int
	// MaxRetries is the most that an action can have, from Retries to 20. One that asks for more gets as many. Nil means
	// 20. The server, which knows one number for the whole function, is told this one. So it repeats more calls that it
	// gets no answer to; a step that has had its attempts is not executed in them.
	MaxRetries *int
	// Concurrency limits how many steps of the function's runs execute at once. At most two limits are possible.
	Concurrency []Concurrency
	// RunConcurrency limits how many runs of the function are under way at once, from the first call to the end of each.
	// Further ones wait. Nil means any number.
	RunConcurrency *RunConcurrency
	// Throttle limits how many runs start in a period. Further ones wait. Nil means any number.
	Throttle *Throttle
	// RateLimit limits how many runs start in a period. Events beyond it start none, ever. Nil means any number. It
	// excludes Idempotency, which is a rate limit.
	RateLimit *RateLimit
	// Debounce puts the start of a run off until no event has come for a while. Nil means that runs start at once.
	Debounce *Debounce
	// Priority is an expression with the value of an integer from -600 to 600: a run starts as if its event had come
	// that many seconds earlier. Empty means 0.
	Priority string
	// Batch collects events and starts one run for many. Nil means one run for each event. It excludes CancelOn,
	// Debounce, Singleton, Priority, Idempotency, RateLimit and schedules.
	Batch *Batch
	// Singleton allows one run at a time. Nil means any number.
	Singleton *Singleton
	// Idempotency is an expression: events for which it has the same value start one run in 24 hours. Empty means that
	// every event starts one.
	Idempotency string
	// CancelOn are events that cancel a run. At most five are possible.
	CancelOn []CancelOn
	// Timeouts cancel a run that takes too long.
	Timeouts Timeouts

	// Checkpoints says whether each step of the serial part of a run is stored by a request of its own, after which the
	// call goes on, or is the answer to its call. The zero value, [CheckpointEachStep], saves calls and most of the time
	// of a run; every step has attempts of its own all the same. [CheckpointOff] is for servers behind something that
	// keeps the app from reaching their API.
	Checkpoints CheckpointMode

	// OnFailure is called once for every run that has failed for good, as a durable step of a second function, whose id
	// is that of this one with "-failure". It is tried again like any step, so it must be safe to repeat. Cancelled runs
	// do not count as failed. Nil means that nothing is called.
	OnFailure func(ctx context.Context, failure Failure) error
	// OnCancelled is called once for every run that was cancelled, by an event, a timeout, a singleton or by hand, as a
	// durable step of a function whose id is that of this one with "-cancelled". It is tried again like any step, so it
	// must be safe to repeat. Nil means that nothing is called.
	OnCancelled func(ctx context.Context, cancellation Cancellation) error
}
