package workflowkit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/ordered"
)

// oddRows are definitions as existing applications hold them.
func oddRows() map[string]string {
	return map[string]string{
		"edges with ids":                 `{"actions":[],"edges":[{"id":"e1","from":"$source","to":"1","sourceHandle":null}]}`,
		"edges to $sink":                 `{"actions":[{"id":"1","kind":"a"}],"edges":[{"from":"$source","to":"1"},{"from":"1","to":"$sink"}]}`,
		"a legacy list of steps":         `{"steps":[{"id":"s"}],"actions":[{"id":"1","kind":"a"}],"edges":[]}`,
		"unknown fields everywhere":      `{"x":1,"actions":[{"y":{"z":[null]},"id":"1","kind":"a","position":{"x":1.50,"y":-0}}],"edges":[{"to":"1","w":"","from":"$source","conditional":{"u":1,"type":"if","ref":"r"}}],"end":true}`,
		"null for everything":            `{"name":null,"description":null,"metadata":null,"actions":null,"edges":null}`,
		"null inside":                    `{"actions":[{"id":null,"kind":null,"name":null,"description":null,"inputs":null}],"edges":[{"from":null,"to":null,"name":null,"conditional":null}]}`,
		"empty for everything":           `{"name":"","description":"","metadata":{},"actions":[],"edges":[]}`,
		"nothing at all":                 `{}`,
		"a condition with null":          `{"actions":[],"edges":[{"from":"a","to":"b","conditional":{"type":"match","ref":"","value":null}}]}`,
		"members in an unusual order":    `{"edges":[{"to":"1","from":"$source"}],"actions":[{"kind":"a","inputs":{"z":1,"a":2},"id":"1"}],"name":"n"}`,
		"big numbers and exponents":      `{"metadata":{"n":9007199254740993,"e":1e400,"f":1.0},"actions":[{"id":"1","kind":"a","inputs":{"n":12345678901234567890}}],"edges":[]}`,
		"texts that HTML and JS dislike": `{"name":"<b>&\u2028</b>","actions":[{"id":"1","kind":"a","inputs":{"t":"<script>","x":"\ud83d\ude00"}}],"edges":[]}`,
		"a repeated member of metadata":  `{"metadata":{"a":1,"a":2},"actions":[],"edges":[]}`,
		"retries and timeouts":           `{"actions":[{"timeout":"1d 12h","id":"1","kind":"a","retries":3},{"id":"2","kind":"a","retries":3.0,"timeout":""}],"edges":[]}`,
		"strange retries and timeouts":   `{"actions":[{"id":"1","kind":"a","retries":"3","timeout":30},{"id":"2","kind":"a","retries":1.5,"timeout":null},{"id":"3","kind":"a","retries":null,"timeout":{}}],"edges":[]}`,
		"spaces and lines":               " {\n \"actions\" : [ { \"id\" : \"1\" , \"kind\" : \"a\" } ] , \"edges\" : [ ] } \n",
	}
}

// members lists the names of all objects in a JSON text in order, so that texts whose members are in another order differ.
func members(t *testing.T, text []byte) []string {
	t.Helper()
	var out []string
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var walk func()
	walk = func() {
		token, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		delim, ok := token.(json.Delim)
		if !ok {
			return
		}
		for dec.More() {
			if delim == '{' {
				name, err := dec.Token()
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, name.(string))
			}
			walk()
		}
		if _, err := dec.Token(); err != nil {
			t.Fatal(err)
		}
	}
	walk()
	return out
}

// sameDocument compares two JSON texts: values, digits of numbers, and the order of members.
func sameDocument(t *testing.T, want, got []byte) {
	t.Helper()
	decode := func(text []byte) (value any) {
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		if err := dec.Decode(&value); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return value
	}
	if diff := cmp.Diff(decode(want), decode(got)); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(members(t, want), members(t, got)); diff != "" {
		t.Errorf("order of members (-want +got):\n%s", diff)
	}
}

