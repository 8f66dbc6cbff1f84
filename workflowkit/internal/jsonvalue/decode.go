package jsonvalue

import (
	"encoding/json"
	"reflect"
	"slices"
)

// Order remembers the order of the members of decoded objects. The zero value is ready to use. It is not safe for
// concurrent use while values are decoded with it.
type Order struct{ names map[uintptr][]string }

// Decode reads a JSON text as nil, bool, string, json.Number, []any and map[string]any. If order is not nil it notes
// the order of the members of all objects in it, as long as these objects are in use. Where a name is repeated the last
// value counts.
func Decode(text []byte, order *Order) (any, error) {
	d := decoder{scanner: scanner{text: text}, order: order}
	d.space()
	value, err := d.value()
	if err != nil {
		return nil, err
	}
	if err := d.end(); err != nil {
		return nil, err
	}
	return value, nil
}

type decoder struct {
	scanner
	order *Order
}

func (d *decoder) value() (any, error) {
	switch c := d.at(); {
	case c == '"':
		return d.string()
	case c == '{':
		return d.object()
	case c == '[':
		return d.list()
	case c == '-' || '0' <= c && c <= '9':
		start := d.pos
		if err := d.number(); err != nil {
			return nil, err
		}
		return json.Number(d.text[start:d.pos]), nil
	case c == 't':
		return true, d.word("true")
	case c == 'f':
		return false, d.word("false")
	case c == 'n':
		return nil, d.word("null")
	}
	return nil, d.unexpected("a value")
}

func (d *decoder) list() (any, error) {
	list := []any{}
	empty, err := d.open(']')
	if empty || err != nil {
		return list, err
	}
	for {
		value, err := d.value()
		if err != nil {
			return nil, err
		}
		list = append(list, value)
		if more, err := d.next(']'); !more {
			return list, err
		}
	}
}

func (d *decoder) object() (any, error) {
	object := map[string]any{}
	empty, err := d.open('}')
	if empty || err != nil {
		return object, err
	}
	var (
		names  []string
		last   string
		sorted = true
	)
	for {
		name, err := d.name()
		if err != nil {
			return nil, err
		}
		value, err := d.value()
		if err != nil {
			return nil, err
		}
		before := len(object)
		object[name] = value
		if added := len(object) > before; added && d.order != nil {
			if sorted && name < last {
				// Only an order that is not the usual one is worth its memory.
				sorted = false
				names = slices.DeleteFunc(sortedNames(object), func(other string) bool { return other == name })
			}
			if !sorted {
				names = append(names, name)
			}
			last = name
		}
		more, err := d.next('}')
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
	}
	if !sorted {
		d.order.Set(object, names)
	}
	return object, nil
}

// Set notes the order of an object's members. A nil Order notes nothing.
func (o *Order) Set(object map[string]any, names []string) {
	if o == nil {
		return
	}
	if o.names == nil {
		o.names = map[uintptr][]string{}
	}
	o.names[reflect.ValueOf(object).Pointer()] = names
}

// Names returns the names of an object's members in their order.
func (o *Order) Names(object map[string]any) []string {
	if o == nil || o.names == nil {
		return sortedNames(object)
	}
	names, ok := o.names[reflect.ValueOf(object).Pointer()]
	if !ok || len(names) != len(object) {
		return sortedNames(object)
	}
	for _, name := range names {
		// An object that is no longer in use can leave its address to another one.
		if _, ok := object[name]; !ok {
			return sortedNames(object)
		}
	}
	return names
}
