package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// dryEngine returns an engine without handlers that accepts any kind.
func dryEngine(t testing.TB, options ...workflowkit.Option) *workflowkit.Engine {
	t.Helper()
	engine, err := workflowkit.New(append([]workflowkit.Option{workflowkit.WithOpenKinds()}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// rawMap makes texts the outputs of a dry run.
func rawMap(outputs map[string]string) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for id, text := range outputs {
		out[id] = json.RawMessage(text)
	}
	return out
}

func TestDryRunDecides(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		graph   []string
		outputs map[string]string
		// want lists the actions in the order of the result, failed ones with !, skipped ones with -.
		want   string
		status workflowkit.Status
	}{
		"an output that is absent is null": {
			graph: []string{"$source>a", "a>b if !ref($.output)", "a>c else !ref($.output)"},
			want:  "a c -b", status: "completed",
		},
		"conditions see mocked outputs": {
			graph:   []string{"$source>a", "a>b if !ref($.output.ok)", "a>c else !ref($.output.ok)"},
			outputs: map[string]string{"a": `{"ok":true}`},
			want:    "a b -c", status: "completed",
		},
		"rule 2: what follows a skipped action is skipped, and a join runs once": {
			graph:   []string{"$source>a", "a>b if !ref($.output)", "b>c", "c>e", "a>d", "d>e"},
			outputs: map[string]string{"a": "0"},
			want:    "a d e -b -c", status: "completed",
		},
		"rule 4: branches run breadth first in the order of their edges": {
			graph: []string{"$source>b", "$source>a", "b>c", "a>d", "d>e"},
			want:  "b a c d e", status: "completed",
		},
		"rule 13: a failing action fails the run, and branches beside it are finished": {
			graph:   []string{"$source>a", "a>b", "a>c", "b>d", "c>e"},
			outputs: map[string]string{"b": `{"$error":"no luck"}`},
			want:    "a !b c e -d", status: "failed",
		},
		"two failing actions are both shown": {
			graph:   []string{"$source>a", "$source>b"},
			outputs: map[string]string{"a": `{"$error":"one"}`, "b": `{"$error":"two"}`},
			want:    "!a !b", status: "failed",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			definition := strings.NewReplacer(`"slow"`, `"trace"`, `"broken"`, `"trace"`).Replace(graph(tc.graph...))
			result, err := dryEngine(t).DryRun(t.Context(), json.RawMessage(definition), workflowkit.DryRunInput{Outputs: rawMap(tc.outputs)})
			if err != nil {
				t.Fatal(err)
			}
			if result.Status != tc.status {
				t.Errorf("status: got %s, want %s", result.Status, tc.status)
			}
			var got []string
			for _, a := range result.Actions {
				mark := map[workflowkit.Status]string{"failed": "!", "skipped": "-"}[a.Status]
				got = append(got, mark+a.ID)
			}
			if diff := cmp.Diff(tc.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
			if len(result.Edges) != len(tc.graph) {
				t.Errorf("got %d edges, want %d", len(result.Edges), len(tc.graph))
			}
		})
	}
}

func TestDryRunCallsNoHandler(t *testing.T) {
	t.Parallel()
	action := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "trace"},
		func(context.Context, *workflowkit.Run, map[string]any) (any, error) {
			t.Error("the handler was called")
			return nil, nil
		})
	engine := dryEngine(t, workflowkit.WithActions(action), workflowkit.WithLoader(workflowkit.LoaderFunc(
		func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
			t.Error("the loader was called")
			return nil, errors.New("no")
		})))
	result, err := engine.DryRun(t.Context(), json.RawMessage(graph("$source>a", "a>b")), workflowkit.DryRunInput{})
	if err != nil || result.Status != workflowkit.StatusCompleted {
		t.Errorf("got %+v, %v", result, err)
	}
}

