package workflowkit

import (
	"encoding/json"
	"reflect"
	"sync"
)

// inputReader decodes the inputs of a typed action. It is safe for concurrent use.
type inputReader[In any] struct {
	flat *flatDecoder
	// targets are values to decode into, each of which would be on the heap.
	targets sync.Pool
}

func newInputReader[In any]() *inputReader[In] {
	return &inputReader[In]{
		flat: newFlatDecoder(reflect.TypeFor[In]()), targets: sync.Pool{New: func() any { return new(In) }},
	}
}

func (r *inputReader[In]) read(raw json.RawMessage) (In, error) {
	if r.flat == nil {
		return unmarshal[In](raw)
	}
	target := r.targets.Get().(*In) //nolint:forcetypeassert // made by New
	plain := r.flat.decode(raw, target)
	in := *target
	*target = *new(In)
	r.targets.Put(target)
	if !plain {
		return unmarshal[In](raw)
	}
	return in, nil
}
