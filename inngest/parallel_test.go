package inngest_test

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// inGoroutine calls f as the engine calls a handler: in a goroutine that ends when a step has no result.
func inGoroutine(f func() error) error {
	err := workflowkit.ErrSuspended
	done := make(chan struct{})
	go func() {
		defer close(done)
		if e := f(); errors.Is(e, workflowkit.ErrSuspended) {
			runtime.Goexit()
		} else {
			err = e
		}
	}()
	<-done
	return err
}

// forked is a program with two branches of two steps and a barrier. executed counts the calls of step functions.
func forked(executed map[string]int) program {
	return func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
		pending := 0
		step := func(ctx context.Context, id string) error {
			_, err := tools.Run(ctx, id, func(context.Context) (json.RawMessage, error) {
				executed[id]++
				return json.RawMessage(`"` + id + `"`), nil
			})
			return err
		}
		branch := func(ids ...string) func(ctx context.Context) error {
			return func(ctx context.Context) error {
				err := inGoroutine(func() error {
					for _, id := range ids {
						if err := step(ctx, id); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					pending++
				}
				return err
			}
		}
		if err := step(ctx, "a/1"); err != nil {
			return nil, err
		}
		err := tools.Parallel(ctx, workflowkit.ForkRace, []func(context.Context) error{
			branch("b/1", "b/2"), branch("c/1", "c/2"),
			func(ctx context.Context) error {
				if pending > 0 {
					return workflowkit.ErrSuspended
				}
				return step(ctx, "$finish")
			},
		})
		return json.RawMessage(`"done"`), err
	}
}

func memo(ids ...string) map[string]string {
	steps := map[string]string{}
	for _, id := range ids {
		steps[id] = `{"data":"` + id + `"}`
	}
	return steps
}

// Guard 3 of PROTOCOL.md: branches are planned in race mode, executed one by one, and end in one step.
func TestParallel(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		request  request
		want     []string
		executed map[string]int
	}{
		"the serial part":           {request{}, []string{"StepRun a/1"}, map[string]int{"a/1": 1}},
		"both branches are planned": {request{steps: memo("a/1")}, []string{"StepPlanned b/1 (race)", "StepPlanned c/1 (race)"}, nil},
		"one step is executed":      {request{steps: memo("a/1"), target: "c/1"}, []string{"StepRun c/1 (race)"}, map[string]int{"c/1": 1}},
		"one branch is ahead":       {request{steps: memo("a/1", "c/1")}, []string{"StepPlanned b/1 (race)", "StepPlanned c/2 (race)"}, nil},
		"one branch is done":        {request{steps: memo("a/1", "c/1", "c/2")}, []string{"StepPlanned b/1 (race)"}, nil},
		"both branches are done":    {request{steps: memo("a/1", "c/1", "c/2", "b/1", "b/2")}, []string{"StepPlanned $finish (race)"}, nil},
		"the barrier is executed":   {request{steps: memo("a/1", "c/1", "c/2", "b/1", "b/2"), target: "$finish"}, []string{"StepRun $finish (race)"}, map[string]int{"$finish": 1}},
		"a later step of a branch":  {request{steps: memo("a/1", "b/1"), target: "b/2"}, []string{"StepRun b/2 (race)"}, map[string]int{"b/2": 1}},
		"everything is done":        {request{steps: memo("a/1", "c/1", "c/2", "b/1", "b/2", "$finish")}, nil, nil},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			executed := map[string]int{}
			got := newApp(t, inngest.Config{}).with(forked(executed)).call(tc.request)
			if diff := cmp.Diff(tc.want, got.steps()); diff != "" {
				t.Errorf("answer %d %s: operations (-want +got):\n%s", got.status, got.body, diff)
			}
			if tc.executed == nil {
				tc.executed = map[string]int{}
			}
			if diff := cmp.Diff(tc.executed, executed); diff != "" {
				t.Errorf("executed steps (-want +got):\n%s", diff)
			}
			if tc.want == nil && (got.status != 200 || got.body != `"done"`) {
				t.Errorf("answer is %d %s", got.status, got.body)
			}
		})
	}
}

// Guard 7 of PROTOCOL.md: a branch goes no further with a result that is not stored.
func TestBranchEndsWithFreshResult(t *testing.T) {
	t.Parallel()
	got := newApp(t, inngest.Config{}).with(func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
		return nil, tools.Parallel(ctx, workflowkit.ForkRace, []func(context.Context) error{func(ctx context.Context) error {
			raw, err := tools.Run(ctx, "s", value("1"))
			if !errors.Is(err, workflowkit.ErrSuspended) || raw != nil {
				t.Errorf("the branch sees %s, %v", raw, err)
			}
			return err
		}})
	}).call(request{target: "s"})
	if diff := cmp.Diff([]string{"StepRun s (race)"}, got.steps()); diff != "" {
		t.Errorf("answer %d %s: operations (-want +got):\n%s", got.status, got.body, diff)
	}
}

