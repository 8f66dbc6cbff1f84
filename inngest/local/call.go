package local

import (
	"time"
)

// Call is one call to an app.
type Call struct {
	// RunID and FunctionID say for what.
	RunID, FunctionID string
	// Number counts the calls of the run from 1.
	Number int
	// StepID is the step to run; empty for a discovery, which runs the function to find out what comes next.
	StepID string
	// StepName is the displayed name of that step.
	StepName string
	// After is the id of the step whose end has caused the call; empty for the first.
	After string
	// Attempt counts from 0.
	Attempt int
	// Duplicate is set for the second delivery of the same call; see [Faults].
	Duplicate bool
	// UseAPI says that the call had no state because it is too large.
	UseAPI bool
	// Steps is the number of results that the call carried or, with UseAPI, left out.
	Steps int
	// Started and Ended are when the call was made and answered.
	Started, Ended time.Time
	// RequestBytes and ResponseBytes are the sizes of the bodies.
	RequestBytes, ResponseBytes int
	// HTTPStatus is the status of the answer, zero if there was none.
	HTTPStatus int
	// Operations are what the answer reports, as "StepRun <name>".
	Operations []string
	// Error is why there was no (usable) answer.
	Error string
}
