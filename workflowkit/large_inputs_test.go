package workflowkit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// TestLargeInputsTakeTheirSize runs a chain of actions that all refer to one large text. The result holds it for each of
// them, and the run must not take many times as much.
func TestLargeInputsTakeTheirSize(t *testing.T) {
	const actions, size = 200, 100 << 10
	engine, err := workflowkit.New(workflowkit.WithActions(workflowkit.DefineUntyped(workflowkit.Spec{Kind: "null"},
		func(context.Context, *workflowkit.Run, map[string]any) (any, error) {
			return json.RawMessage("null"), nil
		})))
	if err != nil {
		t.Fatal(err)
	}
	var list, edges []string
	from := workflowkit.SourceID
	for i := range actions {
		list = append(list, fmt.Sprintf(`{"id":"%d","kind":"null","inputs":{"text":"!ref($.event.data.text)","n":%d}}`, i, i))
		edges = append(edges, fmt.Sprintf(`{"from":%q,"to":"%d"}`, from, i))
		from = strconv.Itoa(i)
	}
	in := workflowkit.RunInput{
		RunID: "r", Event: workflowkit.Event{Name: "e", Data: json.RawMessage(`{"text":"` + strings.Repeat("x", size) + `"}`)},
		Definition: &workflowkit.Definition{JSON: json.RawMessage(
			`{"actions":[` + strings.Join(list, ",") + `],"edges":[` + strings.Join(edges, ",") + `]}`)},
	}
	run := func() *workflowkit.Result {
		result, err := engine.Run(t.Context(), direct{}, in)
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	run() // compiles
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	result := run()
	runtime.GC()
	runtime.ReadMemStats(&after)
	if kept := float64(after.HeapAlloc) - float64(before.HeapAlloc); kept > 1.5*actions*size {
		t.Errorf("%d actions with inputs of %d bytes keep %.0f bytes", actions, size, kept)
	}
	if n := len(result.Actions); n != actions {
		t.Errorf("%d actions have run", n)
	}
}
