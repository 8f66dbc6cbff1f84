package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// The tests in this file are the probes of the TypeScript engines, with what is right here.

func TestReferenceEvenDiamonds(t *testing.T) {
	t.Parallel()
	const diamonds = 12
	var edges []string
	for i := range diamonds {
		top := fmt.Sprintf("n%d", i)
		if i == 0 {
			edges = append(edges, "$source>"+top)
		}
		next := fmt.Sprintf("n%d", i+1)
		edges = append(edges, top+">l"+top, top+">r"+top, "l"+top+">"+next, "r"+top+">"+next)
	}
	var log []string
	engine, err := workflowkit.New(workflowkit.WithActions(trace(&log)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "test"}, workflowkittest.WithWorkflow(graph(edges...))); err != nil {
		t.Fatal(err)
	}
	if len(log) != 3*diamonds+1 {
		t.Errorf("rule 1: got %d calls, want one for each of %d nodes", len(log), 3*diamonds+1)
	}
}

func TestReferenceBranches(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		graph []string
		want  []string
	}{
		"a false edge skips what lies behind it, too": {
			graph: []string{"$source>x1", "x1>b if !ref($.output.no)", "b>c"}, want: []string{"x1"},
		},
		"a false edge that is reached first does not keep a node from running": {
			graph: []string{"$source>d if !ref($.event.data.no)", "$source>x1", "x1>d"}, want: []string{"x1", "d"},
		},
		"two edges with conditions join the same nodes: either takes it": {
			graph: []string{"$source>x1", "x1>b if !ref($.event.data.no)", "x1>b else !ref($.event.data.no)"}, want: []string{"x1", "b"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			definition := strings.ReplaceAll(graph(tc.graph...), `"kind":"broken"`, `"kind":"echo"`)
			definition = strings.ReplaceAll(definition, `"kind":"trace"`, `"kind":"echo"`)
			engine := echoEngine(t)
			event := workflowkit.Event{Name: "test", Data: json.RawMessage(`{"no":false}`)}
			result, err := workflowkittest.Run(t.Context(), engine, event, workflowkittest.WithWorkflow(definition))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, ran(result.Run)); diff != "" {
				t.Errorf("actions that ran (-want +got):\n%s", diff)
			}
		})
	}
}

