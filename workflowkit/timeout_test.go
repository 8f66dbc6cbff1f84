package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// nap lasts for a while, or until the context ends.
func nap(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// stubborn is nap for functions that do not look at their context.
func stubborn(d time.Duration) { <-time.After(d) }

// tries counts how often the functions of steps are called, also by those that are late.
type tries struct {
	mu    sync.Mutex
	steps map[string]int
}

func (e *tries) count(step string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.steps[step]++
	return e.steps[step]
}

func (e *tries) counted() map[string]int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return maps.Clone(e.steps)
}

type timeoutCase struct {
	// members are those of the action beside its id and kind.
	members string
	handler func(e *tries) workflowkit.Handler
	// steps is how often which step's function is called.
	steps map[string]int
	// err is in the action's error. Empty means that it completes.
	err string
	// ids are all steps of the action that are executed, if that matters.
	ids     []string
	elapsed time.Duration
	options []workflowkittest.Option
}

const tooLong = `action "x" took longer than its timeout of 1s`

// timeoutCases hold what a user sees of the timeout of an action whose kind is "x".
func timeoutCases() map[string]timeoutCase {
	step := func(d func(attempt int) time.Duration, ignore bool) func(e *tries) workflowkit.Handler {
		return func(e *tries) workflowkit.Handler {
			return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
				return workflowkit.Step(ctx, "one", func(ctx context.Context) (string, error) {
					if d := d(e.count("one")); ignore {
						stubborn(d)
					} else if err := nap(ctx, d); err != nil {
						return "", fmt.Errorf("interrupted: %w", err)
					}
					return "done", nil
				})
			}
		}
	}
	always := func(d time.Duration) func(int) time.Duration { return func(int) time.Duration { return d } }
	once := func(d time.Duration) func(int) time.Duration {
		return func(attempt int) time.Duration {
			if attempt > 1 {
				return 0
			}
			return d
		}
	}
	return map[string]timeoutCase{
		"a step in time": {
			members: `"timeout":"1s"`, handler: step(always(900*time.Millisecond), false),
			steps: map[string]int{"one": 1}, ids: []string{"x/$start", "x/one"},
		},
		"a step that heeds its context is tried again, and then fails the action": {
			members: `"timeout":"1s","retries":2`, handler: step(always(time.Hour), false),
			steps: map[string]int{"one": 3}, err: `step "one": ` + tooLong,
		},
		"a step that ignores its context is tried again, and then fails the action": {
			members: `"timeout":"1s","retries":2`, handler: step(always(time.Minute), true),
			steps: map[string]int{"one": 3}, err: `step "one": ` + tooLong,
		},
		"another attempt is in time": {
			members: `"timeout":"1s","retries":1`, handler: step(once(time.Minute), false), steps: map[string]int{"one": 2},
		},
		"no retries": {
			members: `"timeout":"1s","retries":0`, handler: step(always(time.Minute), false), steps: map[string]int{"one": 1}, err: tooLong,
		},
		"without a timeout nothing is noted": {
			members: `"retries":0`, handler: step(always(time.Minute), false), steps: map[string]int{"one": 1}, ids: []string{"x/one"},
		},
		"a function that ends its goroutine does not wait for the timeout": {
			members: `"timeout":"1h"`, handler: func(e *tries) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					return nil, workflowkit.Do(ctx, "one", func(context.Context) error { e.count("one"); panic("boom") })
				}
			}, steps: map[string]int{"one": 4}, err: "panic: boom",
		},
		"a handler that waits outside of steps is tried again": {
			members: `"timeout":"1s","retries":1`, handler: func(e *tries) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					e.count("calls")
					return nil, nap(ctx, time.Hour)
				}
			}, err: tooLong,
		},
		"a handler that waits outside of steps and ignores its context is given up": {
			members: `"timeout":"1s","retries":0`, handler: func(*tries) workflowkit.Handler {
				return func(context.Context, *workflowkit.Run, map[string]any) (any, error) {
					stubborn(time.Minute)
					return "too late", nil
				}
			}, err: tooLong,
		},
		"a handler may take its time between steps, but not too much": {
			members: `"timeout":"1s","retries":0`, handler: func(*tries) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					if err := workflowkit.Do(ctx, "one", func(context.Context) error { return nil }); err != nil {
						return nil, err
					}
					stubborn(2 * time.Second)
					return "too late", nil
				}
			}, err: tooLong,
		},
		"a sleep that fits": {
			members: `"timeout":"2h"`, handler: sleeper(time.Hour), elapsed: time.Hour, ids: []string{"x/$start", "x/sleep"},
		},
		"a sleep cannot last beyond the timeout, and is not tried again": {
			members: `"timeout":"30m","retries":3`, handler: sleeper(time.Hour), elapsed: 30 * time.Minute, err: "timeout of 30m0s",
		},
		"sleeps count together": {
			members: `"timeout":"90m"`, handler: func(e *tries) workflowkit.Handler {
				return func(ctx context.Context, run *workflowkit.Run, in map[string]any) (any, error) {
					if _, err := sleeper(time.Hour)(e)(ctx, run, in); err != nil {
						return nil, err
					}
					if err := workflowkit.Do(ctx, "between", func(context.Context) error { return nil }); err != nil {
						return nil, err
					}
					return nil, workflowkit.Sleep(ctx, "again", time.Hour)
				}
			}, elapsed: 90 * time.Minute, err: "timeout of 1h30m0s",
			ids: []string{"x/$start", "x/sleep", "x/between", "x/$start.1", "x/again"},
		},
		"a handler cannot hide that its action has timed out": {
			members: `"timeout":"30m"`, handler: func(*tries) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					_ = workflowkit.Sleep(ctx, "sleep", time.Hour)
					return "fine", nil
				}
			}, elapsed: 30 * time.Minute, err: "timeout of 30m0s",
		},
		"a sleep until a time": {
			members: `"timeout":"30m"`, handler: func(*tries) workflowkit.Handler {
				return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					return nil, workflowkit.SleepUntil(ctx, "sleep", time.Date(2026, 1, 1, 1, 0, 0, 0, time.UTC))
				}
			}, elapsed: 30 * time.Minute, err: "timeout of 30m0s",
		},
		"a wait cannot last beyond the timeout": {
			members: `"timeout":"30m","retries":3`, handler: waiter(time.Hour), elapsed: 30 * time.Minute, err: "timeout of 30m0s",
		},
		"a wait that ends before the timeout is over by itself": {
			members: `"timeout":"2h"`, handler: waiter(time.Hour), elapsed: time.Hour,
		},
		"a wait whose event comes": {
			members: `"timeout":"30m"`, handler: waiter(time.Hour), elapsed: 10 * time.Minute,
			options: []workflowkittest.Option{workflowkittest.WithEventAfter(10*time.Minute, workflowkit.Event{Name: "answer"})},
		},
	}
}

