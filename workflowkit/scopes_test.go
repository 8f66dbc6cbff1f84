package workflowkit_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

func TestScopes(t *testing.T) {
	t.Parallel()
	type scopes map[string]workflowkit.Scope
	scope := func(sure []string, maybe ...string) workflowkit.Scope {
		return workflowkit.Scope{Sure: append([]string{}, sure...), Maybe: append([]string{}, maybe...)}
	}
	ids := func(ids ...string) []string { return ids }
	engine := judge(t)
	cases := map[string]struct {
		doc  string
		ids  []string
		want scopes
	}{
		"a chain sees all before": {
			doc:  `{"actions":[{"id":"a"},{"id":"b"},{"id":"c"}],"edges":[{"from":"$source","to":"a"},{"from":"a","to":"b"},{"from":"b","to":"c"}]}`,
			want: scopes{"a": scope(nil), "b": scope(ids("a")), "c": scope(ids("a", "b"))},
		},
		"a join is sure of all branches without conditions (rule 3)": {
			doc: `{"actions":[{"id":"d"},{"id":"c"},{"id":"b"},{"id":"a"}],"edges":[{"from":"$source","to":"a"},{"from":"a","to":"b"},{"from":"a","to":"c"},
				{"from":"b","to":"d"},{"from":"c","to":"d"}]}`,
			want: scopes{"a": scope(nil), "b": scope(ids("a")), "c": scope(ids("a")), "d": scope(ids("c", "b", "a"))},
		},
		"and of what lies on all paths": {
			doc: `{"actions":[{"id":"d"},{"id":"c"},{"id":"b"},{"id":"a"}],"edges":[{"from":"$source","to":"a"},
				{"from":"a","to":"b","conditional":{"type":"if","ref":"!ref($.output.x)"}},{"from":"a","to":"c","conditional":{"type":"if","ref":"!ref($.output.y)"}},
				{"from":"b","to":"d"},{"from":"c","to":"d"}]}`,
			want: scopes{"a": scope(nil), "b": scope(ids("a")), "c": scope(ids("a")), "d": scope(ids("a"), "c", "b")},
		},
		"an uneven diamond": {
			doc: `{"actions":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"}],"edges":[{"from":"$source","to":"a"},{"from":"a","to":"b"},{"from":"b","to":"c"},
				{"from":"c","to":"d"},{"from":"a","to":"d"}]}`,
			want: scopes{"a": scope(nil), "b": scope(ids("a")), "c": scope(ids("a", "b")), "d": scope(ids("a", "b", "c"))},
		},
		"an edge from the trigger beside a longer path": {
			doc:  `{"actions":[{"id":"a"},{"id":"b"}],"edges":[{"from":"$source","to":"a"},{"from":"a","to":"b"},{"from":"$source","to":"b"}]}`,
			want: scopes{"a": scope(nil), "b": scope(ids("a"))},
		},
		"a condition of the trigger": {
			doc: `{"actions":[{"id":"a"},{"id":"b"}],"edges":[{"from":"$source","to":"a","conditional":{"type":"else","ref":"!ref($.event.data.x)"}},
				{"from":"a","to":"b"},{"from":"$source","to":"b"}]}`,
			want: scopes{"a": scope(nil), "b": scope(nil, "a")},
		},
		"two branches of one question that meet, beside a third": {
			doc: `{"actions":[{"id":"a"},{"id":"yes"},{"id":"no"},{"id":"meet"},{"id":"d"}],"edges":[{"from":"$source","to":"a"},{"from":"$source","to":"d"},
				{"from":"a","to":"yes","conditional":{"type":"if","ref":"!ref($.output.result)"}},{"from":"a","to":"no","conditional":{"type":"else","ref":"!ref($.result)"}},
				{"from":"yes","to":"meet"},{"from":"no","to":"meet"},{"from":"meet","to":"d"}]}`,
			want: scopes{"a": scope(nil), "yes": scope(ids("a")), "no": scope(ids("a")), "meet": scope(ids("a"), "yes", "no"), "d": scope(ids("a", "meet"), "yes", "no")},
		},
		"an action that may fail": {
			doc: `{"actions":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"}],"edges":[{"from":"$source","to":"a"},{"from":"a","to":"b"},
				{"from":"a","to":"c","conditional":{"type":"error"}},{"from":"b","to":"d"},{"from":"c","to":"d"}]}`,
			want: scopes{"a": scope(nil), "b": scope(ids("a")), "c": scope(ids("a")), "d": scope(ids("a"), "b", "c")},
		},
		"only what is asked for": {
			doc: `{"actions":[{"id":"a"},{"id":"b"}],"edges":[{"from":"$source","to":"a"},{"from":"a","to":"b"}]}`,
			ids: ids("b", "b", "nobody"), want: scopes{"b": scope(ids("a"))},
		},
		"a cycle, what is behind it, and what nothing leads to": {
			doc: `{"actions":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"lost"}],"edges":[{"from":"$source","to":"a"},{"from":"a","to":"b"},{"from":"b","to":"a"},
				{"from":"b","to":"c"}]}`,
			want: scopes{"a": scope(nil), "b": scope(nil), "c": scope(nil), "lost": scope(nil)},
		},
		"edges to $sink, to nowhere, and without ends": {
			doc: `{"actions":[{"id":"a"},{"id":"b"}],"edges":[{"from":"$source","to":"a"},{"from":"a","to":"$sink"},{"from":"a","to":"9"},{},
				{"from":"a","to":"b"}],"steps":[]}`,
			want: scopes{"a": scope(nil), "b": scope(ids("a"))},
		},
		"two actions with one id": {
			doc:  `{"actions":[{"id":"a"},{"id":"a"},{"id":"b"}],"edges":[{"from":"$source","to":"a"},{"from":"a","to":"b"}]}`,
			want: scopes{"a": scope(nil), "b": scope(ids("a"))},
		},
		"not JSON":   {doc: `{"actions":`, want: scopes{}},
		"a list":     {doc: `[]`, want: scopes{}},
		"null":       {doc: `null`, want: scopes{}},
		"no actions": {doc: `{}`, want: scopes{}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := engine.Scopes(json.RawMessage(tc.doc), tc.ids...)
			if diff := cmp.Diff(tc.want, scopes(got)); diff != "" {
				t.Errorf("scopes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestScopesAgreeWithValidation holds scopes to what validation says about a ref from each action to each other one.
func TestScopesAgreeWithValidation(t *testing.T) {
	t.Parallel()
	engine, err := workflowkit.New(workflowkit.WithOpenKinds())
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		// More than 64 actions now and then: they are followed 64 at a time.
		n := rapid.SampledFrom([]int{1, 2, 3, 5, 8, 70}).Draw(t, "actions")
		w := &workflowkit.Workflow{}
		for i := range n {
			inputs := map[string]string{}
			for other := range n {
				if n < 10 || rapid.IntRange(0, 9).Draw(t, "read") == 0 {
					inputs[id(other)] = fmt.Sprintf("!ref($.state.%s)", id(other))
				}
			}
			raw, err := json.Marshal(inputs)
			if err != nil {
				t.Fatal(err)
			}
			w.Actions = append(w.Actions, workflowkit.WorkflowAction{ID: id(i), Kind: "any", Inputs: raw})
			for _, from := range rapid.SliceOfNDistinct(rapid.IntRange(-1, i-1), 1, min(i+1, 3), rapid.ID[int]).Draw(t, "froms") {
				edge := workflowkit.Edge{From: workflowkit.SourceID, To: id(i)}
				if from >= 0 {
					edge.From = id(from)
				}
				w.Edges = append(w.Edges, edge)
			}
		}
		doc, err := w.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		codes := map[string]workflowkit.Code{}
		for _, p := range engine.Validate(doc) {
			codes[p.Path] = p.Code
		}
		scopes := engine.Scopes(doc)
		for i, action := range w.Actions {
			var inputs map[string]string
			if err := json.Unmarshal(action.Inputs, &inputs); err != nil {
				t.Fatal(err)
			}
			for other := range inputs {
				want := workflowkit.CodeRefOrder
				switch s := scopes[action.ID]; {
				case slices.Contains(s.Sure, other):
					want = ""
				case slices.Contains(s.Maybe, other):
					want = workflowkit.CodeRefMaybe
				}
				if got := codes[fmt.Sprintf("/actions/%d/inputs/%s", i, other)]; got != want {
					t.Fatalf("ref from %s to %s: validation says %q, scopes %q, in %s", action.ID, other, got, want, doc)
				}
			}
		}
	})
}
