package workflowkit

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/ordered"
)

// ParseWorkflow reads a workflow. It accepts whatever can be represented, also workflows that cannot run: use
// [Engine.Validate] to learn what is wrong with one. If the JSON does not have the format's shape the error is an
// *[InvalidError] that names every such place.
func ParseWorkflow(data []byte) (*Workflow, error) {
	w, problems := parseWorkflow(bytes.Clone(data))
	if err := problems.inOrder(data).Err(); err != nil {
		return nil, err
	}
	return w, nil
}

// UnmarshalJSON implements json.Unmarshaler. See [ParseWorkflow].
func (w *Workflow) UnmarshalJSON(data []byte) error {
	parsed, err := ParseWorkflow(data)
	if err != nil {
		return err
	}
	*w = *parsed
	return nil
}

// UnmarshalJSON implements json.Unmarshaler. See [ParseWorkflow].
func (a *WorkflowAction) UnmarshalJSON(data []byte) error {
	p := &parser{}
	action := p.action("", bytes.Clone(data))
	if err := p.problems.Err(); err != nil {
		return err
	}
	*a = action
	return nil
}

// UnmarshalJSON implements json.Unmarshaler. See [ParseWorkflow].
func (e *Edge) UnmarshalJSON(data []byte) error {
	p := &parser{}
	edge := p.edge("", bytes.Clone(data))
	if err := p.problems.Err(); err != nil {
		return err
	}
	*e = edge
	return nil
}

// UnmarshalJSON implements json.Unmarshaler. See [ParseWorkflow].
func (c *Conditional) UnmarshalJSON(data []byte) error {
	p := &parser{}
	conditional := p.conditional(place{}, bytes.Clone(data))
	if err := p.problems.Err(); err != nil {
		return err
	}
	*c = *conditional
	return nil
}

// MarshalJSON implements json.Marshaler.
func (w Workflow) MarshalJSON() ([]byte, error) {
	out := newWriter(w.members)
	out.text("name", w.Name)
	out.text("description", w.Description)
	out.raw("metadata", w.Metadata)
	if err := putList(&out, "actions", w.Actions); err != nil {
		return nil, err
	}
	if err := putList(&out, "edges", w.Edges); err != nil {
		return nil, err
	}
	return out.members.MarshalJSON()
}

// MarshalJSON implements json.Marshaler.
func (a WorkflowAction) MarshalJSON() ([]byte, error) {
	out := newWriter(a.members)
	out.required("id", a.ID)
	out.required("kind", a.Kind)
	out.text("name", a.Name)
	out.text("description", a.Description)
	out.raw("inputs", a.Inputs)
	out.integer("retries", a.Retries)
	out.text("timeout", a.Timeout)
	return out.members.MarshalJSON()
}

// MarshalJSON implements json.Marshaler.
func (e Edge) MarshalJSON() ([]byte, error) {
	out := newWriter(e.members)
	out.required("from", e.From)
	out.required("to", e.To)
	out.text("name", e.Name)
	if e.Conditional == nil {
		out.raw("conditional", nil)
		return out.members.MarshalJSON()
	}
	raw, err := e.Conditional.MarshalJSON()
	if err != nil {
		return nil, err
	}
	out.raw("conditional", raw)
	return out.members.MarshalJSON()
}

// MarshalJSON implements json.Marshaler.
func (c Conditional) MarshalJSON() ([]byte, error) {
	out := newWriter(c.members)
	out.required("type", c.Type)
	out.text("ref", c.Ref)
	out.raw("value", c.Value)
	return out.members.MarshalJSON()
}

// writer puts the fields of a value back among the members it was read from. A field that still has the value that was
// read leaves its member as it was written.
type writer struct {
	members ordered.Object
	// read says that the value was read, and not made by a program.
	read bool
}

func newWriter(members ordered.Object) writer {
	return writer{members: members.Clone(), read: members != nil}
}

func (w *writer) text(name, value string) {
	was, ok := w.members.Get(name)
	if ok && readText(was) == value {
		return
	}
	if value == "" {
		w.members = w.members.Delete(name)
		return
	}
	w.set(name, value)
}

func (w *writer) required(name, value string) {
	if was, ok := w.members.Get(name); ok && readText(was) == value {
		return
	}
	w.set(name, value)
}

func (w *writer) set(name, value string) {
	raw, err := json.Marshal(value)
	if err != nil {
		return // unreachable: strings always marshal
	}
	w.members = w.members.Set(name, raw)
}

// integer writes a whole number. A member that does not read as one is left as it is.
func (w *writer) integer(name string, value *int) {
	was, ok := w.members.Get(name)
	before := readInteger(was)
	switch {
	case ok && (before == nil) == (value == nil) && (value == nil || *before == *value):
	case value == nil:
		w.members = w.members.Delete(name)
	default:
		w.members = w.members.Set(name, strconv.AppendInt(nil, int64(*value), 10))
	}
}

func (w *writer) raw(name string, value json.RawMessage) {
	was, ok := w.members.Get(name)
	switch {
	case ok && (bytes.Equal(was, value) || isNull(was) && isNull(value)):
	case value == nil:
		w.members = w.members.Delete(name)
	default:
		w.members = w.members.Set(name, value)
	}
}

// putList writes a list of values. An empty list leaves an absent or null member alone only if it was read so.
func putList[T json.Marshaler](w *writer, name string, values []T) error {
	if was, ok := w.members.Get(name); len(values) == 0 && (w.read && !ok || ok && isNull(was)) {
		return nil
	}
	raws := make([]json.RawMessage, len(values))
	for i, v := range values {
		raw, err := v.MarshalJSON()
		if err != nil {
			return err
		}
		raws[i] = raw
	}
	raw, err := json.Marshal(raws)
	if err != nil {
		return err
	}
	w.members = w.members.Set(name, raw)
	return nil
}

// readInteger decodes a JSON number that is whole, such as 3 or 3.0; anything else reads as none.
func readInteger(raw json.RawMessage) *int {
	value, err := decodeValue(raw)
	if err != nil {
		return nil
	}
	number, ok := value.(json.Number)
	if !ok {
		return nil
	}
	f, err := number.Float64()
	if err != nil || f != math.Trunc(f) || math.Abs(f) > math.MaxInt32 {
		return nil
	}
	return new(int(f))
}

// readText decodes a JSON string; anything else reads as empty.
func readText(raw json.RawMessage) string {
	value, err := decodeValue(raw)
	if err != nil {
		return ""
	}
	s, _ := value.(string)
	return s
}
