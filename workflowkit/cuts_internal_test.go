package workflowkit

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A node is a cut if each of the others lies before it on a path, or behind it.
func TestCutsAreComparableWithAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "nodes")
		p := &plan{nodes: make([]planNode, n)}
		connect := func(from, to int) {
			e := len(p.edges)
			p.edges = append(p.edges, planEdge{from: from, to: to})
			p.nodes[to].in = append(p.nodes[to].in, e)
			if from == sourceIndex {
				p.start = append(p.start, e)
			} else {
				p.nodes[from].out = append(p.nodes[from].out, e)
			}
		}
		for to := range n {
			for from := range to {
				if rapid.IntRange(0, 2).Draw(t, "edge") == 0 {
					connect(from, to)
				}
			}
			if len(p.nodes[to].in) == 0 || rapid.IntRange(0, 4).Draw(t, "start") == 0 {
				connect(sourceIndex, to)
			}
		}
		p.topological()
		p.findCuts()
		var want []int
		for place, v := range p.order {
			ordered := true
			for w := range n {
				ordered = ordered && (v == w || slices.Contains(p.ancestors(v), w) || slices.Contains(p.ancestors(w), v))
			}
			if ordered {
				want = append(want, place)
			}
		}
		if !slices.Equal(p.cuts, want) {
			t.Fatalf("cuts are %v, want %v; order %v, edges %+v", p.cuts, want, p.order, p.edges)
		}
	})
}
