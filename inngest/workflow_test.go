package inngest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// fn is the function of most tests, whose steps are tried twice.
var fn = inngest.Function{ID: "fn", Retries: new(1)}

type none = struct{}

// action returns an action without inputs. Its handler gets a function that executes a counted step.
func (b *bench) action(kind string, handler func(ctx context.Context, run *workflowkit.Run, step func(id string) error) error) workflowkit.Action {
	return workflowkit.Define(workflowkit.Spec{Kind: kind}, func(ctx context.Context, run *workflowkit.Run, _ none) (none, error) {
		return none{}, handler(ctx, run, func(id string) error {
			return workflowkit.Do(ctx, id, func(context.Context) error {
				b.count(run.ID + ":" + run.Action.ID + "/" + id)
				b.count(run.Action.ID + "/" + id)
				return nil
			})
		})
	})
}

// steps returns an action with as many steps as its kind says.
func (b *bench) steps(kind string, n int) workflowkit.Action {
	return b.action(kind, func(_ context.Context, _ *workflowkit.Run, step func(id string) error) error {
		for i := range n {
			if err := step(fmt.Sprint(i + 1)); err != nil {
				return err
			}
		}
		return nil
	})
}

// workflow returns a definition from edges like "a>b", with actions of the kinds that kinds gives, "steps" by default.
func workflow(kinds map[string]string, edges ...string) string {
	type object = map[string]any
	var actions, list []object
	seen := map[string]bool{"$source": true}
	for _, edge := range edges {
		from, to, _ := strings.Cut(edge, ">")
		list = append(list, object{"from": from, "to": to})
		for _, id := range []string{from, to} {
			if !seen[id] {
				seen[id] = true
				kind := "steps"
				if kinds[id] != "" {
					kind = kinds[id]
				}
				actions = append(actions, object{"id": id, "kind": kind})
			}
		}
	}
	raw, err := json.Marshal(object{"name": "w", "actions": actions, "edges": list})
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// completed checks that a run has completed and returns its result.
func (b *bench) completed(run outcome) workflowkit.Result {
	b.t.Helper()
	var result workflowkit.Result
	if run.Status != "COMPLETED" {
		b.t.Fatalf("run is %s: %s", run.Status, run.Output)
	}
	if err := json.Unmarshal([]byte(run.Output), &result); err != nil {
		b.t.Fatalf("result: %v: %s", err, run.Output)
	}
	return result
}

// once checks that each step was executed once.
func (b *bench) once(want int) {
	b.t.Helper()
	total := 0
	for id, n := range b.counts() {
		if run, _, ok := strings.Cut(id, ":"); !ok || run == "" {
			continue
		}
		total++
		if n != 1 {
			b.t.Errorf("step %s was executed %d times", id, n)
		}
	}
	if total != want {
		b.t.Errorf("%d steps were executed, want %d: %v", total, want, b.counts())
	}
}

func TestLinearWorkflow(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := fn
	f.Checkpoints = inngest.CheckpointOff
	b.serve(b.engine(workflow(nil, "$source>a", "a>b"), b.steps("steps", 2)), f)
	result := b.completed(b.run(`{}`))
	if result.Status != workflowkit.StatusCompleted || len(result.Actions) != 2 {
		t.Errorf("result is %+v", result)
	}
	b.once(4)
	// One call for each step, one for loading the workflow, and one for the end.
	if n := b.calls.Load(); n != 6 {
		t.Errorf("%d calls, want 6", n)
	}
}

func TestCheckpointsSaveCalls(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.serve(b.engine(workflow(nil, "$source>a", "a>b"), b.steps("steps", 2)), fn)
	b.completed(b.run(`{}`))
	b.once(4)
	if n := b.calls.Load(); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}

// Rule 11: nothing to do is a normal end.
func TestNoWorkflow(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.serve(b.engine(""), fn)
	if result := b.completed(b.run(`{}`)); result.Status != workflowkit.StatusSkipped {
		t.Errorf("result is %+v", result)
	}
}

// Rule 10: an invalid workflow fails once, with its faults.
func TestInvalidWorkflowIsNotRetried(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.serve(b.engine(workflow(map[string]string{"a": "unknown"}, "$source>a")), fn)
	run := b.run(`{}`)
	if run.Status != "FAILED" || !strings.Contains(run.Output, "unknown") {
		t.Errorf("run is %+v", run)
	}
	if n := b.counts()["$load"]; n != 1 {
		t.Errorf("the workflow was loaded %d times", n)
	}
}

// Rule 13: a step is tried again, then the run fails with the action's name and what was completed, and OnFailure hears
// of it.
func TestFailingStep(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	failing := b.action("failing", func(ctx context.Context, run *workflowkit.Run, _ func(string) error) error {
		return workflowkit.Do(ctx, "break", func(context.Context) error {
			b.count("break")
			return fmt.Errorf("%s is broken", run.Event.Data)
		})
	})
	var mu sync.Mutex
	var failures []inngest.Failure
	f := fn
	f.OnFailure = func(_ context.Context, failure inngest.Failure) error {
		mu.Lock()
		defer mu.Unlock()
		failures = append(failures, failure)
		if len(failures) == 1 {
			return errors.New("try again")
		}
		return nil
	}
	b.serve(b.engine(workflow(map[string]string{"b": "failing"}, "$source>a", "a>b"), b.steps("steps", 1), failing), f)
	run := b.run(`{"x":1}`)
	const message = `action "b" (kind "failing"): step "break": {"x":1} is broken (completed before: a)`
	var output struct{ Message string }
	if err := json.Unmarshal([]byte(run.Output), &output); err != nil || run.Status != "FAILED" || output.Message != message {
		t.Errorf("run is %+v", run)
	}
	if n := b.counts()["break"]; n != 2 {
		t.Errorf("the step was executed %d times, want 2", n)
	}
	b.eventually(func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(failures) == 2
	}, "OnFailure is called, and again after its error")
	for _, failure := range failures {
		got := fmt.Sprintln(failure.FunctionID, failure.RunID, failure.Message, failure.Event.Name, string(failure.Event.Data))
		if diff := cmp.Diff(fmt.Sprintln("fn", run.ID, message, b.event("go"), `{"x":1}`), got); diff != "" {
			t.Errorf("failure (-want +got):\n%s", diff)
		}
	}
}

