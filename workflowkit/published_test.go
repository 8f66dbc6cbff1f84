package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

func TestParseCatalogReadsWhatIsPublished(t *testing.T) {
	t.Parallel()
	type input struct {
		Tone string `json:"tone" jsonschema:"title=Tone,enum=formal,enum=casual"`
		Text string `json:"text,omitempty" fieldType:"textarea"`
	}
	action := workflowkit.Define(workflowkit.Spec{Kind: "review", Name: "Review", Icon: "pen"}, func(context.Context, *workflowkit.Run, input) (struct{}, error) {
		return struct{}{}, nil
	})
	engine, err := workflowkit.New(workflowkit.WithActions(action))
	if err != nil {
		t.Fatal(err)
	}
	published, err := json.Marshal(engine.Catalog())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a list":                   string(published),
		"an object with a list":    `{"version":1,"actions":` + string(published) + `}`,
		"a list with space around": "\n " + string(published) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			catalog, err := workflowkit.ParseCatalog([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			reader, err := workflowkit.New(workflowkit.WithCatalog(catalog))
			if err != nil {
				t.Fatal(err)
			}
			again, err := json.Marshal(reader.Catalog())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(published), string(again)); diff != "" {
				t.Errorf("catalogue (-published +read):\n%s", diff)
			}
		})
	}
}

func TestParseCatalogNamesFaults(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		text string
		want []string
	}{
		"not JSON":              {`[{`, []string{"catalogue: not valid JSON"}},
		"a number":              {`1`, []string{"catalogue: found number"}},
		"nothing":               {``, []string{"catalogue: not valid JSON"}},
		"an object of no list":  {`{"kind":"a"}`, []string{"catalogue: found nothing"}},
		"several bad entries":   {`[1,{},{"kind":"a"},{"kind":"a"}]`, []string{"entry 0: found number", "entry 1: it has no kind", `entry 3: kind "a" is also that of entry 2`}},
		"members of wrong type": {`[{"kind":5},{"kind":"a","inputs":[]}]`, []string{"entry 0: ", "entry 1: "}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			catalog, err := workflowkit.ParseCatalog([]byte(tc.text))
			if err == nil || catalog != nil {
				t.Fatalf("got %v, %v", catalog, err)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
		})
	}
}

// publishedCodes returns the codes of the findings about one action of kind "a" whose input "x" has a schema and a value.
func publishedCodes(t *testing.T, schema, value string) []workflowkit.Code {
	t.Helper()
	catalog, err := workflowkit.ParseCatalog([]byte(`[{"kind":"a","inputs":{"x":{"type":` + schema + `}}}]`))
	if err != nil {
		t.Fatal(err)
	}
	engine, err := workflowkit.New(workflowkit.WithCatalog(catalog))
	if err != nil {
		t.Fatal(err)
	}
	problems := engine.Validate(json.RawMessage(
		`{"actions":[{"id":"1","kind":"a","inputs":{"x":` + value + `}}],"edges":[{"from":"$source","to":"1"}]}`))
	var codes []workflowkit.Code
	for _, p := range problems {
		codes = append(codes, p.Code)
	}
	return codes
}

