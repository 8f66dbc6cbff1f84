package jsonlogic_test

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonlogic"
)

func TestTruthy(t *testing.T) {
	t.Parallel()
	// The two columns are JavaScript's truth (rule 7 of the design) and json-logic-js's.
	for name, test := range map[string]struct {
		value        any
		plain, logic bool
	}{
		"null":                     {nil, false, false},
		"false":                    {false, false, false},
		"true":                     {true, true, true},
		"zero":                     {json.Number("0"), false, false},
		"minus zero":               {json.Number("-0.0e7"), false, false},
		"zero as a double":         {0.0, false, false},
		"zero as an integer":       {0, false, false},
		"an integer":               {int64(-3), true, true},
		"an unsigned integer":      {uint8(3), true, true},
		"too small for a double":   {json.Number("1e-400"), false, false},
		"too large for a double":   {json.Number("1e400"), true, true},
		"a small number":           {json.Number("5e-324"), true, true},
		"NaN":                      {math.NaN(), false, false},
		"no number at all":         {json.Number("many"), false, false},
		"the empty text":           {"", false, false},
		"a space":                  {" ", true, true},
		"the text 0":               {"0", true, true},
		"the text false":           {"false", true, true},
		"the empty list":           {[]any{}, true, false},
		"a nil slice, that's null": {[]any(nil), false, false},
		"a list":                   {[]any{nil}, true, true},
		"the empty object":         {map[string]any{}, true, true},
		"a nil map, that's null":   {map[string]any(nil), false, false},
		"a literal":                {lit([]any{}), true, false},
		"a Go value of its own":    {struct{}{}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := jsonlogic.Truthy(test.value); got != test.plain {
				t.Errorf("Truthy: %v", got)
			}
			if got := jsonlogic.LogicTruthy(test.value); got != test.logic {
				t.Errorf("LogicTruthy: %v", got)
			}
			got, err := apply(op("!!", lit(test.value)), nil)
			var unsupported *jsonlogic.UnsupportedValueError
			if err == nil && got != test.logic || err != nil && !errors.As(err, &unsupported) {
				t.Errorf("!!: %v, error %v", got, err)
			}
		})
	}
}

