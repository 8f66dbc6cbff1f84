package inngest

import (
	"fmt"
	"log/slog"
	"reflect"
	"runtime/debug"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// isHijack reports whether a recovered value is how inngestgo ends a function that has asked for a step. Its type is
// internal to that module, so it is recognised by name.
func isHijack(value any) bool {
	t := reflect.TypeOf(value)
	return t != nil && t.Name() == "ControlHijack" && strings.HasSuffix(t.PkgPath(), "internal/sdkrequest")
}

// guard calls f, which calls inngestgo, and makes an error of what that panics with: workflowkit.ErrSuspended if the step
// has no result yet. So no handler can swallow the end of a pass, and a step that a handler calls in a goroutine
// of its own does not end the process.
func (t *stepTools) guard(id string, f func() error) (err error) {
	defer func() {
		switch value := recover(); {
		case value == nil:
		case isHijack(value):
			t.hijack = value
			err = workflowkit.ErrSuspended
		default:
			err = panicError(t.stepLogger(id), "step "+id, value)
		}
	}()
	return f()
}

// panicError returns the error that a panic becomes. The stack goes to the log only: an error travels to the server, and
// from there to everybody who can see the run.
func panicError(logger *slog.Logger, what string, value any) error {
	logger.Error("panic in "+what, "panic", fmt.Sprint(value), "stack", string(debug.Stack()))
	return &workflowkit.PanicError{Value: value}
}
