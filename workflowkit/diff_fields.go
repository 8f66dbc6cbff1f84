package workflowkit

import (
	"encoding/json"
	"strconv"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/ordered"
)

// item is an action or an edge, ready to be compared.
type item struct {
	id    string
	raw   json.RawMessage
	value any
	// key is the same for items that are written the same but for the order of members.
	key string
}

// items are the parts of a workflow.
type items struct {
	actions, edges []item
	// rest holds the other members.
	rest map[string]any
}

func itemsOf(w *Workflow) items {
	out := items{rest: map[string]any{}}
	if w == nil {
		return out
	}
	for _, a := range w.Actions {
		out.actions = append(out.actions, newItem(a.ID, a))
	}
	for _, e := range w.Edges {
		out.edges = append(out.edges, newItem(e.ID(), e))
	}
	raw, err := (&Workflow{Name: w.Name, Description: w.Description, Metadata: w.Metadata, members: w.members}).MarshalJSON()
	if err != nil {
		return out
	}
	members, err := ordered.Parse(raw)
	if err != nil {
		return out
	}
	for _, m := range members {
		if m.Name == "actions" || m.Name == "edges" {
			continue
		}
		out.rest[m.Name], _ = decodeValue(m.Value)
	}
	return out
}

func newItem(id string, v json.Marshaler) item {
	raw, err := v.MarshalJSON()
	if err != nil {
		return item{id: id, raw: jsonNull}
	}
	value, err := decodeValue(raw)
	if err != nil {
		return item{id: id, raw: jsonNull}
	}
	key, _ := marshalValue(value)
	return item{id: id, raw: raw, value: value, key: string(key)}
}

// fieldChanges lists the places where two decoded JSON values differ, in the order of their paths.
func fieldChanges(before, after any) []FieldChange {
	var out []FieldChange
	appendChanges(&out, "", before, after)
	return out
}

func appendChanges(out *[]FieldChange, path string, before, after any) {
	switch a := before.(type) {
	case map[string]any:
		if b, ok := after.(map[string]any); ok {
			appendMemberChanges(out, path, a, b)
			return
		}
	case []any:
		// Items of lists of different lengths cannot be matched without guessing, so such lists are compared whole.
		if b, ok := after.([]any); ok && len(a) == len(b) {
			for i := range a {
				appendChanges(out, path+"/"+strconv.Itoa(i), a[i], b[i])
			}
			return
		}
	}
	if !deepEqual(before, after) {
		*out = append(*out, FieldChange{Path: path, Before: rawOf(before), After: rawOf(after)})
	}
}

func appendMemberChanges(out *[]FieldChange, path string, before, after map[string]any) {
	names := make(map[string]bool, len(before)+len(after))
	for name := range before {
		names[name] = true
	}
	for name := range after {
		names[name] = true
	}
	for _, name := range sortedNames(names) {
		a, had := before[name]
		b, has := after[name]
		at := path + "/" + escapePointer(name)
		switch {
		case !had:
			*out = append(*out, FieldChange{Path: at, After: rawOf(b)})
		case !has:
			*out = append(*out, FieldChange{Path: at, Before: rawOf(a)})
		default:
			appendChanges(out, at, a, b)
		}
	}
}

func rawOf(value any) json.RawMessage {
	raw, err := marshalValue(value)
	if err != nil {
		return jsonNull // unreachable: decoded JSON can be encoded
	}
	return raw
}
