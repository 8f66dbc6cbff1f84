package inngest_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// bodies returns an action with counted steps that has promised never to wait.
func (b *bench) bodies(kind string, steps int) workflowkit.Action {
	return workflowkit.Define(workflowkit.Spec{Kind: kind, NeverWaits: true}, func(ctx context.Context, run *workflowkit.Run, _ none) (none, error) {
		for i := range steps {
			if err := workflowkit.Do(ctx, fmt.Sprint(i), func(context.Context) error {
				b.count(fmt.Sprintf("%s:%s/%d", run.ID, run.Action.ID, i))
				return nil
			}); err != nil {
				return none{}, err
			}
		}
		return none{}, nil
	})
}

// A fork whose actions never wait takes two calls less for each step than one whose actions may, and what comes after
// it is serial again.
func TestForkOfActionsThatNeverWait(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.serve(b.engine(workflow(nil, "$source>a", "a>b", "a>c", "b>d", "c>d", "d>e"), b.bodies("steps", 2)), fn)
	b.completed(b.run(`{}`))
	b.once(10)
	// The serial part with the plan; two steps, and the plan of the next two; two steps; the rest.
	if n := b.calls.Load(); n != 1+2+1+2+1 {
		t.Errorf("%d calls, want 7", n)
	}
}

// A failure in a branch has its attempts, is taken by its error edge, and leaves the other branch alone.
func TestFailureInForkThatNeverWaits(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	failing := workflowkit.Define(workflowkit.Spec{Kind: "failing", NeverWaits: true}, func(ctx context.Context, _ *workflowkit.Run, _ none) (none, error) {
		return none{}, workflowkit.Do(ctx, "break", func(context.Context) error {
			b.count("break")
			return errors.New("broken")
		})
	})
	definition := workflow(map[string]string{"b": "failing"}, "$source>a", "a>b", "a>c", "c>d")
	b.serve(b.engine(definition, b.bodies("steps", 2), failing), fn)
	if run := b.run(`{}`); run.Status != "FAILED" {
		t.Errorf("run is %+v", run)
	}
	b.once(6) // a, c and d
	if n := b.counts()["break"]; n != 2 {
		t.Errorf("the failing step was executed %d times, want 2", n)
	}
}

// Random graphs, in which some actions never wait and others sleep: every step is executed once, whatever the order in
// which a server delivers things.
func TestForksExecuteEachStepOnce(t *testing.T) {
	t.Parallel()
	runs := 40
	if devServer() != "" {
		runs = 20
	}
	random := rand.New(rand.NewPCG(7, 11))
	type shape struct {
		kinds map[string]string
		edges []string
	}
	shapes := make([]shape, runs)
	for i := range shapes {
		s := shape{kinds: map[string]string{}}
		n := 4 + random.IntN(6)
		for to := range n {
			before := len(s.edges)
			for from := range to {
				if random.IntN(3) == 0 || to == from+1 && random.IntN(2) == 0 {
					s.edges = append(s.edges, fmt.Sprintf("n%d>n%d", from, to))
				}
			}
			if len(s.edges) == before {
				s.edges = append(s.edges, fmt.Sprintf("$source>n%d", to))
			}
			if i%2 == 0 && random.IntN(3) == 0 {
				s.kinds[fmt.Sprintf("n%d", to)] = "sleeps"
			}
		}
		shapes[i] = s
	}
	for name, faults := range map[string][]local.Faults{
		"as it is":   nil,
		"duplicated": {{Seed: 3, DuplicateDiscoveries: true, ShuffleSteps: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var wg sync.WaitGroup
			for _, s := range shapes {
				b := newBench(t, faults...)
				sleeps := b.action("sleeps", func(ctx context.Context, _ *workflowkit.Run, step func(string) error) error {
					if err := step("before"); err != nil {
						return err
					}
					if err := workflowkit.Sleep(ctx, "sleep", 50*time.Millisecond); err != nil {
						return err
					}
					return step("after")
				})
				b.serve(b.engine(workflow(s.kinds, s.edges...), b.bodies("steps", 2), sleeps), fn)
				wg.Go(func() {
					b.completed(b.run(`{}`))
					for id, n := range b.counts() {
						if n != 1 {
							t.Errorf("%s was executed %d times; edges %v, kinds %v", id, n, s.edges, s.kinds)
						}
					}
				})
			}
			wg.Wait()
		})
	}
}
