package local_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/inngest/inngestgo"
	"github.com/inngest/inngestgo/step"

	"github.com/workflowkit/workflowkit-go/inngest/local"
)

// invoking creates a parent that invokes the function and returns its result or error.
func invoking(b *bundle, id string, timeout time.Duration) {
	b.function(inngestgo.FunctionOpts{ID: "parent", Retries: inngestgo.IntPtr(0)}, func(ctx context.Context, in input) (any, error) {
		out, err := step.Invoke[any](ctx, "call", step.InvokeOpts{FunctionId: id, Data: map[string]any{"n": 2}, Timeout: timeout})
		if err != nil {
			return "error: " + err.Error(), nil
		}
		return out, nil
	})
}

func TestInvoke(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		id    string
		child inngestgo.SDKFunction[map[string]any]
		want  string
	}{
		"the result comes back": {"app-child", func(_ context.Context, in input) (any, error) {
			return map[string]any{"double": in.Event.Data["n"].(float64) * 2}, nil
		}, `{"double":4}`},
		"nothing comes back as nothing": {"app-child", func(context.Context, input) (any, error) { return nil, nil }, `null`},
		"a failure comes back as an error": {"app-child", func(context.Context, input) (any, error) {
			return nil, inngestgo.NoRetryError(errors.New("child broke"))
		}, `"error: child broke"`},
		"a child that takes too long is given up": {"app-child", func(ctx context.Context, _ input) (any, error) {
			step.Sleep(ctx, "long", 10*time.Hour)
			return nil, nil
		}, `"error: Timed out waiting for invoked function to complete"`},
		"an unknown function is an error": {
			"app-nobody", func(context.Context, input) (any, error) { return nil, nil },
			`"error: could not find function with ID: app-nobody"`,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, local.Config{}, func(b *bundle) {
				invoking(b, c.id, time.Hour)
				b.function(inngestgo.FunctionOpts{ID: "child", Retries: inngestgo.IntPtr(0)}, func(ctx context.Context, in input) (any, error) {
					return c.child(ctx, in)
				})
			})
			id := b.send("parent", nil)
			b.advance(2 * time.Hour)
			run := b.wait(id, local.Completed)
			if string(run.Output) != c.want {
				t.Errorf("output %s, want %s", run.Output, c.want)
			}
			b.noFaults()
		})
	}
}

func TestInvokedRunKnowsItsEvent(t *testing.T) {
	t.Parallel()
	b := setup(t, local.Config{}, func(b *bundle) {
		invoking(b, "app-child", 0)
		b.function(inngestgo.FunctionOpts{ID: "child"}, func(_ context.Context, in input) (any, error) {
			_, own := in.Event.Data["_inngest"]
			return []any{in.Event.Name, in.Event.Data["n"], own}, nil
		})
	})
	b.wait(b.send("parent", nil), local.Completed)
	children := b.server.Runs(local.Filter{FunctionID: "child"})
	if len(children) != 1 {
		t.Fatalf("%d children, want 1", len(children))
	}
	if got, want := string(children[0].Output), `["inngest/function.invoked",2,true]`; got != want {
		t.Errorf("the child saw %s, want %s", got, want)
	}
}

// The real server tells the invoking run nothing when the child is skipped, which then waits for a year.
func TestInvokingABusySingletonIsAFault(t *testing.T) {
	t.Parallel()
	b := setup(t, local.Config{}, func(b *bundle) {
		invoking(b, "app-child", 0)
		b.function(inngestgo.FunctionOpts{ID: "child", Singleton: &inngestgo.ConfigSingleton{}}, func(ctx context.Context, _ input) (any, error) {
			step.Sleep(ctx, "long", time.Hour)
			return nil, nil
		})
	})
	b.send("child", nil)
	b.idle()
	run := b.wait(b.send("parent", nil), local.Failed)
	if len(run.Faults) != 1 || run.Faults[0].Kind != local.FaultStuck {
		t.Errorf("faults %v, want one %q", run.Faults, local.FaultStuck)
	}
}
