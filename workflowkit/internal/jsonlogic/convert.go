package jsonlogic

import (
	"encoding/json"
	"math"
)

// objectText is what JavaScript makes of any object that is used as text.
const objectText = "[object Object]"

// textBuilder makes a text within the limits.
type textBuilder struct {
	m   *machine
	buf []byte
}

func (b *textBuilder) add(s string) error {
	if len(b.buf)+len(s) > b.m.limits.text {
		return ErrTooLarge
	}
	if err := b.m.makeText(len(s)); err != nil {
		return err
	}
	b.buf = appendText(b.buf, s)
	return nil
}

// addValue adds a value as Array.prototype.join does, where null and undefined are empty.
func (b *textBuilder) addValue(v any, depth int) error {
	switch v := v.(type) {
	case nil, undefinedValue:
		return b.m.spend(1)
	case []any:
		return b.addList(v, depth)
	}
	s, err := toText(b.m, v)
	if err != nil {
		return err
	}
	return b.add(s)
}

func (b *textBuilder) addList(list []any, depth int) error {
	if depth >= b.m.limits.valueDepth {
		return ErrTooDeep
	}
	for i := range list {
		if i > 0 {
			if err := b.add(","); err != nil {
				return err
			}
		}
		v, err := item(list, i)
		if err != nil {
			return err
		}
		if err := b.addValue(v, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// toText is JavaScript's String(v).
func toText(m *machine, v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case nil:
		return "null", nil
	case undefinedValue:
		return "undefined", nil
	case bool:
		if v {
			return "true", nil
		}
		return "false", nil
	case float64:
		return formatNumber(v), nil
	case json.Number:
		f := parseJSONNumber(v)
		return formatNumber(f), m.spendNumber(len(v), f)
	case []any:
		b := textBuilder{m: m}
		if err := b.addList(v, 0); err != nil {
			return "", err
		}
		return string(b.buf), nil
	case emptyList:
		return "", nil
	}
	return objectToText(v)
}

// objectToText fails where JavaScript finds no method to call.
func objectToText(v any) (string, error) {
	if object, ok := v.(map[string]any); ok {
		if _, hidden := object["toString"]; hidden {
			return "", ErrNoPrimitive
		}
	}
	return objectText, nil
}

// toPrimitive turns lists and objects into text, as JavaScript does before it compares or calculates.
func toPrimitive(m *machine, v any) (any, error) {
	if isContainer(v) {
		return toText(m, v)
	}
	return v, nil
}

// isContainer reports whether v is a list or an object.
func isContainer(v any) bool {
	switch v.(type) {
	case []any, emptyList, map[string]any, *scope:
		return true
	}
	return false
}

// toNumber is JavaScript's Number(v).
func toNumber(m *machine, v any) (float64, error) {
	switch v := v.(type) {
	case float64:
		return v, nil
	case json.Number:
		f := parseJSONNumber(v)
		return f, m.spendNumber(len(v), f)
	case nil:
		return 0, nil
	case undefinedValue:
		return math.NaN(), nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	}
	s, err := toText(m, v)
	if err != nil {
		return 0, err
	}
	f := textToNumber(s)
	return f, m.spendNumber(len(s), f)
}

// toFloat is JavaScript's parseFloat(v), which goes by way of text: null and true are not numbers, "3 apples" is.
func toFloat(m *machine, v any) (float64, error) {
	switch v := v.(type) {
	case float64:
		return v + 0, nil // the text of minus zero is "0"
	case json.Number:
		f := parseJSONNumber(v) + 0
		return f, m.spendNumber(len(v), f)
	}
	s, err := toText(m, v)
	if err != nil {
		return 0, err
	}
	f := leadingNumber(s)
	return f, m.spendNumber(len(s), f)
}

// toInteger is JavaScript's conversion to an integer or an infinity; what is not a number becomes zero.
func toInteger(m *machine, v any) (float64, error) {
	f, err := toNumber(m, v)
	if err != nil || math.IsNaN(f) {
		return 0, err
	}
	return math.Trunc(f), nil
}
