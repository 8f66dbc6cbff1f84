package workflowkit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// Whatever the graph and the order of completion, an observer is told of each transition exactly once, after those that
// it follows from, and of the same as the result says.
func TestObserversAreToldOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		definition := m.definition(t)
		seed := rapid.Int64().Draw(t, "seed")
		for _, options := range [][]workflowkittest.Option{nil, {workflowkittest.WithReplay(seed)}} {
			seen := &transitions{}
			engine, _ := m.engine(t, workflowkit.WithObservers(seen))
			options = append(options, workflowkittest.WithWorkflow(definition))
			event := workflowkit.Event{Name: "test", Data: json.RawMessage(fmt.Sprintf(`{"output":%d}`, eventOutput))}
			result, err := workflowkittest.Run(context.Background(), engine, event, options...)
			if result.Run == nil {
				t.Fatalf("the run has no result: %v", err)
			}
			for _, fault := range seen.faults(result.Run) {
				t.Error(fault)
			}
			if t.Failed() {
				t.Fatalf("%s\n%v", definition, seen.lines())
			}
		}
	})
}