// TestTypeBox holds the schemas that TypeBox serialises to what they mean.
func TestTypeBox(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		schema    string
		fit, fail []string
	}{
		"String":  {`{"type":"string","minLength":2}`, []string{`"ab"`}, []string{`"a"`, `1`}},
		"Integer": {`{"type":"integer","exclusiveMinimum":0}`, []string{`1`, `1.0`}, []string{`0`, `1.5`, `"1"`}},
		"Any":     {`{}`, []string{`1`, `null`, `"x"`, `{}`}, nil},
		"Never":   {`{"not":{}}`, nil, []string{`1`, `null`}},
		"Literal": {`{"const":"a","type":"string"}`, []string{`"a"`}, []string{`"b"`}},
		"Union of literals": {
			`{"anyOf":[{"const":"a","type":"string"},{"const":"b","type":"string"}]}`, []string{`"a"`, `"b"`}, []string{`"c"`},
		},
		"Object": {
			`{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"number"}},"required":["a"]}`,
			[]string{`{"a":""}`, `{"a":"","b":1,"c":null}`},
			[]string{`{}`, `{"a":"","b":"1"}`, `[]`},
		},
		"Intersect": {
			`{"allOf":[{"type":"object","required":["a"],"properties":{"a":{"type":"string"}}},{"type":"object","required":["b"],"properties":{"b":{"type":"string"}}}],"unevaluatedProperties":false}`,
			[]string{`{"a":"","b":""}`},
			[]string{`{"a":""}`, `{"a":"","b":"","c":1}`},
		},
		"Record": {
			`{"type":"object","patternProperties":{"^(.*)$":{"type":"number"}}}`, []string{`{}`, `{"a":1}`}, []string{`{"a":"1"}`},
		},
		"Tuple": {
			`{"type":"array","items":[{"type":"string"},{"type":"number"}],"additionalItems":false,"minItems":2,"maxItems":2}`,
			[]string{`["a",1]`},
			[]string{`[1,"a"]`, `["a"]`, `["a",1,2]`},
		},
		"empty Tuple": {`{"type":"array","minItems":0,"maxItems":0}`, []string{`[]`}, []string{`[1]`}},
		"Tuple with rest": {
			`{"type":"array","items":[{"type":"string"}],"additionalItems":{"type":"number"}}`, []string{`["a",1,2]`}, []string{`["a","b"]`},
		},
		"Tuple inside": {
			`{"type":"object","properties":{"p":{"type":"array","items":[{"type":"string"}],"additionalItems":false}}}`,
			[]string{`{"p":["a"]}`},
			[]string{`{"p":[1]}`, `{"p":["a",1]}`},
		},
		"Recursive": {
			`{"$id":"T0","type":"object","properties":{"id":{"type":"string"},"nodes":{"type":"array","items":{"$ref":"T0"}}},"required":["id","nodes"]}`,
			[]string{`{"id":"a","nodes":[{"id":"b","nodes":[]}]}`},
			[]string{`{"id":"a","nodes":[{"id":1,"nodes":[]}]}`, `{"id":"a","nodes":[{}]}`},
		},
		"Module": {
			`{"$defs":{"A b/c":{"$id":"A b/c","type":"string"},"B":{"$id":"B","type":"array","items":{"$ref":"A b/c"}}},"$ref":"B"}`,
			[]string{`["a"]`},
			[]string{`[1]`, `"a"`},
		},
		"definitions of draft 7": {
			`{"definitions":{"n":{"type":"number"}},"type":"array","items":{"$ref":"#/definitions/n"}}`, []string{`[1]`}, []string{`["a"]`},
		},
		"Date, which JSON cannot hold": {`{"type":"Date"}`, []string{`"2026-01-01"`, `1`}, nil},
		"Undefined in a Union":         {`{"anyOf":[{"type":"undefined"},{"type":"string"}]}`, []string{`"a"`}, nil},
		"a pattern of JavaScript's":    {`{"type":"string","pattern":"^(?!a)"}`, []string{`"b"`, `"a"`}, []string{`1`}},
		"a pattern":                    {`{"type":"string","pattern":"^a"}`, []string{`"ab"`}, []string{`"b"`}},
		"a key pattern of JavaScript's": {
			`{"type":"object","patternProperties":{"^(?=a)":{"type":"string"}},"additionalProperties":false}`, []string{`{"a":"x"}`}, nil,
		},
		"a property called items": {
			`{"type":"object","properties":{"items":{"type":"array","items":{"type":"string"}},"$id":{"type":"string"}}}`,
			[]string{`{"items":["a"],"$id":"x"}`},
			[]string{`{"items":[1]}`, `{"$id":1}`},
		},
		"a default and an enum are not schemas": {
			`{"enum":[{"items":[1],"type":"Date"}],"default":{"items":[1],"type":"Date"}}`, []string{`{"items":[1],"type":"Date"}`}, []string{`{"items":[1]}`},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, value := range tc.fit {
				if codes := publishedCodes(t, tc.schema, value); codes != nil {
					t.Errorf("%s should fit: got %v", value, codes)
				}
			}
			for _, value := range tc.fail {
				codes := publishedCodes(t, tc.schema, value)
				if len(codes) == 0 || codes[0] != workflowkit.CodeInputType {
					t.Errorf("%s should not fit: got %v", value, codes)
				}
			}
		})
	}
}

