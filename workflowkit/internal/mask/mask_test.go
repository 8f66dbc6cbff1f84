package mask_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/mask"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSecretsAreReplaced(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ schema, value, want string }{
		"nothing is marked":                     {`{"type":"string"}`, `"a"`, `"a"`},
		"the value itself":                      {`{"writeOnly":true}`, `{"a":1}`, `"[secret]"`},
		"with our own keyword":                  {`{"x-secret":true}`, `17`, `"[secret]"`},
		"a mark that is not set":                {`{"writeOnly":false,"properties":{"writeOnly":{"x-secret":false}}}`, `{"writeOnly":true}`, `{"writeOnly":true}`},
		"as a tag of a Go struct writes it":     {`{"x-secret":"true"}`, `17`, `"[secret]"`},
		"a property":                            {`{"properties":{"k":{"writeOnly":true}}}`, `{"z":1,"k":"v","a":2}`, `{"z":1,"k":"[secret]","a":2}`},
		"null":                                  {`{"properties":{"k":{"writeOnly":true}}}`, `{"k":null}`, `{"k":"[secret]"}`},
		"deep inside":                           {`{"properties":{"a":{"items":{"properties":{"k":{"writeOnly":true}}}}}}`, `{"a":[{"k":1},{"b":2}]}`, `{"a":[{"k":"[secret]"},{"b":2}]}`},
		"further properties":                    {`{"properties":{"a":{}},"additionalProperties":{"writeOnly":true}}`, `{"a":1,"b":2}`, `{"a":1,"b":"[secret]"}`},
		"unevaluated properties":                {`{"properties":{"a":{}},"unevaluatedProperties":{"writeOnly":true}}`, `{"a":1,"b":2}`, `{"a":1,"b":"[secret]"}`},
		"properties by pattern":                 {`{"patternProperties":{"^k":{"writeOnly":true}}}`, `{"k1":1,"b":2}`, `{"k1":"[secret]","b":2}`},
		"a pattern that Go cannot read":         {`{"patternProperties":{"(?=k)":{"writeOnly":true}}}`, `{"k1":1}`, `{"k1":"[secret]"}`},
		"in allOf":                              {`{"allOf":[{"properties":{"k":{"writeOnly":true}}},{}]}`, `{"k":1}`, `{"k":"[secret]"}`},
		"in one of several alternatives":        {`{"anyOf":[{"type":"string"},{"oneOf":[{"x-secret":true,"type":"integer"}]}]}`, `"a"`, `"[secret]"`},
		"in a condition":                        {`{"if":{},"then":{"properties":{"k":{"writeOnly":true}}}}`, `{"k":1}`, `{"k":"[secret]"}`},
		"in a dependent schema":                 {`{"dependentSchemas":{"a":{"properties":{"k":{"writeOnly":true}}}}}`, `{"k":1}`, `{"k":"[secret]"}`},
		"by reference":                          {`{"$ref":"#/$defs/a~1b","$defs":{"a/b":{"properties":{"k":{"writeOnly":true}}}}}`, `{"k":1}`, `{"k":"[secret]"}`},
		"by anchor":                             {`{"items":{"$ref":"#key"},"$defs":{"x":{"$anchor":"key","writeOnly":true}}}`, `[1,2]`, `["[secret]","[secret]"]`},
		"in a recursive schema":                 {`{"properties":{"k":{"writeOnly":true},"next":{"$ref":"#"}}}`, `{"next":{"next":{"k":1}}}`, `{"next":{"next":{"k":"[secret]"}}}`},
		"in a schema that refers to itself":     {`{"allOf":[{"$ref":"#"}],"properties":{"k":{"writeOnly":true}}}`, `{"k":1}`, `{"k":"[secret]"}`},
		"a reference that leads nowhere":        {`{"properties":{"a":{"$ref":"#/$defs/none"},"k":{"writeOnly":true}}}`, `{"a":1,"b":2}`, `{"a":"[secret]","b":2}`},
		"the first items":                       {`{"prefixItems":[{},{"writeOnly":true}],"items":{}}`, `[1,2,3]`, `[1,"[secret]",3]`},
		"the first items, as in older drafts":   {`{"items":[{},{"writeOnly":true}],"additionalItems":{"x-secret":true}}`, `[1,2,3]`, `[1,"[secret]","[secret]"]`},
		"items after the first":                 {`{"prefixItems":[{}],"items":{"writeOnly":true}}`, `[1,2,3]`, `[1,"[secret]","[secret]"]`},
		"contained items":                       {`{"prefixItems":[{}],"contains":{"writeOnly":true}}`, `[1,2]`, `["[secret]","[secret]"]`},
		"an escaped keyword":                    {`{"write\u004fnly":true}`, `1`, `"[secret]"`},
		"a value that is not JSON":              {`{"properties":{"k":{"writeOnly":true}}}`, `{"k":`, `"[secret]"`},
		"numbers keep their digits":             {`{"properties":{"k":{"writeOnly":true}}}`, `{"n":9007199254740993,"k":1}`, `{"n":9007199254740993,"k":"[secret]"}`},
		"marked in a property that is not used": {`{"properties":{"k":{"writeOnly":true}}}`, `[1]`, `[1]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := string(mask.Of([]byte(tc.schema)).Text([]byte(tc.value))); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

// secretText is what must not be seen. It is in no other place of a value.
const secretText = "hunter2"

// drawSecret draws a value with one secret in it, a schema that marks it, and the value as it may be seen.
func drawSecret(t *rapid.T, depth int) (value, schema, want any) {
	type object = map[string]any
	kinds := []string{"here", "here"}
	if depth > 0 {
		kinds = []string{"property", "item", "prefix", "additional", "allOf", "anyOf", "ref", "pattern", "here"}
	}
	switch kind := rapid.SampledFrom(kinds).Draw(t, "kind"); kind {
	case "here":
		return secretText, object{rapid.SampledFrom([]string{"writeOnly", "x-secret"}).Draw(t, "mark"): true}, mask.Secret
	case "property", "additional", "pattern":
		v, s, w := drawSecret(t, depth-1)
		name := rapid.StringMatching(`[a-c"/~é]{1,3}`).Draw(t, "name")
		in := object{"properties": object{name: s}}
		switch kind {
		case "additional":
			in = object{"additionalProperties": s, "properties": object{"other": object{}}}
		case "pattern":
			in = object{"patternProperties": object{"^[^o]": s}}
		}
		return object{name: v, "other": 1}, in, object{name: w, "other": 1}
	case "item":
		v, s, w := drawSecret(t, depth-1)
		return []any{v, v}, object{"items": s}, []any{w, w}
	case "prefix":
		v, s, w := drawSecret(t, depth-1)
		return []any{1, v}, object{"prefixItems": []any{object{}, s}}, []any{1, w}
	case "ref":
		v, s, w := drawSecret(t, depth-1)
		return v, object{"$ref": fmt.Sprintf("#/$defs/d%d", depth), "$defs": object{fmt.Sprintf("d%d", depth): s}}, w
	default:
		v, s, w := drawSecret(t, depth-1)
		return v, object{kind: []any{object{"title": "other"}, s}}, w
	}
}

