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

type base struct {
	Topic string `json:"topic" jsonschema:"title=Topic"`
	note  string //nolint:unused // not for JSON
}

type nested struct {
	Deep  string `json:"deep"`
	Extra *int   `json:"extra,omitempty"`
}

type everything struct {
	base
	Text     string            `json:"text" jsonschema:"title=Text,description=What to say" fieldType:"textarea"`
	Tone     string            `json:"tone" jsonschema:"enum=formal,enum=casual,default=formal"`
	Count    int               `json:"count,omitempty" jsonschema:"minimum=1,maximum=5"`
	Zero     time.Duration     `json:"zero,omitzero"`
	Score    *float64          `json:"score"`
	When     time.Time         `json:"when,omitzero"`
	Raw      json.RawMessage   `json:"raw,omitempty"`
	Any      any               `json:"any,omitempty"`
	Labels   map[string]string `json:"labels,omitempty"`
	Tags     []string          `json:"tags,omitempty"`
	Nested   nested            `json:"nested,omitzero"`
	Pointer  *nested           `json:"pointer,omitempty"`
	Bytes    []byte            `json:"bytes,omitempty"`
	Ignored  string            `json:"-"`
	Unnamed  bool
	internal int //nolint:unused // not for JSON
}

func noop[In, Out any](context.Context, *workflowkit.Run, In) (out Out, err error) { return out, nil }

// TestCatalog holds the published catalogue to the form that the editor components of the TypeScript kit read.
func TestCatalog(t *testing.T) {
	t.Parallel()
	no := false
	engine, err := workflowkit.New(workflowkit.WithoutBuiltins(), workflowkit.WithActions(
		workflowkit.Define(workflowkit.Spec{
			Kind: "everything", Name: "Everything", Description: "Has an input of every type", Icon: "https://example.com/icon.svg",
			Inputs: workflowkit.Inputs{{Name: "labels", Type: json.RawMessage(`{"type":"object","title":"Labels"}`)}},
		}, noop[everything, nested]),
		workflowkit.Define(workflowkit.Spec{Kind: "nothing"}, noop[struct{}, struct{}]),
		workflowkit.Define(workflowkit.Spec{Kind: "open"}, noop[map[string]any, []string]),
		workflowkit.Define(workflowkit.Spec{Kind: "anything"}, noop[*map[string]any, any]),
		workflowkit.DefineUntyped(workflowkit.Spec{
			Kind: "untyped", Inputs: workflowkit.Inputs{{Name: "z"}, {Name: "a", Type: json.RawMessage(`{"type":"string"}`), FieldType: "text", Required: true}},
			Outputs: json.RawMessage(`{"sent":{"type":{"type":"boolean"},"description":"Whether it was sent"}}`),
			Edges: &workflowkit.EdgeSpec{AllowAdd: &no, Edges: []workflowkit.PredefinedEdge{
				{Name: "Sent", Conditional: &workflowkit.Conditional{Type: "match", Ref: "!ref($.output.sent)", Value: json.RawMessage("true")}}, {Name: "Always"},
			}},
		}, echo),
	))
	if err != nil {
		t.Fatal(err)
	}
	catalog := engine.Catalog()
	builtin, err := workflowkit.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range builtin.Catalog() {
		if spec.Kind == workflowkit.KindIf {
			catalog = append(catalog, spec)
		}
	}
	got := indented(t, catalog)
	golden(t, "catalog/catalog.golden.json", got)
	checkPublicEngineActions(t, got)

	// What was published can be read again.
	again, err := workflowkit.ParseCatalog(got)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), string(indented(t, again))); diff != "" {
		t.Errorf("the catalogue that was read (-want +got):\n%s", diff)
	}
}

