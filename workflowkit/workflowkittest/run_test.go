package workflowkittest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

func untyped(kind string, handler workflowkit.Handler) workflowkit.Action {
	return workflowkit.DefineUntyped(workflowkit.Spec{Kind: kind}, handler)
}

// both runs a test in both modes.
func both(t *testing.T, f func(t *testing.T, options ...workflowkittest.Option)) {
	t.Helper()
	t.Run("at once", func(t *testing.T) { t.Parallel(); f(t) })
	for seed := range int64(3) {
		t.Run(fmt.Sprintf("with replays, seed %d", seed), func(t *testing.T) { t.Parallel(); f(t, workflowkittest.WithReplay(seed)) })
	}
}

func TestStepsAreFaked(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, options ...workflowkittest.Option) {
		action := untyped("a", func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
			one, err := workflowkit.Step(ctx, "one", func(context.Context) (string, error) { t.Error("a faked step is called"); return "", nil })
			if err != nil {
				return nil, err
			}
			two, err := workflowkit.Step(ctx, "two", func(context.Context) (string, error) { return "real", nil })
			return one + " " + two, err
		})
		result, err := workflowkittest.RunAction(t.Context(), action, nil, append(options, workflowkittest.WithStep("one", "fake"), workflowkittest.WithStep("1/three", 3))...)
		if err != nil || string(result.Output) != `"fake real"` {
			t.Errorf("got %s, %v", result.Output, err)
		}
		if diff := cmp.Diff([]string{"1/three"}, result.Unused); diff != "" {
			t.Errorf("unused (-want +got):\n%s", diff)
		}
		if step, ok := result.Step("1/one"); !ok || step.Attempts != 0 || string(step.Output) != `"fake"` {
			t.Errorf("got %+v", step)
		}
	})
}

func TestFailures(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, options ...workflowkittest.Option) {
		calls := 0
		action := untyped("a", func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
			return "done", workflowkit.Do(ctx, "one", func(context.Context) error { calls++; return nil })
		})
		busy := errors.New("busy")
		result, err := workflowkittest.RunAction(t.Context(), action, nil, append(options, workflowkittest.FailStep("one", busy, 2))...)
		if err != nil || calls != 1 {
			t.Errorf("got %d calls, %v", calls, err)
		}
		if step, _ := result.Step("1/one"); step.Attempts != 3 || step.Error != "" {
			t.Errorf("got %+v", step)
		}
		if result.Elapsed != 2*time.Second+4*time.Second {
			t.Errorf("the attempts took %v", result.Elapsed)
		}
		result, err = workflowkittest.RunAction(t.Context(), action, nil, append(options, workflowkittest.FailStep("1/one", busy, 10), workflowkittest.WithRetries(1))...)
		if err == nil || !strings.Contains(err.Error(), `step "one": busy`) {
			t.Errorf("got %v", err)
		}
		if step, _ := result.Step("1/one"); step.Attempts != 2 || step.Error != "busy" || step.Output != nil {
			t.Errorf("got %+v", step)
		}
	})
}

func TestRepeatedSteps(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, options ...workflowkittest.Option) {
		action := untyped("a", func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
			var out []int
			for i := range 3 {
				n, err := workflowkit.Step(ctx, "same", func(context.Context) (int, error) { return i, nil })
				if err != nil {
					return nil, err
				}
				out = append(out, n)
			}
			return out, nil
		})
		result, err := workflowkittest.RunAction(t.Context(), action, nil, options...)
		if err != nil || string(result.Output) != `[0,1,2]` {
			t.Errorf("got %s, %v", result.Output, err)
		}
		if _, ok := result.Step("1/same:2"); !ok {
			t.Errorf("steps: %+v", result.Steps)
		}
	})
}

func TestTheClock(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, options ...workflowkittest.Option) {
		start := time.Date(2030, 5, 1, 12, 0, 0, 0, time.UTC)
		action := untyped("a", func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
			if err := workflowkit.Sleep(ctx, "long", 30*24*time.Hour); err != nil {
				return nil, err
			}
			if err := workflowkit.SleepUntil(ctx, "past", start); err != nil {
				return nil, err
			}
			return nil, workflowkit.SleepUntil(ctx, "until", start.Add(31*24*time.Hour))
		})
		began := time.Now()
		result, err := workflowkittest.RunAction(t.Context(), action, nil, append(options, workflowkittest.WithStart(start))...)
		if err != nil || result.Elapsed != 31*24*time.Hour {
			t.Errorf("got %v, %v", result.Elapsed, err)
		}
		if took := time.Since(began); took > time.Minute {
			t.Errorf("took %v of real time", took)
		}
	})
}