func TestWithCatalogRefusesSchemas(t *testing.T) {
	t.Parallel()
	for name, schema := range map[string]string{
		"a ref to a file":     `{"$ref":"file:///etc/passwd"}`,
		"a ref to nothing":    `{"$ref":"Missing"}`,
		"a keyword of no use": `{"type":"string","minLength":"many"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			catalog, err := workflowkit.ParseCatalog([]byte(`[{"kind":"a","inputs":{"x":{"type":` + schema + `}}}]`))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := workflowkit.New(workflowkit.WithCatalog(catalog)); err == nil || !strings.Contains(err.Error(), `action kind "a": input "x"`) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestWithCatalogInputs(t *testing.T) {
	t.Parallel()
	catalog, err := workflowkit.ParseCatalog([]byte(`[{"kind":"free"},{"kind":"none","inputs":{}},
		{"kind":"one","inputs":{"x":{"type":{"type":"string"},"required":true}},"outputs":{"y":{"type":{"type":"string"},"description":"d"}}},
		{"kind":"two","outputs":{"type":"object","properties":{"z":{"type":"string"}}}}]`))
	if err != nil {
		t.Fatal(err)
	}
	engine, err := workflowkit.New(workflowkit.WithCatalog(catalog))
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		actions string
		want    workflowkit.Code
	}{
		"no inputs member takes any":        {`{"id":"1","kind":"free","inputs":{"any":1}}`, ""},
		"an empty one takes none":           {`{"id":"1","kind":"none","inputs":{"any":1}}`, workflowkit.CodeInputUnknown},
		"required is known":                 {`{"id":"1","kind":"one"}`, workflowkit.CodeInputMissing},
		"outputs by name are known":         {`{"id":"1","kind":"one","inputs":{"x":"a"}},{"id":"2","kind":"free","inputs":{"a":"!ref($.state.1.yy)"}}`, workflowkit.CodeRefProperty},
		"outputs as JSON Schema are known":  {`{"id":"1","kind":"two"},{"id":"2","kind":"free","inputs":{"a":"!ref($.state.1.zz)"}}`, workflowkit.CodeRefProperty},
		"refs into them that are right fit": {`{"id":"1","kind":"two"},{"id":"2","kind":"free","inputs":{"a":"!ref($.state.1.z)"}}`, ""},
		"other kinds are unknown":           {`{"id":"1","kind":"fre"}`, workflowkit.CodeKindUnknown},
		"built-in ones are there":           {`{"id":"1","kind":"builtin:if"}`, ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edges := `{"from":"$source","to":"1"}`
			if strings.Contains(tc.actions, `"id":"2"`) {
				edges += `,{"from":"1","to":"2"}`
			}
			problems := engine.Validate(json.RawMessage(`{"actions":[` + tc.actions + `],"edges":[` + edges + `]}`)).Errors()
			switch {
			case tc.want == "" && len(problems) > 0:
				t.Errorf("got %v", problems)
			case tc.want != "" && (len(problems) != 1 || problems[0].Code != tc.want):
				t.Errorf("got %v, want %s", problems, tc.want)
			}
		})
	}
}

func TestWithCatalogBuiltins(t *testing.T) {
	t.Parallel()
	all, err := workflowkit.New()
	if err != nil {
		t.Fatal(err)
	}
	builtins := len(all.Catalog())
	cases := map[string]struct {
		catalog string
		option  workflowkit.Option
		want    int
	}{
		"none listed leaves all on":            {`[{"kind":"a"}]`, nil, builtins + 1},
		"those listed are all":                 {`[{"kind":"builtin:if"},{"kind":"a"}]`, nil, 2},
		"listing does not turn on":             {`[{"kind":"builtin:if"},{"kind":"a"}]`, workflowkit.WithoutBuiltins(), 1},
		"one of a later version is as any one": {`[{"kind":"builtin:if"},{"kind":"builtin:of_tomorrow"}]`, nil, 2},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			catalog, err := workflowkit.ParseCatalog([]byte(tc.catalog))
			if err != nil {
				t.Fatal(err)
			}
			options := []workflowkit.Option{workflowkit.WithCatalog(catalog)}
			if tc.option != nil {
				options = append(options, tc.option)
			}
			engine, err := workflowkit.New(options...)
			if err != nil {
				t.Fatal(err)
			}
			if got := len(engine.Catalog()); got != tc.want {
				t.Errorf("got %d actions, want %d", got, tc.want)
			}
		})
	}
}

func TestActionsWithoutHandlersDoNotRun(t *testing.T) {
	t.Parallel()
	catalog, err := workflowkit.ParseCatalog([]byte(`[{"kind":"trace"}]`))
	if err != nil {
		t.Fatal(err)
	}
	for name, option := range map[string]workflowkit.Option{
		"of a catalogue": workflowkit.WithCatalog(catalog), "of an unknown kind": workflowkit.WithOpenKinds(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine, err := workflowkit.New(option)
			if err != nil {
				t.Fatal(err)
			}
			result, err := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "e"}, workflowkittest.WithWorkflow(graph("$source>a")))
			if !errors.Is(err, workflowkit.ErrNoHandler) || !workflowkit.IsNoRetryError(err) {
				t.Errorf("got %v", err)
			}
			if result.Run.Status != workflowkit.StatusFailed {
				t.Errorf("status: got %s", result.Run.Status)
			}
		})
	}
}

func TestOpenKinds(t *testing.T) {
	t.Parallel()
	engine := dryEngine(t)
	cases := map[string]struct {
		kind string
		ok   bool
	}{
		"any kind goes":                      {"whatever", true},
		"but not one that the engine should": {"builtin:whatever", false},
		"nor none":                           {"", false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problems := engine.Validate(json.RawMessage(
				`{"actions":[{"id":"1","kind":"` + tc.kind + `","inputs":{"a":{"b":["!ref($.event.data)"]}}}],"edges":[{"from":"$source","to":"1"}]}`))
			if ok := problems.Err() == nil; ok != tc.ok {
				t.Errorf("got %v", problems)
			}
		})
	}
}

func FuzzParseCatalog(f *testing.F) {
	f.Add(`[{"kind":"a","inputs":{"x":{"type":{"type":"string"}}}}]`)
	f.Add(`{"actions":[{"kind":"a","icon":{},"outputs":{"r":{"type":{"type":"number"}}},"edges":{"allowAdd":false,"edges":[{"name":"n","conditional":{"type":"match","ref":"r","value":null}}]}}]}`)
	f.Add(`[{"kind":"a","inputs":{"x":{"type":{"$id":"T","items":[{"$ref":"T"}],"additionalItems":false,"pattern":"(?=","patternProperties":{"(?=":{}}}}}}]`)
	f.Add(`[{"kind":"a","inputs":{"x":{"type":{"type":["Date",null,7]}}}}]`)
	f.Fuzz(func(t *testing.T, text string) {
		catalog, err := workflowkit.ParseCatalog([]byte(text))
		if err != nil {
			return
		}
		engine, err := workflowkit.New(workflowkit.WithCatalog(catalog))
		if err != nil {
			return
		}
		if _, err := json.Marshal(engine.Catalog()); err != nil {
			t.Errorf("catalogue that was read cannot be written: %v", err)
		}
	})
}
