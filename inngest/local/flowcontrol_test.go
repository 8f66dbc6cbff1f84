package local_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/inngest/inngestgo"
	"github.com/inngest/inngestgo/step"

	"github.com/workflowkit/workflowkit-go/inngest/local"
)

// sleeper is a function that sleeps for an hour.
func sleeper(opts inngestgo.FunctionOpts) func(b *bundle) {
	opts.ID = "f"
	return func(b *bundle) {
		b.function(opts, func(ctx context.Context, in input) (any, error) {
			step.Sleep(ctx, "hour", time.Hour)
			return "done", nil
		})
	}
}

// statuses are the statuses of all runs of f, oldest first.
func (b *bundle) statuses() []local.Status {
	var out []local.Status
	for _, r := range b.server.Runs(local.Filter{FunctionID: "f"}) {
		out = append(out, r.Status)
	}
	return out
}

func (b *bundle) mustSend(events ...local.Event) {
	b.t.Helper()
	if _, err := b.server.Send(b.ctx, events...); err != nil {
		b.t.Fatal(err)
	}
	b.idle()
}

func keyed(key any) local.Event { return local.Event{Name: "f", Data: map[string]any{"k": key}} }

func TestSingleton(t *testing.T) {
	t.Parallel()
	const skip, cancel = 0, 1
	key := inngestgo.StrPtr("event.data.k")
	cases := map[string]struct {
		singleton inngestgo.ConfigSingleton
		events    []local.Event
		want      []local.Status
	}{
		"skip keeps the first": {
			inngestgo.ConfigSingleton{Mode: skip},
			[]local.Event{keyed(1), keyed(2)},
			[]local.Status{local.Running, local.Skipped},
		},
		"cancel keeps the last": {
			inngestgo.ConfigSingleton{Mode: cancel},
			[]local.Event{keyed(1), keyed(2)},
			[]local.Status{local.Cancelled, local.Running},
		},
		"skip with a key keeps one for each": {
			inngestgo.ConfigSingleton{Mode: skip, Key: key},
			[]local.Event{keyed("a"), keyed("b"), keyed("a")},
			[]local.Status{local.Running, local.Running, local.Skipped},
		},
		"cancel with a key keeps one for each": {
			inngestgo.ConfigSingleton{Mode: cancel, Key: key},
			[]local.Event{keyed("a"), keyed("b"), keyed("a")},
			[]local.Status{local.Cancelled, local.Running, local.Running},
		},
		"a missing key makes it no singleton": {
			inngestgo.ConfigSingleton{Mode: skip, Key: key},
			[]local.Event{{Name: "f"}, {Name: "f"}},
			[]local.Status{local.Running, local.Running},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, local.Config{}, sleeper(inngestgo.FunctionOpts{Singleton: &c.singleton}))
			b.mustSend(c.events...)
			if diff := cmp.Diff(c.want, b.statuses()); diff != "" {
				t.Errorf("statuses (-want +got):\n%s", diff)
			}
			b.advance(time.Hour)
			b.mustSend(keyed("a"))
			if got := b.statuses(); got[len(got)-1] != local.Running {
				t.Errorf("after the end of the others a new run is %s", got[len(got)-1])
			}
			b.noFaults()
		})
	}
}

// Seen on the real server: the first run is cancelled, and there is no other one.
func TestRepeatedEventLosesTheRunOfACancellingSingleton(t *testing.T) {
	t.Parallel()
	b := setup(t, local.Config{}, sleeper(inngestgo.FunctionOpts{Singleton: &inngestgo.ConfigSingleton{Mode: 1}}))
	b.mustSend(local.Event{ID: "same", Name: "f"}, local.Event{ID: "same", Name: "f"})
	runs := b.server.Runs(local.Filter{})
	if len(runs) != 1 || runs[0].Status != local.Failed || runs[0].Faults[0].Kind != local.FaultLostRun {
		t.Errorf("runs %+v, want one that was lost", runs)
	}
}

