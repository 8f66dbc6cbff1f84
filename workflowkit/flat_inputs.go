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

// flatInputs are the inputs of an action in the workflow as fields of the handler's input type.
type flatInputs struct {
	reader *flatReader
	// fields are the places of the inputs.
	fields []int
	// literals is a struct in which the inputs without refs are set. It is never modified.
	literals reflect.Value
}

// newFlatInputs returns nil if an input has no place in the input type, or is not plain.
func newFlatInputs(reader *flatReader, inputs []plannedInput) *flatInputs {
	if reader == nil {
		return nil
	}
	f := &flatInputs{reader: reader, fields: make([]int, len(inputs)), literals: reflect.ValueOf(reader.targets.New()).Elem()}
	for k := range inputs {
		field, _ := reader.decoder.field([]byte(inputs[k].name), 0)
		if field < 0 {
			return nil
		}
		f.fields[k] = field
		if literal, ok := inputs[k].value.(literalProgram); ok && !setFlat(f.literals.Field(field), literal.text) {
			return nil
		}
	}
	return f
}

func (f *flatInputs) field(k int) int {
	if f == nil {
		return -1
	}
	return f.fields[k]
}

// filling is a struct that is being filled. The zero value fills nothing.
type filling struct {
	target any
	value  reflect.Value
}

// fill begins to fill a struct.
func (f *flatInputs) fill() filling {
	if f == nil {
		return filling{}
	}
	target := f.reader.targets.Get()
	value := reflect.ValueOf(target).Elem()
	value.Set(f.literals)
	return filling{target, value}
}

// set sets a field to a JSON value. If it is not plain, the inputs are left to encoding/json, and so are the errors.
func (f *filling) set(field int, text []byte) {
	if f.target != nil && !setFlat(f.value.Field(field), text) {
		f.target = nil
	}
}
