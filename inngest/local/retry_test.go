package local_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/inngest/inngestgo"
	"github.com/inngest/inngestgo/step"

	"github.com/workflowkit/workflowkit-go/inngest/local"
)

// delays are the times between the calls of a run.
func delays(run local.Run) []time.Duration {
	var out []time.Duration
	for i := 1; i < len(run.Calls); i++ {
		out = append(out, run.Calls[i].Started.Sub(run.Calls[i-1].Ended))
	}
	return out
}

func seconds(n int) func(int) time.Duration {
	return func(failed int) time.Duration { return time.Duration(failed*n) * time.Second }
}

func TestStepErrorIsRetried(t *testing.T) {
	t.Parallel()
	var tries atomic.Int32
	b := setup(t, local.Config{Backoff: seconds(10)}, func(b *bundle) {
		b.function(inngestgo.FunctionOpts{ID: "f"}, func(ctx context.Context, in input) (any, error) {
			return step.Run(ctx, "flaky", func(context.Context) (string, error) {
				if tries.Add(1) < 3 {
					return "", errors.New("not yet")
				}
				return "ok", nil
			})
		})
	})
	id := b.send("f", nil)
	b.advance(time.Minute)
	run := b.wait(id, local.Completed)
	if diff := cmp.Diff([]time.Duration{10 * time.Second, 20 * time.Second, 0}, delays(run)); diff != "" {
		t.Errorf("delays (-want +got):\n%s", diff)
	}
	if s, _ := run.Step("flaky"); s.Attempts != 3 || s.Status != local.Completed || s.Error != nil {
		t.Errorf("step %+v, want 3 attempts and no error", s)
	}
	b.noFaults()
}

func TestStepFailsForGood(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		retries *int
		err     error
		want    int
	}{
		"after five attempts by default":    {nil, errors.New("boom"), 5},
		"after the attempts of the setting": {inngestgo.IntPtr(1), errors.New("boom"), 2},
		"after one attempt without retries": {inngestgo.IntPtr(0), errors.New("boom"), 1},
		"at once if the error says so":      {nil, inngestgo.NoRetryError(errors.New("boom")), 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var tries, handled atomic.Int32
			b := setup(t, local.Config{Backoff: seconds(1)}, func(b *bundle) {
				b.function(inngestgo.FunctionOpts{ID: "f", Retries: c.retries}, func(ctx context.Context, in input) (any, error) {
					_, err := step.Run(ctx, "bad", func(context.Context) (string, error) {
						tries.Add(1)
						return "", c.err
					})
					handled.Add(1)
					if err == nil {
						return nil, errors.New("no error")
					}
					return "handled: " + err.Error(), nil
				})
			})
			id := b.send("f", nil)
			b.advance(time.Hour)
			run := b.wait(id, local.Completed)
			if int(tries.Load()) != c.want || handled.Load() != 1 {
				t.Errorf("%d attempts, handled %d times, want %d and 1", tries.Load(), handled.Load(), c.want)
			}
			if got := string(run.Output); got != `"handled: boom"` {
				t.Errorf("output %s", got)
			}
			if s, _ := run.Step("bad"); s.Status != local.Failed || s.Error.Message != "boom" {
				t.Errorf("step %+v, want it failed with boom", s)
			}
			b.noFaults()
		})
	}
}

func TestFunctionErrors(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		f       inngestgo.SDKFunction[map[string]any]
		calls   int
		message string
		err     string
	}{
		"an error is retried to the end": {func(context.Context, input) (any, error) {
			return nil, errors.New("boom")
		}, 3, "boom", "invalid status code: 500"},
		"an error that forbids it is not retried": {func(context.Context, input) (any, error) {
			return nil, inngestgo.NoRetryError(errors.New("boom"))
		}, 1, "boom", "NonRetriableError"},
		"an unhandled step error is not retried again": {func(ctx context.Context, in input) (any, error) {
			return step.Run(ctx, "s", func(context.Context) (string, error) { return "", inngestgo.NoRetryError(errors.New("inner")) })
		}, 2, "unhandled step error: inner", "NonRetriableError"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, local.Config{Backoff: seconds(1)}, func(b *bundle) {
				b.function(inngestgo.FunctionOpts{ID: "f", Retries: inngestgo.IntPtr(2)}, c.f)
			})
			id := b.send("f", nil)
			b.advance(time.Hour)
			run := b.wait(id, local.Failed)
			if len(run.Calls) != c.calls {
				t.Errorf("%d calls, want %d:\n%s", len(run.Calls), c.calls, trace(run))
			}
			want := &local.RunError{Err: c.err, Name: "Error", Message: c.message}
			if diff := cmp.Diff(want, run.Error); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if got, want := string(run.Output), fmt.Sprintf(`{"message":%q}`, c.message); got != want {
				t.Errorf("output %s, want %s", got, want)
			}
			b.noFaults()
		})
	}
}

