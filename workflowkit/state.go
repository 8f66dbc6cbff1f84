package workflowkit

import (
	"encoding/json"
	"fmt"
)

// state is what refs look into during a run: the event, and the outputs of the actions that have completed. Outputs
// are decoded when a ref first needs them. Decoded values are shared and never modified (rule 8).
type state struct {
	event   func() (any, error)
	outputs map[string]*output
	ids     []string
}

type output struct {
	raw     json.RawMessage
	value   any
	decoded bool
}

func newState(event Event) *state {
	var (
		value   any
		decoded bool
	)
	return &state{
		outputs: map[string]*output{},
		event: func() (any, error) {
			if decoded {
				return value, nil
			}
			raw, err := json.Marshal(event)
			if err != nil {
				return nil, fmt.Errorf("event %q: %w", event.Name, err)
			}
			if value, err = decodeValue(raw); err != nil {
				return nil, fmt.Errorf("event %q: %w", event.Name, err)
			}
			decoded = true
			return value, nil
		},
	}
}

func (s *state) set(id string, raw json.RawMessage) {
	s.outputs[id] = &output{raw: raw}
	s.ids = append(s.ids, id)
}

func (s *state) rawOutput(id string) (json.RawMessage, bool) {
	o, ok := s.outputs[id]
	if !ok {
		return nil, false
	}
	return o.raw, true
}

// State implements refs.View.
func (s *state) State(id string) (any, bool) {
	o, ok := s.outputs[id]
	if !ok {
		return nil, false
	}
	if !o.decoded {
		// Outputs are JSON that the engine marshalled, or that a step stored: decoding cannot fail.
		o.value, _ = decodeValue(o.raw)
		o.decoded = true
	}
	return o.value, true
}

// Lookup implements refs.View.
func (s *state) Lookup(name string) (any, bool) {
	if name != "event" {
		return nil, false
	}
	value, err := s.event()
	return value, err == nil
}

// All implements refs.View.
func (s *state) All() map[string]any {
	outputs := make(map[string]any, len(s.ids))
	for _, id := range s.ids {
		outputs[id], _ = s.State(id)
	}
	event, _ := s.Lookup("event")
	return map[string]any{"event": event, "state": outputs}
}

// edgeView is what the condition of an edge looks into: the state, and the output of the edge's source.
type edgeView struct {
	*state
	source string
}

func (v edgeView) output() (any, bool) {
	if v.source == SourceID {
		return v.state.Lookup("event")
	}
	return v.State(v.source)
}

// Lookup implements refs.View.
func (v edgeView) Lookup(name string) (any, bool) {
	switch name {
	case "output":
		return v.output()
	case "result":
		// Rows saved with the TypeScript kit say $.result where they mean $.output.result.
		out, _ := v.output()
		object, ok := out.(map[string]any)
		if !ok {
			return nil, false
		}
		result, ok := object["result"]
		return result, ok
	}
	return v.state.Lookup(name)
}

// All implements refs.View.
func (v edgeView) All() map[string]any {
	all := v.state.All()
	all["output"], _ = v.output()
	return all
}