func TestDryRunResolvesInputs(t *testing.T) {
	t.Parallel()
	const definition = `{"actions":[
		{"id":"1","kind":"a","inputs":{"whole":"!ref($.event.data)","text":"id !ref($.event.data.id)"}},
		{"id":"2","kind":"b","inputs":{"n":"!ref($.state.1.n)","own":"!ref($.state.1.text)"}}],
		"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"}]}`
	result, err := dryEngine(t).DryRun(t.Context(), json.RawMessage(definition), workflowkit.DryRunInput{
		Event: workflowkit.Event{Name: "e", Data: json.RawMessage(`{"id":12345678901234567890}`)},
		// Values that come out of refs are never scanned again (rule 8).
		Outputs: rawMap(map[string]string{"1": `{"n":1.50,"text":"!ref($.event.data.id)"}`}),
	})
	if err != nil {
		t.Fatal(err)
	}
	got := []string{string(result.Actions[0].Inputs), string(result.Actions[1].Inputs)}
	want := []string{
		`{"text":"id 12345678901234567890","whole":{"id":12345678901234567890}}`,
		`{"n":1.50,"own":"!ref($.event.data.id)"}`,
	}
	for i := range want {
		if diff := cmp.Diff(canonical(t, want[i]), canonical(t, got[i])); diff != "" {
			t.Errorf("inputs (-want +got):\n%s", diff)
		}
	}
}

