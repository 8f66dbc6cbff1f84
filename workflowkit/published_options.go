package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// ErrNoHandler is the error of an action that the engine knows by its published description only, when it is to run.
var ErrNoHandler = errors.New("action has no handler in this process")

// WithCatalog makes the actions of a published catalogue known to an engine that has no handlers for them, so that it
// can validate workflows and run them dry; see [ParseCatalog] and [Engine.DryRun]. When such an action is to run for
// real it fails with [ErrNoHandler].
//
// An action without "inputs" in the catalogue accepts any. Built-in actions are the engine's own. A catalogue that
// lists some of them lists all that there are: the others are turned off. A catalogue that lists none, as those of
// TypeScript applications, leaves them all on.
func WithCatalog(catalog Catalog) Option {
	return func(s *settings) error {
		listed := map[string]bool{}
		for _, spec := range catalog {
			listed[spec.Kind] = true
		}
		builtin := map[string]bool{}
		for _, kind := range builtinNames() {
			builtin[kind] = listed[kind]
		}
		for _, kind := range builtinNames() {
			if !listed[kind] && anyTrue(builtin) {
				s.disabled[kind] = true
			}
		}
		for _, spec := range catalog {
			if !builtin[spec.Kind] {
				s.actions = append(s.actions, published(spec))
			}
		}
		return nil
	}
}

func anyTrue(m map[string]bool) bool {
	for _, v := range m {
		if v {
			return true
		}
	}
	return false
}

// WithOpenKinds accepts actions of kinds that the engine does not know, with any inputs, and nothing is assumed of
// their outputs. It is for looking at workflows where the catalogue is not at hand. When such an action is to run for
// real it fails with [ErrNoHandler]. Kinds that begin with "builtin:" are never accepted so: nobody else defines them.
func WithOpenKinds() Option {
	return func(s *settings) error {
		s.openKinds = true
		return nil
	}
}

// published makes an action of its description.
func published(spec Spec) Action {
	action := Action{spec: spec, anyInputs: true, call: noHandler(spec.Kind)}
	action.spec.Inputs = nil
	for _, input := range spec.Inputs {
		schema, err := fromTypeBox(input.Type)
		if err != nil {
			action.err = fmt.Errorf("input %q: %w", input.Name, err)
			return action
		}
		input.Type = schema
		action.spec.Inputs = append(action.spec.Inputs, input)
	}
	if spec.Inputs != nil && action.spec.Inputs == nil {
		action.spec.Inputs = Inputs{}
	}
	return action
}

// openKind stands for a kind that nobody has described.
func openKind(kind string) *registered {
	if strings.HasPrefix(kind, builtinPrefix) {
		return nil
	}
	return &registered{
		spec: Spec{Kind: kind, Name: kind}, call: noHandler(kind),
		inputs: &compiledInputs{byName: map[string]int{}, open: true},
	}
}

func noHandler(kind string) callFunc {
	return func(context.Context, *Run, callInputs) (json.RawMessage, error) {
		return nil, NoRetryError(fmt.Errorf("action kind %q: %w", kind, ErrNoHandler))
	}
}
