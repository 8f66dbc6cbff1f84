package jsonlogic_test

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonlogic"
)

var update = flag.Bool("update", false, "write the golden files of messages again")

// testdata/check.golden shows rules and what is said about them, as an author would read it.
func TestCheckMessages(t *testing.T) {
	t.Parallel()
	const path = "testdata/check.golden"
	golden, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	rules := 0
	for line := range strings.Lines(string(golden)) {
		text, isRule := strings.CutPrefix(line, "rule ")
		if !isRule {
			continue
		}
		rules++
		out.WriteString(line)
		findings := jsonlogic.Check(parse(t, text))
		for _, f := range findings {
			out.WriteString("\t" + f.Code + " " + f.String() + "\n")
		}
		if len(findings) == 0 {
			out.WriteString("\tfine\n")
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(out.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(golden), out.String()); diff != "" || rules < 20 {
		t.Errorf("%d rules (-golden +got):\n%s", rules, diff)
	}
}

func TestCheckFindings(t *testing.T) {
	t.Parallel()
	type finding struct{ Path, Code string }
	tests := map[string]struct {
		rule any
		want []finding
	}{
		"a good rule": {op("and", op("==", op("var", "a"), "x"), op("<", "1", "2", "3")), nil},
		"an unknown operator in a branch": {
			op("if", true, "a", op("equals", "a", "b")), []finding{{"/if/2/equals", jsonlogic.CodeUnknownOperator}},
		},
		"a name that needs escaping in a pointer": {
			[]any{op("a/b~c", "x")}, []finding{{"/0/a~1b~0c", jsonlogic.CodeUnknownOperator}},
		},
		"all faults, in order": {
			op("and", op("==", "a"), op("nope", op("!", "a", "b"))),
			[]finding{
				{"/and/0/==", jsonlogic.CodeArgumentCount},
				{"/and/1/nope", jsonlogic.CodeUnknownOperator},
				{"/and/1/nope/0/!", jsonlogic.CodeArgumentCount},
			},
		},
		"an argument without a list": {
			map[string]any{"map": "xs"},
			[]finding{{"/map", jsonlogic.CodeArgumentCount}, {"/map", jsonlogic.CodeArgumentType}},
		},
		"a literal may be any argument":       {op("map", lit("xs"), op("var", "")), nil},
		"a literal may be all the arguments":  {map[string]any{"==": lit(nil)}, nil},
		"a literal is not looked into":        {op("cat", lit(op("nope"))), nil},
		"data is not looked into":             {map[string]any{"a": op("nope"), "b": "c"}, nil},
		"data with fields like operators":     {op("==", op("var", "a"), map[string]any{"min": 1, "max": 5}), nil},
		"two operations in one object":        {map[string]any{"<": []any{1, 2}, ">": []any{2, 1}}, []finding{{"", jsonlogic.CodeIgnoredOperation}}},
		"a comment beside an operation":       {map[string]any{"if": []any{op("var", "a")}, "note": "x"}, []finding{{"", jsonlogic.CodeIgnoredOperation}}},
		"a value that is not JSON":            {op("cat", "a", struct{}{}), []finding{{"/cat/1", jsonlogic.CodeUnsupportedValue}}},
		"a value that is not JSON, in data":   {map[string]any{"a": 1, "b": []any{1, struct{}{}}}, []finding{{"/b/1", jsonlogic.CodeUnsupportedValue}}},
		"too deep":                            {nested(1, jsonlogic.MaxDepth+1), []finding{{"", jsonlogic.CodeTooDeep}}},
		"too many parts":                      {sequence(jsonlogic.MaxNodes), []finding{{"", jsonlogic.CodeTooComplex}}},
		"a text, which refs are until then":   {"!ref($.state.1)", nil},
		"every operator with good arguments":  {goodRuleList(), nil},
		"var with a truth value":              {op("var", true), []finding{{"/var/0", jsonlogic.CodeArgumentType}}},
		"in with an object to search":         {op("in", "a", map[string]any{}), []finding{{"/in/1", jsonlogic.CodeArgumentType}}},
		"missing_some with keys in no list":   {op("missing_some", 1, "a"), []finding{{"/missing_some/1", jsonlogic.CodeArgumentType}}},
		"missing_some with the keys first":    {op("missing_some", []any{"a"}, 1), []finding{{"/missing_some/0", jsonlogic.CodeArgumentType}, {"/missing_some/1", jsonlogic.CodeArgumentType}}},
		"three arguments for greater than":    {op(">", 3, 2, 1), []finding{{"/>", jsonlogic.CodeArgumentCount}}},
		"times without arguments, which fail": {op("*"), []finding{{"/*", jsonlogic.CodeArgumentCount}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []finding
			for _, f := range jsonlogic.Check(test.rule) {
				got = append(got, finding{f.Path, f.Code})
				if f.Message == "" {
					t.Errorf("no message at %q", f.Path)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// goodRules uses each operator of json-logic-js 2.0.5 as it is meant.
func goodRules() []map[string]any {
	xs := op("var", "xs")
	return []map[string]any{
		op("==", 1, 1), op("===", 1, 1), op("!=", 1, 1), op("!==", 1, 1), op(">", 1, 1), op(">=", 1, 1), op("<", 1, 1),
		op("<=", 1, 1, 1),
		{"!!": xs},
		op("!", []any{}), op("%", 1, 1), op("log", 1), op("in", 1, xs), op("cat"),
		op("substr", "a", 1), op("substr", "a", 1, 1), op("+", 1), op("*", 1), op("-", 1), op("-", 1, 1), op("/", 1, 1), op("min", 1),
		op("max", 1, 2, 3), op("merge"), op("var"), op("var", "a", 1), op("var", xs), op("missing", "a"), op("missing_some", "1", []any{"a"}), op("if", true, 1),
		op("?:", true, 1, 2), op("and", 1), op("or", 1), op("map", xs, xs), op("filter", xs, xs), op("reduce", xs, xs), op("reduce", []any{1}, xs, 0),
		op("all", xs, xs), op("none", xs, xs), op("some", xs, xs),
	}
}

func goodRuleList() []any {
	var out []any
	for _, rule := range goodRules() {
		out = append(out, rule)
	}
	return out
}

func TestCheckStopsAtMaxFindings(t *testing.T) {
	t.Parallel()
	rule := make([]any, 5*jsonlogic.MaxFindings)
	for i := range rule {
		rule[i] = op("nope")
	}
	if n := len(jsonlogic.Check(rule)); n != jsonlogic.MaxFindings {
		t.Errorf("%d findings", n)
	}
}

func TestCheckCutsLongNames(t *testing.T) {
	t.Parallel()
	findings := jsonlogic.Check(op(strings.Repeat("é/", 50_000)))
	if len(findings) != 1 || len(findings[0].Path)+len(findings[0].Message) > 500 {
		t.Errorf("findings %.1000v", findings)
	}
}

// An operator on which Apply fails is one that Check has found.
func TestCheckFindsWhatApplyFailsOn(t *testing.T) {
	t.Parallel()
	g := loadGolden(t)
	for _, c := range g.Cases[:4000] {
		rule := parse(t, string(c[0]))
		var unknownOperator *jsonlogic.UnknownOperatorError
		unknown := false
		for _, f := range jsonlogic.Check(rule) {
			unknown = unknown || f.Code == jsonlogic.CodeUnknownOperator
		}
		if _, err := apply(rule, nil); errors.As(err, &unknownOperator) && !unknown {
			t.Errorf("%s: %v, but no finding", c[0], err)
		}
	}
}

func TestSuggestions(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"====": "===", "=": "==", "eq": "==", "<>": "!=", "=>": ">=", "AND": "and", "&&": "and", "Or": "or", "not": "!",
		"filtr": "filter", "redcue": "reduce", "sbstr": "substr", "contains": "in", "concat": "cat", "vars": "var",
		"missingsome": "missing_some", "anyOf": "", "my_field": "", "": "", "zzzzzzzz": "", "else": "if", "mrege": "merge",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := jsonlogic.Suggest(name)
			if want == "" && got != "" || want != "" && got != `did you mean "`+want+`"?` {
				t.Errorf("%q: %q, want %q", name, got, want)
			}
		})
	}
	if got := jsonlogic.Suggest("method"); !strings.Contains(got, "JavaScript") {
		t.Errorf("method: %q", got)
	}
	if got := jsonlogic.Suggest(strings.Repeat("=", 100_000)); got != "" {
		t.Errorf("a long name: %q", got)
	}
}

func TestOperatorNamesAreTheOperators(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, rule := range goodRules() {
		for name := range rule {
			used[name] = true
		}
	}
	listed := map[string]bool{}
	for _, name := range jsonlogic.OperatorNames() {
		if !jsonlogic.IsOperator(name) {
			t.Errorf("%q is listed and not known", name)
		}
		listed[name] = true
	}
	if diff := cmp.Diff(used, listed); diff != "" {
		t.Errorf("(-json-logic-js 2.0.5 +listed):\n%s", diff)
	}
}
