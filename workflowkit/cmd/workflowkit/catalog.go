package main

import (
	"context"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

const catalogHelp = `Writes the published JSON of the built-in actions: a list that the editor
components take, and that -catalog reads. Applications publish theirs, with their
own actions, from Engine.Catalog.
`

func (a *app) catalog(_ context.Context, c command, args []string) (int, error) {
	if _, err := c.parse(newFlags(c), args, 0); err != nil {
		return exitUsage, err
	}
	engine, err := workflowkit.New()
	if err != nil {
		return exitUsage, err
	}
	return exitFine, a.printJSON(engine.Catalog())
}
