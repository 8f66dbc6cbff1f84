package inngest

import "time"

// Concurrency limits how many steps execute at once. A run that sleeps or waits does not count.
type Concurrency struct {
	// Limit is how many. It must be positive.
	Limit int
	// Key is an expression; the limit holds for each of its values by itself. Empty means that the limit is for all.
	Key string
	// Scope says whose steps count. The zero value is the function's own.
	Scope ConcurrencyScope
}

// ConcurrencyScope says which steps count together.
type ConcurrencyScope string

// The scopes of a [Concurrency] limit.
const (
	ScopeFunction    ConcurrencyScope = ""        // steps of this function
	ScopeEnvironment ConcurrencyScope = "env"     // steps of all functions with the same key in the environment
	ScopeAccount     ConcurrencyScope = "account" // steps of all functions with the same key in the account
)

// RunConcurrency limits how many runs are under way at once. A run that sleeps or waits counts.
type RunConcurrency struct {
	// Limit is how many. It must be positive.
	Limit int
	// Key is an expression; the limit holds for each of its values by itself. Empty means that the limit is for all.
	Key string
}

// Throttle spreads the starts of runs evenly over a period. Runs that must wait are not lost.
type Throttle struct {
	// Limit is how many runs start in a period. It must be positive.
	Limit int
	// Period is at least 1 second and at most 7 days.
	Period time.Duration
	// Burst is how many runs may start at once beyond that. Zero means that starts are spaced evenly.
	Burst int
	// Key is an expression; the limit holds for each of its values by itself. Empty means that the limit is for all.
	Key string
}

// RateLimit drops events of which there are too many.
type RateLimit struct {
	// Limit is how many runs start in a period. It must be positive.
	Limit int
	// Period is at least 1 second and at most 24 hours.
	Period time.Duration
	// Key is an expression; the limit holds for each of its values by itself. Empty means that the limit is for all.
	Key string
}

// Debounce starts one run, for the latest event, once no event has come for a while.
type Debounce struct {
	// Period is for how long no event must have come, at least 1 second and at most 7 days.
	Period time.Duration
	// Timeout is after how long a run starts though events keep coming; not less than Period. Zero means never.
	Timeout time.Duration
	// Key is an expression; events are debounced for each of its values by itself. Empty means all together.
	Key string
}

// Batch starts one run for many events. The run's event is the first of them, which is what refs in workflows see;
// handlers find all in [workflowkit.Run].Events. Events that are sent together come in any order.
type Batch struct {
	// MaxSize is the number of events with which a run starts at once, 2 to 100.
	MaxSize int
	// Timeout is how long the first event waits for others before a run starts with less, 1 to 60 seconds.
	Timeout time.Duration
	// Key is an expression; events are collected for each of its values by itself. Empty means all together.
	Key string
	// If is an expression: an event for which it does not hold starts a run of its own at once. Empty means that all
	// events are collected.
	If string
}

// Singleton allows one run at a time.
type Singleton struct {
	// Key is an expression; one run is allowed for each of its values. Empty means one run of the function.
	Key string
	// Mode says what happens to an event while a run is active. It is required.
	Mode SingletonMode
}

// SingletonMode says which run gives way.
type SingletonMode string

// The modes of a [Singleton].
const (
	// SingletonSkip ignores the new event.
	SingletonSkip SingletonMode = "skip"
	// SingletonCancel cancels the active run, and the new event starts one. Beware of events that reach the server twice,
	// for instance because the answer to the first request was lost: the second arrival cancels the run of the first, and
	// starts none, since the event has been seen (measured). A [CancelOn] for the event itself that holds for
	// `event.id != async.id` has no such gap.
	SingletonCancel SingletonMode = "cancel"
)

// CancelOn is an event that cancels a run.
type CancelOn struct {
	// Event is the name of the event. It is required.
	Event string
	// If is an expression over event and async, the event that cancels, for instance `async.data.id == event.data.id`.
	// It can compare and combine values, but not call functions. Empty means that the event cancels every run of the
	// function.
	If string
	// Timeout is how long after its start a run can be cancelled in this way. Zero means always.
	Timeout time.Duration
}

// Timeouts cancel a run that takes too long. Zero means no limit.
type Timeouts struct {
	// Start limits the time from the event to the first call.
	Start time.Duration
	// Finish limits the time from the first call to the end. Sleeps and waits count.
	Finish time.Duration
}
