package jsonlogic

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// compiler turns a rule into expressions and counts what it is made of.
type compiler struct {
	limits limits
	nodes  int
}

// enter accounts for one value at a depth.
func (c *compiler) enter(depth int) error {
	c.nodes++
	if depth > c.limits.depth {
		return fmt.Errorf("rule: %w", ErrTooDeep)
	}
	if c.nodes > c.limits.nodes {
		return fmt.Errorf("rule: %w", ErrTooComplex)
	}
	return nil
}

// compile follows json-logic-js: a list is evaluated item by item, an object with one member is an operation, and
// everything else is itself.
func (c *compiler) compile(rule any, depth int, at *location) (expr, error) {
	if err := c.enter(depth); err != nil {
		return nil, err
	}
	if literal, ok := rule.(Literal); ok {
		v, err := c.plain(literal, at)
		return &constant{v}, err
	}
	v, err := c.plain(rule, at)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case emptyList:
		return &list{}, nil
	case []any:
		items, err := c.compileAll(v, depth, at)
		return &list{items}, err
	case map[string]any:
		if len(v) != 1 {
			data, err := c.copyData(v, depth, at)
			return &constant{data}, err
		}
		for name, args := range v {
			return c.compileCall(name, args, depth, at.member(name))
		}
	}
	return &constant{v}, nil
}

func (c *compiler) compileAll(rules []any, depth int, at *location) ([]expr, error) {
	out := make([]expr, len(rules))
	for i, rule := range rules {
		var err error
		if out[i], err = c.compile(rule, depth+1, at.item(i)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *compiler) compileCall(name string, values any, depth int, at *location) (expr, error) {
	args, err := c.compileArgs(values, depth, at)
	if err != nil {
		return nil, err
	}
	op, ok := operatorNamed(name)
	if !ok {
		return &unknownCall{name, args, at}, nil
	}
	return &call{name, op, args, at}, nil
}

// compileArgs compiles arguments; a single one need not be in a list.
func (c *compiler) compileArgs(values any, depth int, at *location) ([]expr, error) {
	if literal, ok := values.(Literal); ok {
		return c.spread(literal, at)
	}
	if items, ok := values.([]any); ok && items != nil {
		if err := c.enter(depth + 1); err != nil {
			return nil, err
		}
		return c.compileAll(items, depth+1, at)
	}
	only, err := c.compile(values, depth+1, at)
	return []expr{only}, err
}

// spread makes arguments of a literal. They do not count as nodes, as they are as many as the data has items.
func (c *compiler) spread(literal Literal, at *location) ([]expr, error) {
	v, err := c.plain(literal, at)
	if err != nil {
		return nil, err
	}
	items, ok := asList(v)
	if !ok {
		return []expr{&constant{v}}, nil
	}
	out := make([]expr, len(items))
	for i := range items {
		v, err := item(items, i)
		if err != nil {
			return nil, locate(err, at.item(i))
		}
		out[i] = &constant{v}
	}
	return out, nil
}

// copyData copies an object that is data, with the objects and lists in it, and takes Literals out of their wrapping.
func (c *compiler) copyData(v any, depth int, at *location) (any, error) {
	if err := c.enter(depth); err != nil {
		return nil, err
	}
	if literal, ok := v.(Literal); ok {
		return literal.Value, nil
	}
	plain, err := normal(v)
	if err != nil {
		return nil, locate(err, at)
	}
	switch v := plain.(type) {
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			if out[i], err = c.copyData(item, depth+1, at.item(i)); err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) { // in order, so that of two faults the same is reported
			if out[key], err = c.copyData(v[key], depth+1, at.member(key)); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return plain, nil
}

// plain brings a value of the rule into the model.
func (c *compiler) plain(v any, at *location) (any, error) {
	plain, err := normal(v)
	if err != nil {
		return nil, locate(err, at)
	}
	return identify(plain, func() any { return new(int) }), nil
}

// locate adds to an unsupported value where in the rule it is.
func locate(err error, at *location) error {
	var unsupported *UnsupportedValueError
	if errors.As(err, &unsupported) {
		return &UnsupportedValueError{Path: at.pointer(), Type: unsupported.Type}
	}
	return err
}
