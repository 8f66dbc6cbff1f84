package workflowkit

import (
	"encoding/json"
	"errors"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/mask"
)

// outputMask returns what is secret in the outputs of a spec: a JSON Schema, or a description for each property.
func outputMask(raw json.RawMessage) *mask.Mask {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return nil
	}
	if !isRecord(members) {
		if m := mask.Of(raw); m != nil {
			return m
		}
	}
	properties := make(map[string]*mask.Mask, len(members))
	for name, member := range members {
		var described struct {
			Type json.RawMessage `json:"type"`
		}
		// The mark may also stand beside the type, which is a schema or, as people write it, the name of a type.
		if properties[name] = mask.Of(member); properties[name] == nil && json.Unmarshal(member, &described) == nil {
			properties[name] = mask.Of(described.Type)
		}
	}
	return mask.Properties(properties)
}

// hasSecrets reports whether an action of the kind has secret inputs or outputs.
func (r *registered) hasSecrets() bool {
	if r.secret != nil {
		return true
	}
	for i := range r.inputs.list {
		if r.inputs.list[i].secret != nil {
			return true
		}
	}
	return false
}

// inputMask returns what is secret in an input.
func (r *registered) inputMask(name string) *mask.Mask {
	if i, ok := r.inputs.byName[name]; ok {
		return r.inputs.list[i].secret
	}
	return nil
}

// visibleState is a run's state as observers and results may see it: refs into it find what stands in for secrets. It is nil
// in a run whose actions have none.
type visibleState struct {
	x     *execution
	state *state
	// ran is how many of the nodes that have run are in the state.
	ran    int
	inputs map[int]json.RawMessage
	// hidden are the secrets so far, each once, and index finds them.
	hidden []string
	index  secretIndex
	// looking says that known is under way.
	looking bool
}

func newVisibleState(x *execution) *visibleState {
	return &visibleState{x: x, state: newState(x.plan, x.in.Event), inputs: map[int]json.RawMessage{}}
}

// known returns the state with all outputs so far. What an action returns of the secrets that it has got is secret, too.
func (s *visibleState) known() *state {
	if s.looking {
		return s.state // for the inputs of an action, which refer to what has run before it
	}
	s.looking = true
	defer func() { s.looking = false }()
	for ; s.ran < len(s.x.ran); s.ran++ {
		i := s.x.ran[s.ran]
		if inputs := s.x.nodes[i].inputs; inputs != nil {
			s.note(appendHidden(nil, inputs, s.x.redactedInputs(i)))
		}
		raw := s.x.state.outputs[i].raw
		if s.x.nodes[i].status == StatusCompleted {
			seen := s.index.cleanJSON(s.x.plan.nodes[i].kind.secret.Text(raw))
			s.note(appendHidden(nil, raw, seen))
			raw = seen
		}
		s.state.set(i, raw)
	}
	return s.state
}

// note notes secrets.
func (s *visibleState) note(secrets []string) {
	for _, secret := range secrets {
		if s.index.addSpellings(secret) {
			s.hidden = append(s.hidden, secret)
		}
	}
}

// redactedOutput returns the output of a node as observers and results may see it.
func (x *execution) redactedOutput(i int) json.RawMessage {
	if x.shown == nil {
		return x.state.outputs[i].raw
	}
	return x.shown.known().outputs[i].raw
}

// redactedInputs returns the inputs of a node as observers and results may see them. What a ref has found in a secret
// output is as secret here.
func (x *execution) redactedInputs(i int) json.RawMessage {
	if x.shown == nil || x.nodes[i].inputs == nil {
		return x.nodes[i].inputs
	}
	inputs, ok := x.shown.inputs[i]
	if !ok {
		inputs = x.shown.resolve(&x.plan.nodes[i], view{node: i})
		x.shown.inputs[i] = inputs
	}
	return inputs
}

// resolve resolves the inputs of an action once more, from what may be seen from a place.
func (s *visibleState) resolve(planned *planNode, v view) json.RawMessage {
	if len(planned.inputs) == 0 {
		return json.RawMessage("{}")
	}
	out := []byte{'{'}
	for k := range planned.inputs {
		input := &planned.inputs[k]
		if k > 0 {
			out = append(out, ',')
		}
		out = append(input.appendKey(out), s.input(planned, v, input)...)
	}
	return append(out, '}')
}

// input returns the value of an input as it may be seen.
func (s *visibleState) input(planned *planNode, v view, input *plannedInput) []byte {
	secret := planned.kind.inputMask(input.name)
	if literal, ok := input.value.(literalProgram); ok {
		return secret.Text(literal.text)
	}
	v.state, v.item = s.known(), s.item(v.node, v.item)
	r := resolver{view: &v, left: s.x.engine.limits.Inputs}
	value := input.value.resolve(&r)
	text, err := jsonvalue.Append(nil, value, &v.order, 2*s.x.engine.limits.Inputs)
	if r.err != nil || err != nil {
		return jsonvalue.AppendString(nil, mask.Secret)
	}
	return secret.Text(text)
}

// item returns an item of a for_each as it may be seen.
func (s *visibleState) item(node int, item *eachItem) *eachItem {
	if item == nil {
		return nil
	}
	seen := &eachItem{value: mask.Secret, index: item.index}
	inputs, err := jsonvalue.Decode(s.x.redactedInputs(node), &s.state.order)
	if err != nil {
		return seen
	}
	object, _ := inputs.(map[string]any)
	if items, _ := object["items"].([]any); item.index < len(items) {
		seen.value = items[item.index]
	}
	return seen
}

// found returns what the condition of an edge has found, as it may be seen, and whether that is something else.
func (s *visibleState) found(edge int) (any, bool) {
	planned, found := &s.x.plan.edges[edge], s.x.found[edge]
	if planned.condition == nil || planned.condition.template == nil {
		return found, false
	}
	value, err := planned.condition.template.Resolve(&view{state: s.known(), node: planned.from, edge: true}, maxConditionText)
	if err != nil {
		return mask.Secret, true
	}
	return value, !deepEqual(value, found)
}

// hiddenError is an error whose text does not hold secrets.
type hiddenError struct {
	error
	text string
}

func (e *hiddenError) Error() string { return e.text }
func (e *hiddenError) Unwrap() error { return e.error }

// hide returns an error of a node without the secrets that its text quotes.
func (x *execution) hide(i int, err error) error {
	if x.shown == nil || err == nil || errors.Is(err, ErrSuspended) {
		return err
	}
	return x.shown.secrets(i).hide(err)
}

// hide returns an error without the secrets that its text quotes.
func (s *secretTexts) hide(err error) error {
	if err == nil || s == nil || len(s.inputs)+len(s.outputs) == 0 || errors.Is(err, ErrSuspended) {
		return err
	}
	text := err.Error()
	if clean := s.clean(text); clean != text {
		return &hiddenError{err, clean}
	}
	return err
}

// redactedError returns the text of an error of a node as observers and results may see it.
func (x *execution) redactedError(i int, err error) string { return x.hide(i, err).Error() }
