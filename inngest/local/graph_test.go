package local_test

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/inngest/inngestgo/group"
	"github.com/inngest/inngestgo/step"
)

// race is the parallel mode in which each end of a step leads to a discovery; the SDK's constant is not importable.
const race = 2

// graph is a small engine of the shape that was found safe: all nodes in one flat parallel group, closed by one last
// planned step that waits for all of them.
type graph struct {
	nodes   []node
	mode    int
	barrier bool

	mu   sync.Mutex
	runs map[string]int // executions of each step body
}

type node struct {
	id    string
	after []string
	body  func(ctx context.Context, t tools) (string, error)
}

// errPending says that a node has not got to its end yet.
var errPending = errors.New("pending")

// tools are the steps of one node. A step that has just run for the first time ends the node for this call, since its
// result is not stored yet.
type tools struct {
	g    *graph
	ctx  context.Context
	node string
}

type yield struct{}

func (t tools) run(id string, body func() (string, error)) (string, error) {
	fresh := false
	name := t.node + "/" + id
	out, err := step.Run(t.ctx, name, func(context.Context) (string, error) {
		fresh = true
		t.g.mu.Lock()
		t.g.runs[name]++
		t.g.mu.Unlock()
		return body()
	})
	if fresh {
		panic(yield{})
	}
	return out, err
}

func text(s string) func() (string, error) { return func() (string, error) { return s, nil } }

func (g *graph) execute(ctx context.Context) (any, error) {
	done := map[string]string{}
	finished := false
	callbacks := make([]func(context.Context) (any, error), 0, len(g.nodes)+1)
	for _, n := range g.nodes {
		callbacks = append(callbacks, func(ctx context.Context) (out any, err error) {
			for _, parent := range n.after {
				if _, ok := done[parent]; !ok {
					return nil, errPending
				}
			}
			defer func() {
				if r := recover(); r != nil {
					if _, ok := r.(yield); !ok {
						panic(r)
					}
					out, err = nil, errPending
				}
			}()
			result, err := n.body(ctx, tools{g: g, ctx: ctx, node: n.id})
			if err != nil {
				result = "error: " + err.Error()
			}
			done[n.id] = result
			return result, nil
		})
	}
	if g.barrier {
		callbacks = append(callbacks, func(ctx context.Context) (any, error) {
			if len(done) < len(g.nodes) {
				return nil, errPending
			}
			fresh := false
			_, err := step.Run(ctx, "$finish", func(context.Context) (string, error) {
				fresh = true
				g.mu.Lock()
				g.runs["$finish"]++
				g.mu.Unlock()
				return "", nil
			})
			finished = err == nil && !fresh
			return nil, err
		})
	}
	if g.mode == race {
		group.ParallelWithOpts(ctx, group.ParallelOpts{ParallelMode: race}, callbacks...)
	} else {
		group.Parallel(ctx, callbacks...)
	}
	if g.barrier && !finished {
		return nil, nil
	}
	return done, nil
}

// executions checks that each body ran exactly once.
func (g *graph) executions() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for name, n := range g.runs {
		if n != 1 {
			return fmt.Errorf("step %s ran %d times", name, n)
		}
	}
	return nil
}

// wide returns a graph of w branches of l steps each.
func wide(w, l, mode int, barrier bool) *graph {
	g := &graph{mode: mode, barrier: barrier, runs: map[string]int{}}
	for i := range w {
		id := fmt.Sprintf("n%d", i)
		g.nodes = append(g.nodes, node{id: id, body: func(_ context.Context, t tools) (string, error) {
			out := ""
			for k := range l {
				part, err := t.run(fmt.Sprint(k), text(fmt.Sprint(i, k)))
				if err != nil {
					return "", err
				}
				out += part
			}
			return out, nil
		}})
	}
	return g
}
