package workflowkit

// branch is a question with two answers: edges that leave one action when a ref is truthy, and edges that leave it when
// the same ref is not. One side of them is always taken.
type branch struct{ then, otherwise []int }

// branchesOf returns the branches among the edges that leave one place.
func (c *compiler) branchesOf(out []int) []branch {
	var (
		branches []branch
		byRef    map[string]int
	)
	for _, e := range out {
		edge := &c.plan.edges[e]
		if edge.condition == nil || edge.condition.kind != ConditionIf && edge.condition.kind != ConditionElse {
			continue
		}
		ref := refText(edge.conditional.Ref)
		i, ok := byRef[ref]
		if !ok {
			if byRef == nil {
				byRef = map[string]int{}
			}
			i = len(branches)
			byRef[ref], branches = i, append(branches, branch{})
		}
		if edge.condition.kind == ConditionIf {
			branches[i].then = append(branches[i].then, e)
		} else {
			branches[i].otherwise = append(branches[i].otherwise, e)
		}
	}
	both := branches[:0]
	for _, b := range branches {
		if b.then != nil && b.otherwise != nil {
			both = append(both, b)
		}
	}
	return both
}

// forces fills in, for each node, which of up to 64 actions run whenever it has run, because of what comes after it, and
// returns which of them run always. An action is one of a bit.
func (c *compiler) forces(bits, forced []uint64) (always uint64) {
	if c.branches == nil {
		c.branches = make([][]branch, len(c.plan.nodes)+1)
		for i := range c.plan.nodes {
			c.branches[i] = c.branchesOf(c.plan.nodes[i].out)
		}
		c.branches[len(c.plan.nodes)] = c.branchesOf(c.plan.start)
	}
	for k := len(c.plan.order) - 1; k >= 0; k-- {
		i := c.plan.order[k]
		forced[i] = c.forcedBy(c.plan.nodes[i].out, c.branches[i], bits, forced)
	}
	return c.forcedBy(c.plan.start, c.branches[len(c.plan.nodes)], bits, forced)
}

// forcedBy returns what runs whichever of the edges that leave one place are taken. An action that fails, and has an edge
// for that, takes no other edge.
func (c *compiler) forcedBy(out []int, branches []branch, bits, forced []uint64) uint64 {
	success, failure, handled := uint64(0), uint64(0), false
	for _, e := range out {
		edge := &c.plan.edges[e]
		switch {
		case edge.condition == nil:
			success |= bits[edge.to] | forced[edge.to]
		case edge.condition.onError():
			failure |= bits[edge.to] | forced[edge.to]
			handled = true
		}
	}
	behind := func(edges []int) (all uint64) {
		for _, e := range edges {
			to := c.plan.edges[e].to
			all |= bits[to] | forced[to]
		}
		return all
	}
	for _, b := range branches {
		success |= behind(b.then) & behind(b.otherwise)
	}
	if handled {
		return success & failure
	}
	return success
}
