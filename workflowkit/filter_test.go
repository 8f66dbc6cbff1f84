package workflowkit_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// TestFilterOverLargeValue shows what becomes of a filter that would look at a large value for each item: in inputs it is
// an error, and a condition is not met, whatever its type.
func TestFilterOverLargeValue(t *testing.T) {
	t.Parallel()
	const ref = `"!ref($.event.data.xs[?length($.event.data.t) == 1])"`
	data := json.RawMessage(`{"xs":[1,2,3],"t":"` + strings.Repeat("x", 5000) + `"}`)
	for name, tc := range map[string]struct {
		doc    string
		status workflowkit.Status
		said   string
	}{
		"inputs": {`{"actions":[{"id":"1","kind":"any","inputs":{"x":` + ref + `}}],"edges":[{"from":"$source","to":"1"}]}`, workflowkit.StatusFailed, "more than 4096 bytes"},
		"if":     {`{"actions":[{"id":"1","kind":"any"}],"edges":[{"from":"$source","to":"1","conditional":{"type":"if","ref":` + ref + `}}]}`, workflowkit.StatusCompleted, "not true"},
		"else":   {`{"actions":[{"id":"1","kind":"any"}],"edges":[{"from":"$source","to":"1","conditional":{"type":"else","ref":` + ref + `}}]}`, workflowkit.StatusCompleted, "$.event.data.xs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, err := anyInput(t, `{}`).DryRun(t.Context(), json.RawMessage(tc.doc), workflowkit.DryRunInput{Event: workflowkit.Event{Name: "test", Data: data}})
			if err != nil {
				t.Fatal(err)
			}
			if result.Status != tc.status || name != "inputs" && result.Edges[0].Taken || !strings.Contains(result.Error+result.Edges[0].Reason, tc.said) {
				t.Errorf("got %+v", result)
			}
		})
	}
}
