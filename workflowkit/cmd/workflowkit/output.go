package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// printJSON writes a value to standard output, for programs and people.
func (a *app) printJSON(value any) error {
	raw, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	raw = bytes.ToValidUTF8(append(plain(raw), '\n'), []byte(string(utf8.RuneError)))
	if _, err := a.stdout.Write(raw); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// plain undoes the escapes that make JSON safe inside of HTML, where it is not going.
func plain(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' || i+1 == len(raw) {
			out = append(out, raw[i])
			continue
		}
		if i+6 <= len(raw) {
			switch string(raw[i : i+6]) {
			case `\u003c`:
				out, i = append(out, '<'), i+5
				continue
			case `\u003e`:
				out, i = append(out, '>'), i+5
				continue
			case `\u0026`:
				out, i = append(out, '&'), i+5
				continue
			}
		}
		out, i = append(out, raw[i], raw[i+1]), i+1
	}
	return out
}

// report is what validate writes, and the other commands for a workflow that they cannot read.
type report struct {
	Problems workflowkit.Problems `json:"problems"`
}

// printProblems writes findings to standard output and, for people, to standard error.
func (a *app) printProblems(file string, problems workflowkit.Problems) (int, error) {
	if problems == nil {
		problems = workflowkit.Problems{}
	}
	if err := a.printJSON(report{problems}); err != nil {
		return exitUsage, err
	}
	a.sayProblems(file, problems)
	if problems.Err() != nil {
		return exitFindings, nil
	}
	return exitFine, nil
}

func (a *app) sayProblems(file string, problems workflowkit.Problems) {
	for _, p := range problems {
		a.say("%s: %s: %s\n", file, p.Severity, p)
	}
}
