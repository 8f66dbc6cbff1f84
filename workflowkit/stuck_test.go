package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// suspending is a backend that never has a result for a handler's step.
type suspending struct{ direct }

func (suspending) Run(ctx context.Context, id string, fn func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	if id == "$load" {
		return fn(ctx)
	}
	return nil, workflowkit.ErrSuspended
}

// A handler that calls a step in another goroutine and waits for a message that this goroutine cannot send any more must
// not hang the pass, nor the goroutines of the engine.
func TestHandlerThatWaitsForASuspendedGoroutine(t *testing.T) {
	t.Parallel()
	for shape, definition := range map[string]string{"alone": one, "in a branch": fork} {
		t.Run(shape, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				release := make(chan string)
				outputs := make(chan bool, 1)
				stuck := func(ctx context.Context, run *workflowkit.Run, _ map[string]any) (any, error) {
					go func() {
						out, _ := workflowkit.Step(ctx, "one", func(context.Context) (string, error) { return "x", nil })
						release <- out
					}()
					out := <-release
					_, known := run.Output("b")
					outputs <- known
					return out, nil
				}
				engine, err := workflowkit.New(quiet(), workflowkit.WithActions(
					workflowkit.DefineUntyped(workflowkit.Spec{Kind: "a"}, stuck), workflowkit.DefineUntyped(workflowkit.Spec{Kind: "b"}, echo)))
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				_, err = engine.Run(t.Context(), suspending{}, workflowkit.RunInput{Definition: &workflowkit.Definition{JSON: json.RawMessage(definition)}})
				if !errors.Is(err, workflowkit.ErrSuspended) {
					t.Errorf("got %v, want ErrSuspended", err)
				}
				if took := time.Since(start); took == 0 || took > time.Minute {
					t.Errorf("the pass took %v", took)
				}
				release <- "late" // the handler ends some time later, and the engine takes no notice
				if <-outputs {
					t.Error("a handler that was given up still sees the state")
				}
			})
		})
	}
}

// A handler that ends when its context does is not waited for in vain.
func TestHandlerThatHeedsItsContext(t *testing.T) {
	t.Parallel()
	for shape, definition := range map[string]string{"alone": one, "in a branch": fork} {
		t.Run(shape, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				heeds := func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					results := make(chan string)
					go func() {
						out, err := workflowkit.Step(ctx, "one", func(context.Context) (string, error) { return "x", nil })
						if err == nil {
							results <- out
						}
					}()
					select {
					case out := <-results:
						return out, nil
					case <-ctx.Done():
						return nil, ctx.Err()
					}
				}
				engine, err := workflowkit.New(quiet(), workflowkit.WithActions(
					workflowkit.DefineUntyped(workflowkit.Spec{Kind: "a"}, heeds), workflowkit.DefineUntyped(workflowkit.Spec{Kind: "b"}, echo)))
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				_, err = engine.Run(t.Context(), suspending{}, workflowkit.RunInput{Definition: &workflowkit.Definition{JSON: json.RawMessage(definition)}})
				if !errors.Is(err, workflowkit.ErrSuspended) {
					t.Errorf("got %v, want ErrSuspended", err)
				}
				if took := time.Since(start); took != 0 {
					t.Errorf("the pass took %v", took)
				}
			})
		})
	}
}
