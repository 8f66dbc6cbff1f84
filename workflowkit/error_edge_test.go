package workflowkit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// TestErrorEdges holds rule 13: an action's error edge is taken when the action has failed, and the run goes on.
func TestErrorEdges(t *testing.T) {
	t.Parallel()
	const (
		fails = `{"id":"x","kind":"broken"}`
		works = `{"id":"x","kind":"trace"}`
	)
	cases := map[string]struct {
		actions, edges string
		// want are the statuses of actions, and whether and why the edges are taken.
		status  workflowkit.Status
		actionz map[string]string
		edgez   map[string]string
		inputs  string
	}{
		"a failed action takes its error edge, and its target sees the error": {
			actions: fails + `,{"id":"then","kind":"trace"},{"id":"rescue","kind":"trace","inputs":{"why":"!ref($.state.x.error)"}},{"id":"end","kind":"trace"}`,
			edges:   `{"from":"$source","to":"x"},{"from":"x","to":"then"},{"from":"x","to":"rescue","conditional":{"type":"error"}},{"from":"then","to":"end"},{"from":"rescue","to":"end"}`,
			status:  "completed",
			actionz: map[string]string{"x": "failed", "then": "skipped", "rescue": "completed", "end": "completed"},
			edgez: map[string]string{
				"x->then": `false action "x" failed`, "x->rescue": `true error: action "x" failed`,
				"then->end": `false action "then" was skipped`, "rescue->end": "true no condition",
			},
			inputs: `{"why":"step \"do\": no luck"}`,
		},
		"an action that works does not": {
			actions: works + `,{"id":"then","kind":"trace"},{"id":"rescue","kind":"trace"}`,
			edges:   `{"from":"$source","to":"x"},{"from":"x","to":"then"},{"from":"x","to":"rescue","conditional":{"type":"error"}}`,
			status:  "completed",
			actionz: map[string]string{"x": "completed", "then": "completed", "rescue": "skipped"},
			edgez:   map[string]string{"x->then": "true no condition", "x->rescue": "false error: the action did not fail"},
		},
		"the error can be looked at by the conditions behind it": {
			actions: fails + `,{"id":"rescue","kind":"trace"},{"id":"known","kind":"trace"}`,
			edges: `{"from":"$source","to":"x"},{"from":"x","to":"rescue","conditional":{"type":"error"}},
				{"from":"rescue","to":"known","conditional":{"type":"match","ref":"!ref($.state.x.error)","value":"step \"do\": no luck"}}`,
			status:  "completed",
			actionz: map[string]string{"x": "failed", "rescue": "completed", "known": "completed"},
		},
		"an error edge and a plain one may lead to the same action": {
			actions: fails + `,{"id":"then","kind":"trace"}`,
			edges:   `{"from":"$source","to":"x"},{"from":"x","to":"then"},{"from":"x","to":"then","conditional":{"type":"error"}}`,
			status:  "completed",
			actionz: map[string]string{"x": "failed", "then": "completed"},
		},
		"beside other branches": {
			actions: fails + `,{"id":"rescue","kind":"trace"},{"id":"s","kind":"slow","inputs":{"hours":2}},{"id":"join","kind":"trace"}`,
			edges:   `{"from":"$source","to":"x"},{"from":"$source","to":"s"},{"from":"x","to":"rescue","conditional":{"type":"error"}},{"from":"rescue","to":"join"},{"from":"s","to":"join"}`,
			status:  "completed",
			actionz: map[string]string{"x": "failed", "rescue": "completed", "s": "completed", "join": "completed"},
		},
		"a failure of the rescuer fails the run": {
			actions: fails + `,{"id":"rescue","kind":"broken"}`,
			edges:   `{"from":"$source","to":"x"},{"from":"x","to":"rescue","conditional":{"type":"error"}}`,
			status:  "failed",
			actionz: map[string]string{"x": "failed", "rescue": "failed"},
		},
		"inputs that do not fit are an error as any": {
			actions: `{"id":"x","kind":"slow","inputs":{"hours":"!ref($.event.data.text)"}},{"id":"rescue","kind":"trace","inputs":{"why":"!ref($.state.x.error)"}}`,
			edges:   `{"from":"$source","to":"x"},{"from":"x","to":"rescue","conditional":{"type":"error"}}`,
			status:  "completed",
			actionz: map[string]string{"x": "failed", "rescue": "completed"},
		},
		"a condition of the engine's own may have one": {
			actions: `{"id":"x","kind":"builtin:if","inputs":{"condition":{"==":[1,1]}}},{"id":"yes","kind":"trace"},{"id":"rescue","kind":"trace"}`,
			edges: `{"from":"$source","to":"x"},{"from":"x","to":"yes","conditional":{"type":"if","ref":"!ref($.output.result)"}},
				{"from":"x","to":"rescue","conditional":{"type":"error"}}`,
			status:  "completed",
			actionz: map[string]string{"x": "completed", "yes": "completed", "rescue": "skipped"},
		},
	}
	for name, tc := range cases {
		for _, mode := range []string{"at once", "with replays"} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				var log []string
				engine, err := workflowkit.New(quiet(), workflowkit.WithActions(trace(&log), slow(&log), broken()))
				if err != nil {
					t.Fatal(err)
				}
				options := []workflowkittest.Option{
					workflowkittest.WithWorkflow(fmt.Sprintf(`{"actions":[%s],"edges":[%s]}`, tc.actions, tc.edges)),
				}
				if mode == "with replays" {
					options = append(options, workflowkittest.WithReplay(1))
				}
				event := workflowkit.Event{Name: "test", Data: []byte(`{"text":"soon"}`)}
				result, err := workflowkittest.Run(t.Context(), engine, event, options...)
				if (err != nil) != (tc.status == "failed") || result.Run == nil || result.Run.Status != tc.status {
					t.Fatalf("run is %+v, %v", result.Run, err)
				}
				got := map[string]string{}
				for _, a := range result.Run.Actions {
					got[a.ID] = string(a.Status)
					if a.ID == "rescue" && tc.inputs != "" && string(a.Inputs) != tc.inputs {
						t.Errorf("inputs of rescue: %s, want %s", a.Inputs, tc.inputs)
					}
				}
				if diff := cmp.Diff(tc.actionz, got); diff != "" {
					t.Errorf("actions (-want +got):\n%s", diff)
				}
				for _, e := range result.Run.Edges {
					want, ok := tc.edgez[e.From+"->"+e.To]
					if got := fmt.Sprint(e.Taken, " ", e.Reason); ok && got != want {
						t.Errorf("edge %s->%s: %s, want %s", e.From, e.To, got, want)
					}
				}
			})
		}
	}
}

