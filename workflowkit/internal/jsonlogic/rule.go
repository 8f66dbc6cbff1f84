package jsonlogic

// Literal marks a value inside a rule as data: it is never taken for an operation, whatever it looks like, and
// neither is anything within it. The engine wraps what a ref gives, so that an event cannot bring operations along.
//
// Where an operation's arguments are a Literal that holds a list, its items are the arguments, as they would be had
// the list been written there: {"max": Literal{[1, 2]}} is 2.
//
// A Literal's value is not copied: it must not change while a [Rule] that holds it is in use. The zero value is null.
type Literal struct{ Value any }

// Rule is a compiled rule. It is immutable and safe for concurrent use. The zero value, and a nil Rule,
// is the rule null, whose result is always null.
type Rule struct {
	root   expr
	limits limits
}

// Compile prepares a rule for [Rule.Apply]. A rule is a JSON value as encoding/json decodes it into an any, with or
// without UseNumber, in which Go's integer types and [Literal] may occur too. The rule is copied, but for the values
// of Literals.
//
// An error means that the rule is beyond [MaxDepth] or [MaxNodes], or an [UnsupportedValueError]. Operators are not
// looked at: as in json-logic-js, an unknown one is an error only when an evaluation comes to it. Use [Check] to find
// such faults beforehand.
func Compile(rule any) (*Rule, error) { return compile(rule, defaultLimits()) }

func compile(rule any, l limits) (*Rule, error) {
	c := compiler{limits: l}
	root, err := c.compile(rule, 0, &location{})
	if err != nil {
		return nil, err
	}
	return &Rule{root: root, limits: l}, nil
}

// Apply evaluates the rule with data, which is a JSON value like that of [Compile].
//
// The result is nil, bool, string, json.Number, []any or map[string]any, and made of these. It may share parts with
// data and with the rule, so it is not to be changed. A number that comes from data or rule keeps its text; one that
// was calculated is written as JavaScript writes it, and is nil when it is NaN or an infinity, as JSON.stringify
// makes it null. So is JavaScript's undefined.
//
// Errors are an [UnknownOperatorError], an [OperatorError], an [UnsupportedValueError], or match [ErrTooDeep],
// [ErrTooComplex] or [ErrTooLarge]. The same rule and data give the same result or error every time.
func (r *Rule) Apply(data any) (any, error) {
	if r == nil || r.root == nil {
		return nil, nil
	}
	m := newMachine(r.limits)
	plain, err := normal(data)
	if err != nil {
		return nil, err
	}
	value, err := r.root.eval(m, identify(plain, func() any { return new(int) }))
	if err != nil {
		return nil, err
	}
	return m.result(value)
}
