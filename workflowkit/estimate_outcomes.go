package workflowkit

import "github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonlogic"

// maxOutcomes is how many outcomes of the decision about a node's edges are told apart.
const maxOutcomes = 64

// outcomes lists the combinations of edges that can be taken together when a node has succeeded. Conditions that look at
// the same ref depend on each other: one of if and else holds, and a value matches one of several at most. The list is
// nil if it would be too long.
func (p *plan) outcomes(edges []int) [][]bool {
	list := [][]bool{make([]bool, len(edges))}
	seen := map[string]bool{}
	for k, e := range edges {
		c := p.edges[e].condition
		if c == nil {
			for _, outcome := range list {
				outcome[k] = true
			}
			continue
		}
		ref := p.edges[e].conditional.Ref
		if c.onError() || seen[ref] {
			continue
		}
		seen[ref] = true
		var next [][]bool
		for _, found := range p.foundBy(edges, ref) {
			for _, outcome := range list {
				next = append(next, p.decidedBy(edges, ref, found, outcome))
			}
		}
		if list = next; len(list) > maxOutcomes {
			return nil
		}
	}
	return list
}

// finding is something that a ref can find, as far as it makes a difference to conditions.
type finding struct {
	truthy bool
	// match is the value, if it is one that a condition names.
	match any
	named bool
}

// foundBy lists what a ref can find: a value that is named, or another one, which counts as true or not.
func (p *plan) foundBy(edges []int, ref string) []finding {
	var found []finding
	told := false
	for _, e := range edges {
		c := p.edges[e].condition
		if c == nil || c.onError() || p.edges[e].conditional.Ref != ref {
			continue
		}
		if c.kind != ConditionMatch {
			told = true
			continue
		}
		known := false
		for _, f := range found {
			known = known || deepEqual(f.match, c.value)
		}
		if !known {
			found = append(found, finding{truthy: jsonlogic.Truthy(c.value), match: c.value, named: true})
		}
	}
	found = append(found, finding{truthy: true})
	if told {
		found = append(found, finding{truthy: false})
	}
	return found
}

// decidedBy returns an outcome with the decisions about the edges that look at a ref.
func (p *plan) decidedBy(edges []int, ref string, found finding, outcome []bool) []bool {
	out := append([]bool(nil), outcome...)
	for k, e := range edges {
		c := p.edges[e].condition
		if c == nil || c.onError() || p.edges[e].conditional.Ref != ref {
			continue
		}
		switch c.kind {
		case ConditionIf:
			out[k] = found.truthy
		case ConditionElse:
			out[k] = !found.truthy
		default:
			out[k] = found.named && deepEqual(found.match, c.value)
		}
	}
	return out
}
