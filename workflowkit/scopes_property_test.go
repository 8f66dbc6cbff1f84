package workflowkit_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// TestScopesAgreeWithRuns executes random workflows with each combination of answers to their conditions: what is sure to
// have run before an action has run in each run in which the action has, and without conditions all that comes before is
// sure (rules 2 and 3).
func TestScopesAgreeWithRuns(t *testing.T) {
	t.Parallel()
	engine, err := workflowkit.New(workflowkit.WithOpenKinds())
	if err != nil {
		t.Fatal(err)
	}
	const questions = 3
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 7).Draw(t, "actions")
		kinds := rapid.SampledFrom([][]string{{""}, {"", "", workflowkit.ConditionIf, workflowkit.ConditionElse, workflowkit.ConditionError}}).Draw(t, "kinds")
		w := &workflowkit.Workflow{}
		for i := range n {
			w.Actions = append(w.Actions, workflowkit.WorkflowAction{ID: id(i), Kind: "any"})
			for _, from := range rapid.SliceOfNDistinct(rapid.IntRange(-1, i-1), 1, min(i+1, 3), rapid.ID[int]).Draw(t, "froms") {
				edge := workflowkit.Edge{From: workflowkit.SourceID, To: id(i)}
				kind := rapid.SampledFrom(kinds).Draw(t, "kind")
				if from >= 0 {
					edge.From = id(from)
				} else if kind == workflowkit.ConditionError {
					kind = ""
				}
				switch kind {
				case "":
				case workflowkit.ConditionError:
					edge.Conditional = &workflowkit.Conditional{Type: kind}
				default:
					ref := fmt.Sprintf("!ref($.event.data.q%d)", rapid.IntRange(0, questions-1).Draw(t, "question"))
					edge.Conditional = &workflowkit.Conditional{Type: kind, Ref: ref}
				}
				w.Edges = append(w.Edges, edge)
			}
		}
		doc, err := w.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		outputs := map[string]json.RawMessage{}
		for i := range n {
			if rapid.IntRange(0, 3).Draw(t, "fails") == 0 {
				outputs[id(i)] = json.RawMessage(`{"$error":"no luck"}`)
			}
		}
		scopes := engine.Scopes(doc)
		for answers := range 1 << questions {
			data := map[string]bool{}
			for q := range questions {
				data[fmt.Sprintf("q%d", q)] = answers>>q&1 == 1
			}
			raw, err := json.Marshal(data)
			if err != nil {
				t.Fatal(err)
			}
			result, err := engine.DryRun(t.Context(), doc, workflowkit.DryRunInput{Event: workflowkit.Event{Name: "x", Data: raw}, Outputs: outputs})
			if err != nil || result.Status == workflowkit.StatusInvalid {
				t.Fatalf("dry run of %s: %v, %v", doc, err, result)
			}
			ran := map[string]bool{}
			for _, action := range result.Actions {
				if action.Status == workflowkit.StatusSkipped {
					break // skipped ones come last
				}
				for _, sure := range scopes[action.ID].Sure {
					if !ran[sure] {
						t.Fatalf("%s runs without %s when the answers are %s and outputs %s, in %s", action.ID, sure, raw, outputs, doc)
					}
				}
				ran[action.ID] = true
			}
		}
		for id, scope := range scopes {
			if len(kinds) == 1 && len(scope.Maybe) > 0 {
				t.Fatalf("%s is not sure of %v although nothing is conditional in %s", id, scope.Maybe, doc)
			}
		}
	})
}
