package soak

import (
	"encoding/json"
	"fmt"
	"math/rand"
)

// graph is a random workflow, and what has to come of it.
type graph struct {
	nodes []graphNode
	edges []graphEdge
}

type graphNode struct {
	id, kind string
	// steps is how many steps the action has, or for how many tenths of a second it pauses.
	steps int
	// n is the action's output, which conditions look at.
	n int
}

type graphEdge struct {
	from, to int // from is -1 for $source
	// match is the output for which the edge is taken; -1 is any.
	match int
}

// The kinds of actions.
const (
	kindWork   = "work"   // steps with effects
	kindPause  = "pause"  // a sleep between two of them
	kindAsk    = "ask"    // an announced wait for an answer
	kindNewer  = "newer"  // as work, but unknown to an older catalogue
	kindFinish = "finish" // says that the run is over
)

// newGraph draws a workflow. The first action starts it, and the last one joins all that nothing else follows.
func newGraph(seed int64, number int) graph {
	random := rand.New(rand.NewSource(seed*1_000_003 + int64(number))) //nolint:gosec // repeatable on purpose
	kinds := []string{kindWork, kindWork, kindWork, kindPause, kindAsk, kindNewer}
	size := 2 + random.Intn(7)
	g := graph{}
	leaf := make([]bool, size)
	for i := range size {
		kind := kindWork
		if i > 0 {
			kind = kinds[random.Intn(len(kinds))]
		}
		g.nodes = append(g.nodes, graphNode{id: fmt.Sprintf("n%d", i), kind: kind, steps: 1 + random.Intn(3), n: random.Intn(2)})
		leaf[i] = true
		if i == 0 {
			g.edges = append(g.edges, graphEdge{from: -1, to: 0, match: -1})
			continue
		}
		for _, from := range random.Perm(i)[:1+random.Intn(min(i, 2))] {
			match := -1
			if random.Intn(3) == 0 {
				match = random.Intn(2)
			}
			g.edges = append(g.edges, graphEdge{from: from, to: i, match: match})
			leaf[from] = false
		}
	}
	g.nodes = append(g.nodes, graphNode{id: "end", kind: kindFinish})
	for i := range size {
		if leaf[i] || i == 0 { // the first one always runs, so the end does
			g.edges = append(g.edges, graphEdge{from: i, to: size, match: -1})
		}
	}
	return g
}

// definition returns the workflow's JSON.
func (g graph) definition() (json.RawMessage, error) {
	type object = map[string]any
	actions, edges := []object{}, []object{}
	for _, n := range g.nodes {
		actions = append(actions, object{"id": n.id, "kind": n.kind, "inputs": object{"steps": n.steps, "n": n.n}})
	}
	for _, e := range g.edges {
		from := "$source"
		if e.from >= 0 {
			from = g.nodes[e.from].id
		}
		edge := object{"from": from, "to": g.nodes[e.to].id}
		if e.match >= 0 {
			edge["conditional"] = object{"type": "match", "ref": "!ref($.output.n)", "value": e.match}
		}
		edges = append(edges, edge)
	}
	return json.Marshal(object{"actions": actions, "edges": edges})
}

// effects returns the steps that have to have an effect, as "<action id>/<step>": those of the actions that rule 2 lets
// run. Actions are listed after those that lead to them.
func (g graph) effects() []string {
	runs := make([]bool, len(g.nodes))
	for _, e := range g.edges {
		if e.from < 0 || runs[e.from] && (e.match < 0 || e.match == g.nodes[e.from].n) {
			runs[e.to] = true
		}
	}
	var steps []string
	for i, n := range g.nodes {
		if runs[i] {
			for _, step := range n.effects() {
				steps = append(steps, n.id+"/"+step)
			}
		}
	}
	return steps
}

// effects returns the steps of an action that have an effect.
func (n graphNode) effects() []string {
	switch n.kind {
	case kindPause:
		return []string{"before", "after"}
	case kindAsk:
		return []string{"ask", "answered"}
	case kindFinish:
		return []string{"finish"}
	}
	steps := make([]string, n.steps)
	for i := range steps {
		steps[i] = stepName(i)
	}
	return steps
}

func stepName(i int) string { return fmt.Sprintf("step-%d", i) }
