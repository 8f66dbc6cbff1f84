package workflowkittest

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Option configures a run.
type Option func(*settings) error

type settings struct {
	runID      string
	start      time.Time
	event      workflowkit.Event
	definition *workflowkit.Definition
	retries    int
	random     *rand.Rand
	steps      map[string]json.RawMessage
	failures   map[string]*failure
	actions    map[string]workflowkit.Handler
	functions  map[string]func(data json.RawMessage) (any, error)
	// replaced are the names in actions that something has been faked by.
	replaced map[string]bool
	events   []arrival
	engine   []workflowkit.Option
}

type failure struct {
	err   error
	times int
}

// arrival is an event that comes in while the run is going on.
type arrival struct {
	at    time.Time
	event workflowkit.Event
}

func newSettings(options []Option) (*settings, error) {
	s := &settings{
		runID: "01TESTRUN00000000000000000", start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), retries: 3,
		event: workflowkit.Event{Name: "test/event", Data: json.RawMessage("{}")},
		steps: map[string]json.RawMessage{}, failures: map[string]*failure{},
		actions: map[string]workflowkit.Handler{}, functions: map[string]func(json.RawMessage) (any, error){}, replaced: map[string]bool{},
	}
	var faults []error
	for _, option := range options {
		if option == nil {
			faults = append(faults, errors.New("an option is nil"))
		} else if err := option(s); err != nil {
			faults = append(faults, err)
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("options: %w", err)
	}
	for i := range s.events {
		s.events[i].at = s.start.Add(s.events[i].at.Sub(time.Time{}))
	}
	return s, nil
}

// WithEvent sets the event that starts the run of an action. The default is "test/event" without data.
func WithEvent(event workflowkit.Event) Option {
	return func(s *settings) error { s.event = event; return nil }
}

// WithRunID sets the run's id.
func WithRunID(id string) Option {
	return func(s *settings) error { s.runID = id; return nil }
}

// WithStart sets the virtual time at which the run starts. The default is the first moment of 2026, UTC.
func WithStart(t time.Time) Option {
	return func(s *settings) error { s.start = t; return nil }
}

// WithWorkflow sets the definition to run, instead of what the engine's loader returns.
func WithWorkflow(definition string) Option {
	return func(s *settings) error {
		s.definition = &workflowkit.Definition{ID: "test", JSON: json.RawMessage(definition)}
		return nil
	}
}

// WithRetries sets how often a failed step is tried again where its action does not say. The default is 3.
func WithRetries(n int) Option {
	return func(s *settings) error {
		if n < 0 {
			return fmt.Errorf("retries: %d is negative", n)
		}
		s.retries = n
		return nil
	}
}

// WithStep fakes the result of a step, by its id ("load-blog-post") or with the action's ("1/load-blog-post"). The
// step's function is not called.
func WithStep(id string, result any) Option {
	return func(s *settings) error {
		raw, err := json.Marshal(result)
		if err != nil {
			return fmt.Errorf("fake of step %q: %w", id, err)
		}
		s.steps[id] = raw
		return nil
	}
}

// FailStep makes the first attempts of a step fail with err, without calling its function.
func FailStep(id string, err error, times int) Option {
	return func(s *settings) error {
		if err == nil {
			return fmt.Errorf("failure of step %q: error is nil", id)
		}
		s.failures[id] = &failure{err, times}
		return nil
	}
}

// WithAction fakes an action, by its id in the workflow or by its kind.
func WithAction(idOrKind string, handler workflowkit.Handler) Option {
	return func(s *settings) error {
		if handler == nil {
			return fmt.Errorf("fake of action %q: handler is nil", idOrKind)
		}
		s.actions[idOrKind] = handler
		return nil
	}
}

// WithOutput fakes an action, by its id in the workflow or by its kind, with one that returns output.
func WithOutput(idOrKind string, output any) Option {
	raw, err := json.Marshal(output)
	if err != nil {
		return func(*settings) error { return fmt.Errorf("fake of action %q: %w", idOrKind, err) }
	}
	return WithAction(idOrKind, constant(raw))
}

// WithFunction fakes another Inngest function that actions invoke, by its id.
func WithFunction(id string, f func(data json.RawMessage) (any, error)) Option {
	return func(s *settings) error {
		if f == nil {
			return fmt.Errorf("fake of function %q: function is nil", id)
		}
		s.functions[id] = f
		return nil
	}
}

// WithEventAfter makes an event come in some time after the run's start.
func WithEventAfter(d time.Duration, event workflowkit.Event) Option {
	return func(s *settings) error {
		if d < 0 {
			return fmt.Errorf("event %q: %v after the start is before it", event.Name, d)
		}
		s.events = append(s.events, arrival{time.Time{}.Add(d), event})
		return nil
	}
}

// WithReplay executes the run as Inngest does without checkpoints: each step ends a pass, and concurrent branches have
// their steps planned, then executed in an order that the seed decides.
func WithReplay(seed int64) Option {
	return func(s *settings) error {
		s.random = rand.New(rand.NewSource(seed)) //nolint:gosec // reproducible on purpose
		return nil
	}
}

// WithEngineOptions adds options to the engine that [RunAction] makes.
func WithEngineOptions(options ...workflowkit.Option) Option {
	return func(s *settings) error { s.engine = append(s.engine, options...); return nil }
}