// eventually polls until ok.
func (b *bench) eventually(ok func() bool, what string) {
	b.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("this did not happen: %s; executed: %v", what, b.counts())
		}
	}
}

func TestStepIsRetried(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	flaky := b.action("flaky", func(ctx context.Context, run *workflowkit.Run, _ func(string) error) error {
		return workflowkit.Do(ctx, "flaky", func(context.Context) error {
			if n := b.count("flaky " + run.Action.ID); n == 1 {
				return workflowkit.RetryAtError(errors.New("not yet"), time.Now().Add(time.Second))
			}
			return nil
		})
	})
	// Serially, and in branches.
	b.serve(b.engine(workflow(map[string]string{"a": "flaky", "c": "flaky"}, "$source>a", "a>b", "a>c", "b>d", "c>d"), b.steps("steps", 1), flaky), fn)
	b.completed(b.run(`{}`))
	counts := b.counts()
	if counts["flaky a"] != 2 || counts["flaky c"] != 2 {
		t.Errorf("executed: %v", counts)
	}
}

// Rules 3 and 5: branches go on by themselves, here past one that waits for what the other sends at its end; a join
// waits for both.
func TestForkWithWait(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]local.Faults{
		"without faults":                           nil,
		"discoveries twice":                        {{DuplicateDiscoveries: true, Seed: 1}},
		"steps in random order":                    {{ShuffleSteps: true, Seed: 2}},
		"discoveries twice, steps in random order": {{DuplicateDiscoveries: true, ShuffleSteps: true, Seed: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, faults...)
			waiting := b.action("waiting", func(ctx context.Context, _ *workflowkit.Run, step func(string) error) error {
				if err := step("before"); err != nil {
					return err
				}
				event, err := workflowkit.WaitForEvent(ctx, "wait", workflowkit.WaitForEventOpts{Event: b.event("released"), Timeout: 24 * time.Hour})
				if err != nil {
					return err
				}
				if string(event.Data) != `{"n":1}` {
					return workflowkit.NoRetryError(fmt.Errorf("event is %+v", event))
				}
				return step("after")
			})
			releasing := b.action("releasing", func(ctx context.Context, _ *workflowkit.Run, step func(string) error) error {
				for _, id := range []string{"1", "2"} {
					if err := step(id); err != nil {
						return err
					}
				}
				if err := workflowkit.Sleep(ctx, "sleep", time.Second); err != nil {
					return err
				}
				_, err := workflowkit.SendEvents(ctx, "send", event(b.event("released"), `{"n":1}`))
				return err
			})
			kinds := map[string]string{"b": "waiting", "c": "releasing"}
			b.serve(b.engine(workflow(kinds, "$source>a", "a>b", "a>c", "b>d", "c>d", "d>e"), b.steps("steps", 2), waiting, releasing), fn)
			result := b.completed(b.run(`{}`))
			var order []string
			for _, a := range result.Actions {
				order = append(order, a.ID)
			}
			if len(order) != 5 || order[0] != "a" || order[3] != "d" || order[4] != "e" {
				t.Errorf("actions ran in the order %v", order)
			}
			b.once(10)
		})
	}
}

