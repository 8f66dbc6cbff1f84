package workflowkittest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Result is what a run did.
type Result struct {
	// Output is the output of the action that was run. It is empty after [Run].
	Output json.RawMessage
	// Run is the engine's result. It is nil if no workflow could be loaded.
	Run *workflowkit.Result
	// Steps are the steps that were executed, in the order in which they got their results.
	Steps []Step
	// Sent are the events that steps sent.
	Sent []workflowkit.Event
	// Elapsed is how much virtual time has passed.
	Elapsed time.Duration
	// Passes is how often the engine was called.
	Passes int
	// Unused names the fakes and failures of steps, and the fakes of functions, that the run has not come to, in order. A
	// branch that was not taken leaves some behind; so does a typing error.
	Unused []string
}

// Step is a step that was executed.
type Step struct {
	// ID is "<action id>/<step id>"; a repeated id has ":1", ":2" and so on at its end.
	ID string
	// Op is "run", "sleep", "wait", "invoke" or "send".
	Op string
	// Attempts counts how often the step's function was called, or was made to fail.
	Attempts int
	// Output is the step's result. It is empty if the step failed.
	Output json.RawMessage
	// Error is the text of the last attempt's error. Empty means success.
	Error string
}

// Step returns the step with an id, and whether it was executed.
func (r *Result) Step(id string) (Step, bool) {
	for _, s := range r.Steps {
		if s.ID == id {
			return s, true
		}
	}
	return Step{}, false
}

// ActionID is the id of the action in the workflow that [RunAction] makes.
const ActionID = "1"

// RunAction runs a single action with inputs, which may be nil, until it has completed or failed. The error is that of
// the run. The result is not nil unless the options are wrong.
func RunAction(ctx context.Context, action workflowkit.Action, inputs any, options ...Option) (*Result, error) {
	s, err := newSettings(options)
	if err != nil {
		return nil, err
	}
	engine, err := workflowkit.New(append([]workflowkit.Option{workflowkit.WithActions(action)}, s.engine...)...)
	if err != nil {
		return nil, err
	}
	node := map[string]any{"id": ActionID, "kind": action.Spec().Kind}
	if inputs != nil {
		node["inputs"] = inputs
	}
	definition, err := json.Marshal(map[string]any{
		"actions": []any{node},
		"edges":   []any{map[string]any{"from": workflowkit.SourceID, "to": ActionID}},
	})
	if err != nil {
		return nil, fmt.Errorf("inputs: %w", err)
	}
	s.definition = &workflowkit.Definition{ID: "test", JSON: definition}
	result, err := s.run(ctx, engine)
	if result.Run != nil {
		if a, ok := result.Run.Action(ActionID); ok {
			result.Output = a.Output
		}
	}
	return result, err
}

// Run runs the workflow that the engine's loader, or [WithWorkflow], gives for an event, until it is over. The error is
// that of the run. The result is not nil unless the options are wrong.
func Run(ctx context.Context, engine *workflowkit.Engine, event workflowkit.Event, options ...Option) (*Result, error) {
	s, err := newSettings(options)
	if err != nil {
		return nil, err
	}
	s.event = event
	return s.run(ctx, engine)
}

// maxPasses ends runs that make no progress: far more than a workflow within its limits needs.
const maxPasses = 1_000_000

func (s *settings) run(ctx context.Context, engine *workflowkit.Engine) (*Result, error) {
	b := newBackend(s)
	in := workflowkit.RunInput{RunID: s.runID, Event: s.event, Definition: s.definition, Replace: s.replace}
	for b.result.Passes < maxPasses {
		if err := ctx.Err(); err != nil {
			return b.finish(), err
		}
		run, err := b.pass(ctx, engine, in, "")
		if !errors.Is(err, workflowkit.ErrSuspended) {
			b.result.Run = run
			if fault := s.unknownFakes(run); fault != nil {
				err = errors.Join(err, fault)
			}
			return b.finish(), err
		}
		for _, key := range b.shuffled() {
			if _, err := b.pass(ctx, engine, in, key); !errors.Is(err, workflowkit.ErrSuspended) {
				return b.finish(), fmt.Errorf("pass for step %q: expected the run to be suspended, got %w", key, err)
			}
		}
		if !b.progress && !b.advance() {
			return b.finish(), fmt.Errorf("the run is suspended and nothing is left that could wake it; steps so far: %s", b.done())
		}
	}
	return b.finish(), fmt.Errorf("the run is not over after %d passes", maxPasses)
}

func (s *settings) replace(action workflowkit.ActionInfo) workflowkit.Handler {
	for _, name := range []string{action.ID, action.Kind} {
		if h, ok := s.actions[name]; ok {
			s.replaced[name] = true
			return h
		}
	}
	return nil
}

// unknownFakes returns an error for fakes of actions that the workflow does not have: a test that fakes nothing tests the
// wrong thing.
func (s *settings) unknownFakes(run *workflowkit.Result) error {
	if run == nil || len(run.Actions) == 0 {
		return nil
	}
	known := map[string]bool{}
	var list []string
	for _, a := range run.Actions {
		known[a.ID], known[a.Kind] = true, true
		list = append(list, fmt.Sprintf("%q (kind %q)", a.ID, a.Kind))
	}
	sort.Strings(list)
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(s.actions)) {
		if !known[name] && !s.replaced[name] {
			faults = append(faults, fmt.Errorf("fake of action %q: the workflow has no action with that id or kind; it has %s",
				name, strings.Join(list, ", ")))
		}
	}
	return errors.Join(faults...)
}

func constant(raw json.RawMessage) workflowkit.Handler {
	return func(context.Context, *workflowkit.Run, map[string]any) (any, error) { return raw, nil }
}
