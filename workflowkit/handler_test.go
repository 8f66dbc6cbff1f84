package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// modes are the ways in which a backend can execute the steps of a run. Whatever a handler does must give the same in
// each of them.
func modes() map[string][]workflowkittest.Option {
	return map[string][]workflowkittest.Option{
		"at once":             nil,
		"with replays":        {workflowkittest.WithReplay(1)},
		"with replays, again": {workflowkittest.WithReplay(7)},
	}
}

// quiet keeps the stacks of expected panics out of the output of the tests.
func quiet() workflowkit.Option { return workflowkit.WithLogger(discard()) }

// handlers runs a workflow of untyped handlers by their kinds.
func runHandlers(
	t *testing.T, definition string, handlers map[string]workflowkit.Handler, options ...workflowkittest.Option,
) (*workflowkittest.Result, error) {
	t.Helper()
	var actions []workflowkit.Action
	for kind, handler := range handlers {
		actions = append(actions, workflowkit.DefineUntyped(workflowkit.Spec{Kind: kind}, handler))
	}
	engine, err := workflowkit.New(quiet(), workflowkit.WithActions(actions...))
	if err != nil {
		t.Fatal(err)
	}
	options = append([]workflowkittest.Option{workflowkittest.WithWorkflow(definition)}, options...)
	return workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "test"}, options...)
}

// counted is a step that counts how often it was executed.
func counted(ctx context.Context, mu *sync.Mutex, log map[string]int, id string) (string, error) {
	return workflowkit.Step(ctx, id, func(context.Context) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		log[id]++
		return "result of " + id, nil
	})
}

// one is a workflow of one action; fork is one of two branches, so that the first action is in a group.
const (
	one  = `{"actions":[{"id":"a","kind":"a"}],"edges":[{"from":"$source","to":"a"}]}`
	fork = `{"actions":[{"id":"a","kind":"a"},{"id":"b","kind":"b"}],
		"edges":[{"from":"$source","to":"a"},{"from":"$source","to":"b"}]}`
)

