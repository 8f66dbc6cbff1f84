package jsonlogic

// eager is an operation whose arguments are evaluated before it. It must not keep args, which is reused.
type eager func(m *machine, data any, args []any) (any, error)

// lazy is an operation that decides itself which of its arguments are evaluated, and with what data.
type lazy func(m *machine, data any, args []expr) (any, error)

// operator describes an operation: exactly one of eager and lazy is set. The numbers of arguments are those that
// make sense, for Check; the operation itself takes any, as json-logic-js does.
type operator struct {
	least, most int // most is negative when there is no upper bound
	eager       eager
	lazy        lazy
}

// operatorNamed returns the operator of that name.
func operatorNamed(name string) (operator, bool) {
	switch name {
	case "==", "===", "!=", "!==", ">", ">=", "<", "<=", "!!", "!", "in":
		return comparison(name)
	case "+", "*", "-", "/", "%", "min", "max":
		return calculation(name)
	case "if", "?:":
		return operator{1, -1, nil, opIf}, true
	case "and":
		return operator{1, -1, nil, opAnd}, true
	case "or":
		return operator{1, -1, nil, opOr}, true
	case "map":
		return operator{2, 2, nil, opMap}, true
	case "filter":
		return operator{2, 2, nil, opFilter}, true
	case "reduce":
		return operator{2, 3, nil, opReduce}, true
	case "all":
		return operator{2, 2, nil, opAll}, true
	case "none":
		return operator{2, 2, nil, opNone}, true
	case "some":
		return operator{2, 2, nil, opSome}, true
	case "var":
		return operator{0, 2, opVar, nil}, true
	case "missing":
		return operator{0, -1, opMissing, nil}, true
	case "missing_some":
		return operator{2, 2, opMissingSome, nil}, true
	case "merge":
		return operator{0, -1, opMerge, nil}, true
	case "cat":
		return operator{0, -1, opCat, nil}, true
	case "substr":
		return operator{2, 3, opSubstr, nil}, true
	case "log":
		return operator{1, 1, opLog, nil}, true
	}
	return operator{}, false
}

func comparison(name string) (operator, bool) {
	switch name {
	case "==":
		return operator{2, 2, opEqual, nil}, true
	case "===":
		return operator{2, 2, opStrictEqual, nil}, true
	case "!=":
		return operator{2, 2, opNotEqual, nil}, true
	case "!==":
		return operator{2, 2, opStrictNotEqual, nil}, true
	case ">":
		return operator{2, 2, opGreater, nil}, true
	case ">=":
		return operator{2, 2, opGreaterEqual, nil}, true
	case "<":
		return operator{2, 3, opLess, nil}, true
	case "<=":
		return operator{2, 3, opLessEqual, nil}, true
	case "!!":
		return operator{1, 1, opTruthy, nil}, true
	case "!":
		return operator{1, 1, opNot, nil}, true
	}
	return operator{2, 2, opIn, nil}, true
}

func calculation(name string) (operator, bool) {
	switch name {
	case "+":
		return operator{1, -1, opAdd, nil}, true
	case "*":
		return operator{1, -1, opMultiply, nil}, true
	case "-":
		return operator{1, 2, opSubtract, nil}, true
	case "/":
		return operator{2, 2, opDivide, nil}, true
	case "%":
		return operator{2, 2, opModulo, nil}, true
	case "min":
		return operator{1, -1, opMin, nil}, true
	}
	return operator{1, -1, opMax, nil}, true
}

// operatorNames lists all operators, the likelier ones first, so that a suggestion between equals is the better one.
func operatorNames() []string {
	return []string{
		"==", "===", "!=", "!==", ">", ">=", "<", "<=", "!", "!!", "and", "or", "if", "?:", "var", "in", "missing",
		"missing_some", "+", "-", "*", "/", "%", "min", "max", "cat", "substr", "merge", "map", "filter", "reduce",
		"all", "some", "none", "log",
	}
}

// arg returns an argument, undefined when the rule has none at that place.
func arg(args []any, i int) any {
	if i < len(args) {
		return args[i]
	}
	return undefinedValue{}
}

// evaluate evaluates an argument of a lazy operation.
func evaluate(m *machine, data any, args []expr, i int) (any, error) {
	if i < len(args) {
		return args[i].eval(m, data)
	}
	return undefinedValue{}, nil
}