func TestRoundTripLosesNothing(t *testing.T) {
	t.Parallel()
	rows := oddRows()
	rows["the document of the reference"] = string(read(t, "format/reference.json"))
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, err := workflowkit.ParseWorkflow([]byte(row))
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(w)
			if err != nil {
				t.Fatal(err)
			}
			if name == "a repeated member of metadata" {
				return // JSON that repeats a name keeps it: there is no order to compare
			}
			sameDocument(t, []byte(row), got)

			var again workflowkit.Workflow
			if err := json.Unmarshal(got, &again); err != nil {
				t.Fatal(err)
			}
			twice, err := json.Marshal(again)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, twice) {
				t.Errorf("a second round trip changes it: %s, then %s", got, twice)
			}
		})
	}
}

func TestParseFillsTheFields(t *testing.T) {
	t.Parallel()
	w, err := workflowkit.ParseWorkflow(read(t, "format/reference.json"))
	if err != nil {
		t.Fatal(err)
	}
	if w.Name != "Demo" || w.Description != "What the editor saves" || string(w.Metadata) != `{"z":1,"a":[]}` {
		t.Errorf("workflow: %+v", w)
	}
	a := w.Actions[0]
	if a.ID != "1" || a.Kind != "add_ToC" || a.Name != "Add a Table of Contents" || a.Description != "Add an AI-generated ToC" || string(a.Inputs) != `{"k":"v"}` {
		t.Errorf("action: %+v", a)
	}
	e := w.Edges[3]
	if e.From != "2" || e.To != "5" || e.ID() != "2->5" || e.Conditional.Type != "match" || e.Conditional.Ref != "!ref($.output)" || string(e.Conditional.Value) != `{"a":1}` {
		t.Errorf("edge: %+v", e)
	}
	if w.Edges[0].Conditional != nil || w.Edges[1].Name != "True" {
		t.Errorf("edges: %+v", w.Edges)
	}
}

// Changing one field changes that one, and nothing else.
func TestChangesAreSmall(t *testing.T) {
	t.Parallel()
	const row = `{"x":1,"name":null,"actions":[{"y":2,"kind":"a","id":"1","inputs":{"z":1,"a":2}},{"id":"2","kind":"b","name":""}],"edges":[{"id":"e","to":"1","from":"$source","conditional":{"u":1,"type":"if","ref":"r"}}]}`
	cases := map[string]struct {
		change func(w *workflowkit.Workflow)
		want   string
	}{
		"nothing":         {func(*workflowkit.Workflow) {}, row},
		"a name":          {func(w *workflowkit.Workflow) { w.Name = "n" }, strings.Replace(row, `"name":null`, `"name":"n"`, 1)},
		"a new field":     {func(w *workflowkit.Workflow) { w.Description = "d" }, strings.TrimSuffix(row, "}") + `,"description":"d"}`},
		"an id":           {func(w *workflowkit.Workflow) { w.Actions[0].ID = "9" }, strings.Replace(row, `"id":"1"`, `"id":"9"`, 1)},
		"inputs":          {func(w *workflowkit.Workflow) { w.Actions[0].Inputs = json.RawMessage(`{"n":null}`) }, strings.Replace(row, `{"z":1,"a":2}`, `{"n":null}`, 1)},
		"no inputs":       {func(w *workflowkit.Workflow) { w.Actions[0].Inputs = nil }, strings.Replace(row, `,"inputs":{"z":1,"a":2}`, ``, 1)},
		"an empty name":   {func(w *workflowkit.Workflow) { w.Actions[1].Name = "x" }, strings.Replace(row, `"name":""`, `"name":"x"`, 1)},
		"a condition":     {func(w *workflowkit.Workflow) { w.Edges[0].Conditional.Type = "else" }, strings.Replace(row, `"if"`, `"else"`, 1)},
		"no condition":    {func(w *workflowkit.Workflow) { w.Edges[0].Conditional = nil }, strings.Replace(row, `,"conditional":{"u":1,"type":"if","ref":"r"}`, ``, 1)},
		"a value":         {func(w *workflowkit.Workflow) { w.Edges[0].Conditional.Value = json.RawMessage(`0`) }, strings.Replace(row, `"ref":"r"}`, `"ref":"r","value":0}`, 1)},
		"one action less": {func(w *workflowkit.Workflow) { w.Actions = w.Actions[1:] }, strings.Replace(row, `{"y":2,"kind":"a","id":"1","inputs":{"z":1,"a":2}},`, ``, 1)},
		"no edges":        {func(w *workflowkit.Workflow) { w.Edges = nil }, row[:strings.Index(row, `"edges":[`)] + `"edges":[]}`},
		"retries":         {func(w *workflowkit.Workflow) { w.Actions[0].Retries = new(0) }, strings.Replace(row, `"a":2}}`, `"a":2},"retries":0}`, 1)},
		"a timeout":       {func(w *workflowkit.Workflow) { w.Actions[1].Timeout = "5m" }, strings.Replace(row, `"name":""}`, `"name":"","timeout":"5m"}`, 1)},
		"another edge": {
			func(w *workflowkit.Workflow) { w.Edges = append(w.Edges, workflowkit.Edge{From: "1", To: "2"}) },
			strings.TrimSuffix(row, "]}") + `,{"from":"1","to":"2"}]}`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, err := workflowkit.ParseWorkflow([]byte(row))
			if err != nil {
				t.Fatal(err)
			}
			tc.change(w)
			got, err := json.Marshal(w)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != tc.want {
				t.Errorf("\n got %s\nwant %s", got, tc.want)
			}
		})
	}
}

