package workflowkit

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
)

// checkID judges the id of an action and enters it into the index.
func (c *compiler) checkID(node int, id string, at place) {
	at = at.in("id")
	switch {
	case id == "":
		c.error(CodeIDMissing, at, "give it an id that no other action has", "action %d has no id", node+1)
		return
	case strings.HasPrefix(id, "$"):
		c.error(CodeIDReserved, at, "choose an id that does not start with $", "id %q is reserved for the engine", id)
	case strings.Contains(id, "/"):
		c.error(CodeIDInvalid, at, "remove the slash", "id %q holds a slash, which separates action and step in step ids", id)
	case len(id) > maxID:
		c.error(CodeIDInvalid, at, "shorten it", "id %q is longer than %d bytes", id, maxID)
	case strings.ContainsFunc(id, unicode.IsControl):
		c.error(CodeIDInvalid, at, "remove the control character", "id %q holds a control character", id)
	}
	if other, dup := c.plan.index[id]; dup {
		c.error(CodeIDDuplicate, at, "give one of them another id", "id %q is also the id of /actions/%d", id, other)
		return
	}
	c.plan.index[id] = node
}

// checkGraph judges the graph as a whole: where it starts, cycles, and what cannot be reached.
func (c *compiler) checkGraph() {
	if len(c.plan.start) == 0 && !c.has(CodeEdgeFrom, CodeEdgeTo) {
		c.error(CodeNoStart, place{path: "/edges"}, "draw an edge from the trigger to the first action",
			"no edge leaves %s, so the workflow has no first action", SourceID)
	}
	c.checkDeclaredEdges()
	rest := c.plan.topological()
	cyclic := c.checkCycles(rest)
	reachable := c.reachable()
	for i := range c.plan.nodes {
		if !reachable[i] && !cyclic[i] {
			at := actionPlace(i, c.plan.nodes[i].action.ID)
			c.error(CodeUnreachable, at, "draw an edge to it, or remove it", "no path leads to action %q", at.id)
		}
	}
}

func (c *compiler) has(codes ...Code) bool {
	for _, p := range c.problems {
		for _, code := range codes {
			if p.Code == code {
				return true
			}
		}
	}
	return false
}

func (c *compiler) reachable() []bool {
	seen := make([]bool, len(c.plan.nodes))
	var stack []int
	push := func(edges []int) {
		for _, i := range edges {
			if to := c.plan.edges[i].to; !seen[to] {
				seen[to] = true
				stack = append(stack, to)
			}
		}
	}
	push(c.plan.start)
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		push(c.plan.nodes[n].out)
	}
	return seen
}

// checkCycles reports each cycle among the nodes that have no topological order, with its members, and returns which
// nodes are in one.
func (c *compiler) checkCycles(rest []int) map[int]bool {
	cyclic := map[int]bool{}
	for _, component := range c.components(rest) {
		names := make([]string, len(component))
		for i, n := range component {
			cyclic[n] = true
			names[i] = fmt.Sprintf("%q", c.plan.nodes[n].action.ID)
		}
		first := component[0]
		c.error(CodeCycle, actionPlace(first, c.plan.nodes[first].action.ID), "remove one of the edges between them",
			"actions %s wait for each other in a cycle", strings.Join(names, ", "))
	}
	return cyclic
}

// components returns the strongly connected components with a cycle among the given nodes (Tarjan's algorithm, with a
// stack of its own because the graph is untrusted), each in the order of the document.
func (c *compiler) components(nodes []int) [][]int {
	type frame struct{ node, edge int }
	var (
		out     [][]int
		next    = 1
		number  = make([]int, len(c.plan.nodes))
		low     = make([]int, len(c.plan.nodes))
		onStack = make([]bool, len(c.plan.nodes))
		stack   []int
	)
	for _, root := range nodes {
		if number[root] != 0 {
			continue
		}
		frames := []frame{{node: root}}
		for len(frames) > 0 {
			f := &frames[len(frames)-1]
			if f.edge == 0 {
				number[f.node], low[f.node] = next, next
				next++
				stack, onStack[f.node] = append(stack, f.node), true
			}
			if f.edge < len(c.plan.nodes[f.node].out) {
				to := c.plan.edges[c.plan.nodes[f.node].out[f.edge]].to
				f.edge++
				if number[to] == 0 {
					frames = append(frames, frame{node: to})
				} else if onStack[to] {
					low[f.node] = min(low[f.node], number[to])
				}
				// A node with edges is numbered once: its edge counter is above zero from here on.
				continue
			}
			done := f.node
			frames = frames[:len(frames)-1]
			if len(frames) > 0 {
				parent := frames[len(frames)-1].node
				low[parent] = min(low[parent], low[done])
			}
			if low[done] != number[done] {
				continue
			}
			var component []int
			for {
				n := stack[len(stack)-1]
				stack, onStack[n] = stack[:len(stack)-1], false
				component = append(component, n)
				if n == done {
					break
				}
			}
			if len(component) > 1 || c.selfEdge(done) {
				sort.Ints(component)
				out = append(out, component)
			}
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i][0] < out[j][0] })
	return out
}

func (c *compiler) selfEdge(node int) bool {
	for _, i := range c.plan.nodes[node].out {
		if c.plan.edges[i].to == node {
			return true
		}
	}
	return false
}

// checkDeclaredEdges holds the outgoing edges of each action to those that its kind declares.
func (c *compiler) checkDeclaredEdges() {
	for i := range c.plan.nodes {
		node := &c.plan.nodes[i]
		if node.kind == nil || node.kind.spec.Edges == nil || node.kind.spec.Edges.AllowAdd == nil || *node.kind.spec.Edges.AllowAdd {
			continue
		}
		declared := node.kind.spec.Edges.Edges
		used := make([]bool, len(declared))
		for _, e := range node.out {
			edge := c.plan.edges[e].edge
			found := false
			for d := range declared {
				if declaredEdge(edge.Conditional, declared[d].Conditional) {
					used[d], found = true, true
				}
			}
			if !found {
				at := place{path: fmt.Sprintf("/edges/%d", c.plan.edges[e].document), id: edge.ID()}
				c.error(CodeEdgeUndeclared, at, "use one of its predefined edges",
					"action %q (kind %q) does not allow the edge %s", node.action.ID, node.action.Kind, at.id)
			}
		}
		for d := range declared {
			if !used[d] && len(node.out) > 0 {
				at := actionPlace(i, node.action.ID)
				c.warn(CodeBranchMissing, at, "draw it if something is to happen then",
					"action %q has no edge %q", node.action.ID, declared[d].Name)
			}
		}
	}
}

// declaredEdge reports whether an edge's condition is the one that the kind declares. $.result is accepted for
// $.output.result, because rows saved with the TypeScript kit hold it.
func declaredEdge(edge, declared *Conditional) bool {
	if edge == nil || declared == nil {
		return edge == declared
	}
	if edge.Type != declared.Type {
		return false
	}
	return edge.Ref == declared.Ref || strings.ReplaceAll(edge.Ref, "$.result", "$.output.result") == declared.Ref
}