// checkPublicEngineActions checks what the TypeScript type PublicEngineAction says.
func checkPublicEngineActions(t *testing.T, catalog []byte) {
	t.Helper()
	var actions []map[string]any
	if err := json.Unmarshal(catalog, &actions); err != nil {
		t.Fatal(err)
	}
	text := func(where string, v any, required bool) {
		if _, ok := v.(string); !ok && (v != nil || required) {
			t.Errorf("%s is %v, a text is needed", where, v)
		}
	}
	for _, a := range actions {
		kind := fmt.Sprint(a["kind"])
		text("kind", a["kind"], true)
		text(kind+".name", a["name"], true)
		text(kind+".description", a["description"], false)
		text(kind+".icon", a["icon"], false)
		inputs, _ := a["inputs"].(map[string]any)
		for name, v := range inputs {
			input, _ := v.(map[string]any)
			if _, ok := input["type"].(map[string]any); !ok {
				t.Errorf("%s.inputs.%s.type is %v, a schema is needed", kind, name, input["type"])
			}
			if f := input["fieldType"]; f != nil && f != "text" && f != "textarea" {
				t.Errorf("%s.inputs.%s.fieldType is %v", kind, name, f)
			}
		}
		edges, _ := a["edges"].(map[string]any)
		if add, ok := edges["allowAdd"]; ok && add != true && add != false {
			t.Errorf("%s.edges.allowAdd is %v", kind, add)
		}
		list, _ := edges["edges"].([]any)
		for _, e := range list {
			edge, _ := e.(map[string]any)
			text(kind+".edges.name", edge["name"], false)
			if c, ok := edge["conditional"].(map[string]any); ok {
				text(kind+".edges.conditional.type", c["type"], true)
				text(kind+".edges.conditional.ref", c["ref"], true)
			}
		}
	}
}

func TestTypedInputsReachTheirHandler(t *testing.T) {
	t.Parallel()
	inputs := map[string]any{
		"topic": "Go", "text": "Hello", "score": 1.5, "Unnamed": true, "when": "2026-01-02T03:04:05Z", "raw": map[string]any{"b": 1, "a": 2},
		"any": []any{1, "x"}, "labels": map[string]any{"l": "v"}, "tags": []string{"a"}, "nested": map[string]any{"deep": "d"}, "bytes": "aGk=", "zero": 5,
	}
	var got everything
	action := workflowkit.Define(workflowkit.Spec{Kind: "everything"}, func(_ context.Context, _ *workflowkit.Run, in everything) (struct{}, error) {
		got = in
		return struct{}{}, nil
	})
	if _, err := workflowkittest.RunAction(t.Context(), action, inputs); err != nil {
		t.Fatal(err)
	}
	score := 1.5
	want := everything{
		base: base{Topic: "Go"}, Text: "Hello", Tone: "formal", Score: &score, Unnamed: true, When: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Raw: json.RawMessage(`{"a":2,"b":1}`), Any: []any{1.0, "x"}, Labels: map[string]string{"l": "v"}, Tags: []string{"a"},
		Nested: nested{Deep: "d"}, Bytes: []byte("hi"), Zero: 5,
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(everything{}, base{})); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
}

func TestRequiredInputs(t *testing.T) {
	t.Parallel()
	engine, err := workflowkit.New(workflowkit.WithActions(workflowkit.Define(workflowkit.Spec{Kind: "everything"}, noop[everything, struct{}])))
	if err != nil {
		t.Fatal(err)
	}
	problems := engine.Validate(json.RawMessage(`{"actions":[{"id":"1","kind":"everything","inputs":{}}],"edges":[{"from":"$source","to":"1"}]}`))
	want := []string{
		"input_missing /actions/0/inputs/topic", "input_missing /actions/0/inputs/text", "input_missing /actions/0/inputs/score",
		"input_missing /actions/0/inputs/Unnamed",
	}
	if diff := cmp.Diff(want, findings(problems)); diff != "" {
		t.Errorf("a field is required unless it has omitempty, omitzero or a default (-want +got):\n%s", diff)
	}
}

type recursive struct {
	Children []recursive `json:"children"`
}

