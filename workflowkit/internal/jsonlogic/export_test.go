package jsonlogic

// Limits are the limits of a rule, lowered by a test that wants to meet one cheaply.
type Limits struct {
	Depth, Nodes, Steps, Text, TotalText, ListItems, ValueDepth, ResultText int
}

// CompileWithin is Compile with other limits; those that are zero stay as they are.
func CompileWithin(rule any, l Limits) (*Rule, error) {
	within := defaultLimits()
	for _, set := range []struct {
		limit *int
		to    int
	}{
		{&within.depth, l.Depth},
		{&within.nodes, l.Nodes},
		{&within.steps, l.Steps},
		{&within.text, l.Text},
		{&within.totalText, l.TotalText},
		{&within.listItems, l.ListItems},
		{&within.valueDepth, l.ValueDepth},
		{&within.resultText, l.ResultText},
	} {
		if set.to > 0 {
			*set.limit = set.to
		}
	}
	return compile(rule, within)
}

// Functions that tests hold to a simpler twin.
var (
	FormatNumber  = formatNumber
	IsJSONNumber  = isJSONNumber
	TextToNumber  = textToNumber
	LeadingNumber = leadingNumber
	UnitLen       = unitLen
	UnitSlice     = unitSlice
	CompareText   = compareText
	ContainsText  = containsText
	AppendText    = appendText
	OperatorNames = operatorNames
	Suggest       = suggest
)

// IsOperator reports whether the evaluator knows an operator.
func IsOperator(name string) bool {
	_, ok := operatorNamed(name)
	return ok
}