// An answer that is sent as soon as the announcement can be seen is never lost, serially and in a branch.
func TestAnnouncedWaitNeverMissesAnAnswer(t *testing.T) {
	t.Parallel()
	definitions := map[string]string{
		"serial": workflow(map[string]string{"b": "asking"}, "$source>a", "a>b", "b>c"),
		"branch": workflow(map[string]string{"b": "asking"}, "$source>a", "a>b", "a>c", "b>d", "c>d"),
	}
	for name, definition := range definitions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			asking := b.action("asking", func(ctx context.Context, run *workflowkit.Run, _ func(string) error) error {
				_, err := workflowkit.WaitForEvent(ctx, "wait", workflowkit.WaitForEventOpts{
					Event: b.event("answer"), If: "async.data.run == event.data.run", Timeout: 24 * time.Hour,
					Announce: &workflowkit.Announcement{StepID: "ask", Run: func(ctx context.Context) error {
						b.count(run.ID + ":ask")
						_, err := b.client.Send(ctx, event(b.event("answer"), string(run.Event.Data)))
						return err
					}},
				})
				return err
			})
			b.serve(b.engine(definition, b.steps("steps", 1), asking), fn)
			const runs = 20
			var wg sync.WaitGroup
			for i := range runs {
				wg.Add(1)
				go func() {
					defer wg.Done()
					if run := b.run(fmt.Sprintf(`{"run":"%d"}`, i)); run.Status != "COMPLETED" {
						t.Errorf("run %d is %+v", i, run)
					}
				}()
			}
			wg.Wait()
			b.once(runs * (2 + strings.Count(definition, `"id":"d"`) + 1))
		})
	}
}

// An announcement that fails for good ends the waiting at once, not when the time is over, and steps can follow.
func TestFailedAnnouncement(t *testing.T) {
	t.Parallel()
	definitions := map[string]string{
		"serial": workflow(map[string]string{"b": "asking"}, "$source>a", "a>b", "b>c"),
		"branch": workflow(map[string]string{"b": "asking"}, "$source>a", "a>b", "a>c", "b>d", "c>d"),
	}
	for name, definition := range definitions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			asking := b.action("asking", func(ctx context.Context, run *workflowkit.Run, step func(string) error) error {
				_, err := workflowkit.WaitForEvent(ctx, "wait", workflowkit.WaitForEventOpts{
					Event: b.event("answer"), Timeout: 24 * time.Hour,
					Announce: &workflowkit.Announcement{StepID: "ask", Run: func(context.Context) error {
						b.count("ask")
						return errors.New("oops")
					}},
				})
				var failed *workflowkit.StepError
				if !errors.As(err, &failed) || failed.Message != "oops" {
					return workflowkit.NoRetryError(fmt.Errorf("error is %v", err))
				}
				for _, id := range []string{"1", "2"} {
					if err := step(id); err != nil {
						return err
					}
				}
				return nil
			})
			b.serve(b.engine(definition, b.steps("steps", 1), asking), fn)
			started := b.now()
			b.completed(b.run(`{}`))
			if took := b.now().Sub(started); took > time.Hour {
				t.Errorf("the run took %v", took)
			}
			if n := b.counts()["ask"]; n != 2 {
				t.Errorf("the announcement was executed %d times", n)
			}
			b.once(4 + strings.Count(definition, `"id":"d"`))
		})
	}
}

