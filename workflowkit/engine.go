package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
)

// Engine executes workflows. It is immutable after [New] and safe for concurrent use.
type Engine struct {
	kinds  *kinds
	loader Loader
	logger *slog.Logger
	limits Limits
	plans  *planCache
	// rolling says that other processes may know kinds which this one does not.
	rolling bool
	// observers are told what runs do, and memories are what has been told about those worked on last.
	observers []Observer
	memories  *memories
}

// New returns an engine with the actions and the loader of its options, and the built-in actions. It returns all
// faults of the options at once: a kind that is registered twice, an action without a handler, and the like.
func New(options ...Option) (*Engine, error) {
	s := settings{logger: slog.Default(), cacheSize: defaultCacheSize, disabled: map[string]bool{}}
	var faults []error
	for _, option := range options {
		if option == nil {
			faults = append(faults, errors.New("an option is nil"))
			continue
		}
		if err := option(&s); err != nil {
			faults = append(faults, err)
		}
	}
	e := &Engine{
		kinds:  &kinds{byKind: map[string]*registered{}, open: s.openKinds},
		loader: s.loader, logger: s.logger, limits: s.limits.withDefaults(), plans: newPlanCache(s.cacheSize),
		rolling: s.rolling, observers: s.observers, memories: newMemories(),
	}
	for _, name := range builtinNames() {
		if s.noBuiltins || s.disabled[name] {
			continue
		}
		if err := e.kinds.addBuiltin(name); err != nil {
			faults = append(faults, err)
		}
	}
	for _, action := range s.actions {
		if err := e.kinds.add(action); err != nil {
			faults = append(faults, err)
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("new engine: %w", err)
	}
	return e, nil
}

// RunInput is what a run starts with. It must be the same in every pass of the run.
type RunInput struct {
	// RunID identifies the run.
	RunID string
	// FunctionID names the durable function that the run is of, for logs and observers. It may be empty.
	FunctionID string
	// Attempt counts the attempts of this pass, from 0. It may differ between passes.
	Attempt int
	// Event is the event that started the run.
	Event Event
	// Events are all events of a batch, with Event as the first. Nil means Event alone.
	Events []Event
	// Definition is the workflow to execute. Nil means that the engine's loader is asked.
	Definition *Definition
	// Replace stands in for the handlers of actions, for tests and dry runs: if it returns a handler for an action,
	// that one is called. Nil replaces none.
	Replace func(action ActionInfo) Handler

	// unseen keeps the run from observers.
	unseen bool
	// budget bounds the resolved inputs of all actions together, in bytes. Zero means that nothing does.
	budget int
}

// Run executes one pass of a run on a backend's tools. It returns [ErrSuspended] if the run goes on in a later pass.
// Otherwise the run is over: the result says what was done, and the error, if any, is an *[ActionError] for an action
// that failed, an *[InvalidError] for a workflow that cannot run, or wraps the error of the loader. If the context ends
// first its error is returned, the result is nil, and the pass can be repeated.
//
// Run is called by backends, such as package inngest; applications register the engine there.
func (e *Engine) Run(ctx context.Context, tools Tools, in RunInput) (*Result, error) {
	if tools == nil {
		return nil, NoRetryError(errors.New("run workflow: tools are nil"))
	}
	w := e.witness(ctx, tools, in)
	if w != nil {
		defer w.end()
		tools = w
	}
	result, err := e.run(ctx, tools, in, w)
	if result != nil {
		w.finished(result)
	}
	return result, err
}

func (e *Engine) run(ctx context.Context, tools Tools, in RunInput, w *witness) (*Result, error) {
	pin, p, err := e.pin(ctx, tools, in)
	if err != nil {
		w.loadFailed(err)
		return nil, err
	}
	w.loaded(pin)
	if len(pin.Problems) > 0 {
		err := &InvalidError{Problems: pin.Problems}
		return &Result{Status: StatusFailed, Workflow: pin.Workflow, Error: err.Error()}, err
	}
	if p == nil {
		return &Result{Status: StatusSkipped, Workflow: pin.Workflow, Reason: pin.Reason}, nil
	}
	x := newExecution(e, tools, in, p, *pin.Workflow)
	x.never = pin.never
	w.begin(x)
	err = x.run(ctx)
	var failed *ActionError
	if err != nil && !errors.As(err, &failed) {
		return nil, err
	}
	w.finishing()
	if failed != nil {
		return x.result(failed), failed
	}
	return x.result(nil), nil
}

// Validate returns everything that is wrong with a definition, or may be, in the order of the document. A workflow
// without errors runs; see [Problems.Err]. A null definition has one finding, a warning: it runs and does nothing.
func (e *Engine) Validate(definition json.RawMessage) Problems {
	if isNull(definition) {
		return Problems{{
			Code: CodeDefinitionAbsent, Severity: SeverityWarning,
			Message: "the workflow has no definition yet", Hint: "draw it",
		}}
	}
	_, _, problems := e.compileStored(definition)
	return problems
}