// Guard 8 of PROTOCOL.md: no handler can swallow the end of a pass, and a step in a goroutine does not end the process.
func TestHijackIsAnErrorNotAPanic(t *testing.T) {
	t.Parallel()
	app := newApp(t, inngest.Config{}).with(func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
		errs := make(chan error)
		go func() {
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("a panic reached the caller: %v", p)
				}
			}()
			errs <- tools.Sleep(ctx, "z", time.Second)
		}()
		if err := <-errs; !errors.Is(err, workflowkit.ErrSuspended) {
			t.Errorf("error is %v", err)
		}
		// A handler that goes on all the same gets nowhere.
		_, err := tools.Run(ctx, "s", func(context.Context) (json.RawMessage, error) {
			t.Error("a step was executed after the end of the pass")
			return nil, nil
		})
		if !errors.Is(err, workflowkit.ErrSuspended) {
			t.Errorf("error of the second step is %v", err)
		}
		if err := tools.Parallel(ctx, workflowkit.ForkRace, nil); !errors.Is(err, workflowkit.ErrSuspended) {
			t.Errorf("error of Parallel is %v", err)
		}
		return nil, err
	})
	got := app.call(request{})
	if diff := cmp.Diff([]string{"Sleep z"}, got.steps()); diff != "" {
		t.Errorf("answer %d %s: operations (-want +got):\n%s", got.status, got.body, diff)
	}
}

func TestTargeted(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]bool{"a": true, "b": false, "": false} {
		newApp(t, inngest.Config{}).with(func(_ context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
			if got := tools.Targeted("a"); got != want {
				t.Errorf("Targeted is %v in a call for %q", got, target)
			}
			return nil, nil
		}).call(request{target: target})
	}
}

func TestParallelReportsErrorsOfBranches(t *testing.T) {
	t.Parallel()
	got := newApp(t, inngest.Config{}).with(func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
		return nil, tools.Parallel(ctx, workflowkit.ForkRace, []func(context.Context) error{
			func(ctx context.Context) error {
				_, err := tools.Run(ctx, "s", value("1"))
				return err
			},
			func(context.Context) error { return errors.New("oops") },
		})
	}).call(request{})
	if got.status != 500 || !strings.Contains(got.body, "oops") {
		t.Errorf("answer is %d %s", got.status, got.body)
	}
}

// A wait whose announcement has failed for good must not hold up the run: the server goes on after a result in race
// mode, not after an error, and so do the steps that follow.
func TestFailedAnnouncementGoesOnWhileWaitIsPending(t *testing.T) {
	t.Parallel()
	run := func(err error) program {
		return func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
			_, err := tools.WaitForEvent(ctx, "1/wait", workflowkit.WaitForEventOpts{
				Event: "answer", Timeout: time.Hour, Announce: &workflowkit.Announcement{StepID: "1/ask", Run: func(context.Context) error { return err }},
			})
			var failed *workflowkit.StepError
			if !errors.As(err, &failed) {
				return nil, err
			}
			if _, err := tools.Run(ctx, "1/undo", value("1")); err != nil {
				return nil, err
			}
			if err := tools.Sleep(ctx, "1/sleep", time.Second); err != nil {
				return nil, err
			}
			return json.RawMessage(`"handled"`), nil
		}
	}
	oops := errors.New("oops")
	const failed = `{"data":{"$failed":{"name":"Step failed","message":"oops"}}}`
	cases := map[string]struct {
		err     error
		request request
		want    []string
		data    string
	}{
		"an attempt is left":               {oops, request{target: "1/ask"}, []string{"StepError 1/ask"}, ""},
		"the last attempt":                 {oops, request{target: "1/ask", ctx: map[string]any{"attempt": 4}}, []string{"StepRun 1/ask (race)"}, failed},
		"an error for good":                {workflowkit.NoRetryError(oops), request{target: "1/ask"}, []string{"StepRun 1/ask (race)"}, failed},
		"the step that follows is planned": {nil, request{steps: map[string]string{"1/ask": failed}}, []string{"StepPlanned 1/undo (race)"}, ""},
		"it is executed":                   {nil, request{steps: map[string]string{"1/ask": failed}, target: "1/undo"}, []string{"StepRun 1/undo (race)"}, ""},
		"a sleep follows":                  {nil, request{steps: map[string]string{"1/ask": failed, "1/undo": `{"data":1}`}}, []string{"Sleep 1/sleep (race)"}, ""},
		"the end":                          {nil, request{steps: map[string]string{"1/ask": failed, "1/undo": `{"data":1}`, "1/sleep": "null"}}, nil, ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := newApp(t, inngest.Config{}).with(run(tc.err)).call(tc.request)
			if diff := cmp.Diff(tc.want, got.steps()); diff != "" {
				t.Errorf("answer %d %s: operations (-want +got):\n%s", got.status, got.body, diff)
			}
			if tc.data != "" && `{"data":`+string(got.ops[0].Data)+`}` != tc.data {
				t.Errorf("data is %s", got.ops[0].Data)
			}
			if tc.want == nil && got.body != `"handled"` {
				t.Errorf("answer is %d %s", got.status, got.body)
			}
		})
	}
}

