package inngest_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

func ExampleEstimate() {
	review := workflowkit.Define(
		workflowkit.Spec{
			Kind: "review", NeverWaits: true,
			Cost: &workflowkit.Cost{Steps: workflowkit.Exactly(3), Bytes: workflowkit.Between(100, 20_000)},
		},
		func(context.Context, *workflowkit.Run, struct{}) (struct{}, error) { return struct{}{}, nil })
	engine, err := workflowkit.New(workflowkit.WithActions(review))
	if err != nil {
		panic(err)
	}
	definition := workflowkit.Definition{ID: "1", JSON: json.RawMessage(`{
		"actions": [{"id": "1", "kind": "review"}, {"id": "2", "kind": "review"}],
		"edges":   [{"from": "$source", "to": "1"}, {"from": "1", "to": "2"}]}`)}
	for _, mode := range []inngest.CheckpointMode{inngest.CheckpointEachStep, inngest.CheckpointOff} {
		estimate, err := inngest.Estimate(engine, definition, inngest.Function{Checkpoints: mode})
		if err != nil {
			panic(err)
		}
		fmt.Printf("%q: %v calls, %v steps, %v checkpoints\n", mode, estimate.Calls, estimate.Steps, estimate.Checkpoints)
	}
	// Output:
	// "": 1 calls, 7 steps, 7 checkpoints
	// "off": 8 calls, 7 steps, 0 checkpoints
}
