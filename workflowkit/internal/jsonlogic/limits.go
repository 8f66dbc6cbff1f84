package jsonlogic

import "math"

// Limits of one rule. A rule comes from whoever may draw a workflow, so its cost has an end; rules written by people
// stay orders of magnitude below these figures.
const (
	// MaxDepth is how deeply lists and objects may be nested in a rule.
	MaxDepth = 1_000

	// MaxNodes is how many values a rule may consist of. Data inside a [Literal] does not count.
	MaxNodes = 100_000

	// MaxSteps bounds the work of one evaluation. An operation, each of its arguments, an item that is visited and 32
	// bytes of text are a step each, and numbers that are hard to read or divide are more. The whole budget lasts for
	// tenths of a second, or about one second for rules that are made to be slow.
	MaxSteps = 5_000_000

	// MaxText is the largest text that one operation may make, in bytes.
	MaxText = 8 << 20

	// MaxTotalText is how much text one evaluation may make in all, in bytes.
	MaxTotalText = 64 << 20

	// MaxListItems is how many list items one evaluation may make in all.
	MaxListItems = 2_000_000

	// MaxValueDepth is how deeply a value may be nested that is returned or turned into text, as in encoding/json.
	MaxValueDepth = 10_000

	// MaxResultText is how much text a result may hold in all, in bytes: a list can name one large text many times.
	MaxResultText = 32 << 20
)

// limits is a set of limits, so that tests can meet them cheaply.
type limits struct {
	depth, nodes, steps, text, totalText, listItems, valueDepth, resultText int
}

func defaultLimits() limits {
	return limits{
		depth: MaxDepth, nodes: MaxNodes, steps: MaxSteps, text: MaxText, totalText: MaxTotalText,
		listItems: MaxListItems, valueDepth: MaxValueDepth, resultText: MaxResultText,
	}
}

// machine is the state of one evaluation: its limits, what is left of those that add up, and the arguments of
// operations under way.
type machine struct {
	limits                      limits
	steps, totalText, listItems int
	stack                       []any
}

func newMachine(l limits) *machine {
	return &machine{
		limits: l, steps: l.steps, totalText: l.totalText, listItems: l.listItems, stack: make([]any, 0, 16),
	}
}

// spend takes steps from the budget.
func (m *machine) spend(steps int) error {
	m.steps -= steps
	if m.steps < 0 {
		return ErrTooComplex
	}
	return nil
}

// spendText takes the steps for reading n bytes of text.
func (m *machine) spendText(n int) error { return m.spend(1 + n/32) }

// spendNumber takes the steps for reading a number from n bytes of text. Most are read at once, but one that lies
// just between two doubles takes arithmetic with hundreds of digits, the more the further it is from one.
func (m *machine) spendNumber(n int, f float64) error {
	_, exponent := math.Frexp(f)
	if n > 5 && (f == 0 || math.IsInf(f, 0)) { // may be at the very edge of what doubles can hold
		exponent = 1024
	}
	return m.spend(1 + n/32 + min(n, 1024)/4 + max(exponent, -exponent)/8)
}

// makeItems accounts for list items that are about to be made.
func (m *machine) makeItems(n int) error {
	m.listItems -= n
	if m.listItems < 0 {
		return ErrTooLarge
	}
	return m.spend(n)
}

// makeText accounts for n bytes of text that are about to be made.
func (m *machine) makeText(n int) error {
	m.totalText -= n
	if m.totalText < 0 {
		return ErrTooLarge
	}
	return m.spendText(n)
}
