package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

var errStdinTwice = errors.New("only one file can be standard input")

// read reads a file, or standard input for "-".
func (a *app) read(name string) ([]byte, error) {
	var (
		data []byte
		err  error
	)
	if name != "-" {
		data, err = os.ReadFile(name)
	} else {
		if a.stdinUsed {
			return nil, errStdinTwice
		}
		a.stdinUsed = true
		if data, err = io.ReadAll(a.stdin); err != nil {
			err = fmt.Errorf("standard input: %w", err)
		}
	}
	// Some editors put a byte order mark at the start, which JSON does not allow.
	return bytes.TrimPrefix(data, []byte("\ufeff")), err
}

// readObject reads a file that must be a JSON object.
func (a *app) readObject(name string, into any) error {
	data, err := a.read(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if !bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")) {
		return fmt.Errorf("%s: a JSON object is expected", name)
	}
	return nil
}

// readWorkflow reads the definition of a workflow. A file without anything in it is a finding: the engine would take it
// for a workflow that has not been drawn yet, as an empty column of a database is.
func (a *app) readWorkflow(name string) (json.RawMessage, workflowkit.Problems, error) {
	data, err := a.read(name)
	if err != nil {
		return nil, nil, err
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, workflowkit.Problems{{
			Code: workflowkit.CodeSyntax, Severity: workflowkit.SeverityError,
			Message: "the file is empty", Hint: "write null for a workflow without a definition",
		}}, nil
	}
	return data, nil, nil
}

// parseWorkflow reads a workflow that need not be able to run. It returns findings if it cannot be read.
func (a *app) parseWorkflow(name string) (*workflowkit.Workflow, workflowkit.Problems, error) {
	data, problems, err := a.readWorkflow(name)
	if err != nil || problems != nil {
		return nil, problems, err
	}
	return workflowOf(data)
}

// workflowOf reads a definition that need not be able to run.
func workflowOf(data json.RawMessage) (*workflowkit.Workflow, workflowkit.Problems, error) {
	if bytes.Equal(bytes.TrimSpace(data), []byte("null")) {
		return &workflowkit.Workflow{}, nil, nil
	}
	workflow, err := workflowkit.ParseWorkflow(data)
	var invalid *workflowkit.InvalidError
	if errors.As(err, &invalid) {
		return nil, invalid.Problems, nil
	}
	return workflow, nil, err
}
