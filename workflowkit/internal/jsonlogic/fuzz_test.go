package jsonlogic_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonlogic"
)

// smallLimits keep a fuzzer quick; they are met all the time, which is part of what is tried.
func smallLimits() jsonlogic.Limits {
	return jsonlogic.Limits{Steps: 50_000, Text: 50_000, TotalText: 200_000, ListItems: 20_000, ResultText: 200_000}
}

func tryParse(text []byte) (v any, ok bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err := d.Decode(&v)
	return v, err == nil
}

// Whatever the rule and the data: nothing panics, everything ends, the same goes in as before and the same comes out
// again, and what comes out is JSON.
func FuzzApply(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"==":[{"var":"a.b"},"1"]}`, `{"a":{"b":1}}`},
		{`{"reduce":[{"var":"xs"},{"cat":[{"var":"accumulator"},{"substr":["añ😀",{"var":"current"},-1]}]},""]}`, `{"xs":[0,1,2]}`},
		{`{"if":[{"missing_some":[1,["a",["b","c"]]]},{"merge":[1,[2]]},{"-":["0x1f","Infinity"]}]}`, `[]`},
		{`[{"%":[1e308,3e-300]},{"max":[]},{"in":["",[]]},{"nope":1},{"a":1,"b":2}]`, `null`},
		{`{"map":[{"var":""},{"<":[0,{"var":"length"},{"log":"9"}]}]}`, `["text",[1,2],{"toString":1}]`},
	} {
		f.Add([]byte(seed[0]), []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, ruleText, dataText []byte) {
		source, ok := tryParse(ruleText)
		data, ok2 := tryParse(dataText)
		if !ok || !ok2 {
			t.Skip()
		}
		for _, finding := range jsonlogic.Check(source) {
			if finding.Code == "" || finding.Message == "" {
				t.Errorf("empty finding at %q", finding.Path)
			}
		}
		rule, err := jsonlogic.CompileWithin(source, smallLimits())
		if err != nil {
			return
		}
		got, err := rule.Apply(data)
		again, errAgain := rule.Apply(data)
		if (err == nil) != (errAgain == nil) || err != nil && err.Error() != errAgain.Error() {
			t.Fatalf("error %v, then %v", err, errAgain)
		}
		if !reflect.DeepEqual(got, again) { // a comparison that explains itself takes ages with deep lists
			t.Errorf("two results: %s and %s", encode(got), encode(again))
		}
		if _, err := json.Marshal(got); err != nil {
			t.Errorf("result is not JSON: %v", err)
		}
		for text, given := range map[string]any{string(ruleText): source, string(dataText): data} {
			if before, _ := tryParse([]byte(text)); !reflect.DeepEqual(before, given) {
				t.Errorf("changed to %s: %s", encode(given), text)
			}
		}
	})
}

// A literal comes out as it went in, wherever data may stand in a rule.
func FuzzLiteral(f *testing.F) {
	for _, seed := range []string{`{"var":"secret"}`, `[{"var":"secret"},{"merge":[[1]]}]`, `"text"`, `{"a":{"+":[1,1]},"b":[]}`, `9007199254740993`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		value, ok := tryParse(text)
		if !ok {
			t.Skip()
		}
		data := map[string]any{"secret": "s", "v": value, "vs": []any{value}}
		for name, rule := range map[string]any{
			"itself":         lit(value),
			"branch":         op("if", true, lit(value)),
			"default":        op("var", "nope", lit(value)),
			"body":           op("var", "0"),
			"data":           op("var", "v"),
			"item":           op("reduce", op("var", "vs"), op("var", "current")),
			"logged":         op("log", lit(value)),
			"in a list":      op("reduce", []any{lit(value)}, op("var", "current"), nil),
			"in a data rule": op("reduce", []any{map[string]any{"a": lit(value), "b": nil}}, op("var", "current.a")),
		} {
			compiled, err := jsonlogic.CompileWithin(rule, jsonlogic.Limits{ResultText: 3*len(text) + 100})
			if err != nil {
				t.Fatal(err)
			}
			var given any = data
			if name == "body" {
				given = []any{value}
			}
			got, err := compiled.Apply(given)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if diff := cmp.Diff(value, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
}
