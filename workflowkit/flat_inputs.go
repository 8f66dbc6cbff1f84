package workflowkit

import (
	"encoding/json"
	"reflect"
	"sync"
)

// callInputs are the inputs that a handler is called with.
type callInputs struct {
	// text is the JSON object of the inputs.
	text json.RawMessage
	// typed points to a struct of the handler's input type that has been filled with them while they were resolved. It is
	// nil if that was not possible, and can be used once.
	typed any
}

// inputReader decodes the inputs of a typed action. It is safe for concurrent use.
type inputReader[In any] struct {
	// flat is nil if In is not a flat struct.
	flat *flatReader
}

func newInputReader[In any]() *inputReader[In] {
	r := &inputReader[In]{}
	if decoder := newFlatDecoder(reflect.TypeFor[In]()); decoder != nil {
		r.flat = &flatReader{decoder: decoder}
		r.flat.targets.New = func() any { return new(In) }
	}
	return r
}

func (r *inputReader[In]) read(inputs callInputs) (In, error) {
	if r.flat == nil {
		return unmarshal[In](inputs.text)
	}
	target, plain := inputs.typed.(*In)
	if !plain {
		target = r.flat.targets.Get().(*In) //nolint:forcetypeassert // made by New
		plain = r.flat.decoder.decode(inputs.text, target)
	}
	in := *target
	*target = *new(In)
	r.flat.targets.Put(target)
	if !plain {
		return unmarshal[In](inputs.text)
	}
	return in, nil
}

// flatReader fills flat structs with inputs, one after another.
type flatReader struct {
	decoder *flatDecoder
	// targets are pointers to empty structs. Each would be on the heap.
	targets sync.Pool
}

// fields returns the places in the struct of the inputs, or nil if one has none.
func (r *flatReader) fields(inputs []plannedInput) []int {
	if r == nil {
		return nil
	}
	fields := make([]int, len(inputs))
	for k := range inputs {
		if fields[k], _ = r.decoder.field([]byte(inputs[k].name), 0); fields[k] < 0 {
			return nil
		}
	}
	return fields
}

// filling is a struct that is being filled. The zero value fills nothing.
type filling struct {
	fields []int
	target any
	value  reflect.Value
}

// fill begins to fill a struct with the inputs of an action.
func (planned *planNode) fill() filling {
	if planned.fields == nil {
		return filling{}
	}
	target := planned.kind.flat.targets.Get()
	return filling{fields: planned.fields, target: target, value: reflect.ValueOf(target).Elem()}
}

// literal sets the field of an input to what the workflow says.
func (f *filling) literal(k int, p *literalProgram) {
	if f.fields == nil {
		return
	}
	field := f.value.Field(f.fields[k])
	if text, ok := p.value.(string); ok && field.Kind() == reflect.String {
		field.SetString(text) // without a copy
		return
	}
	if !setFlat(field, p.text) {
		f.giveUp()
	}
}

// text sets the field of an input to a JSON value.
func (f *filling) text(k int, text []byte) {
	if f.fields != nil && !setFlat(f.value.Field(f.fields[k]), text) {
		f.giveUp()
	}
}

// giveUp leaves the inputs to encoding/json, and so the errors.
func (f *filling) giveUp() { f.fields, f.target = nil, nil }