func TestFaultyOptionsAreRefusedAllAtOnce(t *testing.T) {
	t.Parallel()
	define := func(spec workflowkit.Spec) workflowkit.Action { return workflowkit.DefineUntyped(spec, echo) }
	cases := map[string]struct {
		options []workflowkit.Option
		want    []string
	}{
		"a nil option":                   {[]workflowkit.Option{nil}, []string{"an option is nil"}},
		"a nil loader":                   {[]workflowkit.Option{workflowkit.WithLoader(nil)}, []string{"loader is nil"}},
		"two loaders":                    {[]workflowkit.Option{workflowkit.WithLoader(noLoader), workflowkit.WithLoader(noLoader)}, []string{"loader is set twice"}},
		"a nil logger":                   {[]workflowkit.Option{workflowkit.WithLogger(nil)}, []string{"logger is nil"}},
		"a negative limit":               {[]workflowkit.Option{workflowkit.WithLimits(workflowkit.Limits{Actions: -1})}, []string{"a limit is negative"}},
		"no cache":                       {[]workflowkit.Option{workflowkit.WithPlanCache(0)}, []string{"plan cache of size 0"}},
		"an unknown built-in":            {[]workflowkit.Option{workflowkit.WithoutBuiltins("builtin:iff")}, []string{`there is no built-in action "builtin:iff"`}},
		"the zero action":                {actions(workflowkit.Action{}), []string{"action is the zero value"}},
		"no kind":                        {actions(define(workflowkit.Spec{})), []string{"action has no kind"}},
		"a kind with spaces":             {actions(define(workflowkit.Spec{Kind: " a"})), []string{`action kind " a" has spaces around it`}},
		"a reserved kind":                {actions(define(workflowkit.Spec{Kind: "builtin:if"})), []string{`kinds that begin with "builtin:" are reserved`}},
		"a kind twice":                   {actions(define(workflowkit.Spec{Kind: "a"}), define(workflowkit.Spec{Kind: "a"})), []string{`action kind "a" is registered twice`}},
		"a nil handler":                  {actions(workflowkit.DefineUntyped(workflowkit.Spec{Kind: "a"}, nil)), []string{`action kind "a": handler is nil`}},
		"a nil typed handler":            {actions(workflowkit.Define[struct{}, struct{}](workflowkit.Spec{Kind: "a"}, nil)), []string{`action kind "a": handler is nil`}},
		"inputs that are a text":         {actions(workflowkit.Define(workflowkit.Spec{Kind: "a"}, noop[string, struct{}])), []string{"input type string: a struct or a map with string keys is needed"}},
		"inputs with a channel":          {actions(workflowkit.Define(workflowkit.Spec{Kind: "a"}, noop[struct{ C chan int }, struct{}])), []string{"field C: type chan int has no JSON form"}},
		"recursive inputs":               {actions(workflowkit.Define(workflowkit.Spec{Kind: "a"}, noop[recursive, struct{}])), []string{"is recursive"}},
		"a recursive output":             {actions(workflowkit.Define(workflowkit.Spec{Kind: "a"}, noop[struct{}, recursive])), []string{"output type workflowkit_test.recursive", "is recursive"}},
		"a function as output":           {actions(workflowkit.Define(workflowkit.Spec{Kind: "a"}, noop[struct{}, func()])), []string{"has no JSON form"}},
		"a schema that is not one":       {actions(define(workflowkit.Spec{Kind: "a", Inputs: workflowkit.Inputs{{Name: "x", Type: json.RawMessage(`{"type":"nothing"}`)}}})), []string{`input "x": schema`}},
		"a schema that is not JSON":      {actions(define(workflowkit.Spec{Kind: "a", Inputs: workflowkit.Inputs{{Name: "x", Type: json.RawMessage(`{`)}}})), []string{`input "x": schema is not valid JSON`}},
		"a schema in a file":             {actions(define(workflowkit.Spec{Kind: "a", Inputs: workflowkit.Inputs{{Name: "x", Type: json.RawMessage(`{"$ref":"file:///etc/passwd"}`)}}})), []string{"references to other documents are not allowed"}},
		"a schema in the web":            {actions(define(workflowkit.Spec{Kind: "a", Inputs: workflowkit.Inputs{{Name: "x", Type: json.RawMessage(`{"$ref":"https://example.com/s"}`)}}})), []string{"references to other documents are not allowed"}},
		"a default that does not fit":    {actions(define(workflowkit.Spec{Kind: "a", Inputs: workflowkit.Inputs{{Name: "x", Type: json.RawMessage(`{"type":"string","default":1}`)}}})), []string{"default does not fit the schema: got number, want string"}},
		"an input without a name":        {actions(define(workflowkit.Spec{Kind: "a", Inputs: workflowkit.Inputs{{}}})), []string{"an input has no name"}},
		"an input twice":                 {actions(define(workflowkit.Spec{Kind: "a", Inputs: workflowkit.Inputs{{Name: "x"}, {Name: "x"}}})), []string{`input "x" is described twice`}},
		"an unknown field type":          {actions(define(workflowkit.Spec{Kind: "a", Inputs: workflowkit.Inputs{{Name: "x", FieldType: "date"}}})), []string{`input "x": field type "date"`}},
		"outputs that are not an object": {actions(define(workflowkit.Spec{Kind: "a", Outputs: json.RawMessage(`[]`)})), []string{"outputs are not a JSON object"}},
		"an edge with a wrong condition": {
			actions(define(workflowkit.Spec{Kind: "a", Edges: &workflowkit.EdgeSpec{Edges: []workflowkit.PredefinedEdge{
				{Conditional: &workflowkit.Conditional{Type: "iff", Ref: "x"}}, {Conditional: &workflowkit.Conditional{Type: "if", Ref: "!ref(x)"}},
			}}})),
			[]string{`edge 0: unknown type of condition "iff"`, "edge 0: condition has no ref", "edge 1: !ref(x): path must start with $"},
		},
		"everything at once": {
			append(actions(define(workflowkit.Spec{}), define(workflowkit.Spec{Kind: "a", Inputs: workflowkit.Inputs{{}, {Name: "y", FieldType: "z"}}})), nil, workflowkit.WithLoader(nil)),
			[]string{"action has no kind", "an input has no name", `input "y"`, "an option is nil", "loader is nil"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine, err := workflowkit.New(tc.options...)
			if err == nil || engine != nil {
				t.Fatalf("got engine %v, error %v", engine, err)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in %v", want, err)
				}
			}
		})
	}
}

