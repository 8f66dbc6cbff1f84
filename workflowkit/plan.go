package workflowkit

import (
	"slices"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

// plan is a definition compiled for execution. It is immutable and shared by all runs of the definition.
type plan struct {
	info WorkflowInfo
	// nodes are the actions, in the order of the document.
	nodes []planNode
	// index maps the id of an action to its node.
	index map[string]int
	edges []planEdge
	// secrets says that an action has secret inputs or outputs.
	secrets bool
	// start lists the edges that leave $source.
	start []int
	// order is a topological order of nodes, breadth first from $source in the order of the edges (rule 4).
	order []int
	// cuts are the places in order of the nodes that run alone whatever the conditions say.
	cuts []int
}

// planNode is an action of a plan. What every pass looks at comes first: a large plan does not fit into the memory that is
// close to a processor.
type planNode struct {
	kind *registered
	// making is how the inputs are made in a run.
	making inputsPlan
	out    []int
	// steps are the ids of the action's steps.
	steps *stepIDs
	// retries are those of the action's steps. Nil means as many as the backend gives any step.
	retries *int
	// timeout limits each attempt. Zero means no limit.
	timeout time.Duration
	// logic is set for actions that are evaluated by the engine.
	logic *plannedLogic
	// each is set for actions that run another one for each item of a list, and forks says that they may do so for several
	// items at once.
	each  *plannedEach
	forks bool
	// handled says that an edge for errors leaves the node.
	handled bool
	action  WorkflowAction

	in     []int
	inputs []plannedInput
}

// plannedInput is an input of an action in the workflow.
type plannedInput struct {
	name  string
	value program
	// check is the input's description if the value is known only when the action runs.
	check *compiledInput
}

// appendKey writes the name of the input, with its colon, as JSON.
func (in *plannedInput) appendKey(dst []byte) []byte {
	return append(jsonvalue.AppendString(dst, in.name), ':')
}

type planEdge struct {
	condition *condition
	// from is sourceIndex for $source.
	from, to int
	// document is the edge's place among the definition's edges, and id is its "id" member.
	document    int
	id          string
	conditional *Conditional
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

// id returns the id of a node, or that of the source.
func (p *plan) id(node int) string {
	if node == sourceIndex {
		return SourceID
	}
	return p.nodes[node].action.ID
}

// ancestors returns the nodes from which a path leads to a node, in the order of the document. It costs as much as
// there are of them, not as much as there are nodes.
func (p *plan) ancestors(node int) []int {
	if node == sourceIndex {
		return nil
	}
	seen := map[int]bool{node: true}
	found := []int{node}
	for i := 0; i < len(found); i++ {
		for _, e := range p.nodes[found[i]].in {
			if from := p.edges[e].from; from != sourceIndex && !seen[from] {
				seen[from] = true
				found = append(found, from)
			}
		}
	}
	found = found[1:]
	slices.Sort(found)
	return found
}

// neverWaiting lists the kinds of the plan's actions that never wait, each once, in the order of the document.
func (p *plan) neverWaiting() []string {
	var kinds []string
	seen := map[string]bool{}
	for i := range p.nodes {
		kind := p.nodes[i].action.Kind
		if !seen[kind] && p.nodes[i].kind.spec.NeverWaits {
			kinds = append(kinds, kind)
		}
		seen[kind] = true
	}
	return kinds
}