// canonical returns JSON with its members in the order of their names, and its numbers as they were written.
func canonical(t testing.TB, text string) string {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestDryRunOfBuiltins(t *testing.T) {
	t.Parallel()
	const definition = `{"actions":[{"id":"1","kind":"builtin:if","inputs":{"condition":{">":["!ref($.event.data.n)",5]}}},
		{"id":"2","kind":"yes"},{"id":"3","kind":"no"}],
		"edges":[{"from":"$source","to":"1"},
			{"from":"1","to":"2","conditional":{"type":"if","ref":"!ref($.output.result)"}},
			{"from":"1","to":"3","conditional":{"type":"else","ref":"!ref($.output.result)"}}]}`
	for n, want := range map[string]string{"7": "2", "3": "3"} {
		t.Run("runs for real with "+n, func(t *testing.T) {
			t.Parallel()
			result, err := dryEngine(t).DryRun(t.Context(), json.RawMessage(definition), workflowkit.DryRunInput{
				Event:   workflowkit.Event{Data: json.RawMessage(`{"n":` + n + `}`)},
				Outputs: rawMap(map[string]string{"1": `{"$error":"not used"}`, "2": "1", "x": "null"}),
			})
			if err != nil {
				t.Fatal(err)
			}
			if result.Actions[1].ID != want || result.Actions[1].Status != workflowkit.StatusCompleted {
				t.Errorf("got action %+v, want %s completed", result.Actions[1], want)
			}
			if diff := cmp.Diff([]string{"1", "x"}, result.Unused); diff != "" {
				t.Errorf("unused outputs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDryRunJudges(t *testing.T) {
	t.Parallel()
	engine := dryEngine(t)
	t.Run("an invalid workflow is a result with all findings, warnings too", func(t *testing.T) {
		t.Parallel()
		definition := json.RawMessage(`{"actions":[{"id":"1","kind":"a"},{"id":"1","kind":"builtin:what"}],"edges":[{"from":"$source","to":"2"}]}`)
		result, err := engine.DryRun(t.Context(), definition, workflowkit.DryRunInput{})
		if err != nil {
			t.Fatal(err)
		}
		if result.Status != workflowkit.StatusInvalid {
			t.Errorf("status: got %s", result.Status)
		}
		if diff := cmp.Diff(engine.Validate(definition), result.Problems); diff != "" {
			t.Errorf("problems (-want +got):\n%s", diff)
		}
		raw, err := json.Marshal(result)
		if err != nil || !strings.Contains(string(raw), `"actions":[],"edges":[]`) {
			t.Errorf("JSON: got %s, %v", raw, err)
		}
	})
	t.Run("rule 9: inputs are checked once refs are resolved", func(t *testing.T) {
		t.Parallel()
		catalog, err := workflowkit.ParseCatalog([]byte(`[{"kind":"count","inputs":{"n":{"type":{"type":"integer"}}}}]`))
		if err != nil {
			t.Fatal(err)
		}
		definition := `{"actions":[{"id":"1","kind":"count","inputs":{"n":"!ref($.event.data.n)"}}],"edges":[{"from":"$source","to":"1"}]}`
		result, err := dryEngine(t, workflowkit.WithCatalog(catalog)).DryRun(t.Context(), json.RawMessage(definition),
			workflowkit.DryRunInput{Event: workflowkit.Event{Data: json.RawMessage(`{"n":"many"}`)}})
		if err != nil {
			t.Fatal(err)
		}
		if result.Status != workflowkit.StatusFailed || !strings.Contains(result.Actions[0].Error, `input "n"`) {
			t.Errorf("got %+v", result)
		}
	})
	t.Run("rule 11: a workflow without a definition has nothing to do", func(t *testing.T) {
		t.Parallel()
		for _, definition := range []json.RawMessage{nil, json.RawMessage(" null\n")} {
			result, err := engine.DryRun(t.Context(), definition, workflowkit.DryRunInput{})
			if err != nil || result.Status != workflowkit.StatusCompleted || len(result.Actions) != 0 {
				t.Errorf("%q: got %+v, %v", definition, result, err)
			}
		}
	})
	t.Run("outputs that cannot be read are an error that names them all", func(t *testing.T) {
		t.Parallel()
		_, err := engine.DryRun(t.Context(), json.RawMessage(graph("$source>a")), workflowkit.DryRunInput{Outputs: rawMap(map[string]string{
			"a": `{"$error":1}`, "b": `{"$error":"x","y":1}`, "c": `{`, "d": `[{"$error":1}]`,
		})})
		if err == nil {
			t.Fatal("no error")
		}
		for _, id := range []string{"a", "b", "c"} {
			if !strings.Contains(err.Error(), fmt.Sprintf("output of action %q", id)) {
				t.Errorf("%v does not name %s", err, id)
			}
		}
		if strings.Contains(err.Error(), `"d"`) {
			t.Errorf("%v names d, whose output is fine", err)
		}
	})
	t.Run("a context that has ended is an error", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		result, err := engine.DryRun(ctx, json.RawMessage(graph("$source>a")), workflowkit.DryRunInput{})
		if !errors.Is(err, context.Canceled) || result != nil {
			t.Errorf("got %+v, %v", result, err)
		}
	})
}

func TestDryRunIsRepeatable(t *testing.T) {
	t.Parallel()
	engine := dryEngine(t)
	definition := json.RawMessage(graph("$source>a", "$source>b", "a>c if !ref($.output)", "b>c", "c>d", "b>e"))
	in := workflowkit.DryRunInput{Outputs: rawMap(map[string]string{"b": `{"z":1,"a":{"y":2,"b":3}}`, "c": `{"$error":"no"}`})}
	var first string
	for range 50 {
		result, err := engine.DryRun(t.Context(), definition, in)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(result)
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(raw)
		}
		if diff := cmp.Diff(first, string(raw)); diff != "" {
			t.Fatalf("rule 4: another result (-first +this):\n%s", diff)
		}
	}
}

func TestDryRunIsBounded(t *testing.T) {
	t.Parallel()
	engine, err := workflowkit.New(workflowkit.WithOpenKinds())
	if err != nil {
		t.Fatal(err)
	}
	w := &workflowkit.Workflow{}
	for i := range 20 {
		w.Actions = append(w.Actions, workflowkit.WorkflowAction{ID: id(i), Kind: "any", Inputs: json.RawMessage(`{"x":"!ref($.event.data)"}`)})
		w.Edges = append(w.Edges, workflowkit.Edge{From: workflowkit.SourceID, To: id(i)})
	}
	doc, err := w.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	in := workflowkit.DryRunInput{Event: workflowkit.Event{Name: "e", Data: json.RawMessage(`{"text":"` + strings.Repeat("x", 1000) + `"}`)}}
	for most, status := range map[int]workflowkit.Status{0: workflowkit.StatusCompleted, 25_000: workflowkit.StatusCompleted, 10_000: workflowkit.StatusFailed} {
		in.MaxInputs = most
		result, err := engine.DryRun(t.Context(), doc, in)
		if err != nil {
			t.Fatal(err)
		}
		if result.Status != status || (status == workflowkit.StatusFailed) != strings.Contains(result.Error, "more than 10000 bytes") {
			t.Errorf("at most %d bytes: %s, %s", most, result.Status, result.Error)
		}
	}
}