func sleeper(d time.Duration) func(*tries) workflowkit.Handler {
	return func(*tries) workflowkit.Handler {
		return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
			return nil, workflowkit.Sleep(ctx, "sleep", d)
		}
	}
}

func waiter(d time.Duration) func(*tries) workflowkit.Handler {
	return func(*tries) workflowkit.Handler {
		return func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
			_, err := workflowkit.WaitForEvent(ctx, "wait", workflowkit.WaitForEventOpts{Event: "answer", Timeout: d})
			if errors.Is(err, workflowkit.ErrEventNotReceived) {
				return "no answer", nil
			}
			return "answer", err
		}
	}
}

// withTimeout is a workflow of an action "x" with an error edge, alone or beside another action.
func withTimeout(kind, members string, forked bool) string {
	other, edge := "", ""
	if forked {
		other, edge = `,{"id":"b","kind":"b"}`, `,{"from":"$source","to":"b"}`
	}
	return fmt.Sprintf(`{"actions":[{"id":"x","kind":%q,%s},{"id":"rescue","kind":"b","inputs":{"why":"!ref($.state.x.error)"}}%s],
		"edges":[{"from":"$source","to":"x"},{"from":"x","to":"rescue","conditional":{"type":"error"}}%s]}`, kind, members, other, edge)
}

func TestTimeouts(t *testing.T) {
	t.Parallel()
	for name, tc := range timeoutCases() {
		for mode, options := range modes() {
			for _, forked := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/forked %v", name, mode, forked), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						e := &tries{steps: map[string]int{}}
						options := append(append([]workflowkittest.Option{}, options...), tc.options...)
						result, err := runHandlers(t, withTimeout("x", tc.members, forked),
							map[string]workflowkit.Handler{"x": tc.handler(e), "b": echo}, options...)
						stubborn(time.Hour) // until they come to their end who were given up
						if err != nil {
							t.Fatalf("run failed: %v", err)
						}
						x, _ := result.Run.Action("x")
						switch {
						case tc.err == "" && x.Status != workflowkit.StatusCompleted:
							t.Fatalf("the action is %+v", x)
						case tc.err != "" && (x.Status != workflowkit.StatusFailed || !strings.Contains(x.Error, tc.err)):
							t.Fatalf("the action is %+v, want the error %q", x, tc.err)
						}
						if rescue, _ := result.Run.Action("rescue"); tc.err != "" {
							want, _ := json.Marshal(map[string]string{"why": x.Error})
							if diff := cmp.Diff(string(want), string(rescue.Output)); diff != "" {
								t.Errorf("what the error edge leads to sees (-want +got):\n%s", diff)
							}
						}
						if tc.steps != nil {
							if diff := cmp.Diff(tc.steps, e.counted()); diff != "" {
								t.Errorf("steps (-want +got):\n%s", diff)
							}
						}
						if tc.elapsed > 0 && result.Elapsed != tc.elapsed {
							t.Errorf("%v have passed, want %v", result.Elapsed, tc.elapsed)
						}
						if tc.ids != nil {
							var ids []string
							for _, step := range result.Steps {
								if strings.HasPrefix(step.ID, "x/") {
									ids = append(ids, step.ID)
								}
							}
							if diff := cmp.Diff(tc.ids, ids); diff != "" {
								t.Errorf("steps of the action (-want +got):\n%s", diff)
							}
						}
					})
				})
			}
		}
	}
}

