package workflowkit

import (
	"context"
	"fmt"
	"time"
)

// TimeoutError is the error of an attempt of an action that took longer than the action's timeout. It is text, in a
// *[StepError], once it has been stored. It is a context.DeadlineExceeded for errors.Is.
type TimeoutError struct {
	// ActionID names the action in the workflow.
	ActionID string
	// After is the timeout.
	After time.Duration
}

// Error implements error.
func (e *TimeoutError) Error() string {
	return fmt.Sprintf("action %q took longer than its timeout of %v", e.ActionID, e.After)
}

// Is reports whether target is context.DeadlineExceeded.
func (e *TimeoutError) Is(target error) bool { return target == context.DeadlineExceeded }
