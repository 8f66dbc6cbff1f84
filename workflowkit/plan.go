package workflowkit

import (
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// plan is a definition compiled for execution. It is immutable and shared by all runs of the definition.
type plan struct {
	info     WorkflowInfo
	workflow *Workflow
	// nodes are the actions, in the order of the document.
	nodes []planNode
	edges []planEdge
	// start lists the edges that leave $source.
	start []int
	// order is a topological order of nodes, breadth first from $source in the order of the edges (rule 4).
	order []int
}

type planNode struct {
	action WorkflowAction
	kind   *registered
	inputs program
	// checks are the inputs whose value is known only when the action runs.
	checks []int
	in     []int
	out    []int
}

type planEdge struct {
	edge Edge
	// document is the edge's place among the definition's edges.
	document int
	// from is sourceIndex for $source.
	from, to  int
	condition *condition
}

const sourceIndex = -1

// topological fills order and returns the nodes that are left out: those in a cycle, or behind one, or unreachable.
func (p *plan) topological() []int {
	waiting := make([]int, len(p.nodes))
	for _, e := range p.edges {
		waiting[e.to]++
	}
	queue := make([]int, 0, len(p.nodes))
	follow := func(edges []int) {
		for _, i := range edges {
			to := p.edges[i].to
			if waiting[to]--; waiting[to] == 0 {
				queue = append(queue, to)
			}
		}
	}
	follow(p.start)
	for i := 0; i < len(queue); i++ {
		follow(p.nodes[queue[i]].out)
	}
	p.order = queue
	var rest []int
	for i, n := range waiting {
		if n > 0 || len(p.nodes[i].in) == 0 {
			rest = append(rest, i)
		}
	}
	return rest
}

var (
	_ refs.View = (*state)(nil)
	_ refs.View = edgeView{}
)
