package jsonvalue

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Append writes a decoded value as compact JSON at the end of dst, objects with their members in the order that is
// noted in order, or else sorted by name; order may be nil. It returns [ErrTooLong] once dst has more than most bytes.
func Append(dst []byte, value any, order *Order, most int) ([]byte, error) {
	var err error
	switch v := value.(type) {
	case nil:
		dst = append(dst, "null"...)
	case bool:
		if v {
			dst = append(dst, "true"...)
		} else {
			dst = append(dst, "false"...)
		}
	case string:
		if len(v) > most {
			return dst, ErrTooLong
		}
		dst = appendString(dst, v)
	case json.Number:
		if v == "" {
			v = "0"
		}
		dst = append(dst, v...)
	case []any:
		dst = append(dst, '[')
		for i, item := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = Append(dst, item, order, most); err != nil {
				return dst, err
			}
		}
		dst = append(dst, ']')
	case map[string]any:
		dst = append(dst, '{')
		for i, name := range order.Names(v) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendString(dst, name), ':')
			if dst, err = Append(dst, v[name], order, most); err != nil {
				return dst, err
			}
		}
		dst = append(dst, '}')
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			return dst, fmt.Errorf("value of type %T: %w", v, err)
		}
		dst = append(dst, raw...)
	}
	if len(dst) > most {
		return dst, ErrTooLong
	}
	return dst, nil
}

// AppendString writes a text as a JSON string at the end of dst.
func AppendString(dst []byte, text string) []byte { return appendString(dst, text) }

// Clone returns a value with lists and objects of its own.
func Clone(value any) any {
	switch v := value.(type) {
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = Clone(item)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, member := range v {
			out[name] = Clone(member)
		}
		return out
	default:
		return value
	}
}

// sortedNames returns the names of an object's members, sorted.
func sortedNames(object map[string]any) []string {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
