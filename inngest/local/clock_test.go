package local_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/inngest/inngestgo"
	"github.com/inngest/inngestgo/step"

	"github.com/workflowkit/workflowkit-go/inngest/local"
)

func TestVirtualClockFiresInOrder(t *testing.T) {
	t.Parallel()
	clock := local.NewVirtualClock(time.Time{})
	start := clock.Now()
	var got []string
	note := func(name string) func() {
		return func() { got = append(got, name+" "+clock.Now().Sub(start).String()) }
	}
	clock.AfterFunc(2*time.Second, note("b"))
	clock.AfterFunc(time.Second, func() {
		note("a")()
		clock.AfterFunc(500*time.Millisecond, note("nested"))
	})
	clock.AfterFunc(2*time.Second, note("c"))
	clock.AfterFunc(time.Minute, note("late"))
	stop := clock.AfterFunc(time.Second, note("stopped"))
	stop()
	ctx := context.Background()
	if err := clock.Advance(ctx, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a 1s", "nested 1.5s", "b 2s", "c 2s"}, got); diff != "" {
		t.Errorf("fired (-want +got):\n%s", diff)
	}
	if d := clock.Now().Sub(start); d != 10*time.Second {
		t.Errorf("the clock moved by %s, want 10s", d)
	}
	if more, err := clock.AdvanceToNext(ctx); !more || err != nil || clock.Now().Sub(start) != time.Minute {
		t.Errorf("next: %v %v at %s", more, err, clock.Now().Sub(start))
	}
	if more, err := clock.AdvanceToNext(ctx); more || err != nil {
		t.Errorf("next of nothing: %v %v", more, err)
	}
}

func TestAutoAdvance(t *testing.T) {
	t.Parallel()
	clock := local.NewVirtualClock(time.Time{})
	clock.AutoAdvance(true)
	b := setup(t, local.Config{Clock: clock}, func(b *bundle) {
		b.function(inngestgo.FunctionOpts{ID: "f"}, func(ctx context.Context, _ input) (any, error) {
			for _, id := range []string{"a", "b", "c"} {
				step.Sleep(ctx, id, 24*time.Hour)
			}
			_, err := step.WaitForEvent[any](ctx, "w", step.WaitForEventOpts{Event: "never", Timeout: 24 * time.Hour})
			return err.Error(), nil
		})
	})
	run := b.wait(b.send("f", nil), local.Completed)
	if got := run.Ended.Sub(run.Queued); got != 4*24*time.Hour {
		t.Errorf("the run took %s, want 96h", got)
	}
	b.noFaults()
}

func TestAutoAdvanceCanBeSwitchedOnLater(t *testing.T) {
	t.Parallel()
	b := setup(t, local.Config{}, sleeper(inngestgo.FunctionOpts{}))
	id := b.send("f", nil)
	b.idle()
	b.clock.AutoAdvance(true)
	b.wait(id, local.Completed)
}

