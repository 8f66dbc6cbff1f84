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

// soon makes a dev server, whose back-off is long, try again soon.
func (b *bench) soon(err error) error {
	return workflowkit.RetryAtError(err, time.Now().Add(time.Second))
}

// broken is an action whose only step always fails, or whose handler does, outside of its steps.
func (b *bench) broken(kind string, inStep bool) workflowkit.Action {
	return workflowkit.Define(workflowkit.Spec{Kind: kind}, func(ctx context.Context, run *workflowkit.Run, _ none) (none, error) {
		fail := func(context.Context) error {
			b.count(run.Action.ID)
			return b.soon(errors.New("no luck"))
		}
		if inStep {
			return none{}, workflowkit.Do(ctx, "do", fail)
		}
		return none{}, fail(ctx)
	})
}

// modes are functions with and without checkpoints, whose steps are tried twice.
func modes() map[string]inngest.Function {
	plain, checkpoints := fn, fn
	plain.Checkpoints = inngest.CheckpointOff
	return map[string]inngest.Function{"step by step": plain, "with checkpoints": checkpoints}
}

// definition of an action x alone or beside another one, with an error edge.
func withErrorEdge(kind, members string, forked bool) string {
	other, edge := "", ""
	if forked {
		other, edge = `,{"id":"other","kind":"steps"}`, `,{"from":"$source","to":"other"}`
	}
	return fmt.Sprintf(`{"actions":[{"id":"x","kind":%q%s},{"id":"rescue","kind":"steps"}%s],
		"edges":[{"from":"$source","to":"x"},{"from":"x","to":"rescue","conditional":{"type":"error"}}%s]}`, kind, members, other, edge)
}

func TestActionsHaveRetriesOfTheirOwn(t *testing.T) {
	t.Parallel()
	for members, want := range map[string]int{``: 2, `,"retries":0`: 1, `,"retries":1`: 2, `,"retries":4`: 5} {
		for mode, f := range modes() {
			for _, forked := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/forked %v", members, mode, forked), func(t *testing.T) {
					t.Parallel()
					b := newBench(t)
					b.serve(b.engine(withErrorEdge("broken", members, forked), b.broken("broken", true), b.steps("steps", 1)), f)
					result := b.completed(b.run(`{}`))
					if n := b.counts()["x"]; n != want {
						t.Errorf("the step was tried %d times, want %d", n, want)
					}
					if x, _ := result.Action("x"); x.Status != workflowkit.StatusFailed || !strings.Contains(x.Error, "no luck") {
						t.Errorf("the action is %+v", x)
					}
					if r, _ := result.Action("rescue"); r.Status != workflowkit.StatusCompleted {
						t.Errorf("behind the error edge: %+v", r)
					}
				})
				t.Run(fmt.Sprintf("outside of steps/%s/%s/forked %v", members, mode, forked), func(t *testing.T) {
					t.Parallel()
					b := newBench(t)
					b.serve(b.engine(withErrorEdge("broken", members, forked), b.broken("broken", false), b.steps("steps", 1)), f)
					result := b.completed(b.run(`{}`))
					if r, _ := result.Action("rescue"); r.Status != workflowkit.StatusCompleted {
						t.Errorf("behind the error edge: %+v", r)
					}
					// The handler is called to find out what to do, and then once for each attempt.
					if n := b.counts()["x"]; n != want+1 && !forked || n < want+1 {
						t.Errorf("the handler was called %d times, want %d", n, want+1)
					}
				})
			}
		}
	}
}

// TestFailedHandlersAreNotAskedAgain holds that a decision once made stays: a handler that would succeed in a later pass
// is not called in one.
func TestFailedHandlersAreNotAskedAgain(t *testing.T) {
	t.Parallel()
	for mode, f := range modes() {
		for _, forked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/forked %v", mode, forked), func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				// It fails as often as it is asked to have its attempts, and never again.
				fickle := workflowkit.Define(workflowkit.Spec{Kind: "fickle"}, func(context.Context, *workflowkit.Run, none) (none, error) {
					if b.counts()["rescue/1"] == 0 {
						return none{}, b.soon(errors.New("not before the rescue"))
					}
					b.count("asked again")
					return none{}, nil
				})
				b.serve(b.engine(withErrorEdge("fickle", `,"retries":1`, forked), fickle, b.steps("steps", 3)), f)
				result := b.completed(b.run(`{}`))
				if x, _ := result.Action("x"); x.Status != workflowkit.StatusFailed || b.counts()["asked again"] > 0 {
					t.Errorf("the action is %+v, asked again %d times", x, b.counts()["asked again"])
				}
			})
		}
	}
}