func TestErrorEdgesAreJudged(t *testing.T) {
	t.Parallel()
	var log []string
	engine, err := workflowkit.New(quiet(), workflowkit.WithActions(trace(&log)))
	if err != nil {
		t.Fatal(err)
	}
	problems := engine.Validate([]byte(`{"actions":[{"id":"a","kind":"trace"},{"id":"b","kind":"trace"}],"edges":[
		{"from":"$source","to":"a","conditional":{"type":"error"}},
		{"from":"a","to":"b","conditional":{"type":"error"}},{"from":"a","to":"b","conditional":{"type":"error"}}]}`))
	var codes []string
	for _, p := range problems {
		codes = append(codes, string(p.Code)+" "+p.Path)
	}
	want := "condition_type /edges/0/conditional/type, edge_duplicate /edges/2"
	if got := strings.Join(codes, ", "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestInputsNameTheActionThatFailed holds that who writes $.output.error behind an error edge is told what to write.
func TestInputsNameTheActionThatFailed(t *testing.T) {
	t.Parallel()
	var log []string
	engine, err := workflowkit.New(quiet(), workflowkit.WithActions(trace(&log)))
	if err != nil {
		t.Fatal(err)
	}
	for conditional, want := range map[string]string{
		`,"conditional":{"type":"error"}`: "name the action that failed: !ref($.state['a'].error)",
		``:                                "name the action: !ref($.state['a'])",
	} {
		problems := engine.Validate([]byte(`{"actions":[{"id":"a","kind":"trace"},{"id":"b","kind":"trace","inputs":{"why":"!ref($.output.error)"}}],
			"edges":[{"from":"$source","to":"a"},{"from":"a","to":"b"` + conditional + `}]}`))
		if len(problems) != 1 || problems[0].Code != workflowkit.CodeRefUnknown || problems[0].Hint != want {
			t.Errorf("got %+v, want the hint %s", problems, want)
		}
	}
}
