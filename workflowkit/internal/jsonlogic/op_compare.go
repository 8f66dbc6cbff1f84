package jsonlogic

func opEqual(m *machine, _ any, args []any) (any, error) {
	return looseEqual(m, arg(args, 0), arg(args, 1))
}

func opNotEqual(m *machine, _ any, args []any) (any, error) {
	equal, err := looseEqual(m, arg(args, 0), arg(args, 1))
	return !equal, err
}

func opStrictEqual(m *machine, _ any, args []any) (any, error) {
	return strictEqual(m, arg(args, 0), arg(args, 1))
}

func opStrictNotEqual(m *machine, _ any, args []any) (any, error) {
	equal, err := strictEqual(m, arg(args, 0), arg(args, 1))
	return !equal, err
}

func opGreater(m *machine, _ any, args []any) (any, error) {
	by, err := order(m, arg(args, 0), arg(args, 1))
	return by > 0, err
}

func opGreaterEqual(m *machine, _ any, args []any) (any, error) {
	by, err := order(m, arg(args, 0), arg(args, 1))
	return by >= 0, err
}

func opLess(m *machine, _ any, args []any) (any, error) {
	return between(m, args, func(by float64) bool { return by < 0 })
}

func opLessEqual(m *machine, _ any, args []any) (any, error) {
	return between(m, args, func(by float64) bool { return by <= 0 })
}

// between compares two arguments, or three that must be in order. NaN, for values without order, satisfies nothing.
func between(m *machine, args []any, inOrder func(by float64) bool) (any, error) {
	by, err := order(m, arg(args, 0), arg(args, 1))
	if err != nil {
		return nil, err
	}
	if _, absent := arg(args, 2).(undefinedValue); absent || !inOrder(by) {
		return inOrder(by), nil
	}
	by, err = order(m, arg(args, 1), arg(args, 2))
	return inOrder(by), err
}

func opTruthy(m *machine, _ any, args []any) (any, error) { return m.isTrue(arg(args, 0)), nil }

func opNot(m *machine, _ any, args []any) (any, error) { return !m.isTrue(arg(args, 0)), nil }

// opIn finds an item in a list or a text in a text; in anything else there is nothing to be found.
func opIn(m *machine, _ any, args []any) (any, error) {
	switch where := arg(args, 1).(type) {
	case string:
		if where == "" {
			return false, nil
		}
		what, err := toText(m, arg(args, 0))
		if err != nil {
			return nil, err
		}
		return containsText(where, what), m.spendText(len(where) + len(what))
	case []any:
		return containsItem(m, where, arg(args, 0))
	case map[string]any:
		if _, ok := where["indexOf"]; ok {
			return nil, ErrNotSearchable
		}
	}
	return false, nil
}

func containsItem(m *machine, list []any, what any) (any, error) {
	for i := range list {
		v, err := item(list, i)
		if err != nil {
			return nil, err
		}
		if err := m.spend(1); err != nil {
			return nil, err
		}
		if found, err := strictEqual(m, v, what); found || err != nil {
			return found, err
		}
	}
	return false, nil
}
