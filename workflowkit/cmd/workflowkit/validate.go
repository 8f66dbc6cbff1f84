package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

const validateHelp = `Writes everything that is wrong with a workflow, or may be, as JSON:

  {"problems":[{"code","severity","path","id","message","hint"}]}

severity is "error" or "warning", path a JSON pointer into the workflow. Warnings
alone are fine.

  -catalog file  published JSON of the actions; without it any kind goes
`

func (a *app) validate(_ context.Context, c command, args []string) (int, error) {
	flags := newFlags(c)
	catalog := fileFlag(flags, "catalog")
	files, err := c.parse(flags, args, 1)
	if err != nil {
		return exitUsage, err
	}
	engine, err := a.engine(*catalog)
	if err != nil {
		return exitUsage, err
	}
	definition, problems, err := a.readWorkflow(files[0])
	if err != nil {
		return exitUsage, err
	}
	if problems == nil {
		problems = engine.Validate(definition)
	}
	return a.printProblems(files[0], problems)
}

// engine returns an engine that knows the actions of a catalogue, or takes any without one.
func (a *app) engine(catalogFile string) (*workflowkit.Engine, error) {
	logger := slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if catalogFile == "" {
		return workflowkit.New(workflowkit.WithOpenKinds(), workflowkit.WithLogger(logger))
	}
	data, err := a.read(catalogFile)
	if err != nil {
		return nil, err
	}
	catalog, err := workflowkit.ParseCatalog(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", catalogFile, err)
	}
	engine, err := workflowkit.New(workflowkit.WithCatalog(catalog), workflowkit.WithLogger(logger))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", catalogFile, err)
	}
	return engine, nil
}
