package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// The exit codes, as the package documentation explains them.
const (
	exitFine     = 0
	exitFindings = 1
	exitUsage    = 2
)

// app is the program with its streams.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	// stdinUsed says that a file has been read from standard input.
	stdinUsed bool
}

// command is one of the program's commands.
type command struct {
	name, usage, help string
	run               func(ctx context.Context, c command, args []string) (int, error)
}

func (a *app) commands() []command {
	return []command{
		{"validate", "[-catalog catalog.json] workflow.json", validateHelp, a.validate},
		{"dry-run", "[-catalog catalog.json] [-event event.json] [-outputs outputs.json] workflow.json", dryRunHelp, a.dryRun},
		{"graph", "[-format mermaid|dot] [-result result.json] [-catalog catalog.json] workflow.json", graphHelp, a.graph},
		{"diff", "before.json after.json", diffHelp, a.diff},
		{"catalog", "", catalogHelp, a.catalog},
	}
}

// run executes a command line and returns the exit code.
func (a *app) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		a.say("%s", a.overview())
		return exitUsage
	}
	name := args[0]
	switch name {
	case "-h", "-help", "--help":
		return a.print(a.overview())
	case "help":
		if len(args) == 1 {
			return a.print(a.overview())
		}
		name, args = args[1], []string{args[1], "-h"}
	}
	for _, c := range a.commands() {
		if c.name != name {
			continue
		}
		code, err := c.run(ctx, c, args[1:])
		switch {
		case errors.Is(err, flag.ErrHelp):
			return a.print(c.describe())
		case err != nil:
			a.say("workflowkit %s: %v\n", name, err)
			return exitUsage
		}
		return code
	}
	a.say("workflowkit: unknown command %q\n\n%s", name, a.overview())
	return exitUsage
}

func (c command) synopsis() string {
	return strings.TrimSuffix(fmt.Sprintf("workflowkit %s %s", c.name, c.usage), " ")
}

func (c command) describe() string { return "usage: " + c.synopsis() + "\n\n" + c.help }

func (a *app) overview() string {
	var b strings.Builder
	b.WriteString("usage:\n")
	for _, c := range a.commands() {
		fmt.Fprintf(&b, "  %s\n", c.synopsis())
	}
	b.WriteString(`
Results go to standard output, messages to standard error. A file name of - reads
standard input. "workflowkit <command> -h" explains a command.
Exit codes: 0 fine, 1 findings or a failed run, 2 wrong use.
`)
	return b.String()
}

// print writes a text to standard output.
func (a *app) print(text string) int {
	if _, err := io.WriteString(a.stdout, text); err != nil {
		a.say("workflowkit: write: %v\n", err)
		return exitUsage
	}
	return exitFine
}

// say writes a message to standard error. Workflows are untrusted: what a terminal would obey is not passed on.
func (a *app) say(format string, args ...any) {
	text := strings.Map(func(r rune) rune {
		if r != '\n' && !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, fmt.Sprintf(format, args...))
	_, _ = io.WriteString(a.stderr, text) // there is nobody left to tell
}
