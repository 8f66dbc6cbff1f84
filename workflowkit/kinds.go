package workflowkit

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/mask"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// registered is an action that an engine knows, ready to be used.
type registered struct {
	spec Spec
	call callFunc
	// flat fills the handler's input type. It is nil if that is not a flat struct.
	flat    *flatReader
	inputs  *compiledInputs
	outputs *typeShape
	// secret says what is secret in an output. It is nil if nothing is.
	secret *mask.Mask
	// pure says that the handler has neither steps nor side effects, so that dry runs call it.
	pure bool
	// single says that the handler calls a single step, and nothing else takes time.
	single bool
	// each says that the engine executes the action for each item of a list.
	each bool
	// check judges the inputs of an action together. Nil means that each is judged by itself.
	check func(c *compiler, action place, inputs map[string]any)
	// logic judges and prepares an action that the engine evaluates itself. It is nil for actions with a handler.
	logic func(c *compiler, node int, action place, inputs map[string]any) *plannedLogic
}

// kinds are the actions of an engine, in the order in which they were registered.
type kinds struct {
	list   []*registered
	byKind map[string]*registered
	// open says that kinds which are not registered are accepted.
	open bool
}

func (k *kinds) get(kind string) *registered {
	if r := k.byKind[kind]; r != nil || !k.open {
		return r
	}
	return openKind(kind)
}

func (k *kinds) names() []string {
	names := make([]string, 0, len(k.list))
	for _, r := range k.list {
		names = append(names, r.spec.Kind)
	}
	return names
}

// add registers an action. It returns everything that makes the action unusable.
func (k *kinds) add(action Action) error {
	if err := action.check(); err != nil {
		return err
	}
	kind := action.spec.Kind
	if _, dup := k.byKind[kind]; dup {
		return fmt.Errorf("action kind %q is registered twice", kind)
	}
	spec := action.spec
	if spec.Name == "" {
		spec.Name = kind
	}
	open := spec.Inputs == nil && action.anyInputs
	inputs, err := compileInputs(spec.Inputs, open)
	if err := errors.Join(err, checkOutputs(spec.Outputs), checkEdgeSpec(spec.Edges), checkCost(&spec)); err != nil {
		return fmt.Errorf("action kind %q: %w", kind, err)
	}
	r := &registered{spec: spec, call: action.call, flat: action.flat, inputs: inputs, outputs: outputShapeOf(spec.Outputs), secret: outputMask(spec.Outputs)}
	k.list = append(k.list, r)
	k.byKind[kind] = r
	return nil
}

// checkOutputs refuses a description of outputs that is neither a JSON Schema nor one for each property.
func checkOutputs(raw json.RawMessage) error {
	if raw == nil {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return fmt.Errorf("outputs are not a JSON object: %w", err)
	}
	return nil
}

// checkEdgeSpec refuses predefined edges that no workflow could have.
func checkEdgeSpec(spec *EdgeSpec) error {
	if spec == nil {
		return nil
	}
	var faults []error
	for i, edge := range spec.Edges {
		cond := edge.Conditional
		if cond == nil || cond.Type == ConditionError {
			continue
		}
		if !slices.Contains([]string{ConditionIf, ConditionElse, ConditionMatch, ConditionError}, cond.Type) {
			faults = append(faults, fmt.Errorf("edge %d: unknown type of condition %q", i, cond.Type))
		}
		if template, errs := refs.Parse(cond.Ref); len(errs) > 0 {
			faults = append(faults, fmt.Errorf("edge %d: %w", i, errs[0]))
		} else if len(template.Paths()) == 0 {
			faults = append(faults, fmt.Errorf("edge %d: condition has no ref", i))
		}
	}
	return errors.Join(faults...)
}

func (in *compiledInputs) names() []string {
	names := make([]string, len(in.list))
	for i := range in.list {
		names[i] = in.list[i].Name
	}
	return names
}

// typeHint helps with the values that the TypeScript editor has saved: it stores numbers and booleans as text.
func typeHint(s *schema, value any) string {
	text, ok := value.(string)
	if !ok || s == nil || len(text) > maxShown {
		return ""
	}
	for _, t := range s.types {
		if t == "integer" {
			t = "number"
		}
		if t != "string" && jsonKind([]byte(text)) == t && json.Valid([]byte(text)) {
			return fmt.Sprintf("write %s without quotes", text)
		}
	}
	return ""
}
