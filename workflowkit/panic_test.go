package workflowkit_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// nilError panics when the text of a nil pointer is asked for, as most errors do.
type nilError struct{ text string }

func (e *nilError) Error() string { return e.text }

// TestPanicsAreFailures holds that whatever a handler or a step panics with, or returns, is a failure with a clean message
// that the error edge takes.
func TestPanicsAreFailures(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fail func() error
		want string
	}{
		"a text":      {func() error { panic("boom") }, "panic: boom"},
		"an error":    {func() error { panic(errors.New("boom")) }, "panic: boom"},
		"nil":         {func() error { panic(nil) }, "panic: panic called with nil argument"}, //nolint:govet // on purpose
		"a stack":     {func() error { panic("boom\n\ngoroutine 7 [running]:\nmain.main()\n\t/main.go:3") }, "panic: boom"},
		"a nil error": {func() error { var e *nilError; return e }, "panic: runtime error: invalid memory address or nil pointer dereference"},
		"a wrapped nil error": {
			func() error { var e *nilError; return workflowkit.NoRetryError(e) },
			"panic: runtime error: invalid memory address or nil pointer dereference",
		},
	} {
		for _, inStep := range []bool{false, true} {
			for mode, options := range modes() {
				t.Run(fmt.Sprintf("%s/in a step %v/%s", name, inStep, mode), func(t *testing.T) {
					t.Parallel()
					fails := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "fails"}, func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
						if inStep {
							return nil, workflowkit.Do(ctx, "do", func(context.Context) error { return tc.fail() })
						}
						return nil, tc.fail()
					})
					engine, err := workflowkit.New(quiet(), workflowkit.WithActions(fails, workflowkit.DefineUntyped(workflowkit.Spec{Kind: "echo"}, echo)))
					if err != nil {
						t.Fatal(err)
					}
					const definition = `{"actions":[{"id":"x","kind":"fails"},{"id":"rescue","kind":"echo","inputs":{"why":"!ref($.state.x.error)"}}],
						"edges":[{"from":"$source","to":"x"},{"from":"x","to":"rescue","conditional":{"type":"error"}}]}`
					options = append([]workflowkittest.Option{workflowkittest.WithWorkflow(definition), workflowkittest.WithRetries(1)}, options...)
					result, err := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "test"}, options...)
					if err != nil {
						t.Fatal(err)
					}
					x, _ := result.Run.Action("x")
					if got := strings.TrimPrefix(x.Error, `step "do": `); x.Status != workflowkit.StatusFailed || got != tc.want {
						t.Errorf("the action is %s with %q, want %q", x.Status, got, tc.want)
					}
					if rescue, _ := result.Run.Action("rescue"); rescue.Status != workflowkit.StatusCompleted {
						t.Errorf("behind the error edge: %+v", rescue)
					}
				})
			}
		}
	}
}