// Built-in actions consist of one step, so how long they take is known without a note of when they began.
func TestTimeoutsOfBuiltins(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		kind, members, err string
		ids                []string
		elapsed            time.Duration
	}{
		"a delay":                 {workflowkit.KindDelay, `"inputs":{"duration":"1h"},"timeout":"30m"`, "timeout of 30m0s", []string{"x/delay"}, 30 * time.Minute},
		"a delay in time":         {workflowkit.KindDelay, `"inputs":{"duration":"1h"},"timeout":"1h"`, "", []string{"x/delay"}, time.Hour},
		"a delay until a time":    {workflowkit.KindDelay, `"inputs":{"until":"2026-01-01T01:00:00Z"},"timeout":"30m"`, "timeout of 30m0s", []string{"x/$start", "x/delay"}, 30 * time.Minute},
		"a wait":                  {workflowkit.KindWaitForEvent, `"inputs":{"event":"e","timeout":"1h"},"timeout":"30m"`, "timeout of 30m0s", []string{"x/wait"}, 30 * time.Minute},
		"a wait with an own time": {workflowkit.KindWaitForEvent, `"inputs":{"event":"e","timeout":"20m"},"timeout":"30m"`, "", []string{"x/wait"}, 20 * time.Minute},
		"sending":                 {workflowkit.KindSendEvent, `"inputs":{"name":"e"},"timeout":"30m"`, "", []string{"x/send"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, err := runHandlers(t, withTimeout(tc.kind, tc.members, false), map[string]workflowkit.Handler{"b": echo})
			if err != nil {
				t.Fatal(err)
			}
			if x, _ := result.Run.Action("x"); (x.Error == "") != (tc.err == "") || !strings.Contains(x.Error, tc.err) {
				t.Errorf("the action is %+v", x)
			}
			var ids []string
			for _, step := range result.Steps {
				if strings.HasPrefix(step.ID, "x/") {
					ids = append(ids, step.ID)
				}
			}
			if diff := cmp.Diff(tc.ids, ids); diff != "" || result.Elapsed != tc.elapsed {
				t.Errorf("%v have passed, want %v; steps (-want +got):\n%s", result.Elapsed, tc.elapsed, diff)
			}
		})
	}
}

// caught is a backend that keeps the error of a step's function.
type caught struct {
	direct
	err error
}

func (c *caught) Run(ctx context.Context, id string, fn func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	raw, err := fn(ctx)
	if id == "x/one" {
		c.err = err
	}
	return raw, err
}

// Before it is stored the error is one that programs can match.
func TestTimeoutErrorsCanBeMatched(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		engine, err := workflowkit.New(quiet(), workflowkit.WithActions(workflowkit.DefineUntyped(workflowkit.Spec{Kind: "x"},
			func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
				return nil, workflowkit.Do(ctx, "one", func(ctx context.Context) error {
					if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > time.Second {
						t.Errorf("deadline: %v, %v", deadline, ok)
					}
					return nap(ctx, time.Minute)
				})
			})))
		if err != nil {
			t.Fatal(err)
		}
		tools := &caught{}
		_, err = engine.Run(t.Context(), tools, workflowkit.RunInput{RunID: "r", Definition: &workflowkit.Definition{JSON: json.RawMessage(
			`{"actions":[{"id":"x","kind":"x","timeout":"1s"}],"edges":[{"from":"$source","to":"x"}]}`)}})
		if err == nil {
			t.Fatal("the run has completed")
		}
		var timeout *workflowkit.TimeoutError
		if !errors.As(tools.err, &timeout) || timeout.ActionID != "x" || timeout.After != time.Second || !errors.Is(tools.err, context.DeadlineExceeded) {
			t.Errorf("the step's error is %v", tools.err)
		}
	})
}
