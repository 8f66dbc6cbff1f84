package inngest_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// The events of a batch reach the handlers of its one run.
func TestBatchReachesHandlers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var mu sync.Mutex
	var got []string
	reader := b.action("reader", func(_ context.Context, run *workflowkit.Run, _ func(string) error) error {
		mu.Lock()
		defer mu.Unlock()
		got = nil
		for _, event := range run.Events {
			got = append(got, string(event.Data))
		}
		if len(got) > 0 && got[0] != string(run.Event.Data) {
			t.Errorf("the first event is %s, the run's is %s", got[0], run.Event.Data)
		}
		slices.Sort(got) // servers collect events that come together in any order
		return nil
	})
	f := fn
	f.Batch = &inngest.Batch{MaxSize: 3, Timeout: 20 * time.Second}
	b.serve(b.engine(workflow(map[string]string{"a": "reader"}, "$source>a"), reader), f)
	var events []workflowkit.Event
	for _, data := range []string{`{"n":1}`, `{"n":2}`, `{"n":3}`} {
		events = append(events, event(b.event("go"), data))
	}
	ids, err := b.client.SendMany(t.Context(), events)
	if err != nil {
		t.Fatal(err)
	}
	b.completed(b.wait(ids[0], "-fn"))
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff([]string{`{"n":1}`, `{"n":2}`, `{"n":3}`}, got); diff != "" {
		t.Errorf("events of the run (-want +got):\n%s", diff)
	}
}

// OnCancelled hears of every cancelled run of its function, and of no other function's.
func TestOnCancelled(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	waiting := b.action("waiting", func(ctx context.Context, _ *workflowkit.Run, step func(string) error) error {
		if err := step("before"); err != nil {
			return err
		}
		_, err := workflowkit.WaitForEvent(ctx, "never", workflowkit.WaitForEventOpts{Event: b.event("never"), Timeout: 24 * time.Hour})
		return err
	})
	if b.clock != nil {
		b.clock.AutoAdvance(false)
	}
	var mu sync.Mutex
	var got []inngest.Cancellation
	f := fn
	f.CancelOn = []inngest.CancelOn{{Event: b.event("stop"), If: "async.data.id == event.data.id"}}
	f.OnCancelled = func(_ context.Context, cancellation inngest.Cancellation) error {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, cancellation)
		return nil
	}
	other := inngest.Function{ID: "other", Events: []string{b.event("go")}, CancelOn: f.CancelOn}
	b.serve(b.engine(workflow(map[string]string{"a": "waiting"}, "$source>a"), waiting), f, other)
	id := b.start(`{"id":"7"}`)
	b.eventually(func() bool { return b.counts()["a/before"] == 2 }, "both runs wait")
	if _, err := b.client.Send(t.Context(), event(b.event("stop"), `{"id":"7"}`)); err != nil {
		t.Fatal(err)
	}
	run := b.wait(id, "-fn")
	b.wait(id, "-other")
	b.eventually(func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(got) > 0
	}, "OnCancelled is called")
	mu.Lock()
	defer mu.Unlock()
	if len(got) != 1 || got[0].FunctionID != "fn" || len(got[0].Events) != 1 || string(got[0].Event.Data) != `{"id":"7"}` {
		t.Fatalf("cancellations are %+v", got)
	}
	if runs, err := b.backend.runs(t.Context(), id); err != nil {
		t.Error(err)
	} else {
		for _, r := range runs {
			if r.Function == b.client.AppID()+"-fn" && r.ID != got[0].RunID {
				t.Errorf("the cancelled run is %s, OnCancelled heard of %s (%+v)", r.ID, got[0].RunID, run)
			}
		}
	}
}
