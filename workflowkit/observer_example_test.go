package workflowkit_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// An observer is told what a run does, once, however often the run is replayed.
func ExampleWithObservers() {
	work := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "work"}, func(ctx context.Context, run *workflowkit.Run, _ map[string]any) (any, error) {
		return workflowkit.Step(ctx, "do", func(context.Context) (string, error) { return run.Action.ID + " is done", nil })
	})
	engine, err := workflowkit.New(workflowkit.WithActions(work), workflowkit.WithObservers(
		workflowkit.ObserverFunc(func(_ context.Context, t workflowkit.Transition) {
			switch t.Type {
			case workflowkit.EdgeDecided:
				fmt.Println(t.Type, t.Edge.From, "to", t.Edge.To, t.Edge.Taken, t.Edge.Reason)
			case workflowkit.ActionRetrying:
				fmt.Println(t.Type, t.Action.ID, t.StepID, t.Attempt, t.Error)
			case workflowkit.ActionCompleted:
				fmt.Println(t.Type, t.Action.ID, string(t.Output))
			case workflowkit.ActionStarted, workflowkit.ActionSkipped:
				fmt.Println(t.Type, t.Action.ID)
			default:
				fmt.Println(t.Type)
			}
		})))
	if err != nil {
		log.Fatal(err)
	}
	_, err = workflowkittest.Run(context.Background(), engine, workflowkit.Event{Name: "go"},
		workflowkittest.WithWorkflow(`{
			"actions": [{"id": "1", "kind": "work"}, {"id": "2", "kind": "work"}],
			"edges": [{"from": "$source", "to": "1"},
				{"from": "1", "to": "2", "conditional": {"type": "match", "ref": "!ref($.output)", "value": "ok"}}]}`),
		workflowkittest.FailStep("1/do", errors.New("busy"), 1),
		workflowkittest.WithReplay(1))
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// run.started
	// edge.decided $source to 1 true no condition
	// action.started 1
	// action.retrying 1 do 0 busy
	// action.completed 1 "1 is done"
	// edge.decided 1 to 2 false match: "1 is done" does not equal "ok"
	// action.skipped 2
	// run.completed
}
