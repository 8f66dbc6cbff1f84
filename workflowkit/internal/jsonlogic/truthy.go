package jsonlogic

import (
	"encoding/json"
	"math"
)

// Truthy reports whether JavaScript takes a JSON value as true in a condition. Null, false, zero, NaN and the empty
// text are false; everything else is true, the empty list and the empty object too. It is the truthiness of edges
// (rule 7 of the engine's design). Values outside the JSON model count as objects.
func Truthy(v any) bool {
	plain, err := normal(v)
	if err != nil {
		return true
	}
	return truthy(plain)
}

// LogicTruthy reports whether json-logic-js takes a JSON value as true. It differs from [Truthy] in one value: the
// empty list is false.
func LogicTruthy(v any) bool {
	plain, err := normal(v)
	if err != nil {
		return true
	}
	if list, ok := plain.([]any); ok && len(list) == 0 {
		return false
	}
	return logicTruthy(plain)
}

func truthy(v any) bool {
	switch v := v.(type) {
	case nil, undefinedValue:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case float64:
		return v != 0 && !math.IsNaN(v)
	case json.Number:
		return truthy(parseJSONNumber(v))
	}
	return true
}

func logicTruthy(v any) bool {
	if _, ok := v.(emptyList); ok {
		return false
	}
	return truthy(v)
}

// isTrue is logicTruthy at the machine's cost. That the budget is used up is noticed by whatever spends next.
func (m *machine) isTrue(v any) bool {
	number, ok := v.(json.Number)
	if !ok {
		return logicTruthy(v)
	}
	f := parseJSONNumber(number)
	_ = m.spendNumber(len(number), f)
	return f != 0 && !math.IsNaN(f)
}
