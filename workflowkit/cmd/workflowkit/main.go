// Command workflowkit judges, tries out, draws and compares workflows, without a server and without their handlers.
//
//	workflowkit validate [-catalog catalog.json] workflow.json
//	workflowkit dry-run  [-catalog catalog.json] [-event event.json] [-outputs outputs.json] workflow.json
//	workflowkit graph    [-format mermaid|dot] [-result result.json] [-catalog catalog.json] workflow.json
//	workflowkit diff     before.json after.json
//	workflowkit catalog
//
// Results go to standard output: JSON, except for the graph. Messages for people go to standard error. A file name of
// "-" reads standard input. Flags may stand before and after file names. Each command explains itself with -h.
//
// # Exit codes
//
//	0  nothing wrong: no errors (there may be warnings), the dry run completed, the workflows are the same
//	1  findings: errors in a workflow, a dry run that failed, workflows that differ
//	2  wrong use: an unknown command or flag, a file that cannot be read, or, for any file but a workflow,
//	   one that is not what it should be
//
// A workflow file that is not JSON, or has the wrong shape, is a finding: graph and diff then write what validate does.
//
// # Catalogues
//
// A catalogue is the published JSON of actions, which editors read: see [workflowkit.ParseCatalog]. Without one, any
// kind of action is accepted with any inputs. Built-in actions are always checked.
package main

import (
	"context"
	"os"
)

func main() {
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	os.Exit(a.run(context.Background(), os.Args[1:]))
}
