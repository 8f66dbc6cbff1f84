package jsonlogic_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonlogic"
)

// op writes an operation. Its arguments are a list also when there are none; a nil slice would be null.
func op(name string, args ...any) map[string]any {
	return map[string]any{name: append([]any{}, args...)}
}

func lit(v any) jsonlogic.Literal { return jsonlogic.Literal{Value: v} }

// An event can hold anything, operations included. Wherever a value of an event gets into a rule (rule 8 of the
// design: values that come out of refs are never scanned again), it must stay data.
func TestDataIsNeverAnOperation(t *testing.T) {
	t.Parallel()
	secret := map[string]any{"secret": "s", "k": map[string]any{"var": "secret"}, "list": []any{op("var", "secret")}}
	attack := map[string]any{"var": "secret"}
	tests := map[string]struct {
		rule any
		want any
	}{
		"as the whole rule":              {lit(attack), attack},
		"as an argument":                 {op("if", true, lit(attack)), attack},
		"as the only argument, unlisted": {map[string]any{"log": lit(attack)}, attack},
		"within a list in the rule":      {[]any{lit(attack), op("var", "secret")}, []any{attack, "s"}},
		"within a literal list":          {lit([]any{attack}), []any{attack}},
		"as arguments, by a literal":     {map[string]any{"merge": lit([]any{attack, json.Number("1")})}, []any{attack, json.Number("1")}},
		"within data of the rule": {
			map[string]any{"a": lit(attack), "b": []any{lit([]any{attack})}},
			map[string]any{"a": attack, "b": []any{[]any{attack}}},
		},
		"as the body of a map":          {op("map", []any{json.Number("1")}, lit(attack)), []any{attack}},
		"as a condition":                {op("if", lit(op("==", "1", "2")), "truthy", "falsy"), "truthy"},
		"as a default":                  {op("var", "nope", lit(attack)), attack},
		"compared with itself as data":  {op("==", lit(attack), "s"), false},
		"as text":                       {op("cat", lit(attack)), "[object Object]"},
		"found in the data":             {op("var", "k"), attack},
		"items of a list from the data": {op("map", op("var", "list"), op("var", "")), []any{op("var", "secret")}},
		"as a key of missing":           {op("missing", op("var", "k")), []any{attack}},
		"in the keys of missing":        {op("missing", op("var", "list")), []any{op("var", "secret")}},
		"in a key with a default":       {op("missing", []any{[]any{lit(attack), "there"}}), []any{}},
		"in the keys of missing_some":   {op("missing_some", json.Number("1"), op("var", "list")), []any{op("var", "secret")}},
		"as the keys of missing_some":   {op("missing_some", json.Number("1"), op("var", "k")), []any{attack}},
		"wrapped twice":                 {lit(lit(attack)), attack},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := apply(test.rule, secret)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Without the marking the same value is an operation: what the marking is for.
func TestUnmarkedDataIsAnOperation(t *testing.T) {
	t.Parallel()
	got, err := apply(op("if", true, map[string]any{"var": "secret"}), map[string]any{"secret": "s"})
	if err != nil || got != "s" {
		t.Errorf("got %v, error %v", got, err)
	}
}

func TestLiteralListSpreadsIntoArguments(t *testing.T) {
	t.Parallel()
	numbers := []any{json.Number("3"), json.Number("9"), json.Number("4")}
	tests := map[string]struct {
		rule any
		want any
	}{
		"max":                    {map[string]any{"max": lit(numbers)}, json.Number("9")},
		"and returns the last":   {map[string]any{"and": lit(numbers)}, json.Number("4")},
		"if":                     {map[string]any{"if": lit([]any{true, "yes", "no"})}, "yes"},
		"empty":                  {map[string]any{"+": lit([]any{})}, json.Number("0")},
		"nil slice is null":      {map[string]any{"cat": lit([]any(nil))}, ""},
		"list within a list":     {op("max", lit(numbers)), nil},
		"a text is one argument": {map[string]any{"cat": lit("ab")}, "ab"},
		"map over its own list":  {map[string]any{"map": lit([]any{numbers, "constant"})}, []any{"constant", "constant", "constant"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := apply(test.rule, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLiteralThatIsNotJSON(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rule any
		path string
	}{
		"as the rule":            {lit(struct{}{}), ""},
		"as an argument":         {op("if", true, lit(make(chan int))), "/if/1"},
		"among spread arguments": {map[string]any{"max": lit([]any{json.Number("1"), struct{}{}})}, "/max/1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := jsonlogic.Compile(test.rule)
			var unsupported *jsonlogic.UnsupportedValueError
			if !errors.As(err, &unsupported) {
				t.Fatalf("error %v", err)
			}
			if unsupported.Path != test.path {
				t.Errorf("path %q, want %q", unsupported.Path, test.path)
			}
		})
	}
	t.Run("deep inside, which is seen only when it is returned", func(t *testing.T) {
		t.Parallel()
		rule, err := jsonlogic.Compile(lit(map[string]any{"a": []any{struct{}{}}}))
		if err != nil {
			t.Fatal(err)
		}
		var unsupported *jsonlogic.UnsupportedValueError
		if got, err := rule.Apply(nil); !errors.As(err, &unsupported) {
			t.Errorf("got %v, error %v", got, err)
		}
	})
}
