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
	"github.com/inngest/inngestgo/step"

	"github.com/workflowkit/workflowkit-go/inngest/local"
)

// input is what the SDK hands to functions.
type input = inngestgo.Input[map[string]any]

// trace lists the calls of a run, one a line, for messages.
func trace(run local.Run) string {
	var lines []string
	for _, c := range run.Calls {
		lines = append(lines, fmt.Sprintf("%2d %-8s attempt %d -> %d %s %s", c.Number, c.StepName, c.Attempt, c.HTTPStatus, strings.Join(c.Operations, ", "), c.Error))
	}
	return strings.Join(lines, "\n")
}

// count is a step body that counts how often it runs.
func count(n *atomic.Int32, result string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) {
		n.Add(1)
		return result, nil
	}
}

func TestSequentialSteps(t *testing.T) {
	t.Parallel()
	var a, c atomic.Int32
	b := setup(t, local.Config{}, func(b *bundle) {
		b.function(inngestgo.FunctionOpts{ID: "seq"}, func(ctx context.Context, in input) (any, error) {
			first, err := step.Run(ctx, "a", count(&a, "A"))
			if err != nil {
				return nil, err
			}
			second, err := step.Run(ctx, "b", count(&c, first+"B"))
			return map[string]string{"out": second}, err
		})
	})
	run := b.wait(b.send("seq", nil), local.Completed)
	if got, want := string(run.Output), `{"out":"AB"}`; got != want {
		t.Errorf("output %s, want %s", got, want)
	}
	if a.Load() != 1 || c.Load() != 1 {
		t.Errorf("the bodies ran %d and %d times, want once each", a.Load(), c.Load())
	}
	// One call for each step and one for the result, as measured on the real server.
	if len(run.Calls) != 3 {
		t.Errorf("%d calls, want 3:\n%s", len(run.Calls), trace(run))
	}
	got := []string{}
	for _, s := range run.Steps {
		got = append(got, fmt.Sprintf("%s %s %s %d %s", s.UserID, s.Op, s.Status, s.Attempts, s.Output))
	}
	want := []string{`a StepRun Completed 1 "A"`, `b StepRun Completed 1 "AB"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	b.noFaults()
}

func TestSleepTakesNoTimeOnAVirtualClock(t *testing.T) {
	t.Parallel()
	b := setup(t, local.Config{}, func(b *bundle) {
		b.function(inngestgo.FunctionOpts{ID: "sleep"}, func(ctx context.Context, in input) (any, error) {
			step.Sleep(ctx, "nap", 24*time.Hour)
			return step.Run(ctx, "after", func(context.Context) (string, error) { return "awake", nil })
		})
	})
	id := b.send("sleep", nil)
	b.idle()
	if run, _ := b.server.Run(id); run.Status != local.Running || run.Steps[0].Status != local.Waiting {
		t.Fatalf("run is %s, step %s before the time has come", run.Status, run.Steps[0].Status)
	}
	b.advance(24*time.Hour - time.Millisecond)
	if run, _ := b.server.Run(id); run.Status != local.Running {
		t.Fatalf("run is %s a millisecond early", run.Status)
	}
	b.advance(time.Millisecond)
	run := b.wait(id, local.Completed)
	if got := run.Ended.Sub(run.Started); got != 24*time.Hour {
		t.Errorf("the run took %s of virtual time, want 24h", got)
	}
	b.noFaults()
}

func TestWaitForEvent(t *testing.T) {
	t.Parallel()
	waiter := func(b *bundle) {
		b.function(inngestgo.FunctionOpts{ID: "wait"}, func(ctx context.Context, in input) (any, error) {
			got, err := step.WaitForEvent[inngestgo.GenericEvent[map[string]any]](ctx, "approval", step.WaitForEventOpts{
				Event: "approve", Timeout: time.Hour, If: inngestgo.StrPtr("event.data.id == async.data.id"),
			})
			if err != nil {
				return err.Error(), nil
			}
			return got.Data["note"], nil
		})
	}
	cases := map[string]struct {
		send *local.Event
		want string
	}{
		"a matching event is the result":               {&local.Event{Name: "approve", Data: map[string]any{"id": "7", "note": "fine"}}, `"fine"`},
		"an event that does not match is ignored":      {&local.Event{Name: "approve", Data: map[string]any{"id": "8"}}, `"event not received"`},
		"an event without the field is ignored":        {&local.Event{Name: "approve", Data: map[string]any{}}, `"event not received"`},
		"a number does not match a text":               {&local.Event{Name: "approve", Data: map[string]any{"id": 7}}, `"event not received"`},
		"an event of another name is ignored":          {&local.Event{Name: "approved", Data: map[string]any{"id": "7"}}, `"event not received"`},
		"without any event the wait ends at its limit": {nil, `"event not received"`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, local.Config{}, waiter)
			id := b.send("wait", map[string]any{"id": "7"})
			b.idle()
			if c.send != nil {
				if _, err := b.server.Send(b.ctx, *c.send); err != nil {
					t.Fatal(err)
				}
			}
			b.advance(time.Hour)
			run := b.wait(id, local.Completed)
			if string(run.Output) != c.want {
				t.Errorf("output %s, want %s", run.Output, c.want)
			}
			b.noFaults()
		})
	}
}
