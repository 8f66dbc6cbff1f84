package jsonlogic

// Limits of one rule. A rule comes from whoever may draw a workflow, so its cost has an end; rules written by people
// stay orders of magnitude below these figures.
const (
	// MaxDepth is how deeply lists and objects may be nested in a rule.
	MaxDepth = 1_000

	// MaxNodes is how many values a rule may consist of. Data inside a [Literal] does not count.
	MaxNodes = 100_000

	// MaxSteps bounds the work of one evaluation. An operation, an item that is visited and 32 bytes of text are a
	// step each; the whole budget lasts for about a second.
	MaxSteps = 10_000_000

	// MaxText is the largest text that one operation may make, in bytes.
	MaxText = 8 << 20

	// MaxTotalText is how much text one evaluation may make in all, in bytes.
	MaxTotalText = 128 << 20

	// MaxListItems is how many list items one evaluation may make in all.
	MaxListItems = 4_000_000

	// MaxValueDepth is how deeply a value may be nested that is returned or turned into text, as in encoding/json.
	MaxValueDepth = 10_000

	// MaxResultText is how much text a result may hold in all, in bytes: a list can name one large text many times.
	MaxResultText = 64 << 20
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