func TestIdempotencyAndEventIDs(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		opts   inngestgo.FunctionOpts
		events []local.Event
		want   int
	}{
		"events with one id start one run":        {inngestgo.FunctionOpts{}, []local.Event{{ID: "x", Name: "f"}, {ID: "x", Name: "f"}}, 1},
		"events without ids start a run each":     {inngestgo.FunctionOpts{}, []local.Event{{Name: "f"}, {Name: "f"}}, 2},
		"one idempotency key starts one run":      {inngestgo.FunctionOpts{Idempotency: inngestgo.StrPtr("event.data.k")}, []local.Event{keyed(1), keyed(1), keyed(2)}, 2},
		"a missing idempotency key limits nobody": {inngestgo.FunctionOpts{Idempotency: inngestgo.StrPtr("event.data.k")}, []local.Event{{Name: "f"}, {Name: "f"}}, 2},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, local.Config{}, sleeper(c.opts))
			b.mustSend(c.events...)
			b.advance(23 * time.Hour)
			b.mustSend(c.events...)
			want := c.want
			if c.events[0].ID == "" && c.opts.Idempotency == nil || c.events[0].Data == nil && c.opts.Idempotency != nil {
				want = 2 * c.want
			}
			if got := len(b.statuses()); got != want {
				t.Errorf("%d runs within a day, want %d", got, want)
			}
			b.advance(2 * time.Hour)
			b.mustSend(c.events...)
			if got := len(b.statuses()); got != want+c.want {
				t.Errorf("%d runs after more than a day, want %d", got, want+c.want)
			}
		})
	}
}

// gauge measures how many steps run at once.
type gauge struct {
	mu        sync.Mutex
	now, most map[any]int
}

func (g *gauge) enter(key any) func() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.now == nil {
		g.now, g.most = map[any]int{}, map[any]int{}
	}
	g.now[key]++
	g.most[key] = max(g.most[key], g.now[key])
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.now[key]--
	}
}

func TestStepConcurrency(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limit []inngestgo.ConfigStepConcurrency
		want  map[any]int
	}{
		"one limit for all":       {[]inngestgo.ConfigStepConcurrency{{Limit: 2}}, map[any]int{"all": 2}},
		"one limit for each key":  {[]inngestgo.ConfigStepConcurrency{{Limit: 1, Key: inngestgo.StrPtr("event.data.k")}}, map[any]int{"a": 1, "b": 1}},
		"both limits at the same": {[]inngestgo.ConfigStepConcurrency{{Limit: 3}, {Limit: 1, Key: inngestgo.StrPtr("event.data.k")}}, map[any]int{"all": 3, "a": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var g gauge
			b := setup(t, local.Config{}, func(b *bundle) {
				b.function(inngestgo.FunctionOpts{ID: "f", Concurrency: &inngestgo.ConfigConcurrency{Step: c.limit}}, func(ctx context.Context, in input) (any, error) {
					return step.Run(ctx, "s", func(context.Context) (any, error) {
						defer g.enter("all")()
						defer g.enter(in.Event.Data["k"])()
						<-time.After(5 * time.Millisecond) // long enough for others to come
						return nil, nil
					})
				})
			})
			var events []local.Event
			for i := range 12 {
				events = append(events, keyed(string(rune('a'+i%4))))
			}
			b.mustSend(events...)
			for key, want := range c.want {
				if g.most[key] > want {
					t.Errorf("%d at once for %v, want at most %d", g.most[key], key, want)
				}
			}
			for i, s := range b.statuses() {
				if s != local.Completed {
					t.Errorf("run %d is %s", i, s)
				}
			}
			b.noFaults()
		})
	}
}

func TestRunConcurrencyIsHeldThroughSleeps(t *testing.T) {
	t.Parallel()
	b := setup(t, local.Config{}, sleeper(inngestgo.FunctionOpts{Concurrency: &inngestgo.ConfigConcurrency{Fn: []inngestgo.ConfigFnConcurrency{{Limit: 1}}}}))
	b.mustSend(keyed(1), keyed(2), keyed(3))
	calls := func() (out []int) {
		for _, r := range b.server.Runs(local.Filter{}) {
			out = append(out, len(r.Calls))
		}
		return out
	}
	for i, want := range [][]int{{1, 0, 0}, {2, 1, 0}, {2, 2, 1}, {2, 2, 2}} {
		if diff := cmp.Diff(want, calls()); diff != "" {
			t.Errorf("calls after %d hours (-want +got):\n%s", i, diff)
		}
		b.advance(time.Hour)
	}
}

