package jsonlogic

import (
	"errors"
	"fmt"
)

// Limits that a rule met. Every error of [Compile] and [Rule.Apply] that is caused by one of them matches it with
// [errors.Is]; what the limits are is said at the constants [MaxDepth] to [MaxResultText].
var (
	// ErrTooDeep is returned when a rule or a value is nested deeper than [MaxDepth] or [MaxValueDepth].
	ErrTooDeep = errors.New("nested too deeply")

	// ErrTooComplex is returned when a rule has more parts than [MaxNodes], or takes more work than [MaxSteps].
	ErrTooComplex = errors.New("too much work for one rule")

	// ErrTooLarge is returned when the text or the lists that a rule makes outgrow [MaxText], [MaxTotalText],
	// [MaxListItems] or [MaxResultText].
	ErrTooLarge = errors.New("makes too much data")
)

// Faults for which json-logic-js throws a TypeError. They reach the caller inside an [OperatorError].
var (
	// ErrNoPrimitive is returned when an object with a member named "toString" is used as text or as a number.
	// JavaScript finds that member instead of the method it needs, and gives up.
	ErrNoPrimitive = errors.New(`an object with a member named "toString" cannot be used as text or number`)

	// ErrNoArguments is returned by "*" without arguments.
	ErrNoArguments = errors.New("needs at least one argument")

	// ErrNoKeys is returned by "missing_some" whose second argument is null or absent.
	ErrNoKeys = errors.New("needs a list of keys as its second argument")

	// ErrNotSearchable is returned by "in" whose second argument is an object with a member named "indexOf",
	// which JavaScript tries to call.
	ErrNotSearchable = errors.New(`cannot search an object with a member named "indexOf"`)
)

// UnknownOperatorError is returned by [Rule.Apply] when it comes to an operation that json-logic-js 2.0.5 does not
// have. Such an operation in a branch that is not taken does no harm, so [Compile] lets it pass; [Check] reports it.
type UnknownOperatorError struct {
	Operator string // the operator, as the rule spells it, cut when very long
	Path     string // JSON pointer to the operation's arguments within the rule
	Hint     string // what may have been meant; empty when nothing is near
}

// Error names the operator, the place and, when there is one, the hint.
func (e *UnknownOperatorError) Error() string {
	text := fmt.Sprintf("unknown operator %q at %q", e.Operator, e.Path)
	if e.Hint != "" {
		text += ": " + e.Hint
	}
	return text
}

// OperatorError is returned by [Rule.Apply] when an operator cannot do its work. [errors.Is] reaches the cause, one
// of the sentinels of this package or an [UnsupportedValueError].
type OperatorError struct {
	Operator string // the operator
	Path     string // JSON pointer to the operation's arguments within the rule
	Err      error  // the cause, never nil
}

// Error names the operator, the place and the cause.
func (e *OperatorError) Error() string {
	return fmt.Sprintf("operator %q at %q: %v", e.Operator, e.Path, e.Err)
}

// Unwrap returns the cause.
func (e *OperatorError) Unwrap() error { return e.Err }

// UnsupportedValueError is returned when a rule or its data holds a Go value that is not part of the JSON model. It
// is a fault of the calling program, not of the rule's author.
type UnsupportedValueError struct {
	Path string // JSON pointer within the rule; empty when the value was met in the data
	Type string // the Go type, or what is wrong with the value
}

// Error names the place, when known, and the type.
func (e *UnsupportedValueError) Error() string {
	if e.Path == "" {
		return "value is not JSON: " + e.Type
	}
	return fmt.Sprintf("value at %q is not JSON: %s", e.Path, e.Type)
}