func TestEventsAndWaits(t *testing.T) {
	t.Parallel()
	type arrival struct {
		after time.Duration
		event workflowkit.Event
	}
	event := func(name, data string) workflowkit.Event {
		return workflowkit.Event{Name: name, Data: json.RawMessage(data)}
	}
	cases := map[string]struct {
		condition string
		arrivals  []arrival
		want      string
		times     time.Duration
		err       string
	}{
		"the event that matches": {
			condition: "async.data.id == event.data.id", times: 2 * time.Hour, want: `{"id":1,"n":2}`,
			arrivals: []arrival{{time.Hour, event("answer", `{"id":2,"n":1}`)}, {2 * time.Hour, event("answer", `{"id":1,"n":2}`)}, {3 * time.Hour, event("answer", `{"id":1,"n":3}`)}},
		},
		"events of another name": {arrivals: []arrival{{time.Hour, event("other", `{}`)}}, want: `"late"`, times: 24 * time.Hour},
		"any event of the name":  {arrivals: []arrival{{time.Minute, event("answer", `{"x":true}`)}}, want: `{"x":true}`, times: time.Minute},
		"too late":               {arrivals: []arrival{{25 * time.Hour, event("answer", `{}`)}}, want: `"late"`, times: 24 * time.Hour},
		"a path that is not there is no match": {
			condition: "async.data.nothing.here == 1", arrivals: []arrival{{time.Hour, event("answer", `{}`)}}, want: `"late"`, times: 24 * time.Hour,
		},
		"an expression that does not parse": {condition: "async.data.id ==", err: `expression "async.data.id =="`},
	}
	action := func(condition string) workflowkit.Action {
		return untyped("a", func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
			got, err := workflowkit.WaitForEvent(ctx, "wait", workflowkit.WaitForEventOpts{Event: "answer", If: condition, Timeout: 24 * time.Hour})
			if errors.Is(err, workflowkit.ErrEventNotReceived) {
				return "late", nil
			}
			return got.Data, err
		})
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			both(t, func(t *testing.T, options ...workflowkittest.Option) {
				options = append(options, workflowkittest.WithEvent(event("start", `{"id":1}`)))
				for _, a := range tc.arrivals {
					options = append(options, workflowkittest.WithEventAfter(a.after, a.event))
				}
				result, err := workflowkittest.RunAction(t.Context(), action(tc.condition), nil, options...)
				if tc.err != "" {
					if err == nil || !strings.Contains(err.Error(), tc.err) {
						t.Errorf("got %v", err)
					}
					return
				}
				if err != nil || string(result.Output) != tc.want || result.Elapsed != tc.times {
					t.Errorf("got %s after %v, %v; want %s after %v", result.Output, result.Elapsed, err, tc.want, tc.times)
				}
			})
		})
	}
}

// An answer that is sent by the announcement itself must arrive.
func TestAnnouncements(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, options ...workflowkittest.Option) {
		told := 0
		asks := untyped("asks", func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
			got, err := workflowkit.WaitForEvent(ctx, "wait", workflowkit.WaitForEventOpts{
				Event: "answer", Timeout: time.Hour,
				Announce: &workflowkit.Announcement{StepID: "tell", Run: func(context.Context) error { told++; return nil }},
			})
			return got.Data, err
		})
		answers := untyped("answers", func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
			if err := workflowkit.Sleep(ctx, "think", time.Minute); err != nil {
				return nil, err
			}
			return workflowkit.SendEvents(ctx, "answer", workflowkit.Event{Name: "answer", Data: json.RawMessage(`{"yes":true}`)})
		})
		engine, err := workflowkit.New(workflowkit.WithActions(asks, answers))
		if err != nil {
			t.Fatal(err)
		}
		result, err := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "start"}, append(options, workflowkittest.WithWorkflow(
			`{"actions":[{"id":"a","kind":"asks"},{"id":"b","kind":"answers"}],"edges":[{"from":"$source","to":"a"},{"from":"$source","to":"b"}]}`))...)
		if err != nil {
			t.Fatal(err)
		}
		if a, _ := result.Run.Action("a"); string(a.Output) != `{"yes":true}` || told != 1 || result.Elapsed != time.Minute {
			t.Errorf("got %s after %v, announced %d times", a.Output, result.Elapsed, told)
		}
		if len(result.Sent) != 1 || result.Sent[0].Name != "answer" || result.Sent[0].ID == "" {
			t.Errorf("sent: %+v", result.Sent)
		}
	})
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, options ...workflowkittest.Option) {
		action := untyped("a", func(ctx context.Context, _ *workflowkit.Run, inputs map[string]any) (any, error) {
			return workflowkit.Invoke[int](ctx, "call", workflowkit.InvokeOpts{Function: fmt.Sprint(inputs["function"]), Data: map[string]int{"n": 2}})
		})
		double := workflowkittest.WithFunction("app-double", func(data json.RawMessage) (any, error) {
			var in struct{ N int }
			err := json.Unmarshal(data, &in)
			return 2 * in.N, err
		})
		fails := workflowkittest.WithFunction("app-fails", func(json.RawMessage) (any, error) { return nil, errors.New("no") })
		for function, want := range map[string]string{"app-double": "", "app-fails": `step "call": no`, "app-unknown": `function "app-unknown" is not faked; use WithFunction`} {
			result, err := workflowkittest.RunAction(t.Context(), action, map[string]any{"function": function}, append(options, double, fails)...)
			switch {
			case want == "" && (err != nil || string(result.Output) != "4"):
				t.Errorf("%s: got %s, %v", function, result.Output, err)
			case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
				t.Errorf("%s: got %v, want %q", function, err, want)
			}
		}
	})
}