func TestPriorityDecidesWhoStartsFirst(t *testing.T) {
	t.Parallel()
	var order []any
	var mu sync.Mutex
	hold := make(chan struct{})
	b := setup(t, local.Config{}, func(b *bundle) {
		b.function(inngestgo.FunctionOpts{
			ID: "f", Priority: &inngestgo.ConfigPriority{Run: inngestgo.StrPtr(`event.data.k == "urgent" ? 100 : 0`)},
			Concurrency: &inngestgo.ConfigConcurrency{Step: []inngestgo.ConfigStepConcurrency{{Limit: 1}}},
		}, func(_ context.Context, in input) (any, error) {
			mu.Lock()
			order = append(order, in.Event.Data["k"])
			mu.Unlock()
			<-hold
			return nil, nil
		})
	})
	for _, key := range []string{"first", "second", "urgent"} {
		b.send("f", map[string]any{"k": key})
	}
	close(hold)
	b.idle()
	if diff := cmp.Diff([]any{"first", "urgent", "second"}, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestRateLimitThrottleAndDebounce(t *testing.T) {
	t.Parallel()
	starts := func(b *bundle) (out []string) {
		from := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
		for _, r := range b.server.Runs(local.Filter{}) {
			out = append(out, r.Started.Sub(from).String())
		}
		return out
	}
	cases := map[string]struct {
		opts inngestgo.FunctionOpts
		want []string
	}{
		"a rate limit drops what is too much": {
			inngestgo.FunctionOpts{RateLimit: &inngestgo.ConfigRateLimit{Limit: 1, Period: time.Minute}},
			[]string{"0s", "1m0s"},
		},
		"a throttle puts it off": {
			inngestgo.FunctionOpts{Throttle: &inngestgo.ConfigThrottle{Limit: 1, Period: time.Minute}},
			[]string{"0s", "1m0s", "2m0s", "3m0s"},
		},
		"a throttle with a burst lets some through": {
			inngestgo.FunctionOpts{Throttle: &inngestgo.ConfigThrottle{Limit: 1, Burst: 2, Period: time.Minute}},
			[]string{"0s", "0s", "0s", "1m0s"},
		},
		"a debounce waits for silence": {
			inngestgo.FunctionOpts{Debounce: &inngestgo.ConfigDebounce{Period: 90 * time.Second}},
			[]string{"2m30s"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.opts.ID = "f"
			b := setup(t, local.Config{}, func(b *bundle) {
				b.function(c.opts, func(_ context.Context, in input) (any, error) { return in.Event.Data["k"], nil })
			})
			b.mustSend(keyed(1), keyed(2), keyed(3))
			b.advance(time.Minute)
			b.mustSend(keyed(4))
			b.advance(time.Hour)
			if diff := cmp.Diff(c.want, starts(b)); diff != "" {
				t.Errorf("starts (-want +got):\n%s", diff)
			}
			if c.opts.Debounce != nil {
				if got := string(b.server.Runs(local.Filter{})[0].Output); got != "4" {
					t.Errorf("the debounced run has event %s, want the last", got)
				}
			}
		})
	}
}

func TestCancellation(t *testing.T) {
	t.Parallel()
	on := func(cond string) inngestgo.FunctionOpts {
		c := inngestgo.ConfigCancel{Event: "stop"}
		if cond != "" {
			c.If = &cond
		}
		return inngestgo.FunctionOpts{Cancel: []inngestgo.ConfigCancel{c}}
	}
	minute := time.Minute
	const same = "event.data.k == async.data.k"
	cases := map[string]struct {
		opts inngestgo.FunctionOpts
		do   func(b *bundle, id string)
		want local.Status
	}{
		"by the API":                           {inngestgo.FunctionOpts{}, func(b *bundle, id string) { do(b.t, b, "DELETE", "/v1/runs/"+id, "", nil) }, local.Cancelled},
		"by the method":                        {inngestgo.FunctionOpts{}, func(b *bundle, id string) { _ = b.server.Cancel(b.ctx, id) }, local.Cancelled},
		"by an event":                          {on(""), func(b *bundle, _ string) { b.mustSend(local.Event{Name: "stop"}) }, local.Cancelled},
		"by an event that matches":             {on(same), func(b *bundle, _ string) { b.mustSend(local.Event{Name: "stop", Data: map[string]any{"k": "a"}}) }, local.Cancelled},
		"not by an event that does not match":  {on(same), func(b *bundle, _ string) { b.mustSend(local.Event{Name: "stop", Data: map[string]any{"k": "b"}}) }, local.Running},
		"not by an event without the field":    {on(same), func(b *bundle, _ string) { b.mustSend(local.Event{Name: "stop"}) }, local.Running},
		"not by an event of another name":      {on(""), func(b *bundle, _ string) { b.mustSend(local.Event{Name: "stopp"}) }, local.Running},
		"not by the event that has started it": {inngestgo.FunctionOpts{Cancel: []inngestgo.ConfigCancel{{Event: "f"}}}, func(*bundle, string) {}, local.Running},
		"by the next event of the same name":   {inngestgo.FunctionOpts{Cancel: []inngestgo.ConfigCancel{{Event: "f", If: inngestgo.StrPtr(same)}}}, func(b *bundle, _ string) { b.mustSend(keyed("a")) }, local.Cancelled},
		"by its time limit": {inngestgo.FunctionOpts{Timeouts: &inngestgo.ConfigTimeouts{Finish: &minute}}, func(b *bundle, id string) {
			b.advance(minute - 1)
			if run, _ := b.server.Run(id); run.Status != local.Running {
				b.t.Errorf("run is %s before its time limit", run.Status)
			}
			b.advance(1)
		}, local.Cancelled},
		"not after the event's own time-out": {inngestgo.FunctionOpts{Cancel: []inngestgo.ConfigCancel{{Event: "stop", Timeout: inngestgo.StrPtr("30s")}}}, func(b *bundle, _ string) {
			b.advance(minute)
			b.mustSend(local.Event{Name: "stop"})
		}, local.Running},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, local.Config{}, sleeper(c.opts))
			id := b.send("f", map[string]any{"k": "a"})
			b.idle()
			c.do(b, id)
			b.idle()
			run, _ := b.server.Run(id)
			if run.Status != c.want {
				t.Errorf("run is %s, want %s", run.Status, c.want)
			}
			b.advance(2 * time.Hour)
			run, _ = b.server.Run(id)
			if c.want == local.Cancelled && (len(run.Calls) != 1 || run.Status != local.Cancelled) {
				t.Errorf("the cancelled run is %s after %d calls", run.Status, len(run.Calls))
			}
			if c.want == local.Running && run.Status != local.Completed {
				t.Errorf("the run that went on is %s", run.Status)
			}
			b.noFaults()
		})
	}
}