// hoist moves all definitions to the top of a schema, where references look for them.
func hoist(schema any, defs map[string]any) any {
	switch s := schema.(type) {
	case map[string]any:
		for name, d := range s {
			if name == "$defs" {
				for n, inner := range d.(map[string]any) {
					defs[n] = hoist(inner, defs)
				}
				delete(s, name)
				continue
			}
			s[name] = hoist(d, defs)
		}
	case []any:
		for i := range s {
			s[i] = hoist(s[i], defs)
		}
	}
	return schema
}

func TestSecretsAreFoundAnywhere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value, schema, want := drawSecret(t, 5)
		defs := map[string]any{}
		top := map[string]any{"allOf": []any{hoist(schema, defs)}, "$defs": defs}
		encode := func(v any) []byte {
			raw, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			return raw
		}
		got := mask.Of(encode(top)).Text(encode(value))
		var a, b any
		if err := json.Unmarshal(got, &a); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(encode(want), &b); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(got), secretText) || string(encode(a)) != string(encode(b)) {
			t.Fatalf("schema %s\nvalue  %s\ngot    %s\nwant   %s", encode(top), encode(value), got, encode(want))
		}
	})
}

func FuzzMask(f *testing.F) {
	f.Add(`{"properties":{"k":{"writeOnly":true},"next":{"$ref":"#"}}}`, `{"k":1,"next":{"k":[1]}}`)
	f.Add(`{"allOf":[{"$ref":"#/allOf/0"}],"x-secret":true}`, `[]`)
	f.Add(`{"items":[{"$dynamicRef":"#a"}],"writeOnly":false,"$defs":{"a":{"$dynamicAnchor":"a","contains":{"writeOnly":true}}}}`, `[[1]]`)
	f.Add(`{"patternProperties":{"[":{"writeOnly":true}}}`, `{"":{}}`)
	f.Fuzz(func(t *testing.T, schema, value string) {
		m := mask.Of([]byte(schema))
		out := m.Text([]byte(value))
		if m != nil && len(value) > 0 && !json.Valid(out) {
			t.Errorf("%s becomes %s, which is not JSON", value, out)
		}
		if json.Valid([]byte(value)) && string(m.Text(out)) != string(out) {
			t.Errorf("%s becomes %s, and then something else", value, out)
		}
	})
}
