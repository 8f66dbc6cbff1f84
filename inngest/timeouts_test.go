package inngest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// passes lasts for a while, or until the context ends.
func passes(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// slowness returns how long a step of the action slow takes, and a timeout for which three of them are too many. On a dev
// server the calls between the steps take time, too.
func slowness() (step time.Duration, timeout string) {
	if devServer() != "" {
		return 3 * time.Second, "8s"
	}
	return 400 * time.Millisecond, "1s"
}

// slow is an action of three steps, each of which takes a while. The first attempt of a step with the given id fails.
func (b *bench) slow(flaky string) workflowkit.Action {
	takes, _ := slowness()
	return workflowkit.Define(workflowkit.Spec{Kind: "slow"}, func(ctx context.Context, run *workflowkit.Run, _ none) (none, error) {
		for _, id := range []string{"one", "two", "three"} {
			err := workflowkit.Do(ctx, id, func(ctx context.Context) error {
				if n := b.count(id); id == flaky && n == 1 {
					return b.soon(errors.New("not yet"))
				}
				return passes(ctx, takes)
			})
			if err != nil {
				return none{}, err
			}
		}
		return none{}, nil
	})
}

// TestAnAttemptIsTheWholeAction holds that a timeout limits what an action takes in one attempt, whichever steps it has,
// and that the attempt begins anew when a step is tried again.
func TestAnAttemptIsTheWholeAction(t *testing.T) {
	t.Parallel()
	for flaky, want := range map[string]map[string]int{
		// The third step does not fit and is another attempt's first.
		"": {"one": 1, "two": 1, "three": 2},
		// The attempt that began with the second call of the first step ends the same step.
		"one": {"one": 2, "two": 1, "three": 2},
		// The one that began with the second call of the second step does not.
		"two": {"one": 1, "two": 2, "three": 1},
	} {
		for mode, f := range modes() {
			for _, forked := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/forked %v", flaky, mode, forked), func(t *testing.T) {
					t.Parallel()
					if forked && devServer() != "" {
						t.Skip("calls of branches take a server longer than the timeout is")
					}
					b := newBench(t)
					_, timeout := slowness()
					members := fmt.Sprintf(`,"timeout":%q,"retries":1`, timeout)
					b.serve(b.engine(withErrorEdge("slow", members, forked), b.slow(flaky), b.steps("steps", 1)), f)
					result := b.completed(b.run(`{}`))
					if x, _ := result.Action("x"); x.Status != workflowkit.StatusCompleted {
						t.Fatalf("the action is %+v", x)
					}
					for id, n := range want {
						if got := b.counts()[id]; got != n {
							t.Errorf("step %s was tried %d times, want %d", id, got, n)
						}
					}
				})
			}
		}
	}
}

// TestTimeoutsTakeTheErrorEdge holds the order of things: attempts, then the error edge.
func TestTimeoutsTakeTheErrorEdge(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]func(ctx context.Context, b *bench) error{
		"a step that heeds its context": func(ctx context.Context, b *bench) error {
			return workflowkit.Do(ctx, "do", func(ctx context.Context) error { b.count("x"); return passes(ctx, time.Minute) })
		},
		"a step that ignores its context": func(ctx context.Context, b *bench) error {
			return workflowkit.Do(ctx, "do", func(context.Context) error { b.count("x"); <-time.After(3 * time.Second); return nil })
		},
		"a handler outside of its steps": func(ctx context.Context, b *bench) error {
			b.count("x")
			return passes(ctx, time.Minute)
		},
	} {
		for mode, f := range modes() {
			for _, forked := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/forked %v", name, mode, forked), func(t *testing.T) {
					t.Parallel()
					b := newBench(t)
					late := workflowkit.Define(workflowkit.Spec{Kind: "late"}, func(ctx context.Context, _ *workflowkit.Run, _ none) (none, error) {
						return none{}, handler(ctx, b)
					})
					b.serve(b.engine(withErrorEdge("late", `,"timeout":"1s","retries":1`, forked), late, b.steps("steps", 1)), f)
					result := b.completed(b.run(`{}`))
					if x, _ := result.Action("x"); x.Status != workflowkit.StatusFailed || !strings.Contains(x.Error, `action "x" took longer than its timeout of 1s`) {
						t.Errorf("the action is %+v", x)
					}
					if r, _ := result.Action("rescue"); r.Status != workflowkit.StatusCompleted {
						t.Errorf("behind the error edge: %+v", r)
					}
					if n := b.counts()["x"]; strings.HasPrefix(name, "a step") && n != 2 {
						t.Errorf("the step was tried %d times, want 2", n)
					}
				})
			}
		}
	}
}

// TestWaitsEndWithTheTimeout holds that what an action waits for cannot last beyond its timeout, and is not tried again.
func TestWaitsEndWithTheTimeout(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]func(ctx context.Context, b *bench) error{
		"a sleep": func(ctx context.Context, _ *bench) error { return workflowkit.Sleep(ctx, "sleep", time.Hour) },
		"a wait": func(ctx context.Context, b *bench) error {
			_, err := workflowkit.WaitForEvent(ctx, "wait", workflowkit.WaitForEventOpts{Event: b.event("never"), Timeout: time.Hour})
			return err
		},
		"a wait with an announcement": func(ctx context.Context, b *bench) error {
			_, err := workflowkit.WaitForEvent(ctx, "wait", workflowkit.WaitForEventOpts{
				Event: b.event("never"), Timeout: time.Hour,
				Announce: &workflowkit.Announcement{StepID: "announce", Run: func(context.Context) error { b.count("announced"); return nil }},
			})
			return err
		},
		"a function that is invoked": func(ctx context.Context, b *bench) error {
			_, err := workflowkit.Invoke[any](ctx, "call", workflowkit.InvokeOpts{Function: b.client.AppID() + "-endless"})
			return err
		},
	} {
		for mode, f := range modes() {
			for _, forked := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/forked %v", name, mode, forked), func(t *testing.T) {
					t.Parallel()
					b := newBench(t)
					late := workflowkit.Define(workflowkit.Spec{Kind: "late"}, func(ctx context.Context, _ *workflowkit.Run, _ none) (none, error) {
						return none{}, handler(ctx, b)
					})
					endless, err := workflowkit.New(workflowkit.WithLoader(workflowkit.LoaderFunc(
						func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
							return &workflowkit.Definition{JSON: []byte(`{"actions":[{"id":"1","kind":"builtin:delay","inputs":{"duration":"1m"}}],
								"edges":[{"from":"$source","to":"1"}]}`)}, nil
						})))
					if err != nil {
						t.Fatal(err)
					}
					if err := inngest.Register(b.client, endless, inngest.Function{ID: "endless", Events: []string{b.event("endless")}}); err != nil {
						t.Fatal(err)
					}
					b.serve(b.engine(withErrorEdge("late", `,"timeout":"2s","retries":3`, forked), late, b.steps("steps", 1)), f)
					result := b.completed(b.run(`{}`))
					if x, _ := result.Action("x"); x.Status != workflowkit.StatusFailed || !strings.Contains(x.Error, `action "x" took longer than its timeout of 2s`) {
						t.Errorf("the action is %+v", x)
					}
					if r, _ := result.Action("rescue"); r.Status != workflowkit.StatusCompleted {
						t.Errorf("behind the error edge: %+v", r)
					}
				})
			}
		}
	}
}