// TestHandlersThatBreakTheRules holds the engine to what it promises about handlers that do what they must not do.
func TestHandlersThatBreakTheRules(t *testing.T) {
	t.Parallel()
	type env struct {
		mu    sync.Mutex
		steps map[string]int
		notes map[string]bool
	}
	cases := map[string]struct {
		handler func(e *env) workflowkit.Handler
		// steps is how often each step is executed.
		steps map[string]int
		// err is what the error of the run holds; empty means that the run completes.
		err string
		// output is the output of the action as JSON. Empty means that it does not matter.
		output string
		check  func(t *testing.T, e *env)
	}{
		"a recover around a step swallows nothing": {
			handler: func(e *env) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					out := ""
					func() {
						defer func() {
							if r := recover(); r != nil {
								e.notes["recovered"] = true
							}
						}()
						out, _ = counted(ctx, &e.mu, e.steps, "one")
					}()
					if out == "" {
						e.notes["went on without the result"] = true
					}
					return counted(ctx, &e.mu, e.steps, "two")
				}
			},
			steps: map[string]int{"one": 1, "two": 1}, output: `"result of two"`,
			check: func(t *testing.T, e *env) {
				t.Helper()
				if len(e.notes) > 0 {
					t.Errorf("the handler saw %v", e.notes)
				}
			},
		},
		"a deferred function that calls a step does not run it without its place": {
			handler: func(e *env) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					defer func() { _, _ = counted(ctx, &e.mu, e.steps, "deferred") }()
					return counted(ctx, &e.mu, e.steps, "one")
				}
			},
			steps: map[string]int{"one": 1, "deferred": 1}, output: `"result of one"`,
		},
		"a step inside of a step is refused": {
			handler: func(e *env) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					return workflowkit.Step(ctx, "outer", func(ctx context.Context) (string, error) {
						return counted(ctx, &e.mu, e.steps, "inner")
					})
				}
			},
			steps: map[string]int{}, err: `step "outer": step "inner": step called while another step of the action is running`,
		},
		"a step inside of an announcement is refused": {
			handler: func(e *env) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					return workflowkit.WaitForEvent(ctx, "wait", workflowkit.WaitForEventOpts{
						Event: "answer", Timeout: time.Hour,
						Announce: &workflowkit.Announcement{StepID: "tell", Run: func(context.Context) error {
							_, err := counted(ctx, &e.mu, e.steps, "inner")
							return err
						}},
					})
				}
			},
			steps: map[string]int{}, err: `step "tell": step "inner": step called while another step of the action is running`,
		},
		"a step with a context that is over is an error, not the end of the run": {
			handler: func(e *env) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					if _, err := counted(ctx, &e.mu, e.steps, "one"); err != nil {
						return nil, err
					}
					late, cancel := context.WithTimeout(ctx, 0)
					defer cancel()
					_, err := counted(late, &e.mu, e.steps, "two")
					if !errors.Is(err, context.DeadlineExceeded) {
						return nil, fmt.Errorf("got %w", err)
					}
					return counted(ctx, &e.mu, e.steps, "three")
				}
			},
			steps: map[string]int{"one": 1, "three": 1}, output: `"result of three"`,
		},
		"a panic outside of steps is retried, and then an error without a stack": {
			handler: func(e *env) workflowkit.Handler {
				return func(context.Context, *workflowkit.Run, map[string]any) (any, error) {
					e.steps["calls"]++
					panic("boom")
				}
			},
			err: `action "a" (kind "a"): panic: boom`,
		},
		"a panic in a step is retried, and then an error without a stack": {
			handler: func(e *env) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					return nil, workflowkit.Do(ctx, "one", func(context.Context) error { e.steps["one"]++; panic("boom") })
				}
			},
			steps: map[string]int{"one": 4}, err: `action "a" (kind "a"): step "one": panic: boom`,
		},
		"a handler that ends its goroutine fails": {
			handler: func(e *env) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					_, _ = counted(ctx, &e.mu, e.steps, "one")
					runtime.Goexit()
					return nil, nil
				}
			},
			steps: map[string]int{"one": 1}, err: "handler ended its goroutine without returning",
		},
		"a step that ends its goroutine fails the action": {
			handler: func(e *env) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					return nil, workflowkit.Do(ctx, "one", func(context.Context) error { runtime.Goexit(); return nil })
				}
			},
			steps: map[string]int{}, err: "ended its goroutine",
		},
		"a step in a goroutine that the handler waits for works, one at a time": {
			handler: func(e *env) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					var wg sync.WaitGroup
					var out string
					var err error
					wg.Add(1)
					go func() {
						defer wg.Done()
						out, err = counted(ctx, &e.mu, e.steps, "one")
					}()
					wg.Wait()
					return out, err
				}
			},
			steps: map[string]int{"one": 1}, output: `"result of one"`,
		},
		"an output without a JSON form is an error that is not retried": {
			handler: func(e *env) workflowkit.Handler {
				return func(context.Context, *workflowkit.Run, map[string]any) (any, error) {
					return make(chan int), nil
				}
			},
			err: "marshal output: json: unsupported type: chan int",
		},
		"a step's result without a JSON form is an error that is not retried": {
			handler: func(e *env) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					return workflowkit.Step(ctx, "one", func(context.Context) (any, error) {
						e.steps["one"]++
						return func() {}, nil
					})
				}
			},
			steps: map[string]int{"one": 1}, err: `step "one": marshal result: json: unsupported type: func()`,
		},
		"a nil step function is an error": {
			handler: func(*env) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					return workflowkit.Step[int](ctx, "one", nil)
				}
			},
			err: `step "one": function is nil`,
		},
		"rule 12: a step id that starts with $ is refused": {
			handler: func(*env) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					return nil, workflowkit.Sleep(ctx, "$error", time.Second)
				}
			},
			err: `step id "$error": ids that start with $ are the engine's own`,
		},
		"an empty step id is refused": {
			handler: func(*env) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					return nil, workflowkit.Sleep(ctx, " ", time.Second)
				}
			},
			err: "step id is empty",
		},
		"the error of a step that has used up its attempts is not tried again": {
			handler: func(e *env) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					err := workflowkit.Do(ctx, "one", func(context.Context) error { e.steps["one"]++; return errors.New("no") })
					return nil, fmt.Errorf("wrapped: %w", err)
				}
			},
			steps: map[string]int{"one": 4}, err: `wrapped: step "one": no`,
		},
		"a handler can live with the error of a step": {
			handler: func(e *env) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					err := workflowkit.Do(ctx, "one", func(context.Context) error { e.steps["one"]++; return errors.New("no") })
					var failed *workflowkit.StepError
					if !errors.As(err, &failed) || failed.StepID != "one" || failed.Message != "no" {
						return nil, workflowkit.NoRetryError(fmt.Errorf("got %w", err))
					}
					return counted(ctx, &e.mu, e.steps, "two")
				}
			},
			steps: map[string]int{"one": 4, "two": 1}, output: `"result of two"`,
		},
		"a step that is marked is not retried": {
			handler: func(e *env) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					return nil, workflowkit.Do(ctx, "one", func(context.Context) error {
						e.steps["one"]++
						return workflowkit.NoRetryError(errors.New("no"))
					})
				}
			},
			steps: map[string]int{"one": 1}, err: `step "one": no`,
		},
		"a stored result of another type is an error": {
			handler: func(e *env) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					if _, err := workflowkit.Step(ctx, "one", func(context.Context) (text, error) { return text{}, nil }); err != nil {
						return nil, err
					}
					return "unreachable", nil
				}
			},
			err: `step "one": stored result does not fit workflowkit_test.text`,
		},
	}
	for name, tc := range cases {
		for mode, options := range modes() {
			for shape, definition := range map[string]string{"alone": one, "in a branch": fork} {
				t.Run(name+"/"+mode+"/"+shape, func(t *testing.T) {
					t.Parallel()
					e := &env{steps: map[string]int{}, notes: map[string]bool{}}
					handlers := map[string]workflowkit.Handler{"a": tc.handler(e), "b": echo}
					if shape == "alone" {
						delete(handlers, "b")
					}
					result, err := runHandlers(t, definition, handlers, options...)
					switch {
					case tc.err == "" && err != nil:
						t.Fatalf("run failed: %v", err)
					case tc.err != "" && (err == nil || !strings.Contains(err.Error(), tc.err)):
						t.Fatalf("error: got %v, want %q", err, tc.err)
					case err != nil && strings.Contains(err.Error(), ".go:"):
						t.Errorf("the error holds a stack: %v", err)
					}
					if tc.steps != nil {
						if diff := cmp.Diff(tc.steps, e.steps); diff != "" {
							t.Errorf("steps (-want +got):\n%s", diff)
						}
					}
					if a, _ := result.Run.Action("a"); tc.output != "" && string(a.Output) != tc.output {
						t.Errorf("output: got %s, want %s", a.Output, tc.output)
					}
					if tc.check != nil {
						tc.check(t, e)
					}
				})
			}
		}
	}
}

