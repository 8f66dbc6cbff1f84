package workflowkit

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// flatEncoder writes structs of texts, integers and booleans, which most outputs are, as encoding/json does. A replay
// writes them all again. Whatever is not plain is left to encoding/json.
type flatEncoder struct{ fields []flatField }

type flatField struct {
	index int
	// key is the name as JSON, with its colon.
	key       string
	omitEmpty bool
}

// newFlatEncoder returns an encoder for a type, or nil if the type is not as simple as that.
func newFlatEncoder(t reflect.Type) *flatEncoder {
	if t.Kind() != reflect.Struct || writesItself(t) {
		return nil
	}
	e := &flatEncoder{}
	seen := map[string]bool{}
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		if !f.IsExported() && !f.Anonymous || tag == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		if f.Anonymous || !flatOutput(f.Type) || seen[name] || strings.ContainsFunc(name, notPlain) || options != "" && options != "omitempty" {
			return nil
		}
		seen[name] = true
		e.fields = append(e.fields, flatField{index: i, key: `"` + name + `":`, omitEmpty: options != ""})
	}
	return e
}

func writesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[json.Marshaler]()) || p.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}

func flatOutput(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String:
		return t != reflect.TypeFor[json.Number]() && !writesItself(t)
	case reflect.Bool,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return !writesItself(t)
	}
	return false
}

// encode writes a struct, or returns false if a text in it needs escapes.
func (e *flatEncoder) encode(v any) (json.RawMessage, bool) {
	value := reflect.ValueOf(v)
	var most [256]byte // on the stack: the result is a copy of the right size
	out := append(most[:0], '{')
	for i := range e.fields {
		field := &e.fields[i]
		f := value.Field(field.index)
		if field.omitEmpty && f.IsZero() {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(out, field.key...)
		switch kind := f.Kind(); {
		case kind == reflect.String:
			text := f.String()
			if !unescaped(text) {
				return nil, false
			}
			out = append(append(append(out, '"'), text...), '"')
		case kind == reflect.Bool:
			out = strconv.AppendBool(out, f.Bool())
		case kind <= reflect.Int64:
			out = strconv.AppendInt(out, f.Int(), 10)
		default:
			out = strconv.AppendUint(out, f.Uint(), 10)
		}
	}
	return bytes.Clone(append(out, '}')), true
}

// unescaped reports whether a text stands for itself in what encoding/json writes.
func unescaped(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ' || c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}
