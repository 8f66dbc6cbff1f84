package workflowkit_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// A short text of control characters is long once it is written as JSON, which is how reasons and messages quote it.
func TestTextsOfControlCharactersAreQuoted(t *testing.T) {
	t.Parallel()
	text := strings.Repeat(`\u001a`, 49)
	doc := `{"actions":[{"id":"1","kind":"any"}],"edges":[{"from":"$source","to":"1","conditional":{"type":"if","ref":"!ref($.event.data.x)"}}]}`
	result, err := anyInput(t, `{}`).DryRun(t.Context(), json.RawMessage(doc), workflowkit.DryRunInput{
		Event: workflowkit.Event{Name: "test", Data: json.RawMessage(`{"x":"` + text + `"}`)},
	})
	if err != nil || !strings.HasPrefix(result.Edges[0].Reason, `if: "\u001a\u001a`) {
		t.Errorf("got %+v, error %v", result, err)
	}
	if _, err := workflowkit.ParseDuration(strings.Repeat("\x1a", 49)); err == nil {
		t.Error("a duration of control characters is accepted")
	}
}
