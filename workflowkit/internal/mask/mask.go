// Package mask finds the values that a JSON Schema marks as secret, and replaces them.
package mask

import (
	"maps"
	"regexp"
	"slices"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

// Secret is what stands in for a secret value.
const Secret = "[secret]"

// growth is how many times longer a text can become: a digit is replaced by a text with quotes.
const growth = 2 + len(Secret)

// Mask says which parts of a value are secret. A nil mask says that none is. It is immutable and may refer to itself, as
// schemas do.
type Mask struct {
	// all says that the value is secret as a whole.
	all bool
	// also are further masks of the same value. If one of several alternatives marks a part, then it is secret.
	also       []*Mask
	properties map[string]*Mask
	patterns   []pattern
	// additional is for the properties that are not described otherwise.
	additional []*Mask
	// prefix are the masks of the first items, and items are those of the rest.
	prefix, items []*Mask
}

type pattern struct {
	// expression is nil if it cannot be read; then it stands for any name.
	expression *regexp.Regexp
	mask       *Mask
}

// Text returns a JSON text with its secret parts replaced. A text that cannot be read is secret as a whole.
func (m *Mask) Text(text []byte) []byte {
	if m == nil || len(text) == 0 {
		return text
	}
	var order jsonvalue.Order
	value, err := jsonvalue.Decode(text, &order)
	if err != nil {
		return jsonvalue.AppendString(nil, Secret)
	}
	masked, changed := apply([]*Mask{m}, value, &order)
	if !changed {
		return text
	}
	out, err := jsonvalue.Append(nil, masked, &order, growth*len(text)+len(Secret))
	if err != nil {
		return jsonvalue.AppendString(nil, Secret)
	}
	return out
}

// Apply returns a decoded JSON value with its secret parts replaced. It shares the rest with the value, which is not
// modified.
func (m *Mask) Apply(value any) any {
	if m == nil {
		return value
	}
	masked, _ := apply([]*Mask{m}, value, nil)
	return masked
}

// apply reports whether anything was replaced.
func apply(masks []*Mask, value any, order *jsonvalue.Order) (masked any, changed bool) {
	masks = together(masks)
	for _, m := range masks {
		if m.all {
			return Secret, true
		}
	}
	switch v := value.(type) {
	case map[string]any:
		return applyObject(masks, v, order)
	case []any:
		return applyArray(masks, v, order)
	}
	return value, false
}

// together returns the masks with all that are masks of the same value.
func together(masks []*Mask) []*Mask {
	if len(masks) == 0 {
		return nil
	}
	seen := make(map[*Mask]bool, len(masks))
	var out []*Mask
	for len(masks) > 0 {
		m := masks[len(masks)-1]
		masks = masks[:len(masks)-1]
		if m == nil || seen[m] {
			continue
		}
		seen[m] = true
		out = append(out, m)
		masks = append(masks[:len(masks):len(masks)], m.also...)
	}
	return out
}

func applyObject(masks []*Mask, object map[string]any, order *jsonvalue.Order) (any, bool) {
	var out map[string]any
	for name, member := range object {
		var inner []*Mask
		for _, m := range masks {
			inner = m.property(inner, name)
		}
		masked, changed := apply(inner, member, order)
		if !changed {
			continue
		}
		if out == nil {
			out = maps.Clone(object)
			if order != nil {
				order.Set(out, order.Names(object))
			}
		}
		out[name] = masked
	}
	if out == nil {
		return object, false
	}
	return out, true
}

// property appends the masks of a property.
func (m *Mask) property(inner []*Mask, name string) []*Mask {
	p, known := m.properties[name]
	if p != nil {
		inner = append(inner, p)
	}
	for _, pattern := range m.patterns {
		if pattern.expression == nil || pattern.expression.MatchString(name) {
			known = true
			if pattern.mask != nil {
				inner = append(inner, pattern.mask)
			}
		}
	}
	if !known {
		inner = append(inner, m.additional...)
	}
	return inner
}

func applyArray(masks []*Mask, array []any, order *jsonvalue.Order) (any, bool) {
	var out []any
	for i, item := range array {
		var inner []*Mask
		for _, m := range masks {
			if i < len(m.prefix) {
				inner = append(inner, m.prefix[i])
			} else {
				inner = append(inner, m.items...)
			}
		}
		masked, changed := apply(inner, item, order)
		if !changed {
			continue
		}
		if out == nil {
			out = slices.Clone(array)
		}
		out[i] = masked
	}
	if out == nil {
		return array, false
	}
	return out, true
}
