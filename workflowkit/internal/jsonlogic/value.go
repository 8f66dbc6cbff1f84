package jsonlogic

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
)

// During an evaluation a value is nil, bool, string, float64 (computed), json.Number (as it came), []any with at
// least one item, emptyList, map[string]any, *scope or undefinedValue.

// undefinedValue is JavaScript's undefined: an argument that is not there, or what "and" without arguments gives.
type undefinedValue struct{}

// emptyList is a list without items. JavaScript compares lists by identity, and Go gives all empty slices the same
// address, so an empty list carries what makes it itself: the place it was read from, or a fresh pointer.
type emptyList struct{ id any }

// memberID is the identity of a value by its place in an object.
type memberID struct {
	object uintptr
	key    string
}

// scope is the data that the body of a "reduce" sees. It is an object of two members.
type scope struct{ current, accumulator any }

// newList wraps items that the evaluation made.
func newList(items []any) any {
	if len(items) == 0 {
		return emptyList{id: new(int)}
	}
	return items
}

// asList returns the items of a list.
func asList(v any) (items []any, ok bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case emptyList:
		return nil, true
	}
	return nil, false
}

// identify gives an empty slice its identity and leaves everything else alone. It takes the identity as a function
// since most values need none.
func identify(v any, id func() any) any {
	if list, ok := v.([]any); ok && len(list) == 0 {
		return emptyList{id: id()}
	}
	return v
}

// item reads an item of a list.
func item(list []any, i int) (any, error) {
	v, err := normal(list[i])
	if err != nil {
		return nil, err
	}
	return identify(v, func() any { return &list[i] }), nil
}

// member reads a member of an object, undefined when there is none.
func member(object map[string]any, key string) (any, error) {
	raw, ok := object[key]
	if !ok {
		return undefinedValue{}, nil
	}
	v, err := normal(raw)
	if err != nil {
		return nil, err
	}
	return identify(v, func() any { return memberID{objectID(object), key} }), nil
}

// objectID is the identity of an object.
func objectID(object map[string]any) uintptr { return reflect.ValueOf(object).Pointer() }

// normal brings a Go value into the model, without looking into lists and objects. Nil slices and maps are null, as
// encoding/json writes them.
func normal(v any) (any, error) {
	for {
		literal, ok := v.(Literal)
		if !ok {
			break
		}
		v = literal.Value
	}
	switch v := v.(type) {
	case nil, bool, string, float64, json.Number, undefinedValue, emptyList, *scope:
		return v, nil
	case []any:
		if v == nil {
			return nil, nil
		}
		return v, nil
	case map[string]any:
		if v == nil {
			return nil, nil
		}
		return v, nil
	}
	if number, ok := goNumber(v); ok {
		return number, nil
	}
	return nil, &UnsupportedValueError{Type: fmt.Sprintf("%T", v)}
}

// goNumber brings Go's other number types into the model; integers keep all their digits.
func goNumber(v any) (any, bool) {
	switch v := v.(type) {
	case float32:
		return float64(v), true
	case int, int8, int16, int32, int64:
		return json.Number(strconv.FormatInt(reflect.ValueOf(v).Int(), 10)), true
	case uint, uint8, uint16, uint32, uint64:
		return json.Number(strconv.FormatUint(reflect.ValueOf(v).Uint(), 10)), true
	}
	return nil, false
}
