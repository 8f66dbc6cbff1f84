package workflowkit

import (
	"encoding/json"
	"fmt"
)

// registered is an action that an engine knows, ready to be used.
type registered struct {
	spec    Spec
	call    callFunc
	logic   func(inputs map[string]any, view func() map[string]any) (any, error)
	inputs  *compiledInputs
	outputs *outputShape
	// check judges what the schema of the inputs cannot say.
	check func(c *compiler, at place, inputs map[string]any)
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

func (k *kinds) nearest(kind string) string {
	names := make([]string, 0, len(k.list))
	for _, r := range k.list {
		names = append(names, r.spec.Kind)
	}
	return nearest(kind, names)
}

func (k *kinds) add(action Action) (*registered, error) {
	if err := action.check(); err != nil {
		return nil, err
	}
	kind := action.spec.Kind
	if _, dup := k.byKind[kind]; dup {
		return nil, fmt.Errorf("action kind %q is registered twice", kind)
	}
	spec := action.spec
	if spec.Name == "" {
		spec.Name = kind
	}
	open := spec.Inputs == nil && action.anyInputs
	inputs, err := compileInputs(spec.Inputs, open)
	if err != nil {
		return nil, fmt.Errorf("action kind %q: %w", kind, err)
	}
	r := &registered{spec: spec, call: action.call, inputs: inputs, outputs: outputShapeOf(spec.Outputs)}
	k.list = append(k.list, r)
	k.byKind[kind] = r
	return r, nil
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
	if !ok || s == nil {
		return ""
	}
	for _, t := range s.types {
		if t != "string" && json.Valid([]byte(text)) {
			return fmt.Sprintf("write %s without quotes", text)
		}
	}
	return ""
}
