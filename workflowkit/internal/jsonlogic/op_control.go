package jsonlogic

// opIf evaluates conditions in turn and then the branch of the first true one; a last argument without a branch is
// the branch of none.
func opIf(m *machine, data any, args []expr) (any, error) {
	i := 0
	for ; i+1 < len(args); i += 2 {
		condition, err := args[i].eval(m, data)
		if err != nil {
			return nil, err
		}
		if m.isTrue(condition) {
			return args[i+1].eval(m, data)
		}
	}
	if i < len(args) {
		return args[i].eval(m, data)
	}
	return nil, nil
}

// opAnd returns the first argument that is not true, else the last one.
func opAnd(m *machine, data any, args []expr) (any, error) {
	return firstThat(m, data, args, false)
}

// opOr returns the first argument that is true, else the last one.
func opOr(m *machine, data any, args []expr) (any, error) {
	return firstThat(m, data, args, true)
}

func firstThat(m *machine, data any, args []expr, is bool) (any, error) {
	var current any = undefinedValue{}
	for _, a := range args {
		var err error
		if current, err = a.eval(m, data); err != nil {
			return nil, err
		}
		if m.isTrue(current) == is {
			break
		}
	}
	return current, nil
}

// opLog returns its argument. json-logic-js prints it too, which is not for a rule of a stranger to do.
func opLog(_ *machine, _ any, args []any) (any, error) { return arg(args, 0), nil }