func TestStartTimeout(t *testing.T) {
	t.Parallel()
	minute := time.Minute
	b := setup(t, local.Config{}, sleeper(inngestgo.FunctionOpts{
		Timeouts:    &inngestgo.ConfigTimeouts{Start: &minute},
		Concurrency: &inngestgo.ConfigConcurrency{Fn: []inngestgo.ConfigFnConcurrency{{Limit: 1}}},
	}))
	b.mustSend(keyed(1), keyed(2))
	b.advance(2 * time.Hour)
	if diff := cmp.Diff([]local.Status{local.Completed, local.Cancelled}, b.statuses()); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

func TestEventsAboutEndedRuns(t *testing.T) {
	t.Parallel()
	b := setup(t, local.Config{Backoff: seconds(1)}, func(b *bundle) {
		b.function(inngestgo.FunctionOpts{ID: "f", Retries: inngestgo.IntPtr(0)}, func(_ context.Context, in input) (any, error) {
			if in.Event.Data["k"] == "bad" {
				return nil, fmt.Errorf("broke")
			}
			return "fine", nil
		})
		b.function(inngestgo.FunctionOpts{ID: "inngest/function.failed"}, func(_ context.Context, in input) (any, error) {
			return in.Event.Data["error"].(map[string]any)["message"], nil
		})
	})
	b.mustSend(keyed("good"), keyed("bad"))
	var names []string
	for _, e := range b.server.Events() {
		names = append(names, e.Name)
	}
	want := []string{"f", "f", "inngest/function.finished", "inngest/function.finished", "inngest/function.failed"}
	if diff := cmp.Diff(sorted(want), sorted(names)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	handlers := b.server.Runs(local.Filter{FunctionID: "app-inngest/function.failed"})
	if len(handlers) != 1 || string(handlers[0].Output) != `"broke"` {
		t.Errorf("handlers %+v, want one that knows the error", handlers)
	}
}