// The SDK sends the time of the next attempt in whole seconds of real time; the server takes the distance from now.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	var tries atomic.Int32
	b := setup(t, local.Config{}, func(b *bundle) {
		b.function(inngestgo.FunctionOpts{ID: "f"}, func(ctx context.Context, in input) (any, error) {
			if tries.Add(1) == 1 {
				return nil, inngestgo.RetryAtError(errors.New("busy"), time.Now().Add(10*time.Minute))
			}
			return "ok", nil
		})
	})
	id := b.send("f", nil)
	b.advance(time.Hour)
	run := b.wait(id, local.Completed)
	if d := delays(run)[0]; d < 10*time.Minute-2*time.Second || d > 10*time.Minute {
		t.Errorf("the retry came after %s, want about 10m", d)
	}
}

func TestDefaultBackoffIsTheTableOfTheRealServer(t *testing.T) {
	t.Parallel()
	b := setup(t, local.Config{}, func(b *bundle) {
		b.function(inngestgo.FunctionOpts{ID: "f", Retries: inngestgo.IntPtr(20)}, func(context.Context, input) (any, error) {
			return nil, errors.New("boom")
		})
	})
	id := b.send("f", nil)
	b.advance(48 * time.Hour)
	run := b.wait(id, local.Failed)
	table := []time.Duration{
		15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute,
		20 * time.Minute, 40 * time.Minute, time.Hour,
	}
	for i, got := range delays(run) {
		want := 2 * time.Hour
		if i < len(table) {
			want = table[i]
		}
		if got < want || got > want+30*time.Second {
			t.Errorf("delay %d is %s, want %s to 30s more", i+1, got, want)
		}
	}
	if len(run.Calls) != 21 {
		t.Errorf("%d calls, want 21", len(run.Calls))
	}
}

func TestCrashes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		point      local.CrashPoint
		executions int32
		attempt    int
	}{
		"the app is down when the call comes":               {local.CrashBefore, 1, 1},
		"the app dies after the step and before its answer": {local.CrashAfter, 2, 1},
		"the server dies before it notes the answer":        {local.ServerCrash, 2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var executed, crashed atomic.Int32
			crash := func(call local.Call) local.CrashPoint {
				if call.Number == 2 && crashed.Add(1) == 1 {
					return c.point
				}
				return local.NoCrash
			}
			b := setup(t, local.Config{Backoff: seconds(1), Faults: local.Faults{Crash: crash}}, func(b *bundle) {
				b.function(inngestgo.FunctionOpts{ID: "f"}, func(ctx context.Context, in input) (any, error) {
					if _, err := step.Run(ctx, "a", func(context.Context) (int, error) { return 1, nil }); err != nil {
						return nil, err
					}
					return step.Run(ctx, "b", func(context.Context) (int, error) { return int(executed.Add(1)), nil })
				})
			})
			id := b.send("f", nil)
			b.advance(time.Minute)
			run := b.wait(id, local.Completed)
			if executed.Load() != c.executions {
				t.Errorf("the body ran %d times, want %d", executed.Load(), c.executions)
			}
			if run.Calls[2].Attempt != c.attempt {
				t.Errorf("the call was repeated as attempt %d, want %d", run.Calls[2].Attempt, c.attempt)
			}
			b.noFaults()
		})
	}
}

// A crash at any one place leaves a run that ends as if nothing had happened.
func TestCrashAnywhere(t *testing.T) {
	t.Parallel()
	for _, point := range []local.CrashPoint{local.CrashBefore, local.CrashAfter, local.ServerCrash} {
		for number := 1; number <= 12; number++ {
			t.Run(fmt.Sprintf("point %d at call %d", point, number), func(t *testing.T) {
				t.Parallel()
				var crashed atomic.Bool
				g := wide(2, 2, race, true)
				crash := func(call local.Call) local.CrashPoint {
					if call.Number >= number && crashed.CompareAndSwap(false, true) {
						return point
					}
					return local.NoCrash
				}
				b := setup(t, local.Config{Faults: local.Faults{Crash: crash}}, g.serve(inngestgo.FunctionOpts{}))
				id := b.send("graph", nil)
				b.advance(time.Hour)
				run := b.wait(id, local.Completed)
				if got, want := string(run.Output), `{"n0":"0 00 1","n1":"1 01 1"}`; got != want {
					t.Errorf("output %s, want %s", got, want)
				}
				b.noFaults()
			})
		}
	}
}

func TestUnreachableApp(t *testing.T) {
	t.Parallel()
	b := setup(t, local.Config{Backoff: seconds(1)}, func(b *bundle) {
		b.function(inngestgo.FunctionOpts{ID: "f", Retries: inngestgo.IntPtr(1)}, func(context.Context, input) (any, error) { return nil, nil })
	})
	b.app.Close()
	id := b.send("f", nil)
	b.advance(time.Minute)
	run := b.wait(id, local.Failed)
	if got, want := string(run.Output), `{"error":{"error":"Unable to reach SDK URL","name":"Error","message":"Unable to reach SDK URL"}}`; got != want {
		t.Errorf("output %s, want %s", got, want)
	}
	if len(run.Calls) != 2 {
		t.Errorf("%d calls, want 2", len(run.Calls))
	}
}
