package jsonlogic

import (
	"errors"
	"fmt"
	"slices"
)

// Check reports the faults of a rule that show without evaluating it, in the order in which they stand in it and at
// most [MaxFindings]. Nil means that there are none. Parts that are a [Literal] may be anything when the rule runs, so
// nothing is said about them; give a ref whose value is not known yet as a Literal.
//
// A rule with findings may still evaluate, as json-logic-js is lenient; the codes say what each means. A rule without
// findings can still fail, by what the data brings.
func Check(rule any) []Finding {
	if _, err := Compile(rule); err != nil {
		return []Finding{refusal(err)}
	}
	c := checker{}
	c.rule(rule, &location{})
	return c.findings
}

// refusal says why Compile refuses a rule.
func refusal(err error) Finding {
	var unsupported *UnsupportedValueError
	switch {
	case errors.As(err, &unsupported):
		return Finding{unsupported.Path, CodeUnsupportedValue, "is not JSON: " + unsupported.Type, ""}
	case errors.Is(err, ErrTooDeep):
		text := fmt.Sprintf("the rule is nested more than %d levels deep", MaxDepth)
		return Finding{"", CodeTooDeep, text, ""}
	}
	return Finding{"", CodeTooComplex, fmt.Sprintf("the rule has more than %d parts", MaxNodes), ""}
}

// checker collects findings about a rule that compiles, so it can walk it without limits of its own.
type checker struct{ findings []Finding }

func (c *checker) report(at *location, code, message, hint string) {
	if len(c.findings) < MaxFindings {
		c.findings = append(c.findings, Finding{at.pointer(), code, message, hint})
	}
}

func (c *checker) rule(rule any, at *location) {
	switch rule := rule.(type) {
	case []any:
		for i, item := range rule {
			c.rule(item, at.item(i))
		}
	case map[string]any:
		if len(rule) != 1 {
			c.data(rule, at)
			return
		}
		for name, values := range rule {
			c.operation(name, values, at.member(name))
		}
	}
}

func (c *checker) operation(name string, values any, at *location) {
	op, ok := operatorNamed(name)
	if !ok {
		hint := suggest(name)
		if hint == "" {
			hint = "an object with exactly one member is an operation, and the member's name its operator"
		}
		c.report(at, CodeUnknownOperator, fmt.Sprintf("unknown operator %q", shorten(name)), hint)
	}
	if _, later := values.(Literal); later {
		return
	}
	args, ok := values.([]any)
	if ok = ok && args != nil; !ok { // a nil slice is null, as for Compile
		args = []any{values}
	}
	if op.eager != nil || op.lazy != nil {
		c.count(name, op, len(args), ok, at)
		c.kinds(name, args, ok, at)
	}
	if ok {
		c.rule(args, at)
	} else {
		c.rule(values, at)
	}
}

// count checks the number of arguments.
func (c *checker) count(name string, op operator, n int, inList bool, at *location) {
	if n >= op.least && (op.most < 0 || n <= op.most) {
		return
	}
	hint := ""
	switch {
	case (name == ">" || name == ">=") && n == 3:
		hint = "three arguments work with < and <= only"
	case (name == "!" || name == "!!") && n == 0:
		hint = "to test the empty list itself, write [[]]"
	case op.least == 2 && !inList:
		hint = "arguments stand in one list: {\"" + name + "\": [a, b]}"
	}
	c.report(at, CodeArgumentCount, fmt.Sprintf("%q takes %s, found %d", name, takes(op), n), hint)
}

// takes says how many arguments an operator takes.
func takes(op operator) string {
	switch {
	case op.most < 0:
		return "at least " + arguments(op.least)
	case op.least == op.most:
		return arguments(op.least)
	case op.least == 0:
		return "at most " + arguments(op.most)
	}
	return fmt.Sprintf("%d to %s", op.least, arguments(op.most))
}

func arguments(n int) string {
	if n == 1 {
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", n)
}

// data looks for operations in an object that is data: whoever writes {"<": […], ">": […]} means both to hold.
func (c *checker) data(object map[string]any, at *location) {
	keys := make([]string, 0, len(object))
	for key, value := range object {
		if _, ok := operatorNamed(key); ok && (!isWord(key) || holdsOperation(value)) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return
	}
	slices.Sort(keys)
	text := fmt.Sprintf("an object with %d members is data, so its %q is not evaluated", len(object), keys[0])
	c.report(at, CodeIgnoredOperation, text, `to have all of several operations hold, write {"and": [{…}, {…}]}`)
}

// isWord reports whether an operator's name could as well be the name of a field.
func isWord(name string) bool { return name[0] >= 'a' && name[0] <= 'z' }

// holdsOperation reports whether a value is an operation or a list with one in it.
func holdsOperation(v any) bool {
	switch v := v.(type) {
	case []any:
		return slices.ContainsFunc(v, holdsOperation)
	case map[string]any:
		if len(v) == 1 {
			for name := range v {
				_, ok := operatorNamed(name)
				return ok
			}
		}
	}
	return false
}
