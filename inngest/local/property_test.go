package local_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/inngest/inngestgo"
	"github.com/inngest/inngestgo/step"
	"pgregory.net/rapid"

	"github.com/workflowkit/workflowkit-go/inngest/local"
)

// drawGraph draws a graph of up to seven nodes, each with up to three steps of any kind, whose edges go forward.
func drawGraph(r *rapid.T) *graph {
	g := &graph{mode: rapid.SampledFrom([]int{0, race}).Draw(r, "mode"), barrier: true, runs: map[string]int{}}
	n := rapid.IntRange(1, 7).Draw(r, "nodes")
	for i := range n {
		id := fmt.Sprintf("n%d", i)
		var after []string
		for p := range i {
			if rapid.IntRange(0, 2).Draw(r, "edge") == 0 {
				after = append(after, fmt.Sprintf("n%d", p))
			}
		}
		kinds := rapid.SliceOfN(rapid.SampledFrom([]string{"run", "run", "run", "sleep", "wait", "event"}), 1, 3).Draw(r, "kinds")
		g.nodes = append(g.nodes, node{id: id, after: after, body: func(ctx context.Context, t tools) (string, error) {
			for k, kind := range kinds {
				name := fmt.Sprintf("%s/%s%d", id, kind, k)
				switch kind {
				case "run":
					if _, err := t.run(fmt.Sprint(k), text(id)); err != nil {
						return "", err
					}
				case "sleep":
					step.Sleep(ctx, name, time.Duration(k+1)*time.Minute)
				case "wait":
					// It ends by its time-out.
					_, _ = step.WaitForEvent[any](ctx, name, step.WaitForEventOpts{Event: "never", Timeout: time.Duration(k+1) * time.Minute})
				case "event":
					if _, err := step.WaitForEvent[any](ctx, name, step.WaitForEventOpts{Event: "tick", Timeout: 24 * time.Hour}); err != nil {
						return "", err
					}
				}
			}
			return id, nil
		}})
	}
	return g
}

// Whatever the graph, the mode, the order and the crashes: a run that is closed by a barrier completes, runs each body
// once (but for the crashes), and nothing is noticed that the real server would swallow.
func TestAnyGraphCompletes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		g := drawGraph(r)
		faults := local.Faults{
			Seed:         rapid.Int64Range(0, 1<<30).Draw(r, "seed"),
			ShuffleSteps: rapid.Bool().Draw(r, "shuffle"),
			// In Wait mode discoveries are never in flight twice, so that the option does nothing then.
			DuplicateDiscoveries: rapid.Bool().Draw(r, "duplicate"),
			ReorderDiscoveries:   rapid.Bool().Draw(r, "reorder"),
		}
		point := rapid.SampledFrom([]local.CrashPoint{local.NoCrash, local.CrashBefore, local.CrashAfter, local.ServerCrash}).Draw(r, "crash")
		at := rapid.IntRange(1, 20).Draw(r, "crash at")
		var crashed atomic.Bool
		faults.Crash = func(c local.Call) local.CrashPoint {
			if c.Number >= at && crashed.CompareAndSwap(false, true) {
				return point
			}
			return local.NoCrash
		}
		run, err := runGraph(t, g, faults)
		if err != nil {
			r.Fatal(err)
		}
		if run.Status != local.Completed {
			r.Fatalf("run is %s: %v\n%s", run.Status, run.Error, trace(run))
		}
		for name, n := range g.runs {
			if n != 1 && (point < local.CrashAfter || n != 2) {
				r.Fatalf("step %s ran %d times\n%s", name, n, trace(run))
			}
		}
	})
}

// runGraph runs a graph to its end on a server of its own, which sends an event each minute.
func runGraph(t *testing.T, g *graph, faults local.Faults) (local.Run, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	clock := local.NewVirtualClock(time.Time{})
	server, err := local.Start(local.Config{Clock: clock, Faults: faults, Backoff: seconds(1)})
	if err != nil {
		return local.Run{}, err
	}
	defer server.Close()
	url, dev := server.URL(), true
	client, err := inngestgo.NewClient(inngestgo.ClientOpts{AppID: "app", Dev: &dev, APIBaseURL: &url, EventAPIBaseURL: &url})
	if err != nil {
		return local.Run{}, err
	}
	if _, err := inngestgo.CreateFunction(client, inngestgo.FunctionOpts{ID: "graph"}, inngestgo.EventTrigger("graph", nil),
		func(ctx context.Context, _ input) (any, error) { return g.execute(ctx) }); err != nil {
		return local.Run{}, err
	}
	app := newTestApp(t, client.Serve())
	defer app.Close()
	if err := server.Register(ctx, app.URL+"/"); err != nil {
		return local.Run{}, err
	}
	ids, err := server.Send(ctx, local.Event{Name: "graph"})
	if err != nil {
		return local.Run{}, err
	}
	for range 60 {
		if err := clock.Advance(ctx, time.Minute); err != nil {
			return local.Run{}, err
		}
		run := server.EventRuns(ids[0])[0]
		if run.Status.Ended() {
			return run, server.Err()
		}
		if _, err := server.Send(ctx, local.Event{Name: "tick"}); err != nil {
			return local.Run{}, err
		}
	}
	run := server.EventRuns(ids[0])[0]
	return run, fmt.Errorf("run is %s after an hour:\n%s", run.Status, trace(run))
}
