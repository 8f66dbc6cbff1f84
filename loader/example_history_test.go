package loader_test

import (
	"context"
	"fmt"
	"log"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// A history is told of runs by the engine, and shows them to an editor.
func ExampleDB_History() {
	ctx := context.Background()
	db := openSeeded()
	defer db.Close()
	history := db.History(loader.HistoryConfig{MaxRuns: 1000})
	defer history.Close(ctx)

	hello := workflowkit.Define(workflowkit.Spec{Kind: "hello"},
		func(context.Context, *workflowkit.Run, struct{}) (struct{ Text string }, error) {
			return struct{ Text string }{"Hello"}, nil
		})
	engine, err := workflowkit.New(workflowkit.WithActions(hello), workflowkit.WithObservers(history))
	if err != nil {
		log.Fatal(err)
	}
	_, err = workflowkittest.Run(ctx, engine, workflowkit.Event{Name: "asked"}, workflowkittest.WithRunID("run 1"),
		workflowkittest.WithWorkflow(`{"actions": [{"id": "1", "kind": "hello"}], "edges": [{"from": "$source", "to": "1"}]}`))
	if err != nil {
		log.Fatal(err)
	}
	page, err := history.ListRuns(ctx, store.RunQuery{Status: store.StatusCompleted})
	if err != nil {
		log.Fatal(err)
	}
	for _, listed := range page.Runs {
		run, err := history.GetRun(ctx, listed.ID)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(run.ID, run.Event, run.Status)
		for _, a := range run.Actions {
			fmt.Printf("%s %s %s: %s\n", a.ActionID, a.Kind, a.Status, a.Output)
		}
	}
	// Output:
	// run 1 asked completed
	// 1 hello completed: {"Text":"Hello"}
}
