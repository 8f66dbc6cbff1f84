package jsonlogic_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What differs from json-logic-js on purpose, as the package's documentation lists it. The golden file leaves these
// out; what json-logic-js 2.0.5 gives is noted with each.
func TestDifferencesFromJSONLogic(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		rule, data string
		js         string
		want       any
	}{
		"an inherited method is not found": {
			`{"var":["constructor","none"]}`, `{"a":1}`, `the function Object`, "none",
		},
		"an inherited method of a list is not found": {
			`{"!":{"var":"xs.map"}}`, `{"xs":[1]}`, `false`, true,
		},
		"an object's prototype is not found": {
			`{"var":"__proto__"}`, `{"a":1}`, `{}`, nil,
		},
		"a member that is named like an inherited one is found": {
			`{"var":"constructor"}`, `{"constructor":"ours"}`, `"ours", too`, "ours",
		},
		"a key that is an operation is not evaluated": {
			`{"missing":[{"var":"k"}]}`, `{"k":{"cat":["a","b"]},"ab":1}`, `[]`,
			[]any{map[string]any{"cat": []any{"a", "b"}}},
		},
		"a key that is an unknown operation is no error": {
			`{"missing":[{"var":"k"}]}`, `{"k":{"rm":1}}`, `throws`, []any{map[string]any{"rm": json.Number("1")}},
		},
		"a number beyond 2^53 that is passed on keeps its digits": {
			`{"if":[true,{"var":"n"}]}`, `{"n":9007199254740993}`, `9007199254740992`, json.Number("9007199254740993"),
		},
		"a number beyond the doubles that is passed on is kept": {
			`{"var":"n"}`, `{"n":1e400}`, `null`, json.Number("1e400"),
		},
		"once it is calculated with it is infinite, as it is in JavaScript": {
			`{"-":[{"var":"n"},1]}`, `{"n":1e400}`, `null, too`, nil,
		},
		"numbers beyond 2^53 are compared as doubles, as they are in JavaScript": {
			`{"===":[{"var":"n"},9007199254740992]}`, `{"n":9007199254740993}`, `true, too`, true,
		},
		"the spelling of a number that is passed on is kept": {
			`{"merge":[{"var":"n"},-0]}`, `{"n":1.50}`, `[1.5,0]`, []any{json.Number("1.50"), json.Number("-0")},
		},
		"a function of an operation is not an operation": {
			`{"if":[true,"kept",{"var.prototype.constructor":["n"]}]}`, `{"n":1}`, `the same`, "kept",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := apply(parse(t, test.rule), parse(t, test.data))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("json-logic-js gives %s (-want +got):\n%s", test.js, diff)
			}
		})
	}
}
