package main

import (
	"context"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

const diffHelp = `Writes how two states of a workflow differ: JSON to standard output, and text
for people to standard error. Actions and edges are told apart by their ids, an
edge without one by "from->to". Either state need not be able to run.

  {"workflow":[change],
   "actions":{"added":[{"id","value"}],"removed":[{"id","value"}],
              "changed":[{"id","fields":[change]}]},
   "edges":{as for actions},
   "reordered":true if branches start in another order}

A change is {"path","before","after"}: path is a JSON pointer; before or after is
absent where there was, or is, nothing. As with diff, the exit code is 1 if the
two differ.
`

func (a *app) diff(_ context.Context, c command, args []string) (int, error) {
	files, err := c.parse(newFlags(c), args, 2)
	if err != nil {
		return exitUsage, err
	}
	if files[0] == "-" && files[1] == "-" {
		return exitUsage, errStdinTwice
	}
	var states [2]*workflowkit.Workflow
	for i, file := range files {
		workflow, problems, err := a.parseWorkflow(file)
		if err != nil {
			return exitUsage, err
		}
		if problems != nil {
			return a.printProblems(file, problems)
		}
		states[i] = workflow
	}
	diff := workflowkit.DiffWorkflows(states[0], states[1])
	if err := a.printJSON(diff); err != nil {
		return exitUsage, err
	}
	a.say("%s", diff)
	if !diff.Empty() {
		return exitFindings, nil
	}
	return exitFine, nil
}
