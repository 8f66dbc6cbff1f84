package jsonlogic

import "math"

// opAdd adds what parseFloat makes of its arguments.
func opAdd(m *machine, _ any, args []any) (any, error) {
	sum := 0.0
	for _, a := range args {
		f, err := toFloat(m, a)
		if err != nil {
			return nil, err
		}
		sum += f
	}
	return sum, nil
}

// opMultiply multiplies what parseFloat makes of its arguments. A single argument is returned as it is.
func opMultiply(m *machine, _ any, args []any) (any, error) {
	switch len(args) {
	case 0:
		return nil, ErrNoArguments
	case 1:
		return args[0], nil
	}
	product, err := toFloat(m, args[0])
	if err != nil {
		return nil, err
	}
	for _, a := range args[1:] {
		f, err := toFloat(m, a)
		if err != nil {
			return nil, err
		}
		product = float64((product + 0) * f) // plus zero: parseFloat loses the sign of minus zero
	}
	return product, nil
}

func opSubtract(m *machine, _ any, args []any) (any, error) {
	a, b, err := operands(m, args)
	if err != nil {
		return nil, err
	}
	if _, unary := arg(args, 1).(undefinedValue); unary {
		return -a, nil
	}
	return a - b, nil
}

func opDivide(m *machine, _ any, args []any) (any, error) {
	a, b, err := operands(m, args)
	return a / b, err
}

func opModulo(m *machine, _ any, args []any) (any, error) {
	a, b, err := operands(m, args)
	if err != nil {
		return nil, err
	}
	// The remainder is found bit by bit: 1e308 by 1e-308 is two thousand times the work of 7 by 2.
	_, high := math.Frexp(a)
	_, low := math.Frexp(b)
	return math.Mod(a, b), m.spend(1 + max(high-low, 0)/4)
}

func operands(m *machine, args []any) (a, b float64, err error) {
	if a, err = toNumber(m, arg(args, 0)); err != nil {
		return 0, 0, err
	}
	b, err = toNumber(m, arg(args, 1))
	return a, b, err
}

func opMin(m *machine, _ any, args []any) (any, error) {
	return extreme(m, args, math.Inf(1), math.Min)
}

func opMax(m *machine, _ any, args []any) (any, error) {
	return extreme(m, args, math.Inf(-1), math.Max)
}

// extreme folds numbers. One that is not a number makes the result none, also beside an infinity, where Go's
// functions let the infinity win.
func extreme(m *machine, args []any, start float64, fold func(a, b float64) float64) (any, error) {
	best, numbers := start, true
	for _, a := range args {
		f, err := toNumber(m, a)
		if err != nil {
			return nil, err
		}
		numbers = numbers && !math.IsNaN(f)
		best = fold(best, f)
	}
	if !numbers {
		return math.NaN(), nil
	}
	return best, nil
}
