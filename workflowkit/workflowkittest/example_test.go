package workflowkittest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

type Input struct {
	Tone string `json:"tone"`
}

// review loads a text, rewrites it, and waits for an answer.
var review = workflowkit.Define(workflowkit.Spec{Kind: "review"},
	func(ctx context.Context, _ *workflowkit.Run, in Input) (string, error) {
		text, err := workflowkit.Step(ctx, "load", func(context.Context) (string, error) { return "", errors.New("there is no database in a test") })
		if err != nil {
			return "", err
		}
		text, err = workflowkit.Step(ctx, "rewrite", func(context.Context) (string, error) { return text + " (" + in.Tone + ")", nil })
		if err != nil {
			return "", err
		}
		_, err = workflowkit.WaitForEvent(ctx, "answer", workflowkit.WaitForEventOpts{
			Event: "approved", If: "async.data.id == event.data.id", Timeout: 24 * time.Hour,
		})
		if errors.Is(err, workflowkit.ErrEventNotReceived) {
			return "", nil
		}
		return text, err
	})

// An action is tested by itself, with fakes of the steps that need the world, failures, and events that arrive.
func ExampleRunAction() {
	post := workflowkit.Event{Name: "post.updated", Data: json.RawMessage(`{"id":7}`)}
	result, err := workflowkittest.RunAction(context.Background(), review, Input{Tone: "formal"},
		workflowkittest.WithEvent(post),
		workflowkittest.WithStep("load", "Hello"),
		workflowkittest.FailStep("rewrite", errors.New("busy"), 1),
		workflowkittest.WithEventAfter(time.Hour, workflowkit.Event{Name: "approved", Data: json.RawMessage(`{"id":7}`)}))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(result.Output), "after", result.Elapsed)
	for _, step := range result.Steps[1:] { // the first one loads the workflow
		fmt.Println(step.ID, step.Op, step.Attempts)
	}
	// Output:
	// "Hello (formal)" after 1h0m0s
	// 1/load run 0
	// 1/rewrite run 2
	// 1/answer wait 0
}

// A workflow is tested with fakes of actions. With replays, a handler that is not deterministic shows.
func ExampleRun() {
	engine, err := workflowkit.New(workflowkit.WithActions(review))
	if err != nil {
		log.Fatal(err)
	}
	result, err := workflowkittest.Run(context.Background(), engine, workflowkit.Event{Name: "post.updated"},
		workflowkittest.WithWorkflow(`{
			"actions": [{"id": "1", "kind": "review", "inputs": {"tone": "formal"}}, {"id": "2", "kind": "review", "inputs": {"tone": "!ref($.state.1)"}}],
			"edges": [{"from": "$source", "to": "1"}, {"from": "1", "to": "2"}]}`),
		workflowkittest.WithOutput("1", "casual"),
		workflowkittest.WithStep("2/load", "Hello"),
		workflowkittest.WithReplay(1))
	if err != nil {
		log.Fatal(err)
	}
	second, _ := result.Run.Action("2")
	fmt.Println(result.Run.Status, string(second.Inputs), string(second.Output))
	fmt.Println("passes:", result.Passes)
	// Output:
	// completed {"tone":"casual"} ""
	// passes: 5
}

func ExampleWithFunction() {
	action := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "resize"},
		func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
			return workflowkit.Invoke[string](ctx, "call", workflowkit.InvokeOpts{Function: "images-resize"})
		})
	_, err := workflowkittest.RunAction(context.Background(), action, nil)
	fmt.Println(err)
	result, err := workflowkittest.RunAction(context.Background(), action, nil,
		workflowkittest.WithFunction("images-resize", func(json.RawMessage) (any, error) { return "small.png", nil }))
	fmt.Println(string(result.Output), err)
	// Output:
	// action "1" (kind "resize"): step "call": function "images-resize" is not faked; use WithFunction
	// "small.png" <nil>
}
