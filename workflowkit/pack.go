package workflowkit

// pack gives a plan that has been compiled the form in which it is kept. It lets go of what only compiling needs, and puts
// what all nodes have into a few large pieces of memory: thousands of small ones would be work for each garbage collection.
func (p *plan) pack() {
	var edges, inputs, dynamic, text int
	p.each(func(n *planNode) {
		n.action.Inputs, n.action.members = nil, nil
		n.making = planInputs(n.inputs, n.kind)
		edges, inputs, dynamic = edges+len(n.in)+len(n.out), inputs+len(n.inputs), dynamic+len(n.making.dynamic)
		text += n.making.size()
	})
	memory := packed{
		edges: make([]int, 0, edges), inputs: make([]plannedInput, 0, inputs),
		dynamic: make([]dynamicInput, 0, dynamic), text: make([]byte, 0, text),
	}
	p.each(memory.node)
}

// each calls f with the nodes, and with what nodes run for each item of a list.
func (p *plan) each(f func(n *planNode)) {
	for i := range p.nodes {
		n := &p.nodes[i]
		f(n)
		if n.each != nil && n.each.inner != nil {
			f(n.each.inner)
		}
	}
}

// packed is the memory of a plan's nodes.
type packed struct {
	edges   []int
	inputs  []plannedInput
	dynamic []dynamicInput
	text    []byte
}

func (m *packed) node(n *planNode) {
	n.in, n.out = take(&m.edges, n.in), take(&m.edges, n.out)
	n.inputs = take(&m.inputs, n.inputs)
	n.making.dynamic = take(&m.dynamic, n.making.dynamic)
	for k := range n.making.dynamic {
		n.making.dynamic[k].before = take(&m.text, n.making.dynamic[k].before)
	}
	n.making.tail = take(&m.text, n.making.tail)
}

// take moves values to the end of others, which have room for them.
func take[T any](to *[]T, values []T) []T {
	start := len(*to)
	*to = append(*to, values...)
	return (*to)[start:len(*to):len(*to)]
}
