package jsonlogic

import (
	"strconv"
	"strings"
)

// opVar looks a path up in the data.
func opVar(m *machine, data any, args []any) (any, error) {
	return lookUp(m, data, arg(args, 0), arg(args, 1))
}

// lookUp follows a path, its steps separated by points. Without a path it returns the data, and the fallback, null
// by default, when there is nothing at the path.
func lookUp(m *machine, data, path, fallback any) (any, error) {
	if isNothing(path) || path == "" {
		return data, nil
	}
	if _, absent := fallback.(undefinedValue); absent {
		fallback = nil
	}
	rest, err := toText(m, path)
	if err != nil {
		return nil, err
	}
	if err := m.spendText(len(rest)); err != nil {
		return nil, err
	}
	for more := true; more; {
		var key string
		key, rest, more = strings.Cut(rest, ".")
		if isNothing(data) {
			return fallback, nil
		}
		if data, err = property(m, data, key); err != nil {
			return nil, err
		}
		if _, absent := data.(undefinedValue); absent {
			return fallback, nil
		}
	}
	return data, nil
}

// property reads one step of a path: a member of an object, an item of a list, a character of a text, or the length
// of either of the latter. What JavaScript objects inherit, such as "constructor", is not found.
func property(m *machine, v any, key string) (any, error) {
	if err := m.spend(1); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case map[string]any:
		return member(v, key)
	case *scope:
		switch key {
		case "current":
			return v.current, nil
		case "accumulator":
			return v.accumulator, nil
		}
	case []any:
		if key == "length" {
			return float64(len(v)), nil
		}
		if i, ok := index(key, len(v)); ok {
			return item(v, i)
		}
	case emptyList:
		if key == "length" {
			return 0.0, nil
		}
	case string:
		return character(m, v, key)
	}
	return undefinedValue{}, nil
}

func character(m *machine, s, key string) (any, error) {
	if err := m.spendText(len(s)); err != nil {
		return nil, err
	}
	if key == "length" {
		return float64(unitLen(s)), nil
	}
	if i, ok := index(key, unitLen(s)); ok {
		return unitSlice(s, i, i+1), nil
	}
	return undefinedValue{}, nil
}

// index parses a key that is an index the way JavaScript writes it: "07" is none.
func index(key string, size int) (int, bool) {
	if key == "" || key[0] == '0' && len(key) > 1 || scanDigits(key, 0) != len(key) {
		return 0, false
	}
	i, err := strconv.Atoi(key)
	return i, err == nil && i < size
}

// opMissing lists the keys at which the data has nothing, null or the empty text.
func opMissing(m *machine, data any, args []any) (any, error) {
	keys := args
	if len(args) > 0 {
		first, err := item(args, 0)
		if err != nil {
			return nil, err
		}
		if list, ok := asList(first); ok {
			keys = list
		}
	}
	if err := m.spend(len(keys)); err != nil {
		return nil, err
	}
	var absent []any
	for i := range keys {
		key, err := item(keys, i)
		if err != nil {
			return nil, err
		}
		found, err := lookUpKey(m, data, key)
		if err != nil {
			return nil, err
		}
		if found == nil || found == "" {
			if err := m.makeItems(1); err != nil {
				return nil, err
			}
			absent = append(absent, key)
		}
	}
	return newList(absent), nil
}

// lookUpKey looks a key of "missing" up. One that is a list is the arguments of "var", path and fallback. An object
// is data here, while json-logic-js would evaluate it a second time and run what came from outside.
func lookUpKey(m *machine, data, key any) (any, error) {
	list, ok := asList(key)
	if !ok {
		return lookUp(m, data, key, undefinedValue{})
	}
	args := [2]any{undefinedValue{}, undefinedValue{}}
	for i := range min(len(list), len(args)) {
		var err error
		if args[i], err = item(list, i); err != nil {
			return nil, err
		}
	}
	return lookUp(m, data, args[0], args[1])
}

// opMissingSome is opMissing, but lists nothing when enough of the keys are there.
func opMissingSome(m *machine, data any, args []any) (any, error) {
	options := arg(args, 1)
	keys, ok := asList(options)
	if !ok {
		keys = []any{options}
	}
	absent, err := opMissing(m, data, keys)
	if err != nil {
		return nil, err
	}
	if isNothing(options) {
		return nil, ErrNoKeys
	}
	length, err := property(m, options, "length")
	if err != nil {
		return nil, err
	}
	all, err := toNumber(m, length)
	if err != nil {
		return nil, err
	}
	missing, _ := asList(absent)
	by, err := order(m, all-float64(len(missing)), arg(args, 0))
	if err != nil {
		return nil, err
	}
	if by >= 0 {
		return newList(nil), nil
	}
	return absent, nil
}
