package jsonlogic

import "errors"

// expr is a part of a compiled rule.
type expr interface {
	// eval evaluates the part with data. It returns a value of the evaluation's model.
	eval(m *machine, data any) (any, error)
}

var (
	_ expr = (*constant)(nil)
	_ expr = (*list)(nil)
	_ expr = (*call)(nil)
	_ expr = (*unknownCall)(nil)
)

// constant is a value that is itself.
type constant struct{ value any }

func (c *constant) eval(*machine, any) (any, error) { return c.value, nil }

// list is a list in a rule, whose items are rules. It is a new list, with an identity of its own, each time.
type list struct{ items []expr }

func (l *list) eval(m *machine, data any) (any, error) {
	if err := m.spend(1); err != nil {
		return nil, err
	}
	if err := m.makeItems(len(l.items)); err != nil {
		return nil, err
	}
	out := make([]any, len(l.items))
	for i, item := range l.items {
		var err error
		if out[i], err = item.eval(m, data); err != nil {
			return nil, err
		}
	}
	return newList(out), nil
}

// call is an operation.
type call struct {
	name string
	op   operator
	args []expr
	at   *location
}

func (c *call) eval(m *machine, data any) (any, error) {
	if err := m.spend(1 + len(c.args)); err != nil {
		return nil, err
	}
	if c.op.lazy != nil {
		v, err := c.op.lazy(m, data, c.args)
		return v, c.wrap(err)
	}
	// The arguments of all operations under way share one stack. No operation evaluates anything once it has its
	// own, so nobody writes to its part while it runs.
	base := len(m.stack)
	for _, a := range c.args {
		v, err := a.eval(m, data)
		if err != nil {
			return nil, err
		}
		m.stack = append(m.stack, v)
	}
	v, err := c.op.eager(m, data, m.stack[base:])
	m.stack = m.stack[:base]
	return v, c.wrap(err)
}

// wrap names the operation in an error, but for the innermost that failed only.
func (c *call) wrap(err error) error {
	if err == nil {
		return nil
	}
	var inner *OperatorError
	var unknown *UnknownOperatorError
	if errors.As(err, &inner) || errors.As(err, &unknown) {
		return err
	}
	return &OperatorError{Operator: c.name, Path: c.at.pointer(), Err: err}
}

// unknownCall is an operation that does not exist, which matters once an evaluation comes to it.
type unknownCall struct {
	name string
	args []expr
	at   *location
}

func (u *unknownCall) eval(m *machine, data any) (any, error) {
	for _, a := range u.args {
		if _, err := a.eval(m, data); err != nil {
			return nil, err
		}
	}
	return nil, &UnknownOperatorError{Operator: shorten(u.name), Path: u.at.pointer(), Hint: suggest(u.name)}
}
