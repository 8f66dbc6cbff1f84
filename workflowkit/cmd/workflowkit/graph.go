package main

import (
	"context"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

const graphHelp = `Writes the graph of a workflow, which need not be able to run, as text for
Mermaid or Graphviz.

  -format name   "mermaid" (the default) or "dot"
  -result file   what a run returned, or what dry-run wrote: shows the path taken
`

func (a *app) graph(_ context.Context, c command, args []string) (int, error) {
	flags := newFlags(c)
	format, resultFile := "mermaid", fileFlag(flags, "result")
	flags.StringVar(&format, "format", format, "")
	files, err := c.parse(flags, args, 1)
	if err != nil {
		return exitUsage, err
	}
	render := workflowkit.RenderMermaid
	switch format {
	case "mermaid":
	case "dot":
		render = workflowkit.RenderDOT
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
	workflow, problems, err := a.parseWorkflow(files[0])
	if err != nil {
		return exitUsage, err
	}
	if problems != nil {
		return a.printProblems(files[0], problems)
	}
	a.compareIDs(*resultFile, workflow, result)
	return a.print(render(workflow, result)), nil
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