func TestActionsAreFaked(t *testing.T) {
	t.Parallel()
	own := func(t *testing.T) workflowkit.Handler {
		return func(context.Context, *workflowkit.Run, map[string]any) (any, error) {
			t.Error("a faked action is called")
			return nil, nil
		}
	}
	const definition = `{"actions":[{"id":"1","kind":"a"},{"id":"2","kind":"b","inputs":{"x":"!ref($.state.1.n)"}}],"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"}]}`
	both(t, func(t *testing.T, options ...workflowkittest.Option) {
		engine, err := workflowkit.New(workflowkit.WithActions(untyped("a", own(t)), untyped("b", own(t))))
		if err != nil {
			t.Fatal(err)
		}
		options = append(options, workflowkittest.WithWorkflow(definition), workflowkittest.WithOutput("1", map[string]int{"n": 7}),
			workflowkittest.WithAction("b", func(_ context.Context, _ *workflowkit.Run, inputs map[string]any) (any, error) { return inputs, nil }))
		result, err := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "start"}, options...)
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := result.Run.Action("2"); string(b.Output) != `{"x":7}` {
			t.Errorf("got %s", b.Output)
		}
		_, err = workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "start"}, append(options, workflowkittest.WithOutput("3", 1))...)
		if want := `fake of action "3": the workflow has no action with that id or kind; it has "1" (kind "a"), "2" (kind "b")`; err == nil || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
	})
}

func TestWrongOptions(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		option workflowkittest.Option
		want   string
	}{
		"nil":                            {nil, "an option is nil"},
		"negative retries":               {workflowkittest.WithRetries(-1), "retries: -1 is negative"},
		"a result that is not JSON":      {workflowkittest.WithStep("one", make(chan int)), `fake of step "one"`},
		"an output that is not JSON":     {workflowkittest.WithOutput("a", make(chan int)), `fake of action "a"`},
		"a nil error":                    {workflowkittest.FailStep("one", nil, 1), `failure of step "one": error is nil`},
		"a nil handler":                  {workflowkittest.WithAction("a", nil), `fake of action "a": handler is nil`},
		"a nil function":                 {workflowkittest.WithFunction("f", nil), `fake of function "f": function is nil`},
		"an event before the start":      {workflowkittest.WithEventAfter(-time.Second, workflowkit.Event{Name: "e"}), `event "e": -1s after the start is before it`},
		"an engine option that is wrong": {workflowkittest.WithEngineOptions(workflowkit.WithLoader(nil)), "loader is nil"},
	}
	action := untyped("a", func(context.Context, *workflowkit.Run, map[string]any) (any, error) { return nil, nil })
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, err := workflowkittest.RunAction(t.Context(), action, nil, tc.option)
			if err == nil || !strings.Contains(err.Error(), tc.want) || result != nil {
				t.Errorf("got %v, %v; want %q", result, err, tc.want)
			}
		})
	}
	if _, err := workflowkittest.RunAction(t.Context(), action, make(chan int)); err == nil || !strings.Contains(err.Error(), "inputs") {
		t.Errorf("inputs that are not JSON: got %v", err)
	}
}

func TestCancelledContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	action := untyped("a", func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
		return nil, workflowkit.Do(ctx, "one", func(context.Context) error { cancel(); return ctx.Err() })
	})
	if _, err := workflowkittest.RunAction(ctx, action, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// The same seed gives the same run.
func TestReplaysAreReproducible(t *testing.T) {
	t.Parallel()
	run := func(seed int64) []string {
		action := untyped("a", func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
			return nil, workflowkit.Do(ctx, "one", func(context.Context) error { return nil })
		})
		engine, err := workflowkit.New(workflowkit.WithActions(action))
		if err != nil {
			t.Fatal(err)
		}
		var actions, edges []string
		for i := range 8 {
			actions = append(actions, fmt.Sprintf(`{"id":"%d","kind":"a"}`, i))
			edges = append(edges, fmt.Sprintf(`{"from":"$source","to":"%d"}`, i))
		}
		result, err := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "start"}, workflowkittest.WithReplay(seed), workflowkittest.WithWorkflow(
			`{"actions":[`+strings.Join(actions, ",")+`],"edges":[`+strings.Join(edges, ",")+`]}`))
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, step := range result.Steps {
			ids = append(ids, step.ID)
		}
		return ids
	}
	orders := map[string]bool{}
	for seed := range int64(5) {
		first, second := run(seed), run(seed)
		if diff := cmp.Diff(first, second); diff != "" {
			t.Errorf("seed %d (-first +second):\n%s", seed, diff)
		}
		orders[strings.Join(first, " ")] = true
	}
	if len(orders) < 2 {
		t.Error("all seeds give the same order")
	}
}
