package workflowkit

import (
	"encoding"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

// flatDecoder decodes JSON objects into a struct of texts, numbers and booleans, which most inputs are. Handlers are
// called anew in every pass of a run, so this is most of what a replay costs. Whatever is not plain is left to
// encoding/json, and so are all errors.
type flatDecoder struct {
	// fields are the struct's fields by their JSON names, in their order, which is mostly that of the text.
	fields []flatName
}

// flatName is the JSON name of a field, and its place in the struct.
type flatName struct {
	name  string
	index int
}

// newFlatDecoder returns a decoder for a type, or nil if the type is not as simple as that.
func newFlatDecoder(t reflect.Type) *flatDecoder {
	if t.Kind() != reflect.Struct || readsItself(t) {
		return nil
	}
	d := &flatDecoder{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() && !f.Anonymous || f.Tag.Get("json") == "-" {
			continue
		}
		if f.Anonymous || !flatKind(f.Type) || strings.Contains(options, "string") || strings.ContainsFunc(name, notPlain) {
			return nil
		}
		if name == "" {
			name = f.Name
		}
		if slices.ContainsFunc(d.fields, func(f flatName) bool { return f.name == name }) {
			return nil
		}
		d.fields = append(d.fields, flatName{name, i})
	}
	return d
}

// field returns the place of the field with a name, or -1. It looks at the one that is next in order first.
func (d *flatDecoder) field(name []byte, next int) (index, after int) {
	for i := range d.fields {
		if i += next; i >= len(d.fields) {
			i -= len(d.fields)
		}
		if d.fields[i].name == string(name) {
			return d.fields[i].index, i + 1
		}
	}
	return -1, next
}

func notPlain(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	return r != '_' && r != '-' && !letter && (r < '0' || r > '9')
}

func readsItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

func flatKind(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String:
		return t != reflect.TypeFor[json.Number]() && !readsItself(t)
	case reflect.Bool, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return !readsItself(t)
	}
	return false
}

// decode fills the struct that v points to. It returns false if the text is not plain: then the struct may be half
// filled, and encoding/json has to say what is right.
func (d *flatDecoder) decode(text []byte, v any) bool {
	target := reflect.ValueOf(v).Elem()
	plain, next := true, 0
	err := jsonvalue.Members(text, func(name, value []byte) {
		var i int
		i, next = d.field(name, next)
		// encoding/json also takes names in other cases.
		plain = plain && i >= 0 && setFlat(target.Field(i), value)
	})
	return err == nil && plain
}

// setFlat sets a field to a value, unless that takes more thought.
func setFlat(f reflect.Value, text []byte) bool {
	switch kind := f.Kind(); {
	case text[0] == 'n':
		return true // as in encoding/json, null changes nothing
	case kind == reflect.String:
		s, ok := jsonvalue.Text(text)
		if ok {
			f.SetString(s)
		}
		return ok
	case kind == reflect.Bool:
		f.SetBool(text[0] == 't')
		return text[0] == 't' || text[0] == 'f'
	case kind == reflect.Float64:
		n, err := strconv.ParseFloat(string(text), 64)
		f.SetFloat(n)
		return err == nil && !math.IsInf(n, 0)
	case f.CanInt():
		n, ok := parseInt(text)
		if !ok || f.OverflowInt(n) {
			return false
		}
		f.SetInt(n)
		return true
	default:
		n, err := strconv.ParseUint(string(text), 10, 64)
		if err != nil || f.OverflowUint(n) {
			return false
		}
		f.SetUint(n)
		return true
	}
}

// parseInt reads an integer. Most are short, which saves looking for what does not fit.
func parseInt(text []byte) (int64, bool) {
	if len(text) == 0 || len(text) > 18 || text[0] == '-' {
		n, err := strconv.ParseInt(string(text), 10, 64)
		return n, err == nil
	}
	n := int64(0)
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, true
}

// decodeResult decodes the result of a step. A replay decodes every one of them, and many are plain.
func decodeResult[T any](text json.RawMessage) (T, error) {
	var out T
	switch p := any(&out).(type) {
	case *string:
		if s, ok := jsonvalue.Text(text); ok {
			*p = s
			return out, nil
		}
	case *bool:
		switch string(text) {
		case "true", "false":
			*p = text[0] == 't'
			return out, nil
		}
	case *int:
		if n, ok := parseInt(text); ok && plainInteger(text) && int64(int(n)) == n {
			*p = int(n)
			return out, nil
		}
	}
	return unmarshal[T](text)
}

// plainInteger reports whether what strconv takes for a number is one in JSON, too: without a plus and leading zeros.
func plainInteger(text []byte) bool {
	if text[0] == '-' {
		text = text[1:]
	}
	return text[0] != '+' && (text[0] != '0' || len(text) == 1)
}

// unmarshal is apart from [decodeResult] because what encoding/json is given has to be on the heap.
func unmarshal[T any](text json.RawMessage) (T, error) {
	var out T
	err := json.Unmarshal(text, &out)
	return out, err
}
