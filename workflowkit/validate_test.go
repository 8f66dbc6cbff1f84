package workflowkit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// judge is an engine with kinds for the tests of validation:
//
//	any     takes anything and says nothing about its output
//	typed   has inputs and an output of every type
//	nothing takes no inputs
//	union   has inputs as TypeBox writes unions, literals and optional ones
func judge(t testing.TB) *workflowkit.Engine {
	t.Helper()
	type part struct {
		Title string `json:"title"`
		Words int    `json:"words,omitempty"`
	}
	type input struct {
		Text   string   `json:"text"`
		Count  int      `json:"count,omitempty" jsonschema:"minimum=1"`
		Flag   bool     `json:"flag,omitempty"`
		Tone   string   `json:"tone,omitempty" jsonschema:"enum=formal,enum=casual,default=formal"`
		Tags   []string `json:"tags,omitempty"`
		Part   *part    `json:"part,omitempty"`
		Score  float64  `json:"score,omitempty"`
		Parts  []part   `json:"parts,omitempty"`
		Choice any      `json:"choice,omitempty"`
	}
	type output struct {
		Text  string         `json:"text"`
		Count int            `json:"count"`
		Flag  bool           `json:"flag"`
		Part  part           `json:"part"`
		Parts []part         `json:"parts"`
		Free  map[string]any `json:"free"`
	}
	typebox := workflowkit.Inputs{
		{Name: "mode", Required: true, Type: json.RawMessage(`{"anyOf":[{"const":"fast","type":"string"},{"const":"slow","type":"string"}]}`)},
		{Name: "id", Type: json.RawMessage(`{"anyOf":[{"type":"string"},{"type":"number"}]}`)},
		{Name: "mail", Type: json.RawMessage(`{"type":"string","format":"email","title":"Email address"}`)},
		{Name: "strict", Type: json.RawMessage(`{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"number"}},"required":["a"],"additionalProperties":false}`)},
		{Name: "color", Type: json.RawMessage(`{"enum":["red","green",3]}`)},
		{Name: "shape", Type: json.RawMessage(`{"oneOf":[{"type":"object","properties":{"r":{"type":"number"}},"required":["r"]},{"type":"array"}]}`)},
		{Name: "maybe", Type: json.RawMessage(`{"type":["string","null"]}`)},
	}
	engine, err := workflowkit.New(workflowkit.WithActions(
		workflowkit.DefineUntyped(workflowkit.Spec{Kind: "any"}, echo),
		workflowkit.Define(workflowkit.Spec{Kind: "typed"}, func(context.Context, *workflowkit.Run, input) (output, error) { return output{}, nil }),
		workflowkit.Define(workflowkit.Spec{Kind: "nothing"}, func(context.Context, *workflowkit.Run, struct{}) (struct{}, error) { return struct{}{}, nil }),
		workflowkit.DefineUntyped(workflowkit.Spec{Kind: "union", Inputs: typebox}, echo),
	))
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// after is a workflow of an action of kind typed with the id 1, and one of another kind with inputs after it.
func after(kind, inputs string) string {
	return fmt.Sprintf(`{"actions":[{"id":"1","kind":"typed","inputs":{"text":"x"}},{"id":"2","kind":%q,"inputs":%s}],
		"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"}]}`, kind, inputs)
}

// conditional is a workflow whose only edge between two actions has a condition.
func conditional(condition string) string {
	return fmt.Sprintf(`{"actions":[{"id":"1","kind":"typed","inputs":{"text":"x"}},{"id":"2","kind":"any"}],
		"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2","conditional":%s}]}`, condition)
}

// ifThen is a workflow of a condition with both branches.
func ifThen(condition string) string {
	return fmt.Sprintf(`{"actions":[{"id":"1","kind":"any"},{"id":"2","kind":"builtin:if","inputs":{"condition":%s}},{"id":"3","kind":"any"},{"id":"4","kind":"any"}],
		"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"},{"from":"2","to":"3","conditional":{"type":"if","ref":"!ref($.output.result)"}},
		{"from":"2","to":"4","conditional":{"type":"else","ref":"!ref($.output.result)"}}]}`, condition)
}

// failing is a workflow of one action with further members.
func failing(members string) string {
	return fmt.Sprintf(`{"actions":[{"id":"1","kind":"any",%s}],"edges":[{"from":"$source","to":"1"}]}`, members)
}

// eachOf is a workflow of a for_each, and one action after it.
func eachOf(inputs string) string {
	return fmt.Sprintf(`{"actions":[{"id":"each","kind":"builtin:for_each","inputs":{"items":[1,2],%s}},{"id":"after","kind":"any","inputs":{"x":1}}],
		"edges":[{"from":"$source","to":"each"},{"from":"each","to":"after"}]}`, inputs)
}

// findings lists findings as "code path".
func findings(problems workflowkit.Problems) []string {
	out := []string{}
	for _, p := range problems {
		severity := ""
		if p.Severity == workflowkit.SeverityWarning {
			severity = "?"
		}
		out = append(out, string(p.Code)+severity+" "+p.Path)
	}
	return out
}

// validateCases are documents with what is found in them, as "code path"; a code with a question mark is a warning.
func validateCases() map[string]validateCase {
	diamond := `{"actions":[{"id":"a","kind":"any"},{"id":"b","kind":"any"},{"id":"c","kind":"any"},{"id":"d","kind":"any","inputs":%s}],
		"edges":[{"from":"$source","to":"a"},{"from":"a","to":"b"},{"from":"a","to":"c"},{"from":"b","to":"d"},{"from":"c","to":"d"}]}`
	return map[string]validateCase{
		"a workflow without faults": {doc: after("any", `{"x":"!ref($.state.1.part.title)"}`)},

		// The document.
		"not JSON":           {doc: `{"actions":`, want: []string{"syntax "}},
		"two documents":      {doc: `{} {}`, want: []string{"syntax "}},
		"not an object":      {doc: `[]`, want: []string{"shape "}},
		"no definition":      {doc: `null`, want: []string{"definition_missing? "}},
		"actions not a list": {doc: `{"actions":{},"edges":[]}`, want: []string{"shape /actions", "no_start /edges"}},
		"an action that is not an object": {
			doc: `{"actions":[1],"edges":[]}`, want: []string{"shape /actions/0", "no_start /edges"},
		},
		"an id that is a number": {
			doc:  `{"actions":[{"id":1,"kind":"any"}],"edges":[{"from":"$source","to":1}]}`,
			want: []string{"shape /actions/0/id", "shape /edges/0/to"}, message: `write it in quotes, as "1"`,
		},
		"inputs that are not an object": {doc: after("any", `[]`), want: []string{"shape /actions/1/inputs"}},
		"a condition that is not an object": {
			doc: conditional(`"if"`), want: []string{"shape /edges/1/conditional"},
		},

		// Actions.
		"no id":             {doc: `{"actions":[{"kind":"any"}],"edges":[{"from":"$source","to":"1"}]}`, want: []string{"id_missing /actions/0/id", "edge_to_unknown /edges/0/to"}},
		"a duplicate id":    {doc: `{"actions":[{"id":"1","kind":"any"},{"id":"1","kind":"any"}],"edges":[{"from":"$source","to":"1"}]}`, want: []string{"id_duplicate /actions/1/id"}, message: "also the id of /actions/0"},
		"a reserved id":     {doc: `{"actions":[{"id":"$x","kind":"any"}],"edges":[{"from":"$source","to":"$x"}]}`, want: []string{"id_reserved /actions/0/id"}},
		"an id with slash":  {doc: `{"actions":[{"id":"a/b","kind":"any"}],"edges":[{"from":"$source","to":"a/b"}]}`, want: []string{"id_invalid /actions/0/id"}},
		"an id with a line": {doc: `{"actions":[{"id":"a\nb","kind":"any"}],"edges":[{"from":"$source","to":"a\nb"}]}`, want: []string{"id_invalid /actions/0/id"}},
		"an id that is too long": {
			doc:  fmt.Sprintf(`{"actions":[{"id":%[1]q,"kind":"any"}],"edges":[{"from":"$source","to":%[1]q}]}`, strings.Repeat("x", 201)),
			want: []string{"id_invalid /actions/0/id"},
		},
		"no kind":                    {doc: `{"actions":[{"id":"1"}],"edges":[{"from":"$source","to":"1"}]}`, want: []string{"kind_missing /actions/0/kind"}},
		"an unknown kind":            {doc: after("tyepd", `{}`), want: []string{"kind_unknown /actions/1/kind"}, message: `did you mean "typed"?`},
		"a kind in another case":     {doc: after("TYPED", `{}`), want: []string{"kind_unknown /actions/1/kind"}, message: `did you mean "typed"?`},
		"a kind with spaces around":  {doc: after(" typed ", `{}`), want: []string{"kind_unknown /actions/1/kind"}, message: `did you mean "typed"?`},
		"a kind without its prefix":  {doc: after("for_each", `{}`), want: []string{"kind_unknown /actions/1/kind"}, message: `did you mean "builtin:for_each"?`},
		"a kind that is only a part": {doc: after("if", `{}`), want: []string{"kind_unknown /actions/1/kind"}, message: `did you mean "builtin:if"?`},
		"a delay without a length":   {doc: after("builtin:delay", `{}`), want: []string{"input_missing /actions/1"}, message: `"duration" or "until"`},
		"a delay with two ends": {
			doc:  after("builtin:delay", `{"duration":"1h","until":"!ref($.event.data.until)"}`),
			want: []string{"input_unknown /actions/1/inputs/until"}, message: "remove one of them",
		},
		"a delay of no time":       {doc: after("builtin:delay", `{"duration":"0s"}`), want: []string{"input_type /actions/1/inputs/duration"}, message: "is no time at all"},
		"a delay of years":         {doc: after("builtin:delay", `{"duration":"400d"}`), want: []string{"input_type /actions/1/inputs/duration"}, message: "more than 366 days"},
		"a delay that is no time":  {doc: after("builtin:delay", `{"duration":"soon"}`), want: []string{"input_type /actions/1/inputs/duration"}},
		"a wait of no time":        {doc: after("builtin:wait_for_event", `{"event":"e","timeout":"0m"}`), want: []string{"input_type /actions/1/inputs/timeout"}, message: "is no time at all"},
		"an invoke for years":      {doc: after("builtin:invoke", `{"function":"f","timeout":"53w"}`), want: []string{"input_type /actions/1/inputs/timeout"}, message: "more than 366 days"},
		"a delay until a time":     {doc: after("builtin:delay", `{"until":"!ref($.event.data.until)"}`)},
		"a kind that is like none": {doc: after("whatever", `{}`), want: []string{"kind_unknown /actions/1/kind"}, message: "register an action of this kind"},

		// Inputs.
		"a missing input":                 {doc: after("typed", `{}`), want: []string{"input_missing /actions/1/inputs/text"}, message: "set it to a value of type string"},
		"a missing input without inputs":  {doc: after("typed", `null`), want: []string{"input_missing /actions/1/inputs"}},
		"an unknown input":                {doc: after("typed", `{"text":"x","conut":1}`), want: []string{"input_unknown /actions/1/inputs/conut"}, message: `did you mean "count"?`},
		"an input for a kind without any": {doc: after("nothing", `{"x":1}`), want: []string{"input_unknown /actions/1/inputs/x"}},
		"an input of the wrong type":      {doc: after("typed", `{"text":1}`), want: []string{"input_type /actions/1/inputs/text"}, message: "got number, want string"},
		"a number in quotes":              {doc: after("typed", `{"text":"x","count":"3"}`), want: []string{"input_type /actions/1/inputs/count"}, message: "write 3 without quotes"},
		"a fraction for an integer":       {doc: after("typed", `{"text":"x","count":1.5}`), want: []string{"input_type /actions/1/inputs/count"}},
		"below the minimum":               {doc: after("typed", `{"text":"x","count":0}`), want: []string{"input_type /actions/1/inputs/count"}, message: "minimum"},
		"not in the enum":                 {doc: after("typed", `{"text":"x","tone":"loud"}`), want: []string{"input_type /actions/1/inputs/tone"}, message: "'formal', 'casual'"},
		"null":                            {doc: after("typed", `{"text":null}`), want: []string{"input_type /actions/1/inputs/text"}},
		"several faults in one input": {
			doc:  after("typed", `{"text":"x","parts":[{"title":1},{},{"title":"t","words":"w"}]}`),
			want: []string{"input_type /actions/1/inputs/parts/0/title", "input_type /actions/1/inputs/parts/1/title", "input_type /actions/1/inputs/parts/2/words"},
		},
		"several inputs": {doc: after("typed", `{"count":"x","flag":1}`), want: []string{"input_type /actions/1/inputs/count", "input_type /actions/1/inputs/flag", "input_missing /actions/1/inputs/text"}},
		"beside a ref": {
			doc:  after("typed", `{"text":"x","part":{"title":"!ref($.event.data.t)","words":"many"},"parts":["!ref($.event.data.p)",1]}`),
			want: []string{"input_type /actions/1/inputs/part/words", "input_type /actions/1/inputs/parts/1"},
		},
		"a required property beside a ref": {doc: after("typed", `{"text":"x","part":{"words":"!ref($.event.data.t)"}}`), want: []string{"input_type /actions/1/inputs/part/title"}},

		// Inputs as TypeBox writes their types.
		"a union of literals":      {doc: after("union", `{"mode":"fat"}`), want: []string{"input_type /actions/1/inputs/mode"}, message: `must be one of "fast", "slow"`},
		"a union of types":         {doc: after("union", `{"mode":"fast","id":true}`), want: []string{"input_type /actions/1/inputs/id"}, message: "got boolean, want string or number"},
		"a format":                 {doc: after("union", `{"mode":"fast","mail":"nobody"}`), want: []string{"input_type /actions/1/inputs/mail"}},
		"a strict object":          {doc: after("union", `{"mode":"fast","strict":{"b":"x","c":1}}`), want: []string{"input_type /actions/1/inputs/strict/b", "input_type /actions/1/inputs/strict/c", "input_type /actions/1/inputs/strict/a"}},
		"an enum of several types": {doc: after("union", `{"mode":"fast","color":"blue"}`), want: []string{"input_type /actions/1/inputs/color"}},
		"a union of objects":       {doc: after("union", `{"mode":"fast","shape":{}}`), want: []string{"input_type /actions/1/inputs/shape"}, message: `/r: property "r" is missing; or got object, want array`},
		"an optional input":        {doc: after("union", `{"mode":"slow","maybe":null}`)},

		// Edges and the graph.
		"no edges":             {doc: `{"actions":[{"id":"1","kind":"any"}]}`, want: []string{"unreachable /actions/0", "no_start /edges"}},
		"nothing at all":       {doc: `{}`, want: []string{"no_start /edges"}},
		"an edge from nothing": {doc: `{"actions":[{"id":"one","kind":"any"}],"edges":[{"from":"$source","to":"one"},{"from":"noe","to":"one"}]}`, want: []string{"edge_from_unknown /edges/1/from"}, message: `did you mean "one"?`},
		"an edge to nothing that is like something": {doc: `{"actions":[{"id":"1","kind":"any"}],"edges":[{"from":"$source","to":"1"},{"from":"1","to":"9"}]}`, want: []string{"edge_to_unknown /edges/1/to"}, message: "remove the edge, or add the action"},
		"an edge to nothing":                        {doc: `{"actions":[{"id":"one","kind":"any"}],"edges":[{"from":"$source","to":"one"},{"from":"one","to":"x"}]}`, want: []string{"edge_to_unknown /edges/1/to"}},
		"an edge with no ends":                      {doc: `{"actions":[{"id":"one","kind":"any"}],"edges":[{"from":"$source","to":"one"},{}]}`, want: []string{"edge_from_unknown /edges/1/from", "edge_to_unknown /edges/1/to"}},
		"an edge to $source":                        {doc: `{"actions":[{"id":"one","kind":"any"}],"edges":[{"from":"$source","to":"one"},{"from":"one","to":"$source"}]}`, want: []string{"edge_to_unknown /edges/1/to"}},
		"an edge from $sink":                        {doc: `{"actions":[{"id":"one","kind":"any"}],"edges":[{"from":"$source","to":"one"},{"from":"$sink","to":"one"}]}`, want: []string{"edge_from_unknown /edges/1/from"}},
		"an edge to $sink":                          {doc: `{"actions":[{"id":"one","kind":"any"}],"edges":[{"from":"$source","to":"one"},{"from":"one","to":"$sink"}]}`},
		"an edge to $sink from nothing": {
			doc: `{"actions":[{"id":"one","kind":"any"}],"edges":[{"from":"$source","to":"one"},{"from":"two","to":"$sink"}]}`, want: []string{"edge_from_unknown /edges/1/from"},
		},
		"an edge that is listed twice": {doc: `{"actions":[{"id":"1","kind":"any"}],"edges":[{"from":"$source","to":"1"},{"id":"e2","from":"$source","to":"1"}]}`, want: []string{"edge_duplicate /edges/1"}},
		"a condition that is listed twice": {
			doc: `{"actions":[{"id":"1","kind":"any"}],"edges":[{"from":"$source","to":"1","conditional":{"type":"match","ref":"!ref($.event.data.x)","value":{"a":1,"b":2}}},
				{"from":"$source","to":"1","conditional":{"ref":"!ref( $.event.data.x)","value":{"b":2,"a":1},"type":"match"}}]}`,
			want: []string{"edge_duplicate /edges/1"},
		},
		"two conditions between the same actions": {
			doc: `{"actions":[{"id":"1","kind":"any"}],"edges":[{"from":"$source","to":"1","conditional":{"type":"match","ref":"!ref($.event.data.x)","value":1}},
				{"from":"$source","to":"1","conditional":{"type":"match","ref":"!ref($.event.data.x)","value":2}}]}`,
		},
		"an edge with and one without a condition": {
			doc:  `{"actions":[{"id":"1","kind":"any"}],"edges":[{"from":"$source","to":"1","conditional":{"type":"if","ref":"!ref($.event.data.x)"}},{"from":"$source","to":"1"}]}`,
			want: []string{"edge_ambiguous /edges/1"},
		},
		"a cycle": {
			doc: `{"actions":[{"id":"1","kind":"any"},{"id":"2","kind":"any"},{"id":"3","kind":"any"},{"id":"4","kind":"any"}],
				"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"},{"from":"2","to":"3"},{"from":"3","to":"2"},{"from":"3","to":"4"}]}`,
			want: []string{"cycle /actions/1"}, message: `actions "2", "3" wait for each other`,
		},
		"an action that waits for itself": {doc: `{"actions":[{"id":"1","kind":"any"}],"edges":[{"from":"$source","to":"1"},{"from":"1","to":"1"}]}`, want: []string{"cycle /actions/0"}, message: `"1" waits for itself`},
		"two cycles": {
			doc: `{"actions":[{"id":"1","kind":"any"},{"id":"2","kind":"any"},{"id":"3","kind":"any"},{"id":"4","kind":"any"}],
				"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"},{"from":"2","to":"1"},{"from":"2","to":"3"},{"from":"3","to":"4"},{"from":"4","to":"3"}]}`,
			want: []string{"cycle /actions/0", "cycle /actions/2"},
		},
		"an unreachable action": {doc: `{"actions":[{"id":"1","kind":"any"},{"id":"2","kind":"any"}],"edges":[{"from":"$source","to":"1"}]}`, want: []string{"unreachable /actions/1"}},
		"an unreachable chain":  {doc: `{"actions":[{"id":"1","kind":"any"},{"id":"2","kind":"any"},{"id":"3","kind":"any"}],"edges":[{"from":"$source","to":"1"},{"from":"2","to":"3"}]}`, want: []string{"unreachable /actions/1", "unreachable /actions/2"}},
		"an edge that the kind does not declare": {
			doc: `{"actions":[{"id":"2","kind":"builtin:if","inputs":{"condition":true}},{"id":"3","kind":"any"}],"edges":[{"from":"$source","to":"2"},
				{"from":"2","to":"3"}]}`,
			want: []string{"edge_undeclared /edges/1"}, message: `"True", "False"`,
		},
		"an if with one branch": {
			doc: `{"actions":[{"id":"2","kind":"builtin:if","inputs":{"condition":true}},{"id":"3","kind":"any"}],"edges":[{"from":"$source","to":"2"},
				{"from":"2","to":"3","conditional":{"type":"else","ref":"!ref($.result)"}}]}`,
			want: []string{"branch_missing? /actions/0"}, message: `no edge "True"`,
		},
		"an if whose other branch leads to $sink": {
			doc: `{"actions":[{"id":"2","kind":"builtin:if","inputs":{"condition":true}},{"id":"3","kind":"any"}],"edges":[{"from":"$source","to":"2"},
				{"from":"2","to":"3","conditional":{"type":"else","ref":"!ref($.output.result)"}},{"from":"2","to":"$sink","conditional":{"type":"if","ref":"!ref($.output.result)"}}]}`,
		},

		// Conditions.
		"an unknown type of condition":          {doc: conditional(`{"type":"iff","ref":"!ref($.output)"}`), want: []string{"condition_type /edges/1/conditional/type"}, message: `did you mean "if"?`},
		"a condition without a type":            {doc: conditional(`{"ref":"!ref($.output)"}`), want: []string{"condition_type /edges/1/conditional/type"}},
		"a condition without a ref":             {doc: conditional(`{"type":"if"}`), want: []string{"condition_ref /edges/1/conditional/ref"}},
		"a condition whose ref is plain text":   {doc: conditional(`{"type":"if","ref":"$.output.flag"}`), want: []string{"condition_ref /edges/1/conditional/ref"}, message: "write !ref(…) around the path"},
		"a match without a value":               {doc: conditional(`{"type":"match","ref":"!ref($.output)"}`), want: []string{"condition_value /edges/1/conditional/value"}},
		"a match with null":                     {doc: conditional(`{"type":"match","ref":"!ref($.output)","value":null}`)},
		"a condition's ref that does not parse": {doc: conditional(`{"type":"if","ref":"!ref($.output"}`), want: []string{"ref_syntax /edges/1/conditional/ref"}},
		"a condition on an unknown property":    {doc: conditional(`{"type":"if","ref":"!ref($.output.flga)"}`), want: []string{"ref_property /edges/1/conditional/ref"}, message: `did you mean "flag"?`},
		"a condition on a later action":         {doc: conditional(`{"type":"if","ref":"!ref($.state.2.x)"}`), want: []string{"ref_order /edges/1/conditional/ref"}},
		"a condition on its own source":         {doc: conditional(`{"type":"if","ref":"!ref($.state.1.flag)"}`)},
		"a condition on the event": {
			doc: `{"actions":[{"id":"1","kind":"any"}],"edges":[{"from":"$source","to":"1","conditional":{"type":"if","ref":"!ref($.output.data.x)"}}]}`,
		},
		"a condition on an action before there is one": {
			doc:  `{"actions":[{"id":"1","kind":"any"}],"edges":[{"from":"$source","to":"1","conditional":{"type":"if","ref":"!ref($.state.1.x)"}}]}`,
			want: []string{"ref_order /edges/0/conditional/ref"},
		},

		// Refs.
		"a ref that does not parse":      {doc: after("any", `{"x":"!ref($.state.)"}`), want: []string{"ref_syntax /actions/1/inputs/x"}},
		"a ref that does not end":        {doc: after("any", `{"x":"see !ref($.event"}`), want: []string{"ref_syntax /actions/1/inputs/x"}},
		"a ref without a root":           {doc: after("any", `{"x":"!ref(event.data)"}`), want: []string{"ref_syntax /actions/1/inputs/x"}, message: "path must start with $"},
		"every ref in a text":            {doc: after("any", `{"x":"!ref(a) !ref(b)"}`), want: []string{"ref_syntax /actions/1/inputs/x", "ref_syntax /actions/1/inputs/x"}},
		"a ref deep in an input":         {doc: after("any", `{"a/b":[{"~":"!ref(x)"}]}`), want: []string{"ref_syntax /actions/1/inputs/a~1b/0/~0"}},
		"a ref to an unknown action":     {doc: after("any", `{"x":"!ref($.state.10.text)"}`), want: []string{"ref_unknown /actions/1/inputs/x"}, message: "did you mean $.state.1?"},
		"a ref to nothing known":         {doc: after("any", `{"x":"!ref($.events.data)"}`), want: []string{"ref_unknown /actions/1/inputs/x"}, message: "did you mean $.event?"},
		"a ref to $.output in an input":  {doc: after("any", `{"x":"!ref($.output.text)"}`), want: []string{"ref_unknown /actions/1/inputs/x"}, message: "conditions of edges only"},
		"a ref with an index for an id":  {doc: after("any", `{"x":"!ref($.state[1].text)"}`), want: []string{"ref_unknown /actions/1/inputs/x"}, message: "write $.state['1']"},
		"a ref to the action itself":     {doc: after("any", `{"x":"!ref($.state.2)"}`), want: []string{"ref_order /actions/1/inputs/x"}, message: "cannot see its own output"},
		"a ref to a later action":        {doc: fmt.Sprintf(`{"actions":[{"id":"1","kind":"any","inputs":{"x":%q}},{"id":"2","kind":"any"}],"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"}]}`, "!ref($.state.2)"), want: []string{"ref_order /actions/0/inputs/x"}},
		"a ref to an action beside":      {doc: strings.Replace(fmt.Sprintf(diamond, `{}`), `{"id":"c","kind":"any"}`, `{"id":"c","kind":"any","inputs":{"x":"!ref($.state.b)"}}`, 1), want: []string{"ref_order /actions/2/inputs/x"}},
		"a ref to one side of a diamond": {doc: fmt.Sprintf(diamond, `{"x":"!ref($.state.b)"}`)},
		"a ref to one side of a diamond that is not always taken": {
			doc:  strings.Replace(fmt.Sprintf(diamond, `{"x":"!ref($.state.b) !ref($.state.c)"}`), `"to":"b"}`, `"to":"b","conditional":{"type":"if","ref":"!ref($.output.x)"}}`, 1),
			want: []string{"ref_maybe? /actions/3/inputs/x"}, message: `action "b" runs on some paths only`,
		},
		"a ref to the top of a diamond": {doc: fmt.Sprintf(diamond, `{"x":"!ref($.state.a)"}`)},
		"a ref to an unknown property":  {doc: after("any", `{"x":"!ref($.state.1.txet)"}`), want: []string{"ref_property /actions/1/inputs/x"}, message: `did you mean "text"?`},
		"a ref to a property of a part": {doc: after("any", `{"x":"!ref($.state.1.part.tilte)"}`), want: []string{"ref_property /actions/1/inputs/x"}, message: `did you mean "title"?`},
		"a ref to a part of a text":     {doc: after("any", `{"x":"!ref($.state.1.text.length)"}`), want: []string{"ref_property /actions/1/inputs/x"}, message: "is of type string and has no parts"},
		"a ref to an item":              {doc: after("any", `{"x":"!ref($.state.1.parts[0].title)"}`)},
		"a ref to a part of an item":    {doc: after("any", `{"x":"!ref($.state.1.parts[0].tilte)"}`), want: []string{"ref_property /actions/1/inputs/x"}},
		"a ref to a property of a list": {doc: after("any", `{"x":"!ref($.state.1.parts.title)"}`), want: []string{"ref_property /actions/1/inputs/x"}},
		"a ref into what is not known":  {doc: after("any", `{"x":"!ref($.state.1.free.any.thing)"}`)},
		"a ref to a part of the event":  {doc: after("any", `{"x":"!ref($.event.datas.id)"}`), want: []string{"ref_property /actions/1/inputs/x"}, message: `did you mean "data"?`},
		"a query before the wrong name": {doc: after("any", `{"x":"!ref($.state.1.prats[*].title)"}`), want: []string{"ref_property /actions/1/inputs/x"}},

		// The types of refs.
		"a number for a text":              {doc: after("typed", `{"text":"!ref($.state.1.count)"}`), want: []string{"ref_type /actions/1/inputs/text"}, message: `is of type integer, input "text" of action "2" needs type string`},
		"a text for a number":              {doc: after("typed", `{"text":"x","count":"!ref($.state.1.text)"}`), want: []string{"ref_type /actions/1/inputs/count"}},
		"a text with a ref for a number":   {doc: after("typed", `{"text":"x","count":"!ref($.state.1.count) or so"}`), want: []string{"ref_type /actions/1/inputs/count"}, message: "gets a text"},
		"an integer for a number":          {doc: after("typed", `{"text":"x","score":"!ref($.state.1.count)"}`)},
		"an object for a boolean":          {doc: after("typed", `{"text":"x","flag":"!ref($.state.1.part)"}`), want: []string{"ref_type /actions/1/inputs/flag"}},
		"an object for an object":          {doc: after("typed", `{"text":"x","part":"!ref($.state.1.part)"}`)},
		"a list for an object":             {doc: after("typed", `{"text":"x","part":"!ref($.state.1.parts)"}`), want: []string{"ref_type /actions/1/inputs/part"}},
		"a boolean deep in an input":       {doc: after("typed", `{"text":"x","parts":[{"title":"!ref($.state.1.flag)"}]}`), want: []string{"ref_type /actions/1/inputs/parts/0/title"}},
		"the event's time for a text":      {doc: after("typed", `{"text":"!ref($.event.ts)"}`), want: []string{"ref_type /actions/1/inputs/text"}},
		"the whole state for a text":       {doc: after("typed", `{"text":"!ref($.state)"}`), want: []string{"ref_type /actions/1/inputs/text"}},
		"what is not known for anything":   {doc: after("typed", `{"text":"!ref($.event.data.text)","count":"!ref($.state.1.free.x)"}`)},
		"anything for what takes all":      {doc: after("typed", `{"text":"x","choice":"!ref($.state.1.part)"}`)},
		"a query, whose type is not known": {doc: after("typed", `{"text":"!ref($.state.1.parts[*].words)"}`)},
		"a boolean for a union":            {doc: after("union", `{"mode":"fast","id":"!ref($.state.1.flag)"}`), want: []string{"ref_type /actions/1/inputs/id"}},
		"a text for a union of literals":   {doc: after("union", `{"mode":"!ref($.state.1.text)"}`)},
		"a number for a union of literals": {doc: after("union", `{"mode":"!ref($.state.1.count)"}`), want: []string{"ref_type /actions/1/inputs/mode"}},

		// Failure handling.
		"retries and a timeout":              {doc: failing(`"retries":20,"timeout":"1d 12h"`)},
		"no retries and null for a timeout":  {doc: failing(`"retries":0,"timeout":null`)},
		"null for retries, an empty timeout": {doc: failing(`"retries":null,"timeout":""`)},
		"retries in quotes":                  {doc: failing(`"retries":"3"`), want: []string{"retries_invalid /actions/0/retries"}, message: "write it without quotes"},
		"negative retries":                   {doc: failing(`"retries":-1`), want: []string{"retries_invalid /actions/0/retries"}, message: "0 to 20 are possible"},
		"too many retries":                   {doc: failing(`"retries":21`), want: []string{"retries_invalid /actions/0/retries"}, message: "choose 0 to 20"},
		"half a retry":                       {doc: failing(`"retries":0.5`), want: []string{"retries_invalid /actions/0/retries"}, message: "are 0.5"},
		"more retries than numbers":          {doc: failing(`"retries":1e999`), want: []string{"retries_invalid /actions/0/retries"}},
		"a timeout that is a number":         {doc: failing(`"timeout":30`), want: []string{"timeout_invalid /actions/0/timeout"}, message: "a text is expected"},
		"a timeout without a unit":           {doc: failing(`"timeout":"30"`), want: []string{"timeout_invalid /actions/0/timeout"}, message: "not a number with a unit"},
		"a timeout of no time":               {doc: failing(`"timeout":"0s"`), want: []string{"timeout_invalid /actions/0/timeout"}, message: "no time at all"},
		"a timeout that is too long":         {doc: failing(`"timeout":"53w"`), want: []string{"timeout_invalid /actions/0/timeout"}, message: "more than 366 days"},

		// What is run for each item.
		"an action for each item":                {doc: eachOf(`"action":{"kind":"typed","retries":2,"timeout":"1m","inputs":{"text":"!ref($.item.title)","count":"!ref($.index)"}}`)},
		"a workflow for each item":               {doc: eachOf(`"workflow":"7","data":{"id":"!ref($.item.id)"}`)},
		"nothing for each item":                  {doc: eachOf(`"limit":3`), want: []string{"input_missing /actions/0/inputs"}, message: "set action, or workflow"},
		"an action and a workflow for each item": {doc: eachOf(`"workflow":"7","action":{"kind":"any"}`), want: []string{"input_unknown /actions/0/inputs/workflow"}},
		"data without a workflow":                {doc: eachOf(`"action":{"kind":"any"},"data":{}`), want: []string{"input_unknown /actions/0/inputs/data"}},
		"an unknown kind for each item":          {doc: eachOf(`"action":{"kind":"tyepd"}`), want: []string{"kind_unknown /actions/0/inputs/action/kind"}, message: `did you mean "typed"?`},
		"no kind for each item":                  {doc: eachOf(`"action":{}`), want: []string{"kind_missing /actions/0/inputs/action/kind"}},
		"a loop in a loop":                       {doc: eachOf(`"action":{"kind":"builtin:for_each"}`), want: []string{"kind_unknown /actions/0/inputs/action/kind"}, message: "cannot be run for each item"},
		"a condition for each item":              {doc: eachOf(`"action":{"kind":"builtin:if"}`), want: []string{"kind_unknown /actions/0/inputs/action/kind"}},
		"an unknown input for each item":         {doc: eachOf(`"action":{"kind":"typed","inputs":{"text":"x","conut":1}}`), want: []string{"input_unknown /actions/0/inputs/action/inputs/conut"}, message: `did you mean "count"?`},
		"a missing input for each item":          {doc: eachOf(`"action":{"kind":"typed","inputs":{}}`), want: []string{"input_missing /actions/0/inputs/action/inputs/text"}},
		"an input of the wrong type for each":    {doc: eachOf(`"action":{"kind":"typed","inputs":{"text":"x","count":"3"}}`), want: []string{"input_type /actions/0/inputs/action/inputs/count"}, message: "write 3 without quotes"},
		"a ref of the wrong type for each":       {doc: eachOf(`"action":{"kind":"typed","inputs":{"text":"!ref($.index)"}}`), want: []string{"ref_type /actions/0/inputs/action/inputs/text"}},
		"an unknown ref for each":                {doc: eachOf(`"action":{"kind":"any","inputs":{"x":{"y":"!ref($.itme)"}}}`), want: []string{"ref_unknown /actions/0/inputs/action/inputs/x/y"}, message: "did you mean $.item?"},
		"a ref for each to a later action":       {doc: eachOf(`"action":{"kind":"any","inputs":{"x":"!ref($.state.after)"}}`), want: []string{"ref_order /actions/0/inputs/action/inputs/x"}},
		"inputs for each that are a list":        {doc: eachOf(`"action":{"kind":"any","inputs":[]}`), want: []string{"shape /actions/0/inputs/action/inputs"}},
		"retries for each that are a text":       {doc: eachOf(`"action":{"kind":"any","retries":"1"}`), want: []string{"retries_invalid /actions/0/inputs/action/retries"}},
		"a timeout for each that is none":        {doc: eachOf(`"action":{"kind":"any","timeout":"1"}`), want: []string{"timeout_invalid /actions/0/inputs/action/timeout"}},
		"a timeout of a workflow for each":       {doc: strings.Replace(eachOf(`"workflow":"7"`), `"id":"each"`, `"id":"each","timeout":"1m"`, 1), want: []string{"timeout_invalid /actions/0/timeout"}},
		"too much at once":                       {doc: eachOf(`"action":{"kind":"any"},"concurrency":101,"limit":1001,"errors":"ignore"`), want: []string{"input_type /actions/0/inputs/concurrency", "input_type /actions/0/inputs/limit", "input_type /actions/0/inputs/errors"}},
		"an item where there is none":            {doc: after("any", `{"x":"!ref($.item)"}`), want: []string{"ref_unknown /actions/1/inputs/x"}, message: "known in the action of a builtin:for_each only"},
		"a ref into results":                     {doc: strings.Replace(eachOf(`"action":{"kind":"typed","inputs":{"text":"x"}}`), `{"x":1}`, `{"x":"!ref($.state.each.results[0].txet)"}`, 1), want: []string{"ref_property /actions/1/inputs/x"}, message: `text`},

		// JSON Logic.
		"an unknown operator":                  {doc: ifThen(`{"===!":[1,2]}`), want: []string{"logic_operator /actions/1/inputs/condition/===!"}},
		"an operator with wrong arguments":     {doc: ifThen(`{"==":[1]}`), want: []string{"logic_shape /actions/1/inputs/condition/=="}},
		"a rule in quotes":                     {doc: ifThen(`"{\"==\":[1,1]}"`), want: []string{"logic_shape /actions/1/inputs/condition"}, message: "write it without quotes"},
		"no rule":                              {doc: ifThen(`null`), want: []string{"input_missing? /actions/1/inputs/condition"}},
		"a var of an unknown action":           {doc: ifThen(`{"==":[{"var":"state.9.x"},1]}`), want: []string{"ref_unknown /actions/1/inputs/condition/==/0/var"}},
		"a var of a later action":              {doc: ifThen(`{"==":[{"var":["state.3.x"]},1]}`), want: []string{"ref_order /actions/1/inputs/condition/==/0/var/0"}},
		"a var of an item is not of the state": {doc: ifThen(`{"some":[{"var":"state.1.list"},{"==":[{"var":"state.9"},1]}]}`)},
		"a ref in a rule that does not parse":  {doc: ifThen(`{"==":["!ref(x)",1]}`), want: []string{"ref_syntax /actions/1/inputs/condition/==/0"}},
		"a ref in a rule to a later action":    {doc: ifThen(`{"==":["!ref($.state.3)",1]}`), want: []string{"ref_order /actions/1/inputs/condition/==/0"}},
	}
}

type validateCase struct {
	doc  string
	want []string
	// message is in the message or the hint of one of the findings.
	message string
}

func TestValidate(t *testing.T) {
	t.Parallel()
	engine := judge(t)
	for name, tc := range validateCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problems := engine.Validate(json.RawMessage(tc.doc))
			got := findings(problems)
			want := tc.want
			if want == nil {
				want = []string{}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s\n%v", diff, problems)
			}
			if tc.message != "" && !strings.Contains(fmt.Sprint(problems), tc.message) {
				t.Errorf("%q is not in %v", tc.message, problems)
			}
			for _, p := range problems {
				checkPointer(t, tc.doc, p)
				if p.Message == "" || p.Severity == "" {
					t.Errorf("finding without text or severity: %+v", p)
				}
			}
			if valid := problems.Err() == nil; valid != (len(problems.Errors()) == 0) {
				t.Errorf("Err and Errors disagree about %v", problems)
			}
		})
	}
}