func ran(r *workflowkit.Result) []string {
	var ids []string
	for _, a := range r.Actions {
		if a.Status == workflowkit.StatusCompleted {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// echoEngine knows one kind, "echo", which returns its inputs.
func echoEngine(t testing.TB, options ...workflowkit.Option) *workflowkit.Engine {
	t.Helper()
	options = append(options, workflowkit.WithActions(workflowkit.DefineUntyped(workflowkit.Spec{Kind: "echo"}, echo)))
	engine, err := workflowkit.New(options...)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

func TestReferenceBuiltinIf(t *testing.T) {
	t.Parallel()
	const template = `{"actions":[
		{"id":"1","kind":"echo","inputs":{"words":42,"data":"!ref($.event.data)"}},
		{"id":"2","kind":"builtin:if","inputs":{"condition":%s}},
		{"id":"3","kind":"echo"},{"id":"4","kind":"echo"}],
		"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"},
		{"from":"2","to":"3","name":"True","conditional":{"type":"if","ref":"%s"}},
		{"from":"2","to":"4","name":"False","conditional":{"type":"else","ref":"%[2]s"}}]}`
	cases := map[string]struct {
		condition string
		want      bool
		err       string
	}{
		"a ref to a number":                        {condition: `{"==":["!ref($.state.1.words)",42]}`, want: true},
		"a ref to another number":                  {condition: `{"==":["!ref($.state.1.words)",43]}`, want: false},
		"var sees the state":                       {condition: `{"==":[{"var":"state.1.words"},42]}`, want: true},
		"var sees the event":                       {condition: `{"==":[{"var":"event.data.id"},"7"]}`, want: true},
		"var with nothing sees both":               {condition: `{"in":["event",{"var":["event.name","event"]}]}`, want: false},
		"coercions are those of json-logic-js":     {condition: `{"==":["!ref($.event.data.id)",7]}`, want: true},
		"a constant":                               {condition: `true`, want: true},
		"another constant":                         {condition: `0`, want: false},
		"data from an event is never an operation": {condition: `{"==":["!ref($.event.data.rule)",true]}`, want: false},
		"a whole condition from an event is data":  {condition: `"!ref($.event.data.rule)"`, want: true},
		"text is data, too":                        {condition: `{"==":["!ref($.event.data.evil)","!ref($.state.1.words)"]}`, want: false},
		"var with a computed name sees what ran":   {condition: `{"==":[{"var":{"cat":["state.","1",".words"]}},42]}`, want: true},
		"missing looks at the state":               {condition: `{"!":[{"missing":["state.1.words"]}]}`, want: true},
		"missing finds what is missing":            {condition: `{"!":[{"missing":["state.1.nothing"]}]}`, want: false},
		"the body of a filter sees items":          {condition: `{"some":["!ref($.event.data.list)",{">":[{"var":"n"},1]}]}`, want: true},
		"a large number is compared as in JSON":    {condition: `{"==":["!ref($.event.data.big)",9007199254740993]}`, want: true},
		"an evaluation that takes too long is a error": {
			condition: `{"reduce":["!ref($.event.data.list)",{"map":["!ref($.event.data.many)",{"reduce":["!ref($.event.data.many)",{"reduce":["!ref($.event.data.many)",{"+":[1,1]},0]},0]}]},0]}`,
			err:       `action "2" (kind "builtin:if"): condition: `,
		},
	}
	many, err := json.Marshal(make([]int, 1000))
	if err != nil {
		t.Fatal(err)
	}
	event := workflowkit.Event{Name: "test", Data: json.RawMessage(`{"id":"7","rule":{"==":[1,1]},"evil":"!ref($.state.1.words)",
		"list":[{"n":1},{"n":2}],"big":9007199254740993,"many":` + string(many) + `}`)}
	for name, tc := range cases {
		for _, ref := range []string{"!ref($.output.result)", "!ref($.result)"} {
			t.Run(name+"/"+ref, func(t *testing.T) {
				t.Parallel()
				result, err := workflowkittest.Run(t.Context(), echoEngine(t), event, workflowkittest.WithWorkflow(fmt.Sprintf(template, tc.condition, ref)))
				if tc.err != "" {
					if err == nil || !strings.HasPrefix(err.Error(), tc.err) {
						t.Errorf("error: got %v, want %q", err, tc.err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				want := []string{"1", "2", "4"}
				if tc.want {
					want[2] = "3"
				}
				if diff := cmp.Diff(want, ran(result.Run)); diff != "" {
					t.Errorf("rule 7: actions that ran (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// What a condition sees of branches beside it would differ from pass to pass.
func TestReferenceConditionsDoNotSeeOtherBranches(t *testing.T) {
	t.Parallel()
	definition := `{"actions":[{"id":"a","kind":"echo"},{"id":"b","kind":"builtin:if","inputs":{"condition":{"!!":[{"var":{"cat":["state.","a"]}}]}}},
		{"id":"c","kind":"echo","inputs":{"all":"!ref($.state)","query":"!ref($.state.*)","everything":"!ref($)"}}],
		"edges":[{"from":"$source","to":"a"},{"from":"$source","to":"b"},{"from":"b","to":"c","conditional":{"type":"else","ref":"!ref($.result)"}}]}`
	result, err := workflowkittest.Run(t.Context(), echoEngine(t), workflowkit.Event{Name: "test"}, workflowkittest.WithWorkflow(definition))
	if err != nil {
		t.Fatal(err)
	}
	b, _ := result.Run.Action("b")
	c, _ := result.Run.Action("c")
	if string(b.Output) != `{"result":false}` {
		t.Errorf("rule 4: the condition sees the branch beside it: %s", b.Output)
	}
	want := `{"all":{"b":{"result":false}},"query":{"result":false},"everything":{"event":{"name":"test"},"state":{"b":{"result":false}}}}`
	if string(c.Inputs) != want {
		t.Errorf("rule 4: got %s, want %s", c.Inputs, want)
	}
}

func TestReferenceMatch(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		ref, value string
		want       bool
	}{
		"the order of members does not count": {"!ref($.event.data.object)", `{"b":[2],"a":1}`, true},
		"the order of items does":             {"!ref($.event.data.list)", `[2,1]`, false},
		"a missing value equals null":         {"!ref($.event.data.nothing)", `null`, true},
		"a missing value equals nothing else": {"!ref($.event.data.nothing)", `""`, false},
		"an empty text does not equal null":   {"!ref($.event.data.empty)", `null`, false},
		"a number does not equal its text":    {"!ref($.event.data.one)", `"1"`, false},
		"numbers are equal by value":          {"!ref($.event.data.one)", `1.0`, true},
		"big numbers are not rounded":         {"!ref($.event.data.big)", `9007199254740992`, false},
		"big numbers are equal to themselves": {"!ref($.event.data.big)", `9007199254740993`, true},
		"minus zero equals zero":              {"!ref($.event.data.zero)", `0`, true},
		"a text with a ref in it":             {"id !ref($.event.data.one)", `"id 1"`, true},
		"false is a value":                    {"!ref($.event.data.no)", `false`, true},
		"a member that is missing is not null": {
			"!ref($.event.data.object)", `{"a":1,"b":[2],"c":null}`, false,
		},
	}
	event := workflowkit.Event{Name: "test", Data: json.RawMessage(
		`{"object":{"a":1,"b":[2]},"list":[1,2],"empty":"","one":1,"big":9007199254740993,"zero":-0,"no":false}`)}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			definition := fmt.Sprintf(`{"actions":[{"id":"a","kind":"echo"},{"id":"b","kind":"echo"}],"edges":[{"from":"$source","to":"a"},
				{"from":"a","to":"b","conditional":{"type":"match","ref":%q,"value":%s}}]}`, tc.ref, tc.value)
			result, err := workflowkittest.Run(t.Context(), echoEngine(t), event, workflowkittest.WithWorkflow(definition))
			if err != nil {
				t.Fatal(err)
			}
			if got := result.Run.Edges[1]; got.Taken != tc.want {
				t.Errorf("rule 7: got %v (%s), want %v", got.Taken, got.Reason, tc.want)
			}
		})
	}
}

// TestReferenceRefs resolves inputs in an action that follows others.
func TestReferenceRefs(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ input, want string }{
		"a whole ref keeps an object":                {`"!ref($.event.data.object)"`, `{"z":1,"a":[true,null]}`},
		"a whole ref keeps a number":                 {`"!ref($.event.data.n)"`, `1.50`},
		"a whole ref keeps a big number":             {`"!ref($.event.data.big)"`, `9007199254740993`},
		"a whole ref that finds nothing is null":     {`"!ref($.event.data.nothing)"`, `null`},
		"a number from a list":                       {`"!ref($.event.data.xs[0])"`, `10`},
		"a number from the end of a list":            {`"!ref($.event.data.xs[-1])"`, `30`},
		"an index as a name":                         {`"!ref($.event.data.xs.1)"`, `20`},
		"embedded: an object":                        {`"got !ref($.event.data.object)!"`, `"got {\"z\":1,\"a\":[true,null]}!"`},
		"embedded: an array":                         {`"got !ref($.event.data.xs)"`, `"got [10,20,30]"`},
		"embedded: missing":                          {`"got !ref($.event.data.nothing)."`, `"got ."`},
		"embedded: null":                             {`"got !ref($.event.data.null)."`, `"got ."`},
		"embedded: a boolean":                        {`"got !ref($.event.data.yes)"`, `"got true"`},
		"embedded: a big number":                     {`"got !ref($.event.data.big)"`, `"got 9007199254740993"`},
		"embedded: with brackets":                    {`"got !ref($.event.data['a b'])"`, `"got spaced"`},
		"embedded: with double quotes and brackets":  {`"got !ref($.event.data[\"a b\"])"`, `"got spaced"`},
		"embedded: a name with a bracket":            {`"got !ref($.event.data['x)y'])"`, `"got paren"`},
		"a hyphen in a name":                         {`"!ref($.state.if-a.result)"`, `"hyphen"`},
		"a hyphen in a quoted name":                  {`"!ref($.state['if-a'].result)"`, `"hyphen"`},
		"digits as a name":                           {`"!ref($.state.1.result)"`, `"one"`},
		"digits as a quoted name":                    {`"!ref($.state['1'].result)"`, `"one"`},
		"two refs in a text":                         {`"!ref($.event.data.n) and !ref($.state.1.result)"`, `"1.50 and one"`},
		"a ref with text behind it":                  {`"!ref($.state.1.result) (note)"`, `"one (note)"`},
		"two refs and nothing else are text":         {`"!ref($.event.data.n)!ref($.event.data.n)"`, `"1.501.50"`},
		"a space beside a ref makes it text":         {`" !ref($.event.data.n)"`, `" 1.50"`},
		"spaces inside of a ref do not matter":       {`"!ref( $.event.data.n )"`, `1.50`},
		"a value with a ref in it is not resolved":   {`"!ref($.event.data.evil)"`, `"!ref($.event.data.secret)"`},
		"an embedded value with a ref is not either": {`"<!ref($.event.data.evil)>"`, `"<!ref($.event.data.secret)>"`},
		"replacement patterns mean nothing":          {`"a !ref($.event.data.dollar) b"`, `"a $& $1 $$ b"`},
		"parts of refs do not join":                  {`"!ref($.event.data.half)$.event.data.secret)"`, `"!ref($.event.data.secret)"`},
		"several matches are an array":               {`"!ref($.event.data.items[*].id)"`, `[1,2]`},
		"one match is not":                           {`"!ref($.event.data.items[?@.id == 2].id)"`, `2`},
		"no match is null":                           {`"!ref($.event.data.items[?@.id == 3].id)"`, `null`},
		"descendants":                                {`"!ref($.event.data.items..id)"`, `[1,2]`},
		"a slice":                                    {`"!ref($.event.data.xs[1:])"`, `[20,30]`},
		"a union keeps its order":                    {`"!ref($.event.data.xs[2,0])"`, `[30,10]`},
		"embedded matches":                           {`"ids !ref($.event.data.items[*].id)"`, `"ids [1,2]"`},
		"nested refs":                                {`{"z":[{"y":"!ref($.state.1.result)"}],"a":"!ref($.event.data.null)"}`, `{"z":[{"y":"one"}],"a":null}`},
		"a name of JavaScript's objects":             {`"!ref($.event.data.constructor)"`, `null`},
		"a member of a text":                         {`"!ref($.event.data.evil.length)"`, `null`},
		"the event's name":                           {`"!ref($.event.name)"`, `"test"`},
		"the event's id and time":                    {`"!ref($.event.id) !ref($.event.ts)"`, `"E1 1700000000000"`},
		"no ref at all":                              {`"ref($.event)"`, `"ref($.event)"`},
	}
	// Small data is searched as text, and large data is decoded: both must give the same.
	data := `{
		"object":{"z":1,"a":[true,null]},"n":1.50,"big":9007199254740993,"xs":[10,20,30],"null":null,"yes":true,"a b":"spaced",
		"x)y":"paren","evil":"!ref($.event.data.secret)","secret":"s3cret","dollar":"$& $1 $$","half":"!ref(",
		"items":[{"id":1},{"id":2}],"pad":%q}`
	for name, tc := range cases {
		for size, pad := range map[string]int{"small": 0, "large": 5000} {
			t.Run(name+"/"+size, func(t *testing.T) {
				t.Parallel()
				event := workflowkit.Event{ID: "E1", Name: "test", Timestamp: 1700000000000, Data: json.RawMessage(fmt.Sprintf(data, strings.Repeat("x", pad)))}
				definition := fmt.Sprintf(`{"actions":[{"id":"1","kind":"echo","inputs":{"result":"one"}},{"id":"if-a","kind":"echo","inputs":{"result":"hyphen"}},
				{"id":"last","kind":"echo","inputs":{"in":%s}}],"edges":[{"from":"$source","to":"1"},{"from":"1","to":"if-a"},{"from":"if-a","to":"last"}]}`, tc.input)
				result, err := workflowkittest.Run(t.Context(), echoEngine(t), event, workflowkittest.WithWorkflow(definition))
				if err != nil {
					t.Fatal(err)
				}
				last, _ := result.Run.Action("last")
				if want := `{"in":` + tc.want + `}`; string(last.Inputs) != want {
					t.Errorf("rule 8: got %s, want %s", last.Inputs, want)
				}
			})
		}
	}
}

func TestReferenceInputsAreNeverMutated(t *testing.T) {
	t.Parallel()
	definition := json.RawMessage(`{"actions":[{"id":"1","kind":"change","inputs":{"deep":{"list":["!ref($.event.data.v)",{"fixed":1}]},"whole":"!ref($.event.data.o)"}},
		{"id":"2","kind":"change","inputs":{"deep":{"list":["!ref($.event.data.v)",{"fixed":1}]},"whole":"!ref($.event.data.o)"}}],
		"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"}]}`)
	before := string(definition)
	change := func(_ context.Context, _ *workflowkit.Run, inputs map[string]any) (any, error) {
		raw, err := json.Marshal(inputs)
		if err != nil {
			return nil, err
		}
		inputs["deep"].(map[string]any)["list"].([]any)[1].(map[string]any)["fixed"] = "changed"
		inputs["whole"].(map[string]any)["x"] = "changed"
		return json.RawMessage(raw), nil
	}
	engine, err := workflowkit.New(workflowkit.WithActions(workflowkit.DefineUntyped(workflowkit.Spec{Kind: "change"}, change)))
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"first", "second"} {
		event := workflowkit.Event{Name: "test", Data: json.RawMessage(fmt.Sprintf(`{"v":%q,"o":{"x":1}}`, value))}
		result, err := workflowkittest.Run(t.Context(), engine, event, workflowkittest.WithWorkflow(string(definition)))
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"1", "2"} {
			a, _ := result.Run.Action(id)
			if want := fmt.Sprintf(`{"deep":{"list":[%q,{"fixed":1}]},"whole":{"x":1}}`, value); string(a.Output) != want {
				t.Errorf("rule 8: got %s, want %s", a.Output, want)
			}
		}
	}
	if string(definition) != before {
		t.Error("rule 8: the definition has changed")
	}
}

func TestReferenceInputsAreChecked(t *testing.T) {
	t.Parallel()
	type input struct {
		Count int    `json:"count"`
		Tone  string `json:"tone,omitempty" jsonschema:"enum=formal,enum=casual"`
	}
	calls := 0
	action := workflowkit.Define(workflowkit.Spec{Kind: "typed"}, func(_ context.Context, _ *workflowkit.Run, in input) (input, error) {
		calls++
		return in, nil
	})
	cases := map[string]struct {
		inputs string
		want   string
		err    []string
	}{
		"a number from a list":     {inputs: `{"count":"!ref($.event.data.xs[0])"}`, want: `{"count":10}`},
		"a text for a number":      {inputs: `{"count":"!ref($.event.data.text)"}`, err: []string{`inputs of action "1" (kind "typed")`, `input "count": got string, want integer, found "ten"`}},
		"a missing value":          {inputs: `{"count":"!ref($.event.data.nothing)"}`, err: []string{`input "count": got null, want integer, found null`}},
		"a value outside of a set": {inputs: `{"count":1,"tone":"!ref($.event.data.text)"}`, err: []string{`input "tone": value must be one of 'formal', 'casual', found "ten"`}},
		"all faults at once":       {inputs: `{"count":"!ref($.event.data.text)","tone":"!ref($.event.data.text)"}`, err: []string{`input "count"`, `input "tone"`}},
		"a fraction":               {inputs: `{"count":"!ref($.event.data.half)"}`, err: []string{`input "count": got number, want integer, found 1.5`}},
		"too large for Go":         {inputs: `{"count":"!ref($.event.data.huge)"}`, err: []string{`inputs of action "1"`, "count"}},
	}
	event := workflowkit.Event{Name: "test", Data: json.RawMessage(`{"xs":[10],"text":"ten","half":1.5,"huge":99999999999999999999}`)}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			definition := fmt.Sprintf(`{"actions":[{"id":"1","kind":"typed","inputs":%s}],"edges":[{"from":"$source","to":"1"}]}`, tc.inputs)
			engine, err := workflowkit.New(workflowkit.WithActions(action))
			if err != nil {
				t.Fatal(err)
			}
			result, err := workflowkittest.Run(t.Context(), engine, event, workflowkittest.WithWorkflow(definition))
			if tc.err == nil {
				if err != nil {
					t.Fatal(err)
				}
				if a, _ := result.Run.Action("1"); string(a.Output) != tc.want {
					t.Errorf("got %s, want %s", a.Output, tc.want)
				}
				return
			}
			var failed *workflowkit.InputError
			if !errors.As(err, &failed) || !workflowkit.IsNoRetryError(err) {
				t.Fatalf("rule 9: got %v, want an InputError that is not retried", err)
			}
			for _, part := range tc.err {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("rule 9: %q is not in %v", part, err)
				}
			}
			if result.Passes != 1 || result.Elapsed != 0 {
				t.Errorf("rule 9: the action was tried again: %d passes", result.Passes)
			}
		})
	}
}

func TestReferenceInvalidWorkflowFailsAtOnce(t *testing.T) {
	t.Parallel()
	definition := `{"actions":[{"id":"1","kind":"ehco"},{"id":"2","kind":"echo"},{"id":"3","kind":"echo"}],
		"edges":[{"from":"$source","to":"1"},{"from":"2","to":"3"},{"from":"3","to":"2"}]}`
	for mode, options := range modes() {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			result, err := workflowkittest.Run(t.Context(), echoEngine(t), workflowkit.Event{Name: "test"}, append(options, workflowkittest.WithWorkflow(definition))...)
			var invalid *workflowkit.InvalidError
			if !errors.As(err, &invalid) || !workflowkit.IsNoRetryError(err) {
				t.Fatalf("got %v, want an InvalidError that is not retried", err)
			}
			if len(invalid.Problems) != 2 || !strings.Contains(err.Error(), `did you mean "echo"?`) || !strings.Contains(err.Error(), "cycle") {
				t.Errorf("not all faults are named: %v", err)
			}
			if step, _ := result.Step("$load"); step.Attempts != 1 || result.Elapsed != 0 {
				t.Errorf("it was tried again: %+v", step)
			}
		})
	}
}

func TestReferenceLoader(t *testing.T) {
	t.Parallel()
	const definition = `{"actions":[{"id":"1","kind":"echo"}],"edges":[{"from":"$source","to":"1"}]}`
	for mode, options := range modes() {
		t.Run("a loader that fails is asked again/"+mode, func(t *testing.T) {
			t.Parallel()
			calls := 0
			loader := workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
				if calls++; calls < 3 {
					return nil, errors.New("database is down")
				}
				return &workflowkit.Definition{ID: "w1", Version: "7", JSON: json.RawMessage(definition)}, nil
			})
			result, err := workflowkittest.Run(t.Context(), echoEngine(t, workflowkit.WithLoader(loader)), workflowkit.Event{Name: "test"}, options...)
			if err != nil {
				t.Fatal(err)
			}
			if calls != 3 || result.Run.Status != workflowkit.StatusCompleted {
				t.Errorf("got %d calls, status %s", calls, result.Run.Status)
			}
			if w := result.Run.Workflow; w.ID != "w1" || w.Version != "7" || len(w.Hash) != 64 {
				t.Errorf("rule 10: the run does not record its version: %+v", w)
			}
		})
		t.Run("the error of a loader is shown/"+mode, func(t *testing.T) {
			t.Parallel()
			loader := workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
				return nil, errors.New("database is down")
			})
			_, err := workflowkittest.Run(t.Context(), echoEngine(t, workflowkit.WithLoader(loader)), workflowkit.Event{Name: "test"}, options...)
			if err == nil || !strings.Contains(err.Error(), `load workflow for event "test"`) || !strings.Contains(err.Error(), "database is down") {
				t.Errorf("got %v", err)
			}
		})
		t.Run("a loader that panics is an error/"+mode, func(t *testing.T) {
			t.Parallel()
			loader := workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) { panic("boom") })
			_, err := workflowkittest.Run(t.Context(), echoEngine(t, quiet(), workflowkit.WithLoader(loader)), workflowkit.Event{Name: "test"}, options...)
			if err == nil || !strings.Contains(err.Error(), "panic: boom") {
				t.Errorf("got %v", err)
			}
		})
		for name, tc := range map[string]struct {
			definition *workflowkit.Definition
			reason     string
		}{
			"no workflow for the event":  {nil, `no enabled workflow for event "test"`},
			"a definition that is null":  {&workflowkit.Definition{ID: "w1", JSON: json.RawMessage("null")}, `workflow "w1" has no definition yet`},
			"a definition that is empty": {&workflowkit.Definition{ID: "w1"}, `workflow "w1" has no definition yet`},
		} {
			t.Run("rule 11: "+name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				loader := workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) { return tc.definition, nil })
				result, err := workflowkittest.Run(t.Context(), echoEngine(t, workflowkit.WithLoader(loader)), workflowkit.Event{Name: "test"}, options...)
				if err != nil {
					t.Fatal(err)
				}
				if result.Run.Status != workflowkit.StatusSkipped || result.Run.Reason != tc.reason {
					t.Errorf("got %+v", result.Run)
				}
			})
		}
		t.Run("rule 10: a workflow that is edited while its run waits keeps what was loaded/"+mode, func(t *testing.T) {
			t.Parallel()
			version := 0
			loader := workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
				version++
				return &workflowkit.Definition{ID: "w", Version: fmt.Sprint(version), JSON: json.RawMessage(fmt.Sprintf(
					`{"actions":[{"id":"1","kind":"wait"},{"id":"2","kind":"echo","inputs":{"version":%d}}],"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"}]}`, version))}, nil
			})
			wait := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "wait"}, func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
				return nil, workflowkit.Sleep(ctx, "sleep", time.Hour)
			})
			result, err := workflowkittest.Run(t.Context(), echoEngine(t, workflowkit.WithLoader(loader), workflowkit.WithActions(wait)), workflowkit.Event{Name: "test"}, options...)
			if err != nil {
				t.Fatal(err)
			}
			if a, _ := result.Run.Action("2"); string(a.Output) != `{"version":1}` || version != 1 || result.Run.Workflow.Version != "1" {
				t.Errorf("got %s of version %s, loaded %d times", a.Output, result.Run.Workflow.Version, version)
			}
		})
	}
}

