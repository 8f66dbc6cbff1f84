package workflowkit

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

// TestFaultsThatDependOnOthers checks faults in parts that are faults because of what stands beside them. TypeBox, for one,
// writes Type.Intersect with unevaluatedProperties: a part of a subschema that fails is left over, but there is nothing
// wrong with it.
func TestFaultsThatDependOnOthers(t *testing.T) {
	t.Parallel()
	const intersect = `{"allOf":[{"type":"object","required":["a","n"],"properties":{"a":{"type":"string"},"n":{"type":"number"}}},
		{"type":"object","properties":{"o":{"type":"boolean"}}}],"unevaluatedProperties":false}`
	const either = `{"properties":{"kind":{"type":"string"}},"if":{"properties":{"kind":{"const":"mail"}}},"then":{"required":["to"],"properties":{"n":{"type":"number"}}},
		"else":{"required":["url"]}}`
	cases := map[string]struct {
		schema, value string
		holes         []string
		want          []string
	}{
		"nothing wrong":                    {schema: intersect, value: `{"a":"x","n":1,"o":true}`},
		"a property that nobody describes": {schema: intersect, value: `{"a":"x","n":1,"z":2}`, want: []string{`/z: there is no property "z"`}},
		"not beside a wrong type":          {schema: intersect, value: `{"a":"x","n":"1"}`, want: []string{"/n: got string, want number"}},
		"not beside a missing one":         {schema: intersect, value: `{"a":"x"}`, want: []string{`/n: property "n" is missing`}},
		"not beside a ref":                 {schema: intersect, value: `{"a":"x","n":"!ref($.event.data.n)","o":true}`, holes: []string{"/n"}},
		"a property of that name": {
			schema: `{"properties":{"unevaluatedProperties":{"type":"string"}}}`, value: `{"unevaluatedProperties":1}`,
			want: []string{"/unevaluatedProperties: got number, want string"},
		},
		"a definition of that name": {
			schema: `{"$ref":"#/$defs/unevaluatedProperties","$defs":{"unevaluatedProperties":{"type":"string"}}}`, value: `1`,
			want: []string{": got number, want string"},
		},
		"what an if demands":             {schema: either, value: `{"kind":"mail","n":"x"}`, want: []string{`/n: got string, want number`, `/to: property "to" is missing`}},
		"what an else demands":           {schema: either, value: `{"kind":"web"}`, want: []string{`/url: property "url" is missing`}},
		"what an if demands of a ref":    {schema: either, value: `{"kind":"!ref($.event.data.kind)","n":"x"}`, holes: []string{"/kind"}},
		"what one item must be":          {schema: `{"contains":{"const":"x"}}`, value: `["y","z"]`, want: []string{": no item is as one must be"}},
		"an item that may be as it must": {schema: `{"contains":{"const":"x"}}`, value: `["y","!ref($.event.data.x)"]`, holes: []string{"/1"}},
		"what two items must be":         {schema: `{"contains":{"const":"x"},"minContains":2}`, value: `["x","z"]`, want: []string{": 1 items are as at least 2 must be"}},
		"the name of a property":         {schema: `{"properties":{"o":{"propertyNames":{"maxLength":2}}}}`, value: `{"o":{"a/b":1}}`, want: []string{`/o/a~1b: no property can be called "a/b": maxLength: got 3, want 2`}},
		"a property beside another":      {schema: `{"dependentRequired":{"a":["b"]}}`, value: `{"a":1}`, want: []string{`/b: property "b" is missing beside "a"`}},
		"an item": {
			schema: `{"prefixItems":[{"type":"string"}],"unevaluatedItems":false}`, value: `["a",1]`, want: []string{"/1: there is no such item"},
		},
		"nothing is allowed":     {schema: `{"properties":{"a":false}}`, value: `{"a":1}`, want: []string{"/a: nothing is allowed here"}},
		"what a schema excludes": {schema: `{"not":{"type":"string"}}`, value: `"x"`, want: []string{": is what the schema excludes"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := compileSchema(json.RawMessage(tc.schema))
			if err != nil {
				t.Fatal(err)
			}
			value, err := jsonvalue.Decode([]byte(tc.value), nil)
			if err != nil {
				t.Fatal(err)
			}
			holes := map[string]bool{}
			for _, hole := range tc.holes {
				holes[hole] = true
			}
			var got []string
			for _, f := range s.check(value) {
				if !f.dependsOn(holes) {
					got = append(got, f.pointer+": "+f.message)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}
