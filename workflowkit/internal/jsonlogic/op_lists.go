package jsonlogic

// opMap evaluates its second argument with each item of the first as the data.
func opMap(m *machine, data any, args []expr) (any, error) {
	list, err := listArg(m, data, args)
	if err != nil {
		return nil, err
	}
	if err := m.makeItems(len(list)); err != nil {
		return nil, err
	}
	out := make([]any, len(list))
	err = eachItem(m, list, func(i int, v any) (more bool, err error) {
		out[i], err = evaluate(m, v, args, 1)
		return true, err
	})
	return newList(out), err
}

// opFilter keeps the items for which its second argument is true.
func opFilter(m *machine, data any, args []expr) (any, error) {
	list, err := listArg(m, data, args)
	if err != nil {
		return nil, err
	}
	var out []any
	err = eachItem(m, list, func(_ int, v any) (more bool, err error) {
		keep, err := evaluate(m, v, args, 1)
		if err == nil && m.isTrue(keep) {
			out = append(out, v)
			err = m.makeItems(1)
		}
		return true, err
	})
	return newList(out), err
}

// opReduce folds a list: its second argument sees each item as "current" and the result so far as "accumulator".
func opReduce(m *machine, data any, args []expr) (any, error) {
	source, err := evaluate(m, data, args, 0)
	if err != nil {
		return nil, err
	}
	var accumulator any
	if len(args) > 2 {
		if accumulator, err = args[2].eval(m, data); err != nil {
			return nil, err
		}
	}
	list, _ := asList(source)
	err = eachItem(m, list, func(_ int, v any) (more bool, err error) {
		accumulator, err = evaluate(m, &scope{current: v, accumulator: accumulator}, args, 1)
		return true, err
	})
	return accumulator, err
}

// opAll reports whether its second argument is true for all items, and that there are some.
func opAll(m *machine, data any, args []expr) (any, error) {
	list, err := listArg(m, data, args)
	if err != nil || len(list) == 0 {
		return false, err
	}
	found, err := anyItem(m, list, args, false)
	return !found, err
}

// opNone reports whether its second argument is true for no item.
func opNone(m *machine, data any, args []expr) (any, error) {
	list, err := listArg(m, data, args)
	if err != nil {
		return nil, err
	}
	found, err := anyItem(m, list, args, true)
	return !found, err
}

// opSome reports whether its second argument is true for an item.
func opSome(m *machine, data any, args []expr) (any, error) {
	list, err := listArg(m, data, args)
	if err != nil {
		return nil, err
	}
	return anyItem(m, list, args, true)
}

// opMerge makes one list of its arguments, of which those that are lists give their items.
func opMerge(m *machine, _ any, args []any) (any, error) {
	size := 0
	for _, a := range args {
		list, ok := asList(a)
		if ok {
			size += len(list)
		} else {
			size++
		}
	}
	if err := m.makeItems(size); err != nil {
		return nil, err
	}
	out := make([]any, 0, size)
	for _, a := range args {
		list, ok := asList(a)
		if !ok {
			out = append(out, a)
			continue
		}
		for i := range list {
			v, err := item(list, i)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
	}
	return newList(out), nil
}

// listArg evaluates the first argument; anything but a list has no items.
func listArg(m *machine, data any, args []expr) ([]any, error) {
	v, err := evaluate(m, data, args, 0)
	list, _ := asList(v)
	return list, err
}

// anyItem reports whether the second argument's truth is as wanted for an item.
func anyItem(m *machine, list []any, args []expr, want bool) (found bool, err error) {
	err = eachItem(m, list, func(_ int, v any) (more bool, err error) {
		got, err := evaluate(m, v, args, 1)
		found = err == nil && m.isTrue(got) == want
		return !found, err
	})
	return found, err
}

// eachItem calls do for each item until it says stop or fails.
func eachItem(m *machine, list []any, do func(i int, v any) (more bool, err error)) error {
	for i := range list {
		if err := m.spend(1); err != nil {
			return err
		}
		v, err := item(list, i)
		if err != nil {
			return err
		}
		if more, err := do(i, v); !more || err != nil {
			return err
		}
	}
	return nil
}
