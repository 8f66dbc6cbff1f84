package workflowkit

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonlogic"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// program is a JSON value of a workflow with its refs parsed. It is immutable; resolving it makes a new value.
type program interface {
	// resolve returns the value with refs resolved. With mark, what a whole-value ref finds is wrapped as a
	// jsonlogic.Literal, so that data is never taken for an operation.
	resolve(view refs.View, mark bool) any
	// templates calls f with each template in the value and its JSON pointer.
	templates(pointer string, f func(pointer string, t *refs.Template))
}

type (
	literalProgram  struct{ value any }
	templateProgram struct{ template *refs.Template }
	arrayProgram    []program
	objectProgram   []objectMember
	objectMember    struct {
		name  string
		value program
	}
)

func (p literalProgram) resolve(refs.View, bool) any                          { return p.value }
func (p literalProgram) templates(string, func(string, *refs.Template))       {}
func (p templateProgram) templates(at string, f func(string, *refs.Template)) { f(at, p.template) }

func (p templateProgram) resolve(view refs.View, mark bool) any {
	value := p.template.Resolve(view)
	if _, whole := p.template.Whole(); whole && mark {
		return jsonlogic.Literal{Value: value}
	}
	return value
}

func (p arrayProgram) resolve(view refs.View, mark bool) any {
	out := make([]any, len(p))
	for i, item := range p {
		out[i] = item.resolve(view, mark)
	}
	return out
}

func (p arrayProgram) templates(at string, f func(string, *refs.Template)) {
	for i, item := range p {
		item.templates(at+"/"+strconv.Itoa(i), f)
	}
}

func (p objectProgram) resolve(view refs.View, mark bool) any {
	out := make(map[string]any, len(p))
	for _, m := range p {
		out[m.name] = m.value.resolve(view, mark)
	}
	return out
}

func (p objectProgram) templates(at string, f func(string, *refs.Template)) {
	for _, m := range p {
		m.value.templates(at+"/"+escapePointer(m.name), f)
	}
}

// compileValue parses the refs in a decoded JSON value. A value without refs becomes a single literal.
func compileValue(value any, pointer string, report func(pointer string, err error)) program {
	switch v := value.(type) {
	case string:
		if !refs.Has(v) {
			return literalProgram{v}
		}
		template, faults := refs.Parse(v)
		for _, err := range faults {
			report(pointer, err)
		}
		if template == nil {
			return literalProgram{v}
		}
		return templateProgram{template}
	case []any:
		out, dynamic := make(arrayProgram, len(v)), false
		for i, item := range v {
			out[i] = compileValue(item, pointer+"/"+strconv.Itoa(i), report)
			dynamic = dynamic || !isLiteral(out[i])
		}
		if !dynamic {
			return literalProgram{v}
		}
		return out
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		sort.Strings(names)
		out, dynamic := make(objectProgram, 0, len(v)), false
		for _, name := range names {
			member := compileValue(v[name], pointer+"/"+escapePointer(name), report)
			out = append(out, objectMember{name, member})
			dynamic = dynamic || !isLiteral(member)
		}
		if !dynamic {
			return literalProgram{v}
		}
		return out
	default:
		return literalProgram{v}
	}
}

func isLiteral(p program) bool {
	_, ok := p.(literalProgram)
	return ok
}

// unmark returns a value without jsonlogic.Literal marks.
func unmark(value any) any {
	switch v := value.(type) {
	case jsonlogic.Literal:
		return v.Value
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = unmark(item)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, member := range v {
			out[name] = unmark(member)
		}
		return out
	default:
		return value
	}
}

// marshalValue writes a decoded JSON value, with the members of objects in the order of their names.
func marshalValue(value any) (json.RawMessage, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("marshal value: %w", err)
	}
	return raw, nil
}
