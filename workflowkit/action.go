package workflowkit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

// Action is a kind of action that users can put into their workflows: its description for the catalogue, and the
// handler that does the work. Actions are made by [Define] and [DefineUntyped] and are immutable. The zero value is
// refused by [New].
type Action struct {
	spec Spec
	// anyInputs says that inputs which the spec does not describe are allowed.
	anyInputs bool
	call      callFunc
	// flat fills the input type of call. It is nil if that is not a flat struct.
	flat *flatReader
	err  error
}

// Spec describes an action. Its JSON form is an entry of the published catalogue, which the Workflow Kit editor
// components read.
type Spec struct {
	// Kind identifies the action in workflows, for instance "grammar_review". It is required and must not change once
	// workflows are stored. Kinds that begin with "builtin:" are reserved.
	Kind string `json:"kind"`
	// Name is what users see. Empty means the kind.
	Name string `json:"name"`
	// Description is one sentence for users. It may be empty.
	Description string `json:"description,omitempty"`
	// Icon is the name or URL of a picture, or an SVG. It may be empty.
	Icon string `json:"icon,omitempty"`
	// Inputs describe what a user can configure, in the order in which a form shows them. [Define] derives them from
	// its input type; an entry given here for the same name replaces the derived one.
	Inputs Inputs `json:"inputs,omitempty"`
	// Outputs is the JSON Schema of what the action returns. [Define] derives it unless it is set.
	Outputs json.RawMessage `json:"outputs,omitempty"`
	// Edges predefine the outgoing edges of the action. Nil means any edges.
	Edges *EdgeSpec `json:"edges,omitempty"`
	// NeverWaits promises that the handler uses no other steps than [Step], [Do] and [SendEvents]: it neither sleeps, nor
	// waits, nor invokes. Branches of such actions only are scheduled with fewer calls: they go on together, when each has
	// done what it was about to do, so the attempts of one hold up the others. An action that breaks its promise fails.
	// The default is false, with which branches are independent of each other in every respect.
	NeverWaits bool `json:"neverWaits,omitempty"`
	// Cost says how much the action does in a run, for estimates; see [Engine.Estimate]. Nil means that nobody knows.
	Cost *Cost `json:"cost,omitempty"`
}

// EdgeSpec says which edges may leave an action.
type EdgeSpec struct {
	// AllowAdd says whether users may add further edges. Nil means yes.
	AllowAdd *bool `json:"allowAdd,omitempty"`
	// Edges are offered to users as they are.
	Edges []PredefinedEdge `json:"edges,omitempty"`
}

// PredefinedEdge is an edge without its ends.
type PredefinedEdge struct {
	// Name is what users see at the edge.
	Name string `json:"name,omitempty"`
	// Conditional is the edge's condition. Nil means none.
	Conditional *Conditional `json:"conditional,omitempty"`
}

// Handler is the handler of an untyped action. The inputs are those of the workflow with their refs resolved, checked
// against the action's schema, with numbers as [json.Number] so that none loses digits; the handler owns the map. What
// it returns is marshalled to JSON and becomes the action's output.
//
// A handler is called anew in every pass of a run, and its steps return what they returned before. So outside of steps
// it must be deterministic: no clock, no randomness, no input or output. See [Step].
type Handler func(ctx context.Context, run *Run, inputs map[string]any) (any, error)

// Define returns an action with typed inputs and output. In and Out are structs (or maps) with JSON tags; their JSON
// Schemas are derived, published in the catalogue, and In's is enforced before fn is called. A field of In is required
// unless its tag says omitempty or omitzero, or it has a default; `jsonschema:"title=…,description=…,enum=…,default=…"`
// refines it, and `fieldType:"textarea"` asks editors for a large text field. Use struct{} for no inputs or no output.
//
// fn obeys the rules of [Handler]. Faults of the definition (a nil function, a type without a schema) are reported by
// [New].
func Define[In, Out any](spec Spec, fn func(ctx context.Context, run *Run, in In) (Out, error)) Action {
	return define(spec, fn).unreserved()
}

