package jsonlogic

import "math"

// opCat joins its arguments as text.
func opCat(m *machine, _ any, args []any) (any, error) {
	b := textBuilder{m: m}
	for _, a := range args {
		if err := b.addValue(a, 0); err != nil {
			return nil, err
		}
	}
	return string(b.buf), nil
}

// opSubstr cuts a text by code units: from a start, which counts from the end when negative, a number of units, or,
// when that is negative, up to so many units before the end.
func opSubstr(m *machine, _ any, args []any) (any, error) {
	source, err := toText(m, arg(args, 0))
	if err != nil {
		return nil, err
	}
	if err := m.makeText(len(source)); err != nil {
		return nil, err
	}
	count := arg(args, 2)
	by, err := order(m, count, 0.0)
	if err != nil {
		return nil, err
	}
	if by < 0 {
		return substrBeforeEnd(m, source, arg(args, 1), count)
	}
	return substr(m, source, arg(args, 1), count)
}

func substrBeforeEnd(m *machine, source string, start, end any) (any, error) {
	rest, err := substr(m, source, start, undefinedValue{})
	if err != nil {
		return nil, err
	}
	switch end.(type) {
	case string, []any:
		// JavaScript's + joins the length and this argument to a text such as "5-1", which is no number of units.
		return "", nil
	}
	left, err := toNumber(m, end)
	if err != nil {
		return nil, err
	}
	return substr(m, rest, 0.0, float64(unitLen(rest))+left)
}

// substr is String.prototype.substr.
func substr(m *machine, source string, start, count any) (string, error) {
	size := float64(unitLen(source))
	from, err := toInteger(m, start)
	if err != nil {
		return "", err
	}
	if from < 0 {
		from = max(size+from, 0)
	}
	length := size
	if _, absent := count.(undefinedValue); !absent {
		if length, err = toInteger(m, count); err != nil {
			return "", err
		}
	}
	length = min(max(length, 0), size)
	end := min(from+length, size)
	if math.IsInf(from, 0) || from >= end {
		return "", nil
	}
	return unitSlice(source, int(from), int(end)), nil
}
