package workflowkit

import (
	"fmt"
	"strconv"
	"strings"
)

// checkDeclaredEdges holds the outgoing edges of each action to those that its kind declares.
func (c *compiler) checkDeclaredEdges() {
	for i := range c.plan.nodes {
		node := &c.plan.nodes[i]
		if node.kind == nil || node.kind.spec.Edges == nil || node.kind.spec.Edges.AllowAdd == nil || *node.kind.spec.Edges.AllowAdd {
			continue
		}
		declared := newDeclaredEdges(node.kind.spec.Edges.Edges)
		for _, e := range node.out {
			document := c.plan.edges[e].document
			edge := c.workflow.Edges[document]
			if edge.Conditional != nil && edge.Conditional.Type == ConditionError {
				continue // every action can fail
			}
			if !declared.use(edge.Conditional) {
				at := place{path: fmt.Sprintf("/edges/%d", document), id: edge.ID()}
				c.error(CodeEdgeUndeclared, at, declared.hint(), "action %q (kind %q) does not allow the edge %s", node.action.ID, node.action.Kind, at.id)
			}
		}
		for _, cond := range c.sinks[i] {
			declared.use(cond)
		}
		if declared.used == 0 {
			continue
		}
		for _, edge := range declared.left() {
			at := actionPlace(i, node.action.ID)
			c.warn(CodeBranchMissing, at, "draw it if something is to happen then", "action %q has no edge %q", node.action.ID, edge.Name)
		}
	}
}

// declaredEdges are the edges that a kind offers.
type declaredEdges struct {
	edges []PredefinedEdge
	keys  map[string]int
	taken []bool
	used  int
}

func newDeclaredEdges(edges []PredefinedEdge) *declaredEdges {
	d := &declaredEdges{edges: edges, keys: make(map[string]int, len(edges)), taken: make([]bool, len(edges))}
	for i, edge := range edges {
		d.keys[conditionKey(edge.Conditional)] = i
	}
	return d
}

// use notes an edge of a workflow and reports whether it is a declared one.
func (d *declaredEdges) use(cond *Conditional) bool {
	i, ok := d.keys[conditionKey(cond)]
	if ok {
		d.taken[i] = true
		d.used++
	}
	return ok
}

// left returns the edges that a workflow does not have.
func (d *declaredEdges) left() []PredefinedEdge {
	var out []PredefinedEdge
	for i, taken := range d.taken {
		if !taken {
			out = append(out, d.edges[i])
		}
	}
	return out
}

func (d *declaredEdges) hint() string {
	const most = 10
	var names []string
	for _, edge := range d.edges[:min(len(d.edges), most)] {
		names = append(names, strconv.Quote(edge.Name))
	}
	return "use one of its predefined edges: " + strings.Join(names, ", ")
}