// Results of steps keep their digits, whatever the server makes of numbers (rule 8), serially and in branches.
func TestNumbersKeepTheirDigits(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	precise := b.action("precise", func(ctx context.Context, run *workflowkit.Run, step func(string) error) error {
		const want = `[9007199254740993,0.1234567890123456789]`
		got, err := workflowkit.Step(ctx, "n", func(context.Context) (json.RawMessage, error) { return json.RawMessage(want), nil })
		if err != nil {
			return err
		}
		if string(got) != want {
			return workflowkit.NoRetryError(fmt.Errorf("action %s sees %s", run.Action.ID, got))
		}
		return step("done")
	})
	kinds := map[string]string{"a": "precise", "b": "precise", "c": "precise"}
	b.serve(b.engine(workflow(kinds, "$source>a", "a>b", "a>c"), precise), fn)
	b.completed(b.run(`{}`))
	b.once(3)
}

func TestInvokedFunction(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	calling := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "calling"}, func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
		result, err := workflowkit.Invoke[json.RawMessage](ctx, "call", workflowkit.InvokeOpts{
			Function: b.client.AppID() + "-other", Data: map[string]any{"a": 1}, Timeout: time.Minute,
		})
		if err != nil {
			return nil, err
		}
		_, err = workflowkit.Invoke[json.RawMessage](ctx, "missing", workflowkit.InvokeOpts{Function: "no-such", Timeout: time.Minute})
		var stepError *workflowkit.StepError
		if !errors.As(err, &stepError) {
			return nil, workflowkit.NoRetryError(fmt.Errorf("error of a function that does not exist: %v", err))
		}
		return result, nil
	})
	if err := inngest.RegisterProgram(b.client, inngest.Function{ID: "other", Events: []string{b.event("other")}}, returnEvent); err != nil {
		t.Fatal(err)
	}
	b.serve(b.engine(workflow(map[string]string{"a": "calling"}, "$source>a"), calling), fn)
	result := b.completed(b.run(`{}`))
	if a, _ := result.Action("a"); !strings.Contains(string(a.Output), `"a":1`) {
		t.Errorf("output is %s", a.Output)
	}
}

// Guard 1 of PROTOCOL.md with everything in between: more state than fits a call.
func TestRunWithLargeState(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	size := 1 << 20
	if b.local != nil {
		size = localRequestBody / 4
	}
	large := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "large"}, func(ctx context.Context, run *workflowkit.Run, _ map[string]any) (any, error) {
		return workflowkit.Step(ctx, "make", func(context.Context) (string, error) {
			b.count(run.ID + ":" + run.Action.ID)
			return strings.Repeat(run.Action.ID, size), nil
		})
	})
	kinds := map[string]string{}
	var edges []string
	for i, id := range []string{"a", "b", "c", "d", "e"} {
		from := "$source"
		if i > 0 {
			from = string(rune('a' + i - 1))
		}
		kinds[id], edges = "large", append(edges, from+">"+id)
	}
	b.serve(b.engine(workflow(kinds, edges...), large), fn)
	run := b.run(`{}`)
	result := b.completed(run)
	// A result that is too large to be sent does without the outputs.
	if short := strings.Contains(run.Output, "are left out"); len(result.Actions) != 5 || short != (size == 1<<20) {
		t.Errorf("result has %d bytes and %d actions", len(run.Output), len(result.Actions))
	}
	b.once(5)
}

// A crash at any call does not lose a run.
func TestRunSurvivesCrashes(t *testing.T) {
	t.Parallel()
	for name, point := range map[string]local.CrashPoint{"before": local.CrashBefore, "after": local.CrashAfter, "of the server": local.ServerCrash} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			crashed := map[string]bool{}
			b := newBench(t, local.Faults{Seed: 1, Crash: func(call local.Call) local.CrashPoint {
				mu.Lock()
				defer mu.Unlock()
				key := call.StepID
				if key == "" {
					key = fmt.Sprint(call.Steps)
				}
				if crashed[key] {
					return local.NoCrash
				}
				crashed[key] = true
				return point
			}})
			f := fn
			f.Checkpoints = inngest.CheckpointOff
			b.serve(b.engine(workflow(nil, "$source>a", "a>b", "a>c", "b>d", "c>d"), b.steps("steps", 2)), f)
			b.completed(b.run(`{}`))
			want := map[bool]int{true: 1, false: 2}[point == local.CrashBefore]
			for _, id := range []string{"a/1", "b/1", "c/2", "d/2"} {
				if n := b.counts()[id]; n != want {
					t.Errorf("step %s was executed %d times, want %d", id, n, want)
				}
			}
		})
	}
}
