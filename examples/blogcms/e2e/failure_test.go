package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// tryAgainSoon keeps the back-off of a real server short.
func tryAgainSoon(text string) error {
	return workflowkit.RetryAtError(errors.New(text), time.Now().Add(time.Second))
}

// TestRetriesOfActions holds that actions have retries of their own, above and below the function's, and that the attempts
// of one never eat another's: alone, one after another, and side by side.
func TestRetriesOfActions(t *testing.T) {
	t.Parallel()
	for shape, edges := range map[string]string{
		"one after another": `{"from":"$source","to":"more"},
			{"from":"more","to":"fewer","conditional":{"type":"error"}},{"from":"fewer","to":"usual","conditional":{"type":"error"}},
			{"from":"usual","to":"end","conditional":{"type":"error"}}`,
		"side by side": `{"from":"$source","to":"more"},{"from":"$source","to":"fewer"},{"from":"$source","to":"usual"},
			{"from":"more","to":"end","conditional":{"type":"error"}},{"from":"fewer","to":"end","conditional":{"type":"error"}},
			{"from":"usual","to":"end","conditional":{"type":"error"}}`,
	} {
		for _, mode := range []inngest.CheckpointMode{inngest.CheckpointEachStep, inngest.CheckpointOff} {
			t.Run(fmt.Sprintf("%s/checkpoints %s", shape, mode), func(t *testing.T) {
				t.Parallel()
				var l ledger
				event := "e2e/" + slug(t)
				retries := 1
				broken := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "broken"},
					func(ctx context.Context, run *workflowkit.Run, _ map[string]any) (any, error) {
						if err := workflowkit.Do(ctx, "flaky", func(context.Context) error {
							if l.note(run.Action.ID + ".flaky"); run.Action.ID != "fewer" && l.count(run.Action.ID+".flaky") == 1 {
								return tryAgainSoon("once")
							}
							return nil
						}); err != nil {
							return nil, err
						}
						return nil, workflowkit.Do(ctx, "do", func(context.Context) error {
							l.note(run.Action.ID + ".do")
							return tryAgainSoon("no luck")
						})
					})
				b := newBed(t, newEngine(t, workflowkit.WithActions(steps(&l), broken), constantLoader(`{
					"actions":[{"id":"more","kind":"broken","retries":3},{"id":"fewer","kind":"broken","retries":0},{"id":"usual","kind":"broken"},{"id":"end","kind":"steps"}],
					"edges":[`+edges+`]}`)),
					inngest.Function{ID: functionID, Events: []string{event}, Retries: &retries, Checkpoints: mode})
				result := b.wait(t, b.send(t, event, nil), b.function(t)).result(t)
				for _, id := range []string{"more", "fewer", "usual"} {
					if a, _ := result.Action(id); a.Status != workflowkit.StatusFailed || !strings.Contains(a.Error, "no luck") {
						t.Errorf("action %s is %+v", id, a)
					}
				}
				want := map[string]int{
					"more.flaky": 2, "more.do": 4, "fewer.flaky": 1, "fewer.do": 1, "usual.flaky": 2, "usual.do": 2, "end.s0": 1,
				}
				if diff := cmp.Diff(want, l.done); diff != "" {
					t.Errorf("what was tried how often (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func (l *ledger) count(what string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.done[what]
}

// TestTimeoutOfAnAction holds the order on a server: attempts, each of which ends in time, then the error edge, whose target
// sees what has happened.
func TestTimeoutOfAnAction(t *testing.T) {
	t.Parallel()
	for shape, more := range map[string]string{"alone": "", "beside another": `,{"from":"$source","to":"c"}`} {
		t.Run(shape, func(t *testing.T) {
			t.Parallel()
			var l ledger
			event := "e2e/" + slug(t)
			actions := `{"id":"x","kind":"late","timeout":"1s","retries":1},{"id":"then","kind":"steps"},{"id":"rescue","kind":"tell","inputs":{"why":"!ref($.state.x.error)"}},
				{"id":"wait","kind":"builtin:wait_for_event","timeout":"2s","inputs":{"event":"e2e/never","timeout":"1d"}},{"id":"rescue2","kind":"steps"}`
			if more != "" {
				actions += `,{"id":"c","kind":"steps","inputs":{"steps":3}}`
			}
			late := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "late"},
				func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					return nil, workflowkit.Do(ctx, "do", func(ctx context.Context) error {
						l.note("late")
						<-ctx.Done()
						return context.Cause(ctx)
					})
				})
			tell := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "tell"},
				func(_ context.Context, _ *workflowkit.Run, in map[string]any) (any, error) { return in["why"], nil })
			b := newBed(t, newEngine(t, workflowkit.WithActions(steps(&l), late, tell), constantLoader(`{"actions":[`+actions+`],
				"edges":[{"from":"$source","to":"x"},{"from":"x","to":"then"},{"from":"x","to":"rescue","conditional":{"type":"error"}},
				{"from":"rescue","to":"wait"},{"from":"wait","to":"rescue2","conditional":{"type":"error"}}`+more+`]}`)),
				inngest.Function{ID: functionID, Events: []string{event}})
			result := b.wait(t, b.send(t, event, nil), b.function(t)).result(t)
			if n := l.count("late"); n != 2 {
				t.Errorf("the action had %d attempts, want 2", n)
			}
			if a, _ := result.Action("rescue"); string(a.Output) != `"step \"do\": action \"x\" took longer than its timeout of 1s"` {
				t.Errorf("what the error edge leads to sees %s", a.Output)
			}
			if a, _ := result.Action("wait"); a.Status != workflowkit.StatusFailed || !strings.Contains(a.Error, "timeout of 2s") {
				t.Errorf("the wait is %+v", a)
			}
			if a, _ := result.Action("then"); a.Status != workflowkit.StatusSkipped || !l.has("rescue2.s0") {
				t.Errorf("done: %v, then is %+v", l.done, a)
			}
		})
	}
}