// TestAttemptsAreNotShared holds that no action's attempts eat another's, nor a handler's those of its steps.
func TestAttemptsAreNotShared(t *testing.T) {
	t.Parallel()
	for mode, f := range modes() {
		for name, definition := range map[string]string{
			"alone":  workflow(map[string]string{"a": "flaky", "b": "flaky"}, "$source>a", "a>b"),
			"forked": workflow(map[string]string{"a": "flaky", "b": "flaky"}, "$source>a", "a>b", "$source>c"),
		} {
			t.Run(mode+"/"+name, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				// Everything fails once, and has two attempts.
				flaky := workflowkit.Define(workflowkit.Spec{Kind: "flaky"}, func(ctx context.Context, run *workflowkit.Run, _ none) (none, error) {
					for _, id := range []string{"one", "two"} {
						err := workflowkit.Do(ctx, id, func(context.Context) error {
							if b.count(run.Action.ID+"/"+id) == 1 {
								return b.soon(errors.New("step fails once"))
							}
							return nil
						})
						if err != nil {
							return none{}, err
						}
					}
					if b.count(run.Action.ID) == 1 {
						return none{}, b.soon(errors.New("handler fails once"))
					}
					return none{}, nil
				})
				b.serve(b.engine(definition, flaky, b.steps("steps", 1)), f)
				b.completed(b.run(`{}`))
				for _, id := range []string{"a/one", "a/two", "b/one", "b/two"} {
					if n := b.counts()[id]; n != 2 {
						t.Errorf("step %s was tried %d times, want 2", id, n)
					}
				}
			})
			t.Run("a handler that is cured before its steps/"+mode+"/"+name, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				flaky := workflowkit.Define(workflowkit.Spec{Kind: "flaky"}, func(ctx context.Context, run *workflowkit.Run, _ none) (none, error) {
					// The second call is the one that the first attempt is made of.
					if b.count(run.Action.ID) <= 2 {
						return none{}, b.soon(errors.New("handler fails twice"))
					}
					return none{}, workflowkit.Do(ctx, "one", func(context.Context) error {
						if b.count(run.Action.ID+"/one") == 1 {
							return b.soon(errors.New("step fails once"))
						}
						return nil
					})
				})
				b.serve(b.engine(definition, flaky, b.steps("steps", 1)), f)
				b.completed(b.run(`{}`))
				for _, id := range []string{"a/one", "b/one"} {
					if n := b.counts()[id]; n != 2 {
						t.Errorf("step %s was tried %d times, want 2", id, n)
					}
				}
			})
		}
	}
}

// TestMarkedErrorsWithRetriesOfTheirOwn holds that what an error says of itself goes before the action's retries.
func TestMarkedErrorsWithRetriesOfTheirOwn(t *testing.T) {
	t.Parallel()
	for mode, f := range modes() {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			hopeless := workflowkit.Define(workflowkit.Spec{Kind: "hopeless"}, func(ctx context.Context, _ *workflowkit.Run, _ none) (none, error) {
				return none{}, workflowkit.Do(ctx, "do", func(context.Context) error {
					b.count("x")
					return workflowkit.NoRetryError(errors.New("hopeless"))
				})
			})
			b.serve(b.engine(withErrorEdge("hopeless", `,"retries":9`, false), hopeless, b.steps("steps", 1)), f)
			b.completed(b.run(`{}`))
			if n := b.counts()["x"]; n != 1 {
				t.Errorf("the step was tried %d times, want 1", n)
			}
		})
	}
}

// TestErrorsOfTheFunctionHaveItsRetries holds that what belongs to no action is tried as often as the function says,
// though the server would try it more often.
func TestErrorsOfTheFunctionHaveItsRetries(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	engine, err := workflowkit.New(workflowkit.WithLoader(workflowkit.LoaderFunc(
		func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
			b.count("$load")
			return nil, b.soon(errors.New("database is down"))
		})))
	if err != nil {
		t.Fatal(err)
	}
	b.serve(engine, fn)
	if run := b.run(`{}`); run.Status != "FAILED" || !strings.Contains(run.Output, "database is down") {
		t.Errorf("run is %s: %s", run.Status, run.Output)
	}
	if n := b.counts()["$load"]; n != 2 {
		t.Errorf("the loader was called %d times, want 2", n)
	}
}