// A process that does not know what the run's workflow needs must not end the run: another one may know it.
func TestRunInAProcessWithAnotherCatalogue(t *testing.T) {
	t.Parallel()
	memo := map[string]json.RawMessage{}
	definition := &workflowkit.Definition{JSON: json.RawMessage(`{"actions":[{"id":"1","kind":"echo"}],"edges":[{"from":"$source","to":"1"}]}`)}
	remember := &remembering{memo: memo}
	if _, err := echoEngine(t).Run(t.Context(), remember, workflowkit.RunInput{Definition: definition}); err != nil {
		t.Fatal(err)
	}
	other, err := workflowkit.New()
	if err != nil {
		t.Fatal(err)
	}
	result, err := other.Run(t.Context(), remember, workflowkit.RunInput{Definition: definition})
	if err == nil || result != nil || workflowkit.IsNoRetryError(err) || !strings.Contains(err.Error(), `unknown kind "echo"`) {
		t.Errorf("rule 10: got result %v, error %v; want an error that is retried", result, err)
	}
}

// remembering is direct, and remembers the results of steps.
type remembering struct {
	direct
	memo map[string]json.RawMessage
}

func (r *remembering) Run(ctx context.Context, id string, fn func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	if raw, ok := r.memo[id]; ok {
		return raw, nil
	}
	raw, err := fn(ctx)
	if err == nil {
		r.memo[id] = raw
	}
	return raw, err
}
