package workflowkit

// bounds returns ranges that hold for every path, without looking at any. At the least, the actions run to which edges
// without conditions lead, and no call is spent on a step; at the most, all run, and each step takes two calls.
func (t *tally) bounds() *tally {
	p := t.plan
	sure := make([]bool, len(p.nodes))
	reach := func(edges []int) {
		for _, e := range edges {
			if p.edges[e].condition == nil {
				sure[p.edges[e].to] = true
			}
		}
	}
	reach(p.start)
	least, most := *t, *t
	for _, i := range p.order {
		cost := p.nodes[i].cost()
		if sure[i] {
			reach(p.nodes[i].out)
			least.serial(cost)
		}
		most.grouped(cost)
		most.more = most.more.plus(cost.Steps)
	}
	most.checkpoints = least.checkpoints.or(most.checkpoints.plus(most.steps))
	most.steps, most.bytes = most.steps.plus(Exactly(1)), most.bytes.plus(Exactly(finishBytes))
	most.more = most.more.plus(Exactly(2))
	least.or(&most)
	least.checkpoints.Min = min(least.checkpoints.Min, t.checkpoints.Min)
	return &least
}
