package workflowkit

// findCuts fills cuts, the places in order of the nodes that can be compared with every other one: each of the others
// lies before it on a path, or behind it. Whatever the conditions say, such a node runs alone.
//
// A node that is the only one without open edges when its turn comes has all nodes that come later behind it. The same
// holds from the end, and a node is compared with all others if the two counts add up.
func (p *plan) findCuts() {
	n := len(p.order)
	behind := make([]int, len(p.nodes)) // how many come after the node, if all of them lie behind it; -1 otherwise
	p.sweep(false, func(node, place int, alone bool) {
		if behind[node] = n - 1 - place; !alone {
			behind[node] = -1
		}
	})
	before := make([]int, len(p.nodes))
	p.sweep(true, func(node, place int, alone bool) {
		if before[node] = n - 1 - place; !alone {
			before[node] = -1
		}
	})
	for place, node := range p.order {
		if behind[node] >= 0 && before[node] >= 0 && behind[node]+before[node] == n-1 {
			p.cuts = append(p.cuts, place)
		}
	}
}

// sweep visits the nodes that can be reached in a topological order, from the start or from the end, and says of each
// whether it was the only one whose turn it could be.
func (p *plan) sweep(backwards bool, visit func(node, place int, alone bool)) {
	open := make([]int, len(p.nodes))
	queue := make([]int, 0, len(p.order))
	for _, node := range p.order {
		edges := p.nodes[node].in
		if backwards {
			edges = p.nodes[node].out
		}
		for _, e := range edges {
			if p.end(e, !backwards) != sourceIndex {
				open[node]++
			}
		}
		if open[node] == 0 {
			queue = append(queue, node)
		}
	}
	for i := 0; i < len(queue); i++ {
		node := queue[i]
		visit(node, i, len(queue) == i+1)
		edges := p.nodes[node].out
		if backwards {
			edges = p.nodes[node].in
		}
		for _, e := range edges {
			to := p.end(e, backwards)
			if to == sourceIndex {
				continue
			}
			if open[to]--; open[to] == 0 {
				queue = append(queue, to)
			}
		}
	}
}

// end returns the node that an edge leaves, or the one that it leads to.
func (p *plan) end(edge int, start bool) int {
	if start {
		return p.edges[edge].from
	}
	return p.edges[edge].to
}
