package workflowkit

import "slices"

// past says whether an action has run when another one starts.
type past uint8

const (
	pastUnknown past = iota
	pastNever
	pastMaybe
	pastSure
)

// pastOf returns, for each read, whether the action that it names has run when it is resolved.
//
// By rule 2 a node runs when at least one incoming edge is taken. So an action may have run before a node if it may have
// run before a parent or is one, and it is sure to have if each incoming edge leaves an action that has run only if it
// has, too. That is not only so for what lies on every path: a join waits for all its branches (rule 3), and a branch
// without conditions runs whenever the branch beside it does. All this is followed along the topological order for 64
// actions at a time: a table of all pairs would take too much memory for a workflow that was made to be large.
func (c *compiler) pastOf(reads []read) []past {
	out := make([]past, len(reads))
	known := make([]bool, len(c.plan.nodes))
	for _, i := range c.plan.order {
		known[i] = true
	}
	asked := map[int][]int{}
	for i := range reads {
		r := &reads[i]
		target, ok := c.plan.index[r.action]
		if !r.state || !ok {
			continue
		}
		if answer := c.near(r, target, known); answer != pastUnknown {
			out[i] = answer
		} else if r.node != sourceIndex && known[r.node] {
			asked[target] = append(asked[target], i)
		}
	}
	targets := make([]int, 0, len(asked))
	for target := range asked {
		targets = append(targets, target)
	}
	slices.Sort(targets)
	may, sure := make([]uint64, len(c.plan.nodes)), make([]uint64, len(c.plan.nodes))
	for chunk := range slices.Chunk(targets, 64) {
		c.follow(chunk, may, sure)
		for bit, target := range chunk {
			for _, i := range asked[target] {
				node, mask := reads[i].node, uint64(1)<<bit
				switch {
				case sure[node]&mask != 0:
					out[i] = pastSure
				case may[node]&mask != 0:
					out[i] = pastMaybe
				default:
					out[i] = pastNever
				}
			}
		}
	}
	return out
}

// near answers what needs no look at the rest of the graph, which is most of what people write.
func (c *compiler) near(r *read, target int, known []bool) past {
	switch {
	case r.node == sourceIndex:
		return pastNever
	case r.edge && r.node == target:
		return pastSure
	case !known[r.node]:
		return pastUnknown
	}
	in := c.plan.nodes[r.node].in
	if len(in) == 1 && c.plan.edges[in[0]].from == target {
		return pastSure
	}
	return pastUnknown
}

// follow fills in, for each node, which of up to 64 actions may have run before it, and which are sure to have.
func (c *compiler) follow(targets []int, may, sure []uint64) {
	clear(may)
	clear(sure)
	bits, forced := make([]uint64, len(c.plan.nodes)), make([]uint64, len(c.plan.nodes))
	for bit, target := range targets {
		bits[target] = 1 << bit
	}
	always := c.forces(bits, forced)
	for _, i := range c.plan.order {
		all, every := uint64(0), ^uint64(0)
		for _, e := range c.plan.nodes[i].in {
			from := c.plan.edges[e].from
			if from == sourceIndex {
				every &= always
				continue
			}
			all |= may[from] | bits[from]
			every &= sure[from] | bits[from] | forced[from]
		}
		may[i], sure[i] = all, every
	}
	// What runs whenever a node does has run before it only if it can have: then the node has waited for it.
	for _, i := range c.plan.order {
		sure[i] &= may[i]
	}
}
