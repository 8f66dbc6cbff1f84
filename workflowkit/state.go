package workflowkit

import (
	"encoding/json"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// state is what a run knows in a pass: the event, and the outputs of the actions that have completed. Both are decoded
// when a ref first needs them. Decoded values are shared and never modified (rule 8).
type state struct {
	plan    *plan
	event   Event
	outputs []output
	order   jsonvalue.Order
	index   jsonvalue.Index

	eventValue   map[string]any
	eventDecoded bool
}

// output is the output of a node. It is empty until the node has completed.
type output struct {
	raw json.RawMessage
	// value is the output decoded. It is nil until that is needed, and for null.
	value any
}

func newState(p *plan, event Event) *state {
	return &state{plan: p, event: event, outputs: make([]output, len(p.nodes))}
}

func (s *state) set(node int, raw json.RawMessage) { s.outputs[node].raw = raw }

// output returns the decoded output of a node, and whether it has completed.
func (s *state) output(node int) (any, bool) {
	o := &s.outputs[node]
	if o.raw == nil {
		return nil, false
	}
	if o.value == nil {
		// Outputs are JSON that the engine marshalled, or that a step stored: decoding cannot fail.
		o.value, _ = jsonvalue.Decode(o.raw, &s.order)
	}
	return o.value, true
}

// eventObject returns the event as a JSON object, as [Event] marshals.
func (s *state) eventObject() map[string]any {
	if s.eventDecoded {
		return s.eventValue
	}
	s.eventDecoded = true
	object := map[string]any{"name": s.event.Name}
	for name, text := range map[string]string{"id": s.event.ID, "v": s.event.Version} {
		if text != "" {
			object[name] = text
		}
	}
	for name, raw := range map[string]json.RawMessage{"data": s.event.Data, "user": s.event.User} {
		if len(raw) == 0 {
			continue
		}
		// An event that is not JSON has never been received: it reads as one without data.
		if value, err := jsonvalue.Decode(raw, &s.order); err == nil {
			object[name] = value
		}
	}
	if s.event.Timestamp != 0 {
		object["ts"] = json.Number(formatInt(s.event.Timestamp))
	}
	s.eventValue = object
	return object
}

// view is what refs see from a place in the graph: the event, and what has run before that place. Which branches beside
// it have got how far is a matter of time, so it must not show: two passes would see different things (rule 4).
type view struct {
	*state
	// node is the action whose inputs are resolved, or the source of the edge whose condition is evaluated.
	node int
	// edge says that the view is of an edge: then the output of node is known.
	edge bool
	// item is what a for_each works on. It is nil elsewhere.
	item *eachItem
}

var _ refs.View = (*view)(nil)

// State implements refs.View. That the action lies before the view's place has been checked with the workflow.
func (v *view) State(id string) (any, bool) {
	node, ok := v.plan.index[id]
	if !ok {
		return nil, false
	}
	return v.output(node)
}

// Lookup implements refs.View.
func (v *view) Lookup(name string) (any, bool) {
	switch {
	case name == "event":
		return v.eventObject(), true
	case v.item != nil && name == "item":
		return v.item.value, true
	case v.item != nil && name == "index":
		return json.Number(formatInt(int64(v.item.index))), true
	case !v.edge:
		return nil, false
	case name == "output":
		return v.sourceOutput()
	case name == "result":
		// Rows saved with the TypeScript kit say $.result where they mean $.output.result.
		out, _ := v.sourceOutput()
		object, ok := out.(map[string]any)
		if !ok {
			return nil, false
		}
		result, ok := object["result"]
		return result, ok
	}
	return nil, false
}

func (v *view) sourceOutput() (any, bool) {
	if v.node == sourceIndex {
		return v.eventObject(), true
	}
	return v.output(v.node)
}

// All implements refs.View.
func (v *view) All() map[string]any {
	all := map[string]any{"event": v.eventObject(), "state": v.outputsOf(v.plan.ancestors(v.node))}
	if v.item != nil {
		all["item"], all["index"] = v.item.value, json.Number(formatInt(int64(v.item.index)))
	}
	if v.edge {
		if v.node != sourceIndex {
			if out, ok := v.output(v.node); ok {
				all["state"].(map[string]any)[v.plan.nodes[v.node].action.ID] = out //nolint:forcetypeassert // made above
			}
		}
		all["output"], _ = v.sourceOutput()
	}
	return all
}

// maxSearched is the size up to which an output is searched for what a ref names. A larger one is decoded, once.
const maxSearched = 1 << 11

// Text implements refs.View.
func (v *view) Text(from refs.Place, action int, steps []refs.Member) ([]byte, bool) {
	var raw []byte
	switch from {
	case refs.OfAction:
		if action < 0 {
			return nil, false // it has to be looked for by name
		}
		raw = v.outputs[action].raw
	case refs.OfEvent:
		raw = v.event.Data
	case refs.OfSource, refs.OfResult:
		if !v.edge || v.node == sourceIndex {
			return nil, false
		}
		raw = v.outputs[v.node].raw
	default:
		return nil, false
	}
	if len(raw) == 0 || len(raw) > maxSearched {
		return nil, false
	}
	text, _ := v.index.Find(raw, steps)
	return text, true
}

// Order implements refs.View.
func (v *view) Order() *jsonvalue.Order { return &v.order }

// outputsOf returns the outputs of those nodes that have completed, by action id.
func (s *state) outputsOf(nodes []int) map[string]any {
	outputs := make(map[string]any, len(nodes))
	for _, node := range nodes {
		if out, ok := s.output(node); ok {
			outputs[s.plan.nodes[node].action.ID] = out
		}
	}
	return outputs
}