// checkPointer holds a finding's pointer to what it promises: it names a value of the document, or a member that is missing
// in an object of it.
func checkPointer(t *testing.T, doc string, p workflowkit.Problem) {
	t.Helper()
	var value any
	if json.Unmarshal([]byte(doc), &value) != nil || p.Path == "" {
		return
	}
	tokens := strings.Split(p.Path, "/")[1:]
	for i, token := range tokens {
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		switch v := value.(type) {
		case map[string]any:
			next, ok := v[token]
			if !ok && i < len(tokens)-1 {
				t.Errorf("pointer %s of %s: there is no %q", p.Path, p.Code, token)
				return
			}
			value = next
		case []any:
			n, err := strconv.Atoi(token)
			if err != nil || n >= len(v) {
				t.Errorf("pointer %s of %s: there is no item %q", p.Path, p.Code, token)
				return
			}
			value = v[n]
		default:
			// A member of something that is not even an object, which is a finding by itself.
			if i < len(tokens)-1 {
				t.Errorf("pointer %s of %s leads into a %T", p.Path, p.Code, value)
			}
			return
		}
	}
}

// TestEveryCodeIsFound keeps codes from being listed that nothing reports.
func TestEveryCodeIsFound(t *testing.T) {
	t.Parallel()
	engine := judge(t)
	found := map[workflowkit.Code]bool{
		workflowkit.CodeTooLarge: true, workflowkit.CodeMore: true, // see TestLimits
	}
	for _, tc := range validateCases() {
		for _, p := range engine.Validate(json.RawMessage(tc.doc)) {
			found[p.Code] = true
		}
	}
	for _, code := range []workflowkit.Code{
		workflowkit.CodeSyntax, workflowkit.CodeShape, workflowkit.CodeNoStart, workflowkit.CodeIDMissing, workflowkit.CodeIDDuplicate,
		workflowkit.CodeIDReserved, workflowkit.CodeIDInvalid, workflowkit.CodeKindMissing, workflowkit.CodeKindUnknown, workflowkit.CodeEdgeFrom,
		workflowkit.CodeEdgeTo, workflowkit.CodeEdgeDuplicate, workflowkit.CodeEdgeAmbiguous, workflowkit.CodeEdgeUndeclared,
		workflowkit.CodeBranchMissing, workflowkit.CodeCycle, workflowkit.CodeUnreachable, workflowkit.CodeInputMissing, workflowkit.CodeInputUnknown,
		workflowkit.CodeInputType, workflowkit.CodeRefSyntax, workflowkit.CodeRefUnknown, workflowkit.CodeRefOrder, workflowkit.CodeRefMaybe,
		workflowkit.CodeRefProperty, workflowkit.CodeRefType, workflowkit.CodeConditionType, workflowkit.CodeConditionRef, workflowkit.CodeConditionValue,
		workflowkit.CodeLogicOperator, workflowkit.CodeLogicShape, workflowkit.CodeDefinitionAbsent,
		workflowkit.CodeRetries, workflowkit.CodeTimeout,
	} {
		if !found[code] {
			t.Errorf("no case has a finding with the code %q", code)
		}
	}
}