func TestRealClock(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	server, err := local.Start(local.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	url, dev := server.URL(), true
	client, err := inngestgo.NewClient(inngestgo.ClientOpts{AppID: "app", Dev: &dev, APIBaseURL: &url, EventAPIBaseURL: &url})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inngestgo.CreateFunction(client, inngestgo.FunctionOpts{ID: "f"}, inngestgo.EventTrigger("f", nil),
		func(ctx context.Context, _ input) (any, error) {
			step.Sleep(ctx, "s", 50*time.Millisecond)
			return "up", nil
		}); err != nil {
		t.Fatal(err)
	}
	app := newTestApp(t, client.Serve())
	if err := server.Register(ctx, app.URL+"/api/inngest"); err != nil {
		t.Fatal(err)
	}
	// The event goes through the SDK's own client.
	id, err := client.Send(ctx, inngestgo.Event{Name: "f", Data: map[string]any{"x": 1}})
	if err != nil {
		t.Fatal(err)
	}
	run, err := server.WaitRun(ctx, server.EventRuns(id)[0].ID)
	if err != nil || run.Status != local.Completed || run.Ended.Sub(run.Started) < 50*time.Millisecond {
		t.Errorf("run %s after %s (%v)", run.Status, run.Ended.Sub(run.Started), err)
	}
}

// hang is a function whose only step ends when its call is cut off.
func hang(started chan<- struct{}) func(b *bundle) {
	return func(b *bundle) {
		b.function(inngestgo.FunctionOpts{ID: "f"}, func(ctx context.Context, _ input) (any, error) {
			return step.Run(ctx, "s", func(ctx context.Context) (any, error) {
				close(started)
				<-ctx.Done()
				return nil, ctx.Err()
			})
		})
	}
}

func TestCloseCutsOffCalls(t *testing.T) {
	t.Parallel()
	started := make(chan struct{})
	b := setup(t, local.Config{}, hang(started))
	id := b.send("f", nil)
	<-started
	if err := b.server.Close(); err != nil {
		t.Fatal(err)
	}
	if err := b.server.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	if run, ok := b.server.Run(id); !ok || run.Status != local.Running {
		t.Errorf("the run is %s", run.Status)
	}
	if _, err := b.server.Send(b.ctx, local.Event{Name: "f"}); !errors.Is(err, local.ErrClosed) {
		t.Errorf("Send after Close: %v", err)
	}
	if _, err := b.server.WaitRun(b.ctx, id); !errors.Is(err, local.ErrClosed) {
		t.Errorf("WaitRun after Close: %v", err)
	}
}

func TestWaitingHonoursTheContext(t *testing.T) {
	t.Parallel()
	started := make(chan struct{})
	b := setup(t, local.Config{}, hang(started))
	id := b.send("f", nil)
	<-started
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	if run, err := b.server.WaitRun(ctx, id); !errors.Is(err, context.Canceled) || run.Status != local.Running {
		t.Errorf("WaitRun: %s %v", run.Status, err)
	}
	if err := b.server.Idle(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Idle: %v", err)
	}
	if err := b.clock.Advance(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("Advance: %v", err)
	}
	if _, err := b.server.Send(ctx, local.Event{Name: "f"}); !errors.Is(err, context.Canceled) {
		t.Errorf("Send: %v", err)
	}
	if err := b.server.Cancel(b.ctx, "nope"); !errors.Is(err, local.ErrNoRun) {
		t.Errorf("Cancel of an unknown run: %v", err)
	}
	if _, err := b.server.WaitRun(b.ctx, "nope"); !errors.Is(err, local.ErrNoRun) {
		t.Errorf("WaitRun of an unknown run: %v", err)
	}
	if err := b.server.Cancel(b.ctx, id); err != nil {
		t.Fatal(err)
	}
	b.wait(id, local.Cancelled) // without waiting for the call that hangs
}

// The same seed gives the same order of steps; others give others.
func TestShuffleIsReproducible(t *testing.T) {
	t.Parallel()
	order := func(seed int64) []string {
		g := wide(6, 1, 0, true)
		b := setup(t, local.Config{Faults: local.Faults{ShuffleSteps: true, Seed: seed}}, g.serve(inngestgo.FunctionOpts{}))
		run := b.wait(b.send("graph", nil), local.Completed)
		var names []string
		for _, c := range run.Calls {
			if c.StepID != "" {
				names = append(names, c.StepName)
			}
		}
		return names
	}
	var all [][]string
	for seed := range int64(6) {
		first := order(seed)
		if diff := cmp.Diff(first[0], order(seed)[0]); diff != "" {
			t.Errorf("seed %d starts differently the second time:\n%s", seed, diff)
		}
		all = append(all, first)
	}
	if !slices.ContainsFunc(all, func(o []string) bool { return o[0] != all[0][0] }) {
		t.Errorf("six seeds start with the same step: %v", all)
	}
}
