package jsonlogic

import "fmt"

// kind is what can be said of an argument before it is evaluated.
type kind int

const (
	kindOpen   kind = iota // an operation or a Literal: could be anything
	kindScalar             // null, a boolean or a number
	kindText
	kindList
	kindObject
)

func kindOf(rule any) kind {
	switch rule := rule.(type) {
	case Literal:
		return kindOpen
	case string:
		return kindText
	case []any:
		return kindList
	case map[string]any:
		if len(rule) == 1 {
			return kindOpen
		}
		return kindObject
	}
	return kindScalar
}

func (k kind) String() string {
	return [...]string{"an operation", "a plain value", "a text", "a list", "an object"}[k]
}

// kinds checks the arguments that decide alone whether an operation can do anything.
func (c *checker) kinds(name string, args []any, inList bool, at *location) {
	place := func(i int) *location {
		if inList {
			return at.item(i)
		}
		return at
	}
	complain := func(i int, needs, outcome string) {
		text := fmt.Sprintf("argument %d of %q must be %s, found %s%s", i+1, name, needs, kindOf(args[i]), outcome)
		c.report(place(i), CodeArgumentType, text, "")
	}
	is := func(i int, kinds ...kind) bool {
		for _, k := range kinds {
			if i < len(args) && kindOf(args[i]) == k {
				return true
			}
		}
		return false
	}
	switch name {
	case "map", "filter", "reduce", "all", "none", "some":
		if is(0, kindScalar, kindText, kindObject) {
			complain(0, "a list", ", which has no items")
		}
	case "in":
		if is(1, kindScalar, kindObject) {
			complain(1, "a list or a text", ", in which nothing is found")
		}
	case "var":
		_, boolean := first(args).(bool)
		if is(0, kindList, kindObject) || boolean {
			complain(0, "a path (a text or a number)", "")
		}
	case "missing_some":
		if is(0, kindList, kindObject) {
			complain(0, "a number", "")
		}
		if is(1, kindScalar, kindText, kindObject) {
			complain(1, "a list", "")
		}
	}
}

func first(args []any) any {
	if len(args) == 0 {
		return nil
	}
	return args[0]
}