var noLoader = workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) { return nil, nil })

func actions(list ...workflowkit.Action) []workflowkit.Option {
	return []workflowkit.Option{workflowkit.WithActions(list...)}
}

func TestTurnedOffBuiltins(t *testing.T) {
	t.Parallel()
	for name, option := range map[string]workflowkit.Option{"all": workflowkit.WithoutBuiltins(), "one": workflowkit.WithoutBuiltins(workflowkit.KindIf)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine, err := workflowkit.New(option)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range engine.Catalog() {
				if spec.Kind == workflowkit.KindIf {
					t.Error("builtin:if is in the catalogue")
				}
			}
			problems := engine.Validate(json.RawMessage(`{"actions":[{"id":"1","kind":"builtin:if"}],"edges":[{"from":"$source","to":"1"}]}`))
			if len(problems) != 1 || problems[0].Code != workflowkit.CodeKindUnknown {
				t.Errorf("got %v", problems)
			}
		})
	}
	engine, err := workflowkit.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range engine.Catalog() {
		if spec.Kind == workflowkit.KindIf {
			return
		}
	}
	t.Error("builtin:if is not in the catalogue by default")
}

func TestRunWithoutLoader(t *testing.T) {
	t.Parallel()
	_, err := echoEngine(t).Run(t.Context(), direct{}, workflowkit.RunInput{})
	if err == nil || !workflowkit.IsNoRetryError(err) || !strings.Contains(err.Error(), "WithLoader") {
		t.Errorf("got %v", err)
	}
	if _, err := echoEngine(t).Run(t.Context(), nil, workflowkit.RunInput{}); err == nil || !workflowkit.IsNoRetryError(err) {
		t.Errorf("got %v", err)
	}
}

func TestErrorWrappers(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if workflowkit.NoRetryError(nil) != nil || workflowkit.RetryAtError(nil, at) != nil {
		t.Error("a nil error does not stay nil")
	}
	marked := fmt.Errorf("outer: %w", workflowkit.NoRetryError(cause))
	if !workflowkit.IsNoRetryError(marked) || !errors.Is(marked, cause) || marked.Error() != "outer: cause" {
		t.Errorf("got %v", marked)
	}
	later := fmt.Errorf("outer: %w", workflowkit.RetryAtError(cause, at))
	if got, ok := workflowkit.RetryAt(later); !ok || !got.Equal(at) || !errors.Is(later, cause) || workflowkit.IsNoRetryError(later) {
		t.Errorf("got %v, %v of %v", got, ok, later)
	}
	if _, ok := workflowkit.RetryAt(cause); ok || workflowkit.IsNoRetryError(cause) {
		t.Error("a plain error is taken for a marked one")
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	event, err := workflowkit.NewEvent("a", map[string]any{"id": 7})
	if err != nil || string(event.Data) != `{"id":7}` {
		t.Errorf("got %+v, %v", event, err)
	}
	if event, err := workflowkit.NewEvent("a", nil); err != nil || event.Data != nil {
		t.Errorf("got %+v, %v", event, err)
	}
	for _, data := range []any{1, "x", []int{}, make(chan int)} {
		if _, err := workflowkit.NewEvent("a", data); err == nil {
			t.Errorf("%v is accepted as data", data)
		}
	}
	var into struct{ ID int }
	if err := event.DecodeData(&into); err != nil || into.ID != 7 {
		t.Errorf("got %+v, %v", into, err)
	}
	if err := (workflowkit.Event{}).DecodeData(&into); err != nil {
		t.Errorf("an event without data: %v", err)
	}
	if err := (workflowkit.Event{Name: "n", Data: json.RawMessage(`[]`)}).DecodeData(&into); err == nil || !strings.Contains(err.Error(), `event "n"`) {
		t.Errorf("got %v", err)
	}
}