// TestForEachItem holds that each of ten items makes progress by itself while one waits, with one run's worth of steps.
func TestForEachItem(t *testing.T) {
	t.Parallel()
	for _, concurrency := range []int{1, 4, 10} {
		t.Run(fmt.Sprint(concurrency), func(t *testing.T) {
			t.Parallel()
			var l ledger
			event, answer := "e2e/"+slug(t), "e2e/answer-"+slug(t)
			type input struct {
				Item  int `json:"item"`
				Index int `json:"index"`
			}
			work := workflowkit.Define(workflowkit.Spec{Kind: "work"}, func(ctx context.Context, run *workflowkit.Run, in input) (int, error) {
				for i, id := range []string{"one", "two"} {
					if err := workflowkit.Do(ctx, id, func(context.Context) error { l.note(fmt.Sprintf("%s.%s", run.Action.ID, id)); return nil }); err != nil {
						return 0, err
					}
					if i == 0 && in.Index == 0 {
						_, err := workflowkit.WaitForEvent(ctx, "wait", workflowkit.WaitForEventOpts{
							Event: answer, Timeout: time.Hour,
							Announce: &workflowkit.Announcement{StepID: "announce", Run: func(context.Context) error { l.note("announced"); return nil }},
						})
						if err != nil {
							return 0, err
						}
					}
				}
				return in.Item * in.Item, nil
			})
			b := newBed(t, newEngine(t, workflowkit.WithActions(steps(&l), work), constantLoader(fmt.Sprintf(`{
				"actions":[{"id":"before","kind":"steps"},{"id":"each","kind":"builtin:for_each","inputs":{"items":"!ref($.event.data.items)","concurrency":%d,
					"action":{"kind":"work","inputs":{"item":"!ref($.item)","index":"!ref($.index)"}}}},{"id":"after","kind":"steps"}],
				"edges":[{"from":"$source","to":"before"},{"from":"before","to":"each"},{"from":"each","to":"after"}]}`, concurrency))),
				inngest.Function{ID: functionID, Events: []string{event}})
			id := b.send(t, event, map[string]any{"items": []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}})
			eventually(t, "everything to be done but what waits", func() error {
				for i := range 10 {
					last := fmt.Sprintf("each/%d.two", i)
					if i > 0 && concurrency > 1 && !l.has(last) {
						return fmt.Errorf("%s is not done", last)
					}
				}
				if !l.has("announced") {
					return errors.New("the wait is not announced")
				}
				return nil
			})
			if l.has("each/0.two") || l.has("after.s0") || concurrency == 1 && l.has("each/1.one") {
				t.Fatalf("done before the answer: %v", l.order)
			}
			b.send(t, answer, nil)
			result := b.wait(t, id, b.function(t)).result(t)
			want := []string{"before.s0", "after.s0", "announced"}
			for i := range 10 {
				want = append(want, fmt.Sprintf("each/%d.one", i), fmt.Sprintf("each/%d.two", i))
			}
			l.once(t, want...)
			var out struct{ Results []int }
			each, _ := result.Action("each")
			if err := json.Unmarshal(each.Output, &out); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]int{0, 1, 4, 9, 16, 25, 36, 49, 64, 81}, out.Results); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
		})
	}
}

// TestForEachItemThatFails holds that items in flight are finished, further ones are not started, and the error edge is
// taken.
func TestForEachItemThatFails(t *testing.T) {
	t.Parallel()
	var l ledger
	event := "e2e/" + slug(t)
	work := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "work"}, func(ctx context.Context, run *workflowkit.Run, in map[string]any) (any, error) {
		return in, workflowkit.Do(ctx, "do", func(context.Context) error {
			l.note(run.Action.ID)
			if run.Action.ID == "each/1" {
				return workflowkit.NoRetryError(errors.New("broken"))
			}
			return nil
		})
	})
	napping := `{"id":"nap","kind":"builtin:for_each","inputs":{"items":["1s","2s","1s"],"concurrency":3,"action":{"kind":"builtin:delay","inputs":{"duration":"!ref($.item)"}}}}`
	b := newBed(t, newEngine(t, workflowkit.WithActions(steps(&l), work), constantLoader(`{
		"actions":[{"id":"each","kind":"builtin:for_each","inputs":{"items":[0,1,2,3,4,5,6,7,8,9],"concurrency":2,"action":{"kind":"work","inputs":{"n":"!ref($.item)"}}}},
			{"id":"rescue","kind":"steps"},`+napping+`],
		"edges":[{"from":"$source","to":"each"},{"from":"each","to":"rescue","conditional":{"type":"error"}},{"from":"rescue","to":"nap"}]}`)),
		inngest.Function{ID: functionID, Events: []string{event}})
	result := b.wait(t, b.send(t, event, nil), b.function(t)).result(t)
	if a, _ := result.Action("each"); a.Status != workflowkit.StatusFailed || !strings.Contains(a.Error, `item 1: step "1/do": broken`) {
		t.Errorf("the action is %+v", a)
	}
	var out struct{ Results, Errors []any }
	nap, _ := result.Action("nap")
	if err := json.Unmarshal(nap.Output, &out); err != nil || len(out.Results) != 3 || len(out.Errors) != 0 || !l.has("rescue.s0") {
		t.Errorf("after the error edge: %s %+v", nap.Output, l.done)
	}
	for what, n := range l.done {
		if n != 1 {
			t.Errorf("%s was done %d times", what, n)
		}
	}
	if l.has("each/9") {
		t.Errorf("all items were started although one failed: %v", l.order)
	}
}
