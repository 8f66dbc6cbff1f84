package workflowkit

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unicode"
)

// checkID judges the id of an action and enters it into the index.
func (c *compiler) checkID(node int, id string, at place) {
	at = at.in("id")
	switch {
	case id == "":
		c.error(CodeIDMissing, at, "give it an id that no other action has", "action %d has no id", node+1)
		c.excused = append(c.excused, node)
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
		c.excused = append(c.excused, node)
		return
	}
	c.plan.index[id] = node
}

// checkGraph judges the graph as a whole: where it starts, cycles, and what cannot be reached.
func (c *compiler) checkGraph() {
	if !c.started {
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
	for _, n := range c.excused {
		if !seen[n] {
			seen[n] = true
			stack = append(stack, n)
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
		for _, n := range component {
			cyclic[n] = true
		}
		first := c.plan.nodes[component[0]].action.ID
		at, hint := actionPlace(component[0], first), "remove one of the edges between them"
		if len(component) == 1 {
			c.error(CodeCycle, at, "remove the edge", "action %q waits for itself", first)
			continue
		}
		c.error(CodeCycle, at, hint, "actions %s wait for each other in a cycle", c.listed(component))
	}
	return cyclic
}

// quoted is a list of names, which is not shortened for a message.
type quoted []byte

// listed names nodes in a message.
func (c *compiler) listed(nodes []int) quoted {
	const most = 20
	var out quoted
	for i, n := range nodes {
		if i == most {
			return fmt.Appendf(out, " and %d more", len(nodes)-most)
		}
		if i > 0 {
			out = append(out, ", "...)
		}
		out = strconv.AppendQuote(out, clip(c.plan.nodes[n].action.ID, maxShown))
	}
	return out
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
