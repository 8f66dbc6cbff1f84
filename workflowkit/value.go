package workflowkit

import (
	"slices"
	"strconv"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonlogic"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// program is a JSON value of a workflow with its refs parsed. It is immutable; resolving it makes a new value.
type program interface {
	// resolve returns the value with refs resolved. It shares parts with the program and the view.
	resolve(r *resolver) any
	// templates calls f with each template in the value and its JSON pointer.
	templates(pointer string, f func(pointer string, t *refs.Template))
}

// resolver resolves the programs of one action's inputs.
type resolver struct {
	view refs.View
	// mark says that what a whole-value ref finds is wrapped as a jsonlogic.Literal, so that data is never taken for an
	// operation.
	mark bool
	// left is how many bytes of text refs may still make, so that texts that quote each other do not grow without end.
	left int
	err  error
}

type (
	literalProgram struct {
		value any
		// text is the value as JSON.
		text []byte
	}
	templateProgram struct{ template *refs.Template }
	arrayProgram    []program
	objectProgram   struct {
		members []objectMember
		// names is the order of the members, unless that is the usual one.
		names []string
	}
	objectMember struct {
		name  string
		value program
	}
)

func (p literalProgram) resolve(*resolver) any                                { return p.value }
func (p literalProgram) templates(string, func(string, *refs.Template))       {}
func (p templateProgram) templates(at string, f func(string, *refs.Template)) { f(at, p.template) }

func (p templateProgram) resolve(r *resolver) any {
	value, err := p.template.Resolve(r.view, r.left)
	if err != nil {
		r.err = err
		return nil
	}
	if _, whole := p.template.Whole(); !whole {
		if text, ok := value.(string); ok {
			r.left -= len(text)
		}
	} else if r.mark {
		return jsonlogic.Literal{Value: value}
	}
	return value
}

func (p arrayProgram) resolve(r *resolver) any {
	out := make([]any, len(p))
	for i, item := range p {
		out[i] = item.resolve(r)
	}
	return out
}

func (p arrayProgram) templates(at string, f func(string, *refs.Template)) {
	for i, item := range p {
		item.templates(at+"/"+strconv.Itoa(i), f)
	}
}

func (p objectProgram) resolve(r *resolver) any {
	out := make(map[string]any, len(p.members))
	for _, m := range p.members {
		out[m.name] = m.value.resolve(r)
	}
	if p.names != nil {
		r.view.Order().Set(out, p.names)
	}
	return out
}

func (p objectProgram) templates(at string, f func(string, *refs.Template)) {
	for _, m := range p.members {
		m.value.templates(at+"/"+escapePointer(m.name), f)
	}
}

// valueCompiler parses the refs in decoded JSON values.
type valueCompiler struct {
	order  *jsonvalue.Order
	report func(pointer string, err error)
}

// compile makes a program of a value. A value without refs becomes a single literal.
func (c *valueCompiler) compile(value any, pointer string) program {
	p := c.parse(value, pointer)
	if literal, ok := p.(literalProgram); ok {
		// The definition is within its limits, and so is each value in it.
		literal.text, _ = jsonvalue.Append(nil, literal.value, c.order, maxLiteral)
		return literal
	}
	return p
}

const maxLiteral = 1 << 30

func (c *valueCompiler) parse(value any, pointer string) program {
	switch v := value.(type) {
	case string:
		if !refs.Has(v) {
			return literalProgram{value: v}
		}
		template, faults := refs.Parse(v)
		for _, err := range faults {
			c.report(pointer, err)
		}
		if template == nil {
			return literalProgram{value: v}
		}
		return templateProgram{template}
	case []any:
		out, dynamic := make(arrayProgram, len(v)), false
		for i, item := range v {
			out[i] = c.parse(item, pointer+"/"+strconv.Itoa(i))
			dynamic = dynamic || !isLiteral(out[i])
		}
		if dynamic {
			return out
		}
	case map[string]any:
		names := c.order.Names(v)
		out, dynamic := objectProgram{members: make([]objectMember, 0, len(v))}, false
		for _, name := range names {
			member := c.parse(v[name], pointer+"/"+escapePointer(name))
			out.members = append(out.members, objectMember{name, member})
			dynamic = dynamic || !isLiteral(member)
		}
		if !slices.IsSorted(names) {
			out.names = names
		}
		if dynamic {
			return out
		}
	}
	return literalProgram{value: value}
}

func isLiteral(p program) bool {
	_, ok := p.(literalProgram)
	return ok
}