// text marshals to something that it does not read.
type text struct{}

func (text) MarshalJSON() ([]byte, error) { return []byte(`"text"`), nil }
func (*text) UnmarshalJSON([]byte) error  { return errors.New("cannot read") }

func echo(_ context.Context, _ *workflowkit.Run, inputs map[string]any) (any, error) {
	return inputs, nil
}

func TestErrorsOutsideOfStepsAreRetried(t *testing.T) {
	t.Parallel()
	for mode, options := range modes() {
		for shape, definition := range map[string]string{"alone": one, "in a branch": fork} {
			t.Run("cured by another attempt/"+mode+"/"+shape, func(t *testing.T) {
				t.Parallel()
				calls, steps := 0, map[string]int{}
				var mu sync.Mutex
				handlers := map[string]workflowkit.Handler{"b": echo, "a": func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					if calls++; calls <= 2 {
						return nil, errors.New("not yet")
					}
					// What was cured is behind: from here on the handler goes through steps as any other.
					if _, err := counted(ctx, &mu, steps, "one"); err != nil {
						return nil, err
					}
					if err := workflowkit.Sleep(ctx, "sleep", time.Hour); err != nil {
						return nil, err
					}
					return counted(ctx, &mu, steps, "two")
				}}
				if shape == "alone" {
					delete(handlers, "b")
				}
				result, err := runHandlers(t, definition, handlers, options...)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(map[string]int{"one": 1, "two": 1}, steps); diff != "" {
					t.Errorf("steps (-want +got):\n%s", diff)
				}
				if a, _ := result.Run.Action("a"); string(a.Output) != `"result of two"` {
					t.Errorf("output: got %s", a.Output)
				}
				if result.Elapsed < time.Hour || result.Elapsed > 2*time.Hour {
					t.Errorf("elapsed: got %v", result.Elapsed)
				}
			})
			t.Run("cured twice, at different places/"+mode+"/"+shape, func(t *testing.T) {
				t.Parallel()
				failures, steps := 2, map[string]int{}
				var mu sync.Mutex
				handlers := map[string]workflowkit.Handler{"b": echo, "a": func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					if failures == 2 {
						failures--
						return nil, errors.New("not yet")
					}
					if _, err := counted(ctx, &mu, steps, "one"); err != nil {
						return nil, err
					}
					if failures == 1 {
						failures--
						return nil, errors.New("not yet again")
					}
					return counted(ctx, &mu, steps, "two")
				}}
				if shape == "alone" {
					delete(handlers, "b")
				}
				result, err := runHandlers(t, definition, handlers, options...)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(map[string]int{"one": 1, "two": 1}, steps); diff != "" {
					t.Errorf("steps (-want +got):\n%s", diff)
				}
				if a, _ := result.Run.Action("a"); string(a.Output) != `"result of two"` {
					t.Errorf("output: got %s", a.Output)
				}
			})
			t.Run("at the time that it names/"+mode+"/"+shape, func(t *testing.T) {
				t.Parallel()
				calls := 0
				at := time.Date(2026, 1, 1, 5, 0, 0, 0, time.UTC)
				handlers := map[string]workflowkit.Handler{"b": echo, "a": func(context.Context, *workflowkit.Run, map[string]any) (any, error) {
					if calls++; calls == 1 {
						return nil, workflowkit.RetryAtError(errors.New("busy"), at)
					}
					return "done", nil
				}}
				if shape == "alone" {
					delete(handlers, "b")
				}
				result, err := runHandlers(t, definition, handlers, options...)
				if err != nil {
					t.Fatal(err)
				}
				// In a group, the other branch may cause a pass before that time.
				if shape == "alone" && result.Elapsed != 5*time.Hour {
					t.Errorf("elapsed: got %v, want 5h", result.Elapsed)
				}
			})
			t.Run("until the attempts are used up/"+mode+"/"+shape, func(t *testing.T) {
				t.Parallel()
				handlers := map[string]workflowkit.Handler{"b": echo, "a": func(context.Context, *workflowkit.Run, map[string]any) (any, error) {
					return nil, errors.New("no luck")
				}}
				if shape == "alone" {
					delete(handlers, "b")
				}
				result, err := runHandlers(t, definition, handlers, options...)
				if err == nil || !strings.HasPrefix(err.Error(), `action "a" (kind "a"): no luck`) {
					t.Fatalf("error: got %v", err)
				}
				step, ok := result.Step("a/$error")
				if !ok || step.Attempts != 4 {
					t.Errorf("attempts: got %+v", step)
				}
				if !workflowkit.IsNoRetryError(err) {
					t.Error("the run's error would be retried although its attempts are used up")
				}
			})
		}
	}
}