func TestNewWorkflowsAreWritten(t *testing.T) {
	t.Parallel()
	w := workflowkit.Workflow{
		Name:    "New",
		Actions: []workflowkit.WorkflowAction{{ID: "1", Kind: "a", Inputs: json.RawMessage(`{"b":1,"a":2}`)}},
		Edges: []workflowkit.Edge{{From: workflowkit.SourceID, To: "1", Conditional: &workflowkit.Conditional{
			Type: workflowkit.ConditionMatch, Ref: "!ref($.event.data.x)", Value: json.RawMessage("null"),
		}}},
	}
	got, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"name":"New","actions":[{"id":"1","kind":"a","inputs":{"b":1,"a":2}}],"edges":[{"from":"$source","to":"1","conditional":{"type":"match","ref":"!ref($.event.data.x)","value":null}}]}`
	if string(got) != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	empty, err := json.Marshal(workflowkit.Workflow{})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"actions":[],"edges":[]}`; string(empty) != want {
		t.Errorf("the zero value: got %s, want %s", empty, want)
	}
}

func TestRetriesAndTimeoutsAreReadAndRemoved(t *testing.T) {
	t.Parallel()
	w, err := workflowkit.ParseWorkflow([]byte(`{"actions":[{"id":"1","retries":2,"timeout":"90s","kind":"a"},{"id":"2","kind":"a"}],"edges":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	if a := w.Actions[0]; a.Retries == nil || *a.Retries != 2 || a.Timeout != "90s" {
		t.Errorf("action: %+v", a)
	}
	if a := w.Actions[1]; a.Retries != nil || a.Timeout != "" {
		t.Errorf("an action without: %+v", a)
	}
	w.Actions[0].Retries, w.Actions[0].Timeout = nil, ""
	got, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"actions":[{"id":"1","kind":"a"},{"id":"2","kind":"a"}],"edges":[]}`; string(got) != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

// What was read does not change with the memory it was read from.
func TestParseKeepsACopy(t *testing.T) {
	t.Parallel()
	text := []byte(`{"name":"before","actions":[{"id":"1","kind":"a","inputs":{"k":"before"}}],"edges":[]}`)
	want := string(text)
	w, err := workflowkit.ParseWorkflow(text)
	if err != nil {
		t.Fatal(err)
	}
	var action workflowkit.WorkflowAction
	part := []byte(`{"id":"1","x":"before"}`)
	if err := json.Unmarshal(part, &action); err != nil {
		t.Fatal(err)
	}
	for i := range text {
		text[i] = '!'
	}
	for i := range part {
		part[i] = '!'
	}
	if got, err := json.Marshal(w); err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	if got, err := json.Marshal(action); err != nil || string(got) != `{"id":"1","x":"before","kind":""}` {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestPartsAreReadAsTheWholeIs(t *testing.T) {
	t.Parallel()
	var (
		action    workflowkit.WorkflowAction
		edge      workflowkit.Edge
		condition workflowkit.Conditional
	)
	for text, into := range map[string]any{
		`{"x":1,"kind":"k","id":"1"}`:             &action,
		`{"id":"e","to":"b","from":"a"}`:          &edge,
		`{"value":null,"type":"match","ref":"r"}`: &condition,
	} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(into); err != nil || string(got) != text {
			t.Errorf("got %s, %v; want %s", got, err, text)
		}
	}
	for text, into := range map[string]any{`[]`: &action, `{"from":1}`: &edge, `"if"`: &condition} {
		var invalid *workflowkit.InvalidError
		if err := json.Unmarshal([]byte(text), into); !errors.As(err, &invalid) {
			t.Errorf("%s: got %v, want an InvalidError", text, err)
		}
	}
}

func TestParseErrorsNameEveryPlace(t *testing.T) {
	t.Parallel()
	_, err := workflowkit.ParseWorkflow([]byte(`{"actions":[{"id":1,"inputs":[]}],"edges":[{"to":false},7],"name":{}}`))
	var invalid *workflowkit.InvalidError
	if !errors.As(err, &invalid) {
		t.Fatalf("got %v, want an InvalidError", err)
	}
	want := []string{"shape /actions/0/id", "shape /actions/0/inputs", "shape /edges/0/to", "shape /edges/1", "shape /name"}
	if diff := cmp.Diff(want, findings(invalid.Problems)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// The order of the members of a definition, and its spaces, do not make it another one: databases change both.
func TestHashIsOfTheContent(t *testing.T) {
	t.Parallel()
	hash := func(doc string) string {
		result, err := echoEngine(t).Run(t.Context(), direct{}, workflowkit.RunInput{Definition: &workflowkit.Definition{JSON: json.RawMessage(doc)}})
		if err != nil {
			t.Fatal(err)
		}
		return result.Workflow.Hash
	}
	one := hash(`{"actions":[{"id":"1","kind":"echo","inputs":{"a":1,"b":"<"}}],"edges":[{"from":"$source","to":"1"}]}`)
	same := hash(` {"edges":[{"to":"1","from":"$source"}], "actions":[{"kind":"echo","inputs":{"b":"\u003c","a":1},"id":"1"}]}`)
	other := hash(`{"actions":[{"id":"1","kind":"echo","inputs":{"a":2,"b":"<"}}],"edges":[{"from":"$source","to":"1"}]}`)
	if one != same || one == other || len(one) != 64 {
		t.Errorf("got %s, %s for the same, %s for another", one, same, other)
	}
}

func FuzzParseWorkflow(f *testing.F) {
	for _, row := range oddRows() {
		f.Add([]byte(row))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		w, err := workflowkit.ParseWorkflow(text)
		if err != nil {
			return
		}
		got, err := json.Marshal(w)
		if err != nil {
			t.Fatal(err)
		}
		want, err := ordered.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		object, err := ordered.Parse(got)
		if err != nil {
			t.Fatal(err)
		}
		if len(want) != len(object) {
			t.Errorf("%s was written as %s", text, got)
		}
		if _, err := workflowkit.ParseWorkflow(got); err != nil {
			t.Errorf("%s was written as %s, which cannot be read: %v", text, got, err)
		}
	})
}
