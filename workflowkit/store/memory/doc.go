// Package memory keeps workflows, their versions and the history of their runs in the memory of the process: for tests,
// and for first steps without a database. Everything is gone when the process ends; package loader keeps it.
//
// A [Store] is all that an engine and an editor need:
//
//	workflows := memory.New()
//	engine, err := workflowkit.New(workflowkit.WithActions(…), workflowkit.WithLoader(workflows), workflowkit.WithObservers(workflows))
//	handler, err := editor.Handler(editor.Config{Engine: engine, Store: workflows, Runs: workflows, …})
//
// It keeps the last 1,000 runs, and every version of every workflow.
package memory
