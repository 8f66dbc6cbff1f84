package local_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/inngest/inngestgo"
	"github.com/inngest/inngestgo/group"
	"github.com/inngest/inngestgo/step"

	"github.com/workflowkit/workflowkit-go/inngest/local"
)

// serve registers a graph as the function "graph".
func (g *graph) serve(opts inngestgo.FunctionOpts) func(b *bundle) {
	opts.ID = "graph"
	return func(b *bundle) {
		b.function(opts, func(ctx context.Context, in input) (any, error) { return g.execute(ctx) })
	}
}

func TestFlatRaceWithBarrier(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		width, length int
		faults        local.Faults
	}{
		"4 branches of 3 steps":                                {4, 3, local.Faults{}},
		"10 branches of 3 steps":                               {10, 3, local.Faults{}},
		"4 branches with discoveries delivered twice":          {4, 3, local.Faults{DuplicateDiscoveries: true}},
		"4 branches in random order":                           {4, 3, local.Faults{ShuffleSteps: true, Seed: 1}},
		"4 branches in another random order":                   {4, 3, local.Faults{ShuffleSteps: true, Seed: 2}},
		"4 branches in random order with discoveries repeated": {4, 3, local.Faults{ShuffleSteps: true, DuplicateDiscoveries: true, Seed: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := wide(c.width, c.length, race, true)
			b := setup(t, local.Config{Faults: c.faults}, g.serve(inngestgo.FunctionOpts{}))
			run := b.wait(b.send("graph", nil), local.Completed)
			if err := g.executions(); err != nil {
				t.Error(err)
			}
			if len(g.runs) != c.width*c.length+1 {
				t.Errorf("%d steps ran, want %d", len(g.runs), c.width*c.length+1)
			}
			if len(run.Steps) != c.width*c.length+1 {
				t.Errorf("%d steps are known, want %d", len(run.Steps), c.width*c.length+1)
			}
			b.noFaults()
		})
	}
}

func TestWaitModeCoalescesDiscoveries(t *testing.T) {
	t.Parallel()
	g := wide(4, 3, 0, true)
	b := setup(t, local.Config{}, g.serve(inngestgo.FunctionOpts{}))
	run := b.wait(b.send("graph", nil), local.Completed)
	if err := g.executions(); err != nil {
		t.Error(err)
	}
	// One discovery for each of three rounds, one for the barrier and one for the end; 12 steps and the barrier.
	if got, want := len(run.Calls), 5+12+1; got != want {
		t.Errorf("%d calls, want %d:\n%s", got, want, trace(run))
	}
	b.noFaults()
}

// In Wait mode a long wait of one branch holds up the others after their current step; in Race mode it does not.
func TestModesDifferInWhatAWaitHoldsUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mode int
		want []string
	}{
		"Wait": {0, []string{"wait", "quick/a"}},
		"Race": {race, []string{"wait", "quick/a", "quick/b", "quick/c"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := &graph{mode: c.mode, barrier: true, runs: map[string]int{}, nodes: []node{
				{id: "slow", body: func(ctx context.Context, _ tools) (string, error) {
					_, err := step.WaitForEvent[any](ctx, "wait", step.WaitForEventOpts{Event: "go", Timeout: 24 * time.Hour})
					return "", err
				}},
				{id: "quick", body: func(_ context.Context, t tools) (string, error) {
					for _, id := range []string{"a", "b", "c"} {
						if _, err := t.run(id, text(id)); err != nil {
							return "", err
						}
					}
					return "done", nil
				}},
			}}
			b := setup(t, local.Config{}, g.serve(inngestgo.FunctionOpts{}))
			id := b.send("graph", nil)
			b.idle()
			run, _ := b.server.Run(id)
			var got []string
			for _, s := range run.Steps {
				got = append(got, s.UserID)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("steps before the event (-want +got):\n%s", diff)
			}
			if _, err := b.server.Send(b.ctx, local.Event{Name: "go"}); err != nil {
				t.Fatal(err)
			}
			b.wait(id, local.Completed)
			if err := g.executions(); err != nil {
				t.Error(err)
			}
			b.noFaults()
		})
	}
}

