package main

import (
	"context"
	"encoding/json"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

const dryRunHelp = `Executes a workflow without doing anything, and writes what would have happened:

  {"status":"completed|failed|invalid",
   "actions":[{"id","kind","status":"completed|skipped|failed","inputs","output","error"}],
   "edges":[{"from","to","taken","reason"}]}

Actions are in the order in which they ran, skipped ones last. Conditions, refs
and the checks of inputs are real, and so are built-in actions without side
effects. An invalid workflow has its "problems" too, as validate writes them.

  -catalog file  published JSON of the actions; without it any kind goes
  -event file    the event that starts the run: {"name":"…","data":{…}}
  -outputs file  {"action id": output}; {"$error":"text"} makes the action fail,
                 an action that is absent has the output null
`

func (a *app) dryRun(ctx context.Context, c command, args []string) (int, error) {
	flags := newFlags(c)
	catalog, event, outputs := fileFlag(flags, "catalog"), fileFlag(flags, "event"), fileFlag(flags, "outputs")
	files, err := c.parse(flags, args, 1)
	if err != nil {
		return exitUsage, err
	}
	engine, err := a.engine(*catalog)
	if err != nil {
		return exitUsage, err
	}
	var in workflowkit.DryRunInput
	if *event != "" {
		if err := a.readObject(*event, &in.Event); err != nil {
			return exitUsage, err
		}
	}
	if *outputs != "" {
		if err := a.readObject(*outputs, &in.Outputs); err != nil {
			return exitUsage, err
		}
	}
	definition, problems, err := a.readWorkflow(files[0])
	if err != nil {
		return exitUsage, err
	}
	result, err := dryRun(ctx, engine, definition, problems, in)
	if err != nil {
		return exitUsage, err
	}
	if err := a.printJSON(result); err != nil {
		return exitUsage, err
	}
	return a.explain(files[0], *outputs, result), nil
}

// dryRun runs a workflow dry unless its file could not be read as one.
func dryRun(
	ctx context.Context, engine *workflowkit.Engine, definition json.RawMessage, problems workflowkit.Problems, in workflowkit.DryRunInput,
) (*workflowkit.DryRunResult, error) {
	if problems != nil {
		return &workflowkit.DryRunResult{
			Status: workflowkit.StatusInvalid, Problems: problems,
			Actions: []workflowkit.DryRunAction{}, Edges: []workflowkit.DryRunEdge{},
		}, nil
	}
	return engine.DryRun(ctx, definition, in)
}

// explain tells people how it went.
func (a *app) explain(file, outputs string, result *workflowkit.DryRunResult) int {
	for _, id := range result.Unused {
		a.say("%s: the output of %q is not used: there is no such action, or it is built in and runs for real\n", outputs, id)
	}
	switch result.Status {
	case workflowkit.StatusInvalid:
		a.sayProblems(file, result.Problems)
		return exitFindings
	case workflowkit.StatusFailed:
		a.say("%s: the run failed: %s\n", file, result.Error)
		return exitFindings
	}
	return exitFine
}
