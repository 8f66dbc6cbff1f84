package jsonlogic

import (
	"encoding/json"
	"math"
)

// strictEqual is JavaScript's ===: numbers and texts by value, lists and objects by identity.
func strictEqual(m *machine, a, b any) (bool, error) {
	switch a := a.(type) {
	case nil:
		return b == nil, nil
	case undefinedValue:
		_, ok := b.(undefinedValue)
		return ok, nil
	case bool:
		b, ok := b.(bool)
		return ok && a == b, nil
	case string:
		b, ok := b.(string)
		return ok && a == b, m.spendText(min(len(a), len(b)))
	case float64, json.Number:
		return equalNumbers(m, a, b)
	}
	return sameContainer(a, b), nil
}

// equalNumbers compares a number with any value.
func equalNumbers(m *machine, a, b any) (bool, error) {
	switch b.(type) {
	case float64, json.Number:
	default:
		return false, nil
	}
	x, err := toNumber(m, a)
	if err != nil {
		return false, err
	}
	y, err := toNumber(m, b)
	return x == y, err
}

// sameContainer reports whether two lists or objects are one and the same.
func sameContainer(a, b any) bool {
	switch a := a.(type) {
	case []any:
		b, ok := b.([]any)
		return ok && len(a) > 0 && len(a) == len(b) && &a[0] == &b[0]
	case emptyList:
		b, ok := b.(emptyList)
		return ok && a == b
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && objectID(a) == objectID(b)
	case *scope:
		b, ok := b.(*scope)
		return ok && a == b
	}
	return false
}

// looseEqual is JavaScript's ==.
func looseEqual(m *machine, a, b any) (bool, error) {
	if isNothing(a) || isNothing(b) {
		return isNothing(a) && isNothing(b), nil
	}
	if isContainer(a) && isContainer(b) {
		return sameContainer(a, b), nil
	}
	a, err := toPrimitive(m, a)
	if err != nil {
		return false, err
	}
	if b, err = toPrimitive(m, b); err != nil {
		return false, err
	}
	if x, ok := a.(string); ok {
		if y, ok := b.(string); ok {
			return x == y, m.spendText(min(len(x), len(y)))
		}
	}
	x, err := toNumber(m, a)
	if err != nil {
		return false, err
	}
	y, err := toNumber(m, b)
	return x == y, err
}

func isNothing(v any) bool {
	_, undefined := v.(undefinedValue)
	return v == nil || undefined
}

// order compares two values as JavaScript's < and its kin do: texts by code units, everything else as numbers. It
// returns a negative, zero or positive number, and NaN when the values have no order.
func order(m *machine, a, b any) (float64, error) {
	a, err := toPrimitive(m, a)
	if err != nil {
		return 0, err
	}
	if b, err = toPrimitive(m, b); err != nil {
		return 0, err
	}
	if x, ok := a.(string); ok {
		if y, ok := b.(string); ok {
			return float64(compareText(x, y)), m.spendText(min(len(x), len(y)))
		}
	}
	x, err := toNumber(m, a)
	if err != nil {
		return 0, err
	}
	y, err := toNumber(m, b)
	switch {
	case err != nil:
		return 0, err
	case x < y:
		return -1, nil
	case x > y:
		return 1, nil
	case x == y:
		return 0, nil
	}
	return math.NaN(), nil
}