func TestDiamondWithAllKindsOfSteps(t *testing.T) {
	t.Parallel()
	b := setup(t, local.Config{Faults: local.Faults{DuplicateDiscoveries: true, ShuffleSteps: true, Seed: 7}}, func(b *bundle) {
		b.function(inngestgo.FunctionOpts{ID: "child"}, func(ctx context.Context, in input) (any, error) {
			return step.Run(ctx, "c", func(context.Context) (string, error) { return "child", nil })
		})
		g := &graph{mode: race, barrier: true, runs: map[string]int{}, nodes: []node{
			{id: "A", body: func(_ context.Context, t tools) (string, error) { return t.run("1", text("A")) }},
			{id: "B", after: []string{"A"}, body: func(ctx context.Context, t tools) (string, error) {
				if _, err := step.WaitForEvent[any](ctx, "B/wait", step.WaitForEventOpts{Event: "go", Timeout: 24 * time.Hour}); err != nil {
					return "", err
				}
				return t.run("2", text("B"))
			}},
			{id: "C", after: []string{"A"}, body: func(ctx context.Context, t tools) (string, error) {
				step.Sleep(ctx, "C/sleep", time.Minute)
				return t.run("2", text("C"))
			}},
			{id: "D", after: []string{"A"}, body: func(ctx context.Context, _ tools) (string, error) {
				return step.Invoke[string](ctx, "D/call", step.InvokeOpts{FunctionId: "app-child"})
			}},
			{id: "J", after: []string{"B", "C", "D"}, body: func(_ context.Context, t tools) (string, error) { return t.run("1", text("J")) }},
		}}
		g.serve(inngestgo.FunctionOpts{})(b)
		t.Cleanup(func() {
			if err := g.executions(); err != nil {
				t.Error(err)
			}
		})
	})
	id := b.send("graph", nil)
	b.advance(time.Hour)
	if run, _ := b.server.Run(id); run.Status != local.Running {
		t.Fatalf("run is %s before the event: %v", run.Status, run.Error)
	}
	if _, err := b.server.Send(b.ctx, local.Event{Name: "go"}); err != nil {
		t.Fatal(err)
	}
	run := b.wait(id, local.Completed)
	if got, want := string(run.Output), `{"A":"A","B":"B","C":"C","D":"child","J":"J"}`; got != want {
		t.Errorf("output %s, want %s", got, want)
	}
	b.noFaults()
}

// Serial code after a group that closes in Wait mode is safe; each serial step then costs one call.
func TestSerialAfterWaitGroup(t *testing.T) {
	t.Parallel()
	var after atomic.Int32
	b := setup(t, local.Config{}, func(b *bundle) {
		b.function(inngestgo.FunctionOpts{ID: "f"}, func(ctx context.Context, in input) (any, error) {
			results := group.Parallel(ctx,
				func(ctx context.Context) (any, error) {
					return step.Run(ctx, "a", func(context.Context) (string, error) { return "A", nil })
				},
				func(ctx context.Context) (any, error) {
					return step.Run(ctx, "b", func(context.Context) (string, error) { return "B", nil })
				},
			)
			tail, err := step.Run(ctx, "tail", count(&after, "T"))
			return fmt.Sprint(results[0].Value, results[1].Value, tail), err
		})
	})
	run := b.wait(b.send("f", nil), local.Completed)
	if got := string(run.Output); got != `"A B T"` && got != `"ABT"` {
		t.Errorf("output %s", got)
	}
	if after.Load() != 1 || len(run.Calls) != 5 {
		t.Errorf("the tail ran %d times in %d calls, want once in 5:\n%s", after.Load(), len(run.Calls), trace(run))
	}
	b.noFaults()
}

// The traps that the real server swallows, or runs into now and then, fail loudly.
func TestRaceTrapsAreFaults(t *testing.T) {
	t.Parallel()
	t.Run("leaves that end without a barrier", func(t *testing.T) {
		t.Parallel()
		b := setup(t, local.Config{}, wide(2, 1, race, false).serve(inngestgo.FunctionOpts{}))
		run := b.wait(b.send("graph", nil), local.Failed)
		if len(run.Faults) == 0 || run.Faults[0].Kind != local.FaultNoBarrier {
			t.Errorf("faults %v, want %q first", run.Faults, local.FaultNoBarrier)
		}
		if b.server.Err() == nil {
			t.Error("Err is nil")
		}
	})
	t.Run("a serial step after the group", func(t *testing.T) {
		t.Parallel()
		b := setup(t, local.Config{}, func(b *bundle) {
			b.function(inngestgo.FunctionOpts{ID: "f"}, func(ctx context.Context, in input) (any, error) {
				group.ParallelWithOpts(ctx, group.ParallelOpts{ParallelMode: race},
					func(ctx context.Context) (any, error) {
						return step.Run(ctx, "a", func(context.Context) (string, error) { return "a", nil })
					},
					func(ctx context.Context) (any, error) {
						return step.Run(ctx, "b", func(context.Context) (string, error) { return "b", nil })
					},
				)
				return step.Run(ctx, "tail", func(context.Context) (string, error) { return "tail", nil })
			})
		})
		run := b.wait(b.send("f", nil), local.Failed)
		if len(run.Faults) == 0 || run.Faults[0].Kind != local.FaultNoBarrier {
			t.Errorf("faults %v, want %q first", run.Faults, local.FaultNoBarrier)
		}
		if !strings.Contains(run.Error.Message, `"tail"`) {
			t.Errorf("error %v does not name the step", run.Error)
		}
	})
}
