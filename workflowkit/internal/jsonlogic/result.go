package jsonlogic

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// result turns a value of the evaluation into JSON. It looks at all of it, as a list that holds another list many
// times over is small here and endless once it is written out.
func (m *machine) result(v any) (any, error) {
	r := resultWriter{m: m, text: m.limits.resultText}
	out, _, err := r.convert(v, 0)
	if err != nil {
		return nil, fmt.Errorf("result: %w", err)
	}
	return out, nil
}

type resultWriter struct {
	m    *machine
	text int // bytes of text that the result may still hold
}

// convert returns the value in JSON's model and whether it had to be changed for that; what was not is not copied.
func (r *resultWriter) convert(v any, depth int) (out any, changed bool, err error) {
	if depth > r.m.limits.valueDepth {
		return nil, false, ErrTooDeep
	}
	if err := r.m.spend(1); err != nil {
		return nil, false, err
	}
	plain, err := normal(v)
	if err != nil {
		return nil, false, err
	}
	switch p := plain.(type) {
	case nil:
		return nil, v != nil, nil
	case bool:
		_, same := v.(bool)
		return p, !same, nil
	case undefinedValue:
		return nil, true, nil
	case emptyList:
		return []any{}, true, nil
	case string:
		return r.convertText(v, p)
	case float64, json.Number:
		return r.convertNumber(v, p)
	case *scope:
		return r.convertScope(p, depth)
	case []any:
		out, changed, err := r.convertList(p, depth)
		_, same := v.([]any)
		return out, changed || !same, err
	case map[string]any:
		out, changed, err := r.convertObject(p, depth)
		_, same := v.(map[string]any)
		return out, changed || !same, err
	}
	return nil, false, &UnsupportedValueError{Type: fmt.Sprintf("%T", v)}
}

// hold accounts for text in the result.
func (r *resultWriter) hold(n int) error {
	r.text -= n
	if r.text < 0 {
		return ErrTooLarge
	}
	return r.m.spendText(n)
}

// convertText replaces half characters, which Go's texts cannot hold, as encoding/json does when it reads them.
func (r *resultWriter) convertText(v any, s string) (any, bool, error) {
	if err := r.hold(len(s)); err != nil {
		return nil, false, err
	}
	_, same := v.(string)
	if utf8.ValidString(s) {
		return s, !same, nil
	}
	var b strings.Builder
	for len(s) > 0 {
		c, size := decode(s)
		b.WriteRune(c) // which writes U+FFFD for a surrogate
		s = s[size:]
	}
	return b.String(), true, nil
}

func (r *resultWriter) convertNumber(v, plain any) (any, bool, error) {
	if number, ok := plain.(json.Number); ok {
		if !isJSONNumber(string(number)) {
			return nil, false, &UnsupportedValueError{Type: fmt.Sprintf("json.Number %q", shorten(string(number)))}
		}
		_, same := v.(json.Number)
		return number, !same, r.hold(len(number))
	}
	f, _ := plain.(float64)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, true, nil
	}
	return json.Number(formatNumber(f)), true, nil
}

func (r *resultWriter) convertScope(s *scope, depth int) (any, bool, error) {
	out := make(map[string]any, 2)
	for _, member := range []struct {
		name  string
		value any
	}{{"current", s.current}, {"accumulator", s.accumulator}} {
		if _, absent := member.value.(undefinedValue); absent {
			continue
		}
		v, _, err := r.convert(member.value, depth+1)
		if err != nil {
			return nil, false, err
		}
		out[member.name] = v
	}
	return out, true, nil
}

func (r *resultWriter) convertList(in []any, depth int) (any, bool, error) {
	var out []any
	for i, v := range in {
		converted, changed, err := r.convert(v, depth+1)
		if err != nil {
			return nil, false, err
		}
		if changed && out == nil {
			if err := r.m.makeItems(len(in)); err != nil {
				return nil, false, err
			}
			out = append(make([]any, 0, len(in)), in[:i]...)
		}
		if out != nil {
			out = append(out, converted)
		}
	}
	if out == nil {
		return in, false, nil
	}
	return out, true, nil
}

// convertObject visits members in the order of their names, so that of two faults the same is reported every time.
func (r *resultWriter) convertObject(in map[string]any, depth int) (any, bool, error) {
	var out map[string]any
	keys := make([]string, 0, len(in))
	for key := range in {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		if err := r.hold(len(key)); err != nil {
			return nil, false, err
		}
		converted, changed, err := r.convert(in[key], depth+1)
		if err != nil {
			return nil, false, err
		}
		if !changed {
			continue
		}
		if out == nil {
			if err := r.m.makeItems(len(in)); err != nil {
				return nil, false, err
			}
			out = maps.Clone(in)
		}
		out[key] = converted
	}
	if out == nil {
		return in, false, nil
	}
	return out, true, nil
}
