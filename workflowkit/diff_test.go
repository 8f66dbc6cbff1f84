package workflowkit_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

func TestDiffWorkflows(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ before, after, want string }{
		"two empty workflows": {`{}`, `{"actions":[],"edges":[]}`, ""},
		"the order of members and the spelling of numbers do not count": {
			`{"name":"n","actions":[{"id":"1","kind":"a","inputs":{"x":1.0,"y":2}}]}`,
			`{"actions":[{"kind":"a","inputs":{"y":2,"x":1},"id":"1"}],"name":"n"}`, "",
		},
		"the order of actions does not count": {
			`{"actions":[{"id":"1","kind":"a"},{"id":"2","kind":"b"}]}`, `{"actions":[{"id":"2","kind":"b"},{"id":"1","kind":"a"}]}`, "",
		},
		"rule 4: the order of edges does": {
			`{"edges":[{"from":"$source","to":"1"},{"from":"$source","to":"2"}]}`, `{"edges":[{"from":"$source","to":"2"},{"from":"$source","to":"1"}]}`,
			"~ the edges have another order\n",
		},
		"an edge in between is no other order": {
			`{"edges":[{"from":"a","to":"b"},{"from":"c","to":"d"}]}`, `{"edges":[{"from":"a","to":"b"},{"from":"x","to":"y"},{"from":"c","to":"d"}]}`,
			`+ edge "x->y": from "x" to "y"` + "\n",
		},
		"added and removed actions": {
			`{"actions":[{"id":"1","kind":"a"}]}`, `{"actions":[{"id":"2","kind":"a","name":"N"}]}`,
			`- action "1": kind "a"` + "\n" + `+ action "2": kind "a", "N"` + "\n",
		},
		"absent, null and empty differ": {
			`{"actions":[{"id":"1","kind":"a","inputs":null},{"id":"2","kind":"a"},{"id":"3","kind":"a","inputs":{}}]}`,
			`{"actions":[{"id":"1","kind":"a"},{"id":"2","kind":"a","inputs":{}},{"id":"3","kind":"a","inputs":null}]}`,
			"~ action \"1\"\n    /inputs: null -> nothing\n~ action \"2\"\n    /inputs: nothing -> {}\n~ action \"3\"\n    /inputs: {} -> null\n",
		},
		"lists of one length are compared item by item, others whole": {
			`{"actions":[{"id":"1","kind":"a","inputs":{"l":[1,[2]],"m":[1]}}]}`, `{"actions":[{"id":"1","kind":"a","inputs":{"l":[1,[3]],"m":[1,2]}}]}`,
			"~ action \"1\"\n    /inputs/l/1/0: 2 -> 3\n    /inputs/m: [1] -> [1,2]\n",
		},
		"big numbers are compared digit by digit": {
			`{"metadata":12345678901234567890}`, `{"metadata":12345678901234567891}`,
			"~ workflow\n    /metadata: 12345678901234567890 -> 12345678901234567891\n",
		},
		"members that nobody knows": {
			`{"steps":[1],"a/b~":1}`, `{"steps":[2],"a/b~":2}`, "~ workflow\n    /a~1b~0: 1 -> 2\n    /steps/0: 1 -> 2\n",
		},
		"an edge with an id keeps it": {
			`{"edges":[{"id":"e","from":"a","to":"b"}]}`, `{"edges":[{"id":"e","from":"a","to":"c"}]}`, "~ edge \"e\"\n    /to: \"b\" -> \"c\"\n",
		},
		"an edge without one is another edge": {
			`{"edges":[{"from":"a","to":"b"}]}`, `{"edges":[{"from":"a","to":"c","conditional":{"type":"if","ref":"r"}}]}`,
			"- edge \"a->b\": from \"a\" to \"b\"\n+ edge \"a->c\": from \"a\" to \"c\", if r\n",
		},
		"of edges with one id, equal ones are matched first": {
			`{"edges":[{"from":"a","to":"b","name":"x"},{"from":"a","to":"b","name":"y"}]}`, `{"edges":[{"from":"a","to":"b","name":"y"}]}`,
			"- edge \"a->b\": from \"a\" to \"b\"\n",
		},
		"the others in their order": {
			`{"actions":[{"id":"1","kind":"a"},{"id":"1","kind":"b"}]}`, `{"actions":[{"id":"1","kind":"b"},{"id":"1","kind":"c"},{"id":"1","kind":"d"}]}`,
			"+ action \"1\": kind \"d\"\n~ action \"1\"\n    /kind: \"a\" -> \"c\"\n",
		},
		"what a terminal would obey is not shown": {
			`{"name":"\u001b[31m"}`, `{"name":"\u0085"}`, "~ workflow\n    /name: \"\\u001b[31m\" -> \"\uFFFD\"\n",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diff := workflowkit.DiffWorkflows(parsed(t, tc.before), parsed(t, tc.after))
			if d := cmp.Diff(tc.want, diff.String()); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if diff.Empty() != (tc.want == "") {
				t.Errorf("Empty: got %v", diff.Empty())
			}
		})
	}
}

