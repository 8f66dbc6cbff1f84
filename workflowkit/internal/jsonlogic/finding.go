package jsonlogic

import "fmt"

// Codes of findings. They are stable; the wording of messages is not.
const (
	// CodeUnknownOperator: the operation does not exist, and an evaluation that comes to it fails.
	CodeUnknownOperator = "unknown_operator"

	// CodeArgumentCount: the operation has too few or too many arguments. Most operations then still give something,
	// but never what was meant: a missing argument counts as undefined, one too many is ignored.
	CodeArgumentCount = "argument_count"

	// CodeArgumentType: an argument that is written in the rule is of a kind for which the result is always the same,
	// or an error.
	CodeArgumentType = "argument_type"

	// CodeIgnoredOperation: an object with several members holds operations. It is data, so they do not run.
	CodeIgnoredOperation = "ignored_operation"

	// CodeTooDeep, CodeTooComplex: Compile refuses the rule with [ErrTooDeep] or [ErrTooComplex].
	CodeTooDeep    = "too_deep"
	CodeTooComplex = "too_complex"

	// CodeUnsupportedValue: Compile refuses the rule with an [UnsupportedValueError].
	CodeUnsupportedValue = "unsupported_value"
)

// MaxFindings is how many findings [Check] reports at most.
const MaxFindings = 100

// Finding is a fault that shows in a rule without evaluating it.
type Finding struct {
	Path    string // JSON pointer within the rule; empty for the whole rule
	Code    string // one of the Code constants
	Message string // what is wrong, for the rule's author
	Hint    string // what may have been meant; may be empty
}

// String joins the finding to one line.
func (f Finding) String() string {
	text := fmt.Sprintf("%q: %s", f.Path, f.Message)
	if f.Hint != "" {
		text += " (" + f.Hint + ")"
	}
	return text
}