// announced is a program that waits for an answer to an announcement.
func announced(wrap func(ctx context.Context, tools workflowkit.Tools, f func(ctx context.Context) error) error, executed *int) program {
	return func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
		result := json.RawMessage("null")
		err := wrap(ctx, tools, func(ctx context.Context) error {
			event, err := tools.WaitForEvent(ctx, "1/wait", workflowkit.WaitForEventOpts{
				Event: "answer", Timeout: time.Hour,
				Announce: &workflowkit.Announcement{StepID: "1/ask", Run: func(context.Context) error { *executed++; return nil }},
			})
			switch {
			case errors.Is(err, workflowkit.ErrSuspended):
				return err
			case err != nil:
				result, err = json.Marshal(err.Error())
			default:
				result, err = json.Marshal(event.Name)
			}
			return err
		})
		return result, err
	}
}

func TestWaitForEventWithAnnouncement(t *testing.T) {
	t.Parallel()
	const answer, done, failed = `{"name":"answer","data":{}}`, `{"data":null}`, `{"error":{"name":"E","message":"oops"}}`
	cases := map[string]struct {
		request  request
		serial   []string
		branch   []string
		result   string
		executed int
	}{
		"both are reported, the wait first": {
			request{}, []string{"WaitForEvent 1/wait", "StepPlanned 1/ask"}, []string{"WaitForEvent 1/wait (race)", "StepPlanned 1/ask (race)"}, "", 0,
		},
		"the announcement is executed": {request{target: "1/ask"}, []string{"StepRun 1/ask"}, []string{"StepRun 1/ask (race)"}, "", 1},
		"the announcement is done": {
			request{steps: map[string]string{"1/ask": done}}, []string{"WaitForEvent 1/wait"}, []string{"WaitForEvent 1/wait (race)"}, "", 0,
		},
		"the answer came before the announcement was stored": {
			request{steps: map[string]string{"1/wait": answer}}, []string{"StepPlanned 1/ask"}, []string{"StepPlanned 1/ask (race)"}, "", 0,
		},
		"the answer came, the announcement is executed": {
			request{steps: map[string]string{"1/wait": answer}, target: "1/ask"}, []string{"StepRun 1/ask"}, []string{"StepRun 1/ask (race)"}, "", 1,
		},
		"both are done":           {request{steps: map[string]string{"1/ask": done, "1/wait": answer}}, nil, nil, `"answer"`, 0},
		"the time is over":        {request{steps: map[string]string{"1/ask": done, "1/wait": `null`}}, nil, nil, `"event not received in time"`, 0},
		"the announcement failed": {request{steps: map[string]string{"1/ask": failed}}, nil, nil, `"step \"ask\": oops"`, 0},
		"the announcement failed, as stored serially": {
			request{steps: map[string]string{"1/ask": `{"data":{"$failed":{"name":"E","message":"oops"}}}`}}, nil, nil, `"step \"ask\": oops"`, 0,
		},
		"it failed, and the answer came": {
			request{steps: map[string]string{"1/ask": failed, "1/wait": answer}}, nil, nil, `"step \"ask\": oops"`, 0,
		},
	}
	serial := func(ctx context.Context, _ workflowkit.Tools, f func(ctx context.Context) error) error { return f(ctx) }
	branch := func(ctx context.Context, tools workflowkit.Tools, f func(ctx context.Context) error) error {
		return tools.Parallel(ctx, workflowkit.ForkRace, []func(context.Context) error{func(ctx context.Context) error {
			return inGoroutine(func() error { return f(ctx) })
		}})
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for where, wrap := range map[string]func(context.Context, workflowkit.Tools, func(context.Context) error) error{"serial": serial, "branch": branch} {
				want := tc.serial
				if where == "branch" {
					want = tc.branch
				}
				executed := 0
				got := newApp(t, inngest.Config{}).with(announced(wrap, &executed)).call(tc.request)
				if diff := cmp.Diff(want, got.steps()); diff != "" {
					t.Errorf("%s: answer %d %s: operations (-want +got):\n%s", where, got.status, got.body, diff)
				}
				if tc.result != "" && got.body != tc.result {
					t.Errorf("%s: answer is %d %s, want %s", where, got.status, got.body, tc.result)
				}
				if executed != tc.executed {
					t.Errorf("%s: the announcement was executed %d times", where, executed)
				}
			}
		})
	}
}