func TestResultsAreJSON(t *testing.T) {
	t.Parallel()
	data := map[string]any{
		"int": 7, "uint": uint64(math.MaxUint64), "float": 1.5, "float32": float32(0.25), "whole": 1e21, "nan": math.NaN(),
		"number": json.Number("1.50"), "deep": []any{1, map[string]any{"x": math.Inf(1), "y": "text"}}, "lit": lit([]any{2.0}),
		"lists":    []any{map[string]any{"in": []any{[]any{1}, "a"}}},
		"nilslice": []any(nil), "nilmap": map[string]any(nil), "empty": []any{},
	}
	for name, test := range map[string]struct {
		rule any
		want any
	}{
		"an integer":                {op("var", "int"), json.Number("7")},
		"an integer beyond 2^53":    {op("var", "uint"), json.Number("18446744073709551615")},
		"a double":                  {op("var", "float"), json.Number("1.5")},
		"a float32":                 {op("var", "float32"), json.Number("0.25")},
		"a large double":            {op("var", "whole"), json.Number("1e+21")},
		"NaN":                       {op("var", "nan"), nil},
		"the text of a number":      {op("var", "number"), json.Number("1.50")},
		"a number calculated":       {op("+", op("var", "number")), json.Number("1.5")},
		"numbers deep in the data":  {op("var", "deep"), []any{json.Number("1"), map[string]any{"x": nil, "y": "text"}}},
		"a list deep in the data":   {op("var", "lists"), []any{map[string]any{"in": []any{[]any{json.Number("1")}, "a"}}}},
		"a nil slice of arguments":  {map[string]any{"merge": []any(nil)}, []any{nil}},
		"a literal in the data":     {op("var", "lit"), []any{json.Number("2")}},
		"an item of a literal":      {op("var", "lit.0"), json.Number("2")},
		"a nil slice":               {op("var", "nilslice"), nil},
		"a nil map":                 {op("var", "nilmap"), nil},
		"an empty list":             {op("var", "empty"), []any{}},
		"a list with nothing in it": {[]any{op("and"), op("/", 0, 0), op("-", "x")}, []any{nil, nil, nil}},
		"nothing":                   {op("and"), nil},
		"a rule of Go's numbers":    {[]any{1, int8(2), 2.5, float32(3), uint16(4)}, []any{json.Number("1"), json.Number("2"), json.Number("2.5"), json.Number("3"), json.Number("4")}},
		"what reduce sees":          {op("reduce", []any{1}, op("var", ""), op("and")), map[string]any{"current": json.Number("1")}},
		"half a character":          {op("substr", "😀", 0, 1), "\ufffd"},
		"two halves apart":          {[]any{op("substr", "😀", 0, 1), op("substr", "😀", 1)}, []any{"\ufffd", "\ufffd"}},
		"two halves together":       {op("cat", op("substr", "😀", 0, 1), op("substr", "😀", 1)), "😀"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := apply(test.rule, data)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestErrorsSayWhereAndWhy(t *testing.T) {
	t.Parallel()
	data := map[string]any{"o": map[string]any{"toString": "x", "indexOf": 1}, "bad": struct{}{}, "n": json.Number("NaN")}
	for name, test := range map[string]struct {
		rule any
		want string
		is   error
	}{
		"unknown":              {op("if", false, 1, []any{op("greater", 1)}), `unknown operator "greater" at "/if/2/0/greater": did you mean ">"?`, nil},
		"unknown, unlike any":  {op("frobnicate"), `unknown operator "frobnicate" at "/frobnicate"`, nil},
		"method":               {op("method", "a", "trim"), `unknown operator "method" at "/method": methods of JavaScript objects cannot be called here`, nil},
		"fault in an argument": {op("and", true, op("*")), `operator "*" at "/and/1/*": needs at least one argument`, jsonlogic.ErrNoArguments},
		"an object as text":    {op("cat", op("var", "o")), `operator "cat" at "/cat": an object with a member named "toString" cannot be used as text or number`, jsonlogic.ErrNoPrimitive},
		"an object searched":   {op("in", 1, op("var", "o")), `operator "in" at "/in": cannot search an object with a member named "indexOf"`, jsonlogic.ErrNotSearchable},
		"no keys":              {op("missing_some", 1, nil), `operator "missing_some" at "/missing_some": needs a list of keys as its second argument`, jsonlogic.ErrNoKeys},
		"data that isn't JSON": {op("var", "bad"), `operator "var" at "/var": value is not JSON: struct {}`, nil},
		"a number that isn't":  {op("var", "n"), `result: value is not JSON: json.Number "NaN"`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := apply(test.rule, data)
			if err == nil {
				t.Fatalf("got %v", got)
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("errors.Is(err, %v) is false", test.is)
			}
		})
	}
}

// Rule 8 of the design: what is given is never changed; nor does a rule change when its source does.
func TestNothingGivenIsChanged(t *testing.T) {
	t.Parallel()
	const ruleText = `[{"map":[{"var":"xs"},{"+":[{"var":""},1]}]},{"a":[1,{}],"b":2},{"merge":[{"var":"xs"},[9]]},{"filter":[{"var":"xs"},true]},[]]`
	source, data := parse(t, ruleText), any(map[string]any{"xs": []any{1.0, 2.0, []any{}}})
	rule, err := jsonlogic.Compile(source)
	if err != nil {
		t.Fatal(err)
	}
	first, err := rule.Apply(data)
	if err != nil {
		t.Fatal(err)
	}
	want := encode(first)
	if diff := cmp.Diff(parse(t, ruleText), source); diff != "" {
		t.Errorf("the rule's source was changed:\n%s", diff)
	}
	if diff := cmp.Diff(any(map[string]any{"xs": []any{1.0, 2.0, []any{}}}), data); diff != "" {
		t.Errorf("the data was changed:\n%s", diff)
	}
	source.([]any)[1].(map[string]any)["a"].([]any)[0] = "changed"
	source.([]any)[0] = "changed"
	again, err := rule.Apply(data)
	if err != nil {
		t.Fatal(err)
	}
	if got := encode(again); got != want {
		t.Errorf("after a change of the source: %s, want %s", got, want)
	}
}

// A large state that is passed on costs no copy.
func TestWhatIsPassedOnIsNotCopied(t *testing.T) {
	t.Parallel()
	inner := []any{"text", json.Number("1"), true, nil, map[string]any{"a": []any{"b"}}}
	data := map[string]any{"inner": inner}
	for name, rule := range map[string]any{"data": op("var", ""), "literal": lit(data), "branch": op("if", true, op("var", ""))} {
		got, err := apply(rule, data)
		if err != nil {
			t.Fatal(err)
		}
		object, ok := got.(map[string]any)
		if !ok || reflect.ValueOf(object).Pointer() != reflect.ValueOf(data).Pointer() || &object["inner"].([]any)[0] != &inner[0] {
			t.Errorf("%s: got a copy", name)
		}
	}
}

func TestRuleIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	rule, err := jsonlogic.Compile(parse(t, `{"cat":{"map":[{"filter":[{"var":"xs"},{"!==":[{"var":""},[]]}]},{"substr":[{"cat":[{"var":""},"é😀"]},0,-1]}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	data := parse(t, `{"xs":[1,"a",[],{"x":1},null,2.50]}`)
	want, err := rule.Apply(data)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 200 {
				if got, err := rule.Apply(data); err != nil || got != want {
					t.Errorf("got %v, error %v, want %v", got, err, want)
					return
				}
			}
		})
	}
	group.Wait()
}

// Of several faults the same is reported each time, though Go visits maps in random order.
func TestFaultsAreReportedInOrder(t *testing.T) {
	t.Parallel()
	data := map[string]any{}
	for _, key := range strings.Split("abcdefghijklmnopqrstuvwxyz", "") {
		data[key] = json.Number(key)
	}
	ruleWithFaults := map[string]any{"x": make(chan int), "y": make(chan bool), "z": make(chan string)}
	for range 50 {
		if _, err := apply(op("var", ""), data); err == nil || !strings.Contains(err.Error(), `"a"`) {
			t.Fatalf("error %v", err)
		}
		if _, err := jsonlogic.Compile(ruleWithFaults); err == nil || !strings.Contains(err.Error(), `"/x"`) {
			t.Fatalf("error %v", err)
		}
	}
}

func TestZeroRuleIsNull(t *testing.T) {
	t.Parallel()
	var none *jsonlogic.Rule
	for _, rule := range []*jsonlogic.Rule{none, {}} {
		if got, err := rule.Apply(map[string]any{"a": 1}); got != nil || err != nil {
			t.Errorf("got %v, error %v", got, err)
		}
	}
}
