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

// literals returns a struct in which the inputs without refs are set, and the places of all inputs in it. It returns
// nothing if an input has no place, or is not plain.
func (r *flatReader) literals(inputs []plannedInput) (set reflect.Value, fields []int) {
	if r == nil {
		return reflect.Value{}, nil
	}
	set, fields = reflect.ValueOf(r.targets.New()).Elem(), make([]int, len(inputs))
	for k := range inputs {
		if fields[k], _ = r.decoder.field([]byte(inputs[k].name), 0); fields[k] < 0 {
			return reflect.Value{}, nil
		}
		literal, ok := inputs[k].value.(literalProgram)
		field := set.Field(fields[k])
		if text, isText := literal.value.(string); isText && field.Kind() == reflect.String {
			field.SetString(text) // without a copy
		} else if ok && !setFlat(field, literal.text) {
			return reflect.Value{}, nil
		}
	}
	return set, fields
}

// filling is a struct that is being filled. The zero value fills nothing.
type filling struct {
	target any
	value  reflect.Value
}

// fill begins to fill a struct of the handler's input type.
func (p *inputsPlan) fill(kind *registered) filling {
	if !p.literals.IsValid() {
		return filling{}
	}
	target := kind.flat.targets.Get()
	value := reflect.ValueOf(target).Elem()
	value.Set(p.literals)
	return filling{target, value}
}

// set sets a field to a JSON value. If it is not plain, the inputs are left to encoding/json, and so are the errors.
func (f *filling) set(field int, text []byte) {
	if f.target != nil && !setFlat(f.value.Field(field), text) {
		f.target = nil
	}
}
