package inngest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// DefaultRetries is how often a step, or the function between steps, is tried again unless Function.Retries says
// otherwise: five attempts in all.
const DefaultRetries = 4

// Limits of the Inngest server, checked when a function is registered.
const (
	maxRetries      = 20
	maxTriggers     = 10
	maxCancelOn     = 5
	maxConcurrency  = 2
	maxFunctionName = 256
)

// Function says under which id an engine is registered, which events start a run of it, and how runs are scheduled.
// ID and at least one of Events and Triggers are required.
//
// Expressions are CEL over event, the event that starts a run, for instance `event.data.id`. In those that compare it
// with a second event, that one is async. Values that are spliced into an expression must be quoted, for instance with
// [strconv.Quote].
type Function struct {
	// ID identifies the function within its app. It must not change once it has runs.
	ID string
	// Name is what Inngest shows. Empty means the ID.
	Name string

	// Events are the names of events that start a run.
	Events []string
	// Triggers are events that start a run under a condition.
	Triggers []Trigger

	// Retries is how often a failed step is tried again, at most 20. Nil means [DefaultRetries].
	Retries *int
	// Concurrency limits how many steps of the function's runs execute at once. At most two limits are possible.
	Concurrency []Concurrency
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
}

// Trigger is an event that starts a run if a condition holds.
type Trigger struct {
	// Event is the name of the event. It is required.
	Event string
	// If is an expression over event. Empty means always.
	If string
}

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
	// Empty means that the event cancels every run of the function.
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

// check returns all that is wrong with the function.
func (f *Function) check() error {
	errs := []error{checkID("function id", f.ID)}
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if len(f.Name) > maxFunctionName {
		fail("name is %d bytes long, at most %d are possible", len(f.Name), maxFunctionName)
	}
	f.checkTriggers(fail)
	if f.Retries != nil && (*f.Retries < 0 || *f.Retries > maxRetries) {
		fail("retries are %d, 0 to %d are possible", *f.Retries, maxRetries)
	}
	if len(f.Concurrency) > maxConcurrency {
		fail("%d concurrency limits, at most %d are possible", len(f.Concurrency), maxConcurrency)
	}
	for i, c := range f.Concurrency {
		if c.Limit <= 0 {
			fail("concurrency %d: limit is %d, a positive number is needed", i, c.Limit)
		}
		if c.Scope != ScopeFunction && c.Scope != ScopeEnvironment && c.Scope != ScopeAccount {
			fail("concurrency %d: unknown scope %q", i, c.Scope)
		}
		if c.Scope != ScopeFunction && c.Key == "" {
			fail("concurrency %d: scope %q needs a key", i, c.Scope)
		}
		checkExpression(fail, fmt.Sprintf("concurrency %d: key", i), c.Key)
	}
	if f.Singleton != nil {
		if f.Singleton.Mode != SingletonSkip && f.Singleton.Mode != SingletonCancel {
			fail("singleton: mode is %q, %q or %q is needed", f.Singleton.Mode, SingletonSkip, SingletonCancel)
		}
		if len(f.Concurrency) > 0 {
			fail("singleton and concurrency exclude each other")
		}
		checkExpression(fail, "singleton: key", f.Singleton.Key)
	}
	checkExpression(fail, "idempotency", f.Idempotency)
	checkCheckpoints(fail, f.Checkpoints)
	if len(f.CancelOn) > maxCancelOn {
		fail("%d events cancel a run, at most %d are possible", len(f.CancelOn), maxCancelOn)
	}
	for i, c := range f.CancelOn {
		checkEventName(fail, fmt.Sprintf("cancel on %d", i), c.Event)
		checkExpression(fail, fmt.Sprintf("cancel on %d: if", i), c.If)
		checkDuration(fail, fmt.Sprintf("cancel on %d: timeout", i), c.Timeout)
	}
	checkDuration(fail, "timeouts: start", f.Timeouts.Start)
	checkDuration(fail, "timeouts: finish", f.Timeouts.Finish)
	return errors.Join(errs...)
}

func (f *Function) checkTriggers(fail func(string, ...any)) {
	triggers := f.triggers()
	if len(triggers) == 0 {
		fail("no event starts the function")
	}
	if len(triggers) > maxTriggers {
		fail("%d events start a run, at most %d are possible", len(triggers), maxTriggers)
	}
	seen := map[Trigger]bool{}
	for i, trigger := range triggers {
		what := fmt.Sprintf("trigger %d", i)
		checkEventName(fail, what, trigger.Event)
		checkExpression(fail, what+": if", trigger.If)
		if seen[trigger] {
			fail("%s: event %q is there twice and would start two runs", what, trigger.Event)
		}
		seen[trigger] = true
	}
}

// triggers returns the events of both fields.
func (f *Function) triggers() []Trigger {
	triggers := make([]Trigger, 0, len(f.Events)+len(f.Triggers))
	for _, name := range f.Events {
		triggers = append(triggers, Trigger{Event: name})
	}
	return append(triggers, f.Triggers...)
}

func checkEventName(fail func(string, ...any), what, name string) {
	switch {
	case strings.TrimSpace(name) == "":
		fail("%s: event name is empty", what)
	case strings.TrimSpace(name) != name:
		fail("%s: event name %q has spaces around it", what, name)
	case len(name) > maxEventName:
		fail("%s: event name is %d bytes long, at most %d are possible", what, len(name), maxEventName)
	}
}

// checkExpression refuses an expression that is only spaces: the server takes it for none, and somebody meant something.
func checkExpression(fail func(string, ...any), what, expression string) {
	if expression != "" && strings.TrimSpace(expression) == "" {
		fail("%s: expression is blank", what)
	}
}

func checkDuration(fail func(string, ...any), what string, d time.Duration) {
	if d < 0 || d > maxWait {
		fail("%s is %v, 0 to %v are possible", what, d, maxWait)
	}
}