func TestDiffJSON(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(workflowkit.DiffWorkflows(nil, &workflowkit.Workflow{
		Name: "n", Actions: []workflowkit.WorkflowAction{{ID: "1", Kind: "a"}}, Edges: []workflowkit.Edge{{From: "$source", To: "1"}},
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"workflow":[{"path":"/name","after":"n"}],` +
		`"actions":{"added":[{"id":"1","value":{"id":"1","kind":"a"}}],"removed":[],"changed":[]},` +
		`"edges":{"added":[{"id":"$source-\u003e1","value":{"from":"$source","to":"1"}}],"removed":[],"changed":[]},"reordered":false}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestDiffProperties holds diffs of random workflows to what they mean: the counts add up, a diff the other way around
// is its mirror image, and nothing differs from itself.
func TestDiffProperties(t *testing.T) {
	t.Parallel()
	workflows := rapid.Custom(func(t *rapid.T) *workflowkit.Workflow {
		ids := rapid.SampledFrom([]string{"", "1", "2", "3", "$source", "é/~"})
		w := &workflowkit.Workflow{Name: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "name")}
		for range rapid.IntRange(0, 5).Draw(t, "actions") {
			w.Actions = append(w.Actions, workflowkit.WorkflowAction{
				ID: ids.Draw(t, "id"), Kind: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "kind"),
				Inputs: json.RawMessage(rapid.SampledFrom([]string{`{}`, `{"x":1}`, `{"x":[1,2]}`, `null`}).Draw(t, "inputs")),
			})
		}
		for range rapid.IntRange(0, 5).Draw(t, "edges") {
			w.Edges = append(w.Edges, workflowkit.Edge{
				From: ids.Draw(t, "from"), To: ids.Draw(t, "to"), Name: rapid.SampledFrom([]string{"", "n"}).Draw(t, "name"),
			})
		}
		return w
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := workflows.Draw(t, "a"), workflows.Draw(t, "b")
		there, back := workflowkit.DiffWorkflows(a, b), workflowkit.DiffWorkflows(b, a)
		if !workflowkit.DiffWorkflows(a, a).Empty() {
			t.Fatal("a workflow differs from itself")
		}
		if there.Empty() != back.Empty() || there.Reordered != back.Reordered {
			t.Fatalf("not mirrored: %s\nand\n%s", there, back)
		}
		check := func(what string, there, back workflowkit.ItemChanges, before, after int) {
			if len(there.Added) != len(back.Removed) || len(there.Removed) != len(back.Added) || len(there.Changed) != len(back.Changed) {
				t.Fatalf("%s: not mirrored: %+v and %+v", what, there, back)
			}
			if before-len(there.Removed)+len(there.Added) != after {
				t.Fatalf("%s: %d before and %d after do not fit %+v", what, before, after, there)
			}
		}
		check("actions", there.Actions, back.Actions, len(a.Actions), len(b.Actions))
		check("edges", there.Edges, back.Edges, len(a.Edges), len(b.Edges))
	})
}

// parallelEdges returns a workflow of edges that all have one id, with names that are multiples of step.
func parallelEdges(n, step int) *workflowkit.Workflow {
	w := &workflowkit.Workflow{}
	for i := range n {
		w.Edges = append(w.Edges, workflowkit.Edge{From: "a", To: "b", Name: strconv.Itoa(i * step)})
	}
	return w
}

func TestDiffOfManyEdgesWithOneID(t *testing.T) {
	t.Parallel()
	diff := workflowkit.DiffWorkflows(parallelEdges(3000, 1), parallelEdges(3000, 3))
	if got := []int{len(diff.Edges.Added), len(diff.Edges.Removed), len(diff.Edges.Changed)}; !cmp.Equal(got, []int{0, 0, 2000}) {
		t.Errorf("added, removed, changed: got %v", got)
	}
}

// BenchmarkDiff compares edges that all have one id: the cost for each must not grow with their number.
func BenchmarkDiff(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			before, after := parallelEdges(n, 1), parallelEdges(n, 3)
			for b.Loop() {
				workflowkit.DiffWorkflows(before, after)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/edge")
		})
	}
}

func FuzzDiff(f *testing.F) {
	f.Add(`{"actions":[{"id":"1","kind":"a"}],"edges":[{"from":"$source","to":"1"}]}`, `{"actions":[{"id":"1","kind":"b"}],"edges":[]}`)
	f.Add(`{"actions":[{}],"edges":[{},{}],"x":[[[1]]]}`, `{"actions":null,"edges":[{"id":5}],"x":[[[2,{}]]]}`)
	f.Add(`{"metadata":1e400}`, `{"metadata":-0.0}`)
	f.Fuzz(func(t *testing.T, a, b string) {
		before, err := workflowkit.ParseWorkflow([]byte(a))
		if err != nil {
			return
		}
		after, err := workflowkit.ParseWorkflow([]byte(b))
		if err != nil {
			return
		}
		diff := workflowkit.DiffWorkflows(before, after)
		if _, err := json.Marshal(diff); err != nil {
			t.Errorf("marshal: %v", err)
		}
		if diff.Empty() != (diff.String() == "") {
			t.Errorf("Empty is %v, text is %q", diff.Empty(), diff)
		}
		if !workflowkit.DiffWorkflows(before, before).Empty() {
			t.Errorf("a workflow differs from itself: %s", a)
		}
		if strings.ContainsFunc(diff.String(), func(r rune) bool { return r < ' ' && r != '\n' }) {
			t.Errorf("control character in %q", diff)
		}
	})
}
