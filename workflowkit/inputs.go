package workflowkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/mask"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/ordered"
)

// Input describes one input of an action.
type Input struct {
	// Name is the input's key in a workflow's "inputs".
	Name string `json:"-"`
	// Type is the JSON Schema (2020-12) of the value. Empty means any value.
	Type json.RawMessage `json:"type"`
	// FieldType refines the form field of a string: "text" or "textarea". Empty means "text".
	FieldType string `json:"fieldType,omitempty"`
	// Required says that a workflow must set the input. It has no effect if Type has a default.
	Required bool `json:"required,omitempty"`
}

// Inputs describe the inputs of an action, in the order in which a form shows them. Their JSON form is an object with
// a member for each input.
type Inputs []Input

// MarshalJSON implements json.Marshaler.
func (in Inputs) MarshalJSON() ([]byte, error) {
	object := ordered.Object{}
	for _, input := range in {
		if len(input.Type) == 0 {
			input.Type = json.RawMessage("{}")
		}
		raw, err := json.Marshal(input)
		if err != nil {
			return nil, fmt.Errorf("input %q: %w", input.Name, err)
		}
		object = append(object, ordered.Member{Name: input.Name, Value: raw})
	}
	return object.MarshalJSON()
}

// UnmarshalJSON implements json.Unmarshaler.
func (in *Inputs) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		*in = nil
		return nil
	}
	object, err := ordered.Parse(data)
	if err != nil {
		return fmt.Errorf("inputs: %w", err)
	}
	out := make(Inputs, 0, len(object))
	for _, m := range object {
		var input Input
		if err := json.Unmarshal(m.Value, &input); err != nil {
			return fmt.Errorf("input %q: %w", m.Name, err)
		}
		input.Name = m.Name
		out = append(out, input)
	}
	*in = out
	return nil
}

// replacedBy returns the inputs with those that are described in other replaced, and its further ones added.
func (in Inputs) replacedBy(other Inputs) Inputs {
	out := append(Inputs(nil), in...)
	for _, o := range other {
		if i := out.index(o.Name); i >= 0 {
			out[i] = o
			continue
		}
		out = append(out, o)
	}
	return out
}

func (in Inputs) index(name string) int {
	for i := range in {
		if in[i].Name == name {
			return i
		}
	}
	return -1
}

// compiledInput is an input with its schema ready to use.
type compiledInput struct {
	Input
	schema       *schema
	shape        *typeShape
	defaultValue any
	hasDefault   bool
	// secret says what is secret in the input. It is nil if nothing is.
	secret *mask.Mask
}

// compiledInputs are the inputs of a kind, ready to check a workflow's.
type compiledInputs struct {
	list   []compiledInput
	byName map[string]int
	// open says that inputs which are not described are allowed.
	open bool
}

// compileInputs prepares the inputs of a kind. The error names everything that is wrong with them.
func compileInputs(in Inputs, open bool) (*compiledInputs, error) {
	out := &compiledInputs{byName: make(map[string]int, len(in)), open: open}
	var faults []error
	for _, input := range in {
		if input.Name == "" {
			faults = append(faults, errors.New("an input has no name"))
			continue
		}
		if _, dup := out.byName[input.Name]; dup {
			faults = append(faults, fmt.Errorf("input %q is described twice", input.Name))
			continue
		}
		c, err := compileInput(input)
		if err != nil {
			faults = append(faults, fmt.Errorf("input %q: %w", input.Name, err))
			continue
		}
		out.byName[input.Name] = len(out.list)
		out.list = append(out.list, *c)
	}
	return out, errors.Join(faults...)
}

func compileInput(input Input) (*compiledInput, error) {
	switch input.FieldType {
	case "", "text", "textarea":
	default:
		return nil, fmt.Errorf("field type %q: editors know \"text\" and \"textarea\"", input.FieldType)
	}
	c := &compiledInput{Input: input}
	var err error
	if c.schema, err = compileSchema(input.Type); err != nil {
		return nil, err
	}
	c.shape, c.secret = shapeOf(input.Type), mask.Of(input.Type)
	if c.defaultValue, c.hasDefault = schemaDefault(input.Type); c.hasDefault {
		if faults := c.schema.check(c.defaultValue); len(faults) > 0 {
			return nil, fmt.Errorf("default does not fit the schema: %s", faults[0].message)
		}
	}
	return c, nil
}

// schemaDefault reads the default of a schema.
func schemaDefault(raw json.RawMessage) (any, bool) {
	var s struct {
		Default json.RawMessage `json:"default"`
	}
	if json.Unmarshal(raw, &s) != nil || len(bytes.TrimSpace(s.Default)) == 0 {
		return nil, false
	}
	value, err := jsonvalue.Decode(s.Default, nil)
	return value, err == nil
}
