package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

const graphHelp = `Writes the graph of a workflow, which need not be able to run, as text for
Mermaid or Graphviz. If it is, a comment at the end says what a run of it costs:
calls, steps, waits, and bytes of state, as far as actions have declared theirs.

  -format name   "mermaid" (the default) or "dot"
  -result file   what a run returned, or what dry-run wrote: shows the path taken
  -catalog file  published JSON of the actions, with what they cost
`

func (a *app) graph(_ context.Context, c command, args []string) (int, error) {
	flags := newFlags(c)
	format, resultFile, catalog := "mermaid", fileFlag(flags, "result"), fileFlag(flags, "catalog")
	flags.StringVar(&format, "format", format, "")
	files, err := c.parse(flags, args, 1)
	if err != nil {
		return exitUsage, err
	}
	engine, err := a.engine(*catalog)
	if err != nil {
		return exitUsage, err
	}
	render, comment := workflowkit.RenderMermaid, "%%"
	switch format {
	case "mermaid":
	case "dot":
		render, comment = workflowkit.RenderDOT, "//"
	default:
		return exitUsage, fmt.Errorf("unknown format %q: use mermaid or dot", format)
	}
	var result *workflowkit.Result
	if *resultFile != "" {
		result = &workflowkit.Result{}
		if err := a.readObject(*resultFile, result); err != nil {
			return exitUsage, err
		}
	}
	definition, problems, err := a.readWorkflow(files[0])
	if err != nil {
		return exitUsage, err
	}
	var workflow *workflowkit.Workflow
	if problems == nil {
		if workflow, problems, err = workflowOf(definition); err != nil {
			return exitUsage, err
		}
	}
	if problems != nil {
		return a.printProblems(files[0], problems)
	}
	a.compareIDs(*resultFile, workflow, result)
	return a.print(render(workflow, result) + cost(engine, definition, comment)), nil
}

// cost returns a comment on what a run costs, or nothing for a workflow that cannot run. Texts of the workflow, which
// could end a comment, are not in it.
func cost(engine *workflowkit.Engine, definition json.RawMessage, comment string) string {
	estimate, err := engine.Estimate(workflowkit.Definition{JSON: definition}, workflowkit.CostModel{})
	if err != nil {
		return ""
	}
	text := fmt.Sprintf("%s cost of a run: %v\n", comment, estimate)
	if n := len(estimate.Unknown); n > 0 {
		text += fmt.Sprintf("%s nothing is declared of the cost of %d of the actions\n", comment, n)
	}
	return text
}

// compareIDs tells people when a result is about another workflow, or another state of it.
func (a *app) compareIDs(file string, workflow *workflowkit.Workflow, result *workflowkit.Result) {
	if result == nil {
		return
	}
	known := map[string]bool{}
	for _, action := range workflow.Actions {
		known[action.ID] = true
	}
	for _, action := range result.Actions {
		if !known[action.ID] {
			a.say("%s: action %q is not in the workflow\n", file, action.ID)
		}
	}
}