// define is [Define] without a look at the kind.
func define[In, Out any](spec Spec, fn func(ctx context.Context, run *Run, in In) (Out, error)) Action {
	action := Action{spec: spec}
	if action.err = checkDefined(fn == nil); action.err != nil {
		return action
	}
	inputs, err := inputsOf(reflect.TypeFor[In]())
	if err != nil {
		action.err = fmt.Errorf("input type %v: %w", reflect.TypeFor[In](), err)
		return action
	}
	action.spec.Inputs = inputs.replacedBy(spec.Inputs)
	action.anyInputs = baseType(reflect.TypeFor[In]()).Kind() == reflect.Map
	if action.spec.Outputs == nil {
		if action.spec.Outputs, err = schemaOf(reflect.TypeFor[Out]()); err != nil {
			action.err = fmt.Errorf("output type %v: %w", reflect.TypeFor[Out](), err)
			return action
		}
	}
	reader, writer := newInputReader[In](), newFlatEncoder(reflect.TypeFor[Out]())
	action.flat = reader.flat
	action.call = func(ctx context.Context, run *Run, inputs callInputs) (json.RawMessage, error) {
		in, err := reader.read(inputs)
		if err != nil {
			return nil, decodeInputError(run, err)
		}
		out, err := fn(ctx, run, in)
		if err != nil {
			return nil, err
		}
		if writer != nil {
			if raw, ok := writer.encode(out); ok {
				return raw, nil
			}
		}
		return marshalOutput(out)
	}
	return action
}

// DefineUntyped returns an action whose inputs and outputs are described by spec alone. An action without Inputs in
// its spec accepts any.
func DefineUntyped(spec Spec, handler Handler) Action {
	action := Action{spec: spec, anyInputs: true}
	if action.err = checkDefined(handler == nil); action.err != nil {
		return action
	}
	action.call = handler.call
	return action.unreserved()
}

// unreserved refuses kinds that are the engine's own.
func (a Action) unreserved() Action {
	if a.err == nil && strings.HasPrefix(a.spec.Kind, builtinPrefix) {
		a.err = fmt.Errorf("kinds that begin with %q are reserved", builtinPrefix)
	}
	return a
}

func checkDefined(noHandler bool) error {
	if noHandler {
		return errors.New("handler is nil")
	}
	return nil
}

// callFunc is a handler with its types erased.
type callFunc func(ctx context.Context, run *Run, inputs callInputs) (json.RawMessage, error)

func (h Handler) call(ctx context.Context, run *Run, in callInputs) (json.RawMessage, error) {
	inputs, err := decodeObject(in.text)
	if err != nil {
		return nil, decodeInputError(run, err)
	}
	out, err := h(ctx, run, inputs)
	if err != nil {
		return nil, err
	}
	return marshalOutput(out)
}

// Spec returns the action's description, with what was derived from its types. The caller must not modify what its
// slices and pointers refer to.
func (a Action) Spec() Spec { return a.spec }

// check reports what makes the action unusable.
func (a Action) check() error {
	switch {
	case a.spec.Kind == "" && a.call == nil && a.err == nil:
		return errors.New("action is the zero value; make actions with Define or DefineUntyped")
	case a.spec.Kind == "":
		return errors.New("action has no kind")
	case strings.TrimSpace(a.spec.Kind) != a.spec.Kind || strings.ContainsFunc(a.spec.Kind, unicode.IsControl):
		return fmt.Errorf("action kind %q has spaces around it or control characters in it", a.spec.Kind)
	case a.err != nil:
		return fmt.Errorf("action kind %q: %w", a.spec.Kind, a.err)
	}
	return nil
}

func marshalOutput(out any) (json.RawMessage, error) {
	if raw, ok := out.(json.RawMessage); ok && jsonvalue.IsCompact(raw) {
		return bytes.Clone(raw), nil
	}
	raw, err := json.Marshal(out)
	if err != nil {
		return nil, NoRetryError(fmt.Errorf("marshal output: %w", err))
	}
	return raw, nil
}

func decodeInputError(run *Run, err error) error {
	return &InputError{ActionID: run.Action.ID, Kind: run.Action.Kind, Problems: Problems{{
		Code: CodeInputType, Severity: SeverityError, ID: run.Action.ID,
		Message: "inputs do not fit the action's type: " + err.Error(),
	}}}
}
