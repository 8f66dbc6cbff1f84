package inngest_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// asking returns an action that asks for an answer, and, when it has one, executes a step that fails as often as told.
// The answer is sent a while after it was asked for.
func (b *bench) asking(delay time.Duration, failures int) workflowkit.Action {
	return b.action("asks", func(ctx context.Context, run *workflowkit.Run, step func(id string) error) error {
		answer := workflowkit.Event{Name: b.event("answer")}
		if err := step("before"); err != nil {
			return err
		}
		_, err := workflowkit.WaitForEvent(ctx, "wait", workflowkit.WaitForEventOpts{
			Event: answer.Name, Timeout: 24 * time.Hour,
			Announce: &workflowkit.Announcement{StepID: "ask", Run: func(context.Context) error {
				b.count("ask")
				time.AfterFunc(delay, func() {
					if _, err := b.client.Send(context.Background(), answer); err != nil {
						b.t.Errorf("answer: %v", err)
					}
				})
				return nil
			}},
		})
		if err != nil {
			return err
		}
		if err := workflowkit.Do(ctx, "flaky", func(context.Context) error {
			if b.count("flaky") <= failures {
				return errors.New("not yet")
			}
			return nil
		}); err != nil {
			return err
		}
		return step("after")
	})
}

// Who is answered at once needs two calls, and everybody else three. Either way each step is executed once.
func TestAnswerThatComesAtOnce(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		delay time.Duration
		mode  inngest.CheckpointMode
		calls int64
	}{
		"at once":                   {0, inngest.CheckpointEachStep, 2},
		"after a while":             {2 * time.Second, inngest.CheckpointEachStep, 3},
		"at once, without anything": {0, inngest.CheckpointOff, 9},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			if b.clock != nil {
				b.clock.AutoAdvance(false) // or the wait would be over before the answer
			}
			f := fn
			f.Checkpoints = tc.mode
			b.serve(b.engine(workflow(map[string]string{"a": "asks"}, "$source>a", "a>b"), b.asking(tc.delay, 0), b.steps("steps", 2)), f)
			b.completed(b.run(`{}`))
			// On a machine that is busy an answer can be late. It is not always.
			least := b.calls.Load()
			for try := 0; try < 5 && tc.delay == 0 && least > tc.calls; try++ {
				before := b.calls.Load()
				b.completed(b.run(`{}`))
				least = min(least, b.calls.Load()-before)
			}
			if least != tc.calls {
				t.Errorf("%d calls, want %d", least, tc.calls)
			}
			if b.calls.Load() > least {
				return // the counts below are those of one run
			}
			b.once(4)
			want := map[string]int{"$load": 1, "ask": 1, "flaky": 1, "a/before": 1, "a/after": 1, "b/1": 1, "b/2": 1}
			counts := b.counts()
			for id := range counts {
				if len(id) > 20 {
					delete(counts, id) // with the run's id
				}
			}
			if diff := cmp.Diff(want, counts); diff != "" {
				t.Errorf("executed (-want +got):\n%s", diff)
			}
		})
	}
}

// A step that fails after an answer that came at once has all its attempts, and what was done is not done again.
func TestFailureAfterAnAnswerThatComesAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.serve(b.engine(workflow(map[string]string{"a": "asks"}, "$source>a", "a>b"), b.asking(0, 1), b.steps("steps", 2)), fn)
	b.completed(b.run(`{}`))
	b.once(4)
	if counts := b.counts(); counts["flaky"] != 2 || counts["ask"] != 1 {
		t.Errorf("executed %v", counts)
	}
}

// A call that has gone on and then crashes is made again, for the step that it was made for before.
func TestCrashAfterAnAnswerThatComesAtOnce(t *testing.T) {
	t.Parallel()
	for name, point := range map[string]local.CrashPoint{"of the app": local.CrashAfter, "of the server": local.ServerCrash} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var crashed atomic.Bool
			b := newBench(t, local.Faults{Seed: 1, Crash: func(call local.Call) local.CrashPoint {
				if call.StepID != "" && crashed.CompareAndSwap(false, true) {
					return point
				}
				return local.NoCrash
			}})
			b.serve(b.engine(workflow(map[string]string{"a": "asks"}, "$source>a", "a>b"), b.asking(0, 0), b.steps("steps", 2)), fn)
			b.completed(b.run(`{}`))
			b.once(4)
			if counts := b.counts(); counts["ask"] != 1 || !crashed.Load() {
				t.Errorf("crashed: %t, executed %v", crashed.Load(), counts)
			}
		})
	}
}

// Answers that come when the call stops waiting for them are neither lost nor taken twice.
func TestAnswersAroundTheEndOfLingering(t *testing.T) {
	t.Parallel()
	for i := range 24 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			if b.clock != nil {
				b.clock.AutoAdvance(false)
			}
			b.serve(b.engine(workflow(map[string]string{"a": "asks"}, "$source>a", "a>b"), b.asking(time.Duration(i*10)*time.Millisecond, 0), b.steps("steps", 1)), fn)
			b.completed(b.run(`{}`))
			b.once(3)
			if counts := b.counts(); counts["ask"] != 1 || counts["flaky"] != 1 {
				t.Errorf("executed %v", counts)
			}
		})
	}
}