func TestStepsOutsideOfActions(t *testing.T) {
	t.Parallel()
	_, err := workflowkit.Step(t.Context(), "one", func(context.Context) (int, error) { return 1, nil })
	if !errors.Is(err, workflowkit.ErrOutsideAction) {
		t.Errorf("got %v, want ErrOutsideAction", err)
	}
	var kept context.Context
	_, err = runHandlers(t, one, map[string]workflowkit.Handler{"a": func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
		kept = ctx
		return nil, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := workflowkit.Sleep(kept, "late", time.Second); !errors.Is(err, workflowkit.ErrOutsideAction) {
		t.Errorf("a step after its handler: got %v, want ErrOutsideAction", err)
	}
	select {
	case <-kept.Done():
	default:
		t.Error("the handler's context is not over when the handler is")
	}
}

// A context that a handler derives must end with the handler's, also where the handler's has never been waited for.
func TestHandlerContext(t *testing.T) {
	t.Parallel()
	type key struct{}
	engine, err := workflowkit.New(workflowkit.WithActions(workflowkit.DefineUntyped(workflowkit.Spec{Kind: "a"},
		func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
			derived, cancel := context.WithCancel(ctx)
			defer cancel()
			deadline, ok := ctx.Deadline()
			return map[string]any{"value": derived.Value(key{}), "deadline": ok && !deadline.IsZero()}, derived.Err()
		})))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "outer"), time.Hour)
	defer cancel()
	result, err := workflowkittest.Run(ctx, engine, workflowkit.Event{Name: "test"}, workflowkittest.WithWorkflow(one))
	if err != nil {
		t.Fatal(err)
	}
	a, _ := result.Run.Action("a")
	if want := `{"deadline":true,"value":"outer"}`; string(a.Output) != want {
		t.Errorf("got %s, want %s", a.Output, want)
	}
}

func TestCancelledRun(t *testing.T) {
	t.Parallel()
	cause := errors.New("the server goes down")
	for shape, definition := range map[string]string{"alone": one, "in a branch": fork} {
		t.Run(shape, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancelCause(t.Context())
			engine, err := workflowkit.New(workflowkit.WithActions(
				workflowkit.DefineUntyped(workflowkit.Spec{Kind: "b"}, echo),
				workflowkit.DefineUntyped(workflowkit.Spec{Kind: "a"}, func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					return nil, workflowkit.Do(ctx, "one", func(ctx context.Context) error {
						cancel(cause)
						<-ctx.Done()
						return ctx.Err()
					})
				})))
			if err != nil {
				t.Fatal(err)
			}
			result, err := engine.Run(ctx, direct{}, workflowkit.RunInput{Definition: &workflowkit.Definition{JSON: json.RawMessage(definition)}})
			if !errors.Is(err, cause) || result != nil {
				t.Errorf("got result %v, error %v; want the context's cause and no result", result, err)
			}
		})
	}
}
