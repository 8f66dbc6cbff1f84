package workflowkit

import (
	"encoding/json"
	"slices"
)

// Scope says what an action can refer to: the actions whose outputs are there when it starts.
type Scope struct {
	// Sure are the ids of the actions that have run before, whatever the conditions of the workflow's edges have said. A
	// ref to one of them finds its output. Never nil, in the order of the document.
	Sure []string `json:"sure"`
	// Maybe are the ids of the actions that have run before on some paths only. On the others a ref to one of them is
	// null, which validation reports as [CodeRefMaybe]. Never nil, in the order of the document.
	//
	// A ref to an action in neither list is the error [CodeRefOrder].
	Maybe []string `json:"maybe"`
}

// Scopes returns the scopes of actions by their ids: of those with the given ids, or of all without one. It is what
// an editor offers where people insert refs, and agrees with [Engine.Validate].
//
// The condition of an edge sees the scope of the edge's source, and the source itself.
//
// The workflow need not be able to run. An action in a cycle, behind one, or that no path leads to has empty lists. An id
// that the workflow does not have is left out; if several actions have one id, the first counts. What is not a workflow,
// or exceeds the engine's limits, has no scopes.
//
// Scopes costs time in proportion to the square of the number of actions, divided by 64, and what it returns for all
// actions can be as large as that square: name ids where workflows may be large.
func (e *Engine) Scopes(definition json.RawMessage, ids ...string) map[string]Scope {
	scopes := map[string]Scope{}
	c := e.graph(definition)
	if c == nil {
		return scopes
	}
	if len(ids) == 0 {
		ids = make([]string, 0, len(c.plan.index))
		for id := range c.plan.index {
			ids = append(ids, id)
		}
	}
	nodes := make([]int, 0, len(ids))
	for _, id := range ids {
		node, ok := c.plan.index[id]
		if _, twice := scopes[id]; ok && !twice {
			nodes = append(nodes, node)
			scopes[id] = Scope{Sure: []string{}, Maybe: []string{}}
		}
	}
	may, sure := make([]uint64, len(c.plan.nodes)), make([]uint64, len(c.plan.nodes))
	targets := slices.Sorted(slices.Values(c.plan.order))
	for chunk := range slices.Chunk(targets, 64) {
		c.follow(chunk, may, sure)
		for _, node := range nodes {
			id := c.plan.nodes[node].action.ID
			scopes[id] = scopes[id].with(c.plan, chunk, may[node], sure[node])
		}
	}
	return scopes
}

// with adds those of up to 64 actions whose bits are set.
func (s Scope) with(p *plan, targets []int, may, sure uint64) Scope {
	if may == 0 {
		return s
	}
	for bit, target := range targets {
		mask := uint64(1) << bit
		if may&mask == 0 {
			continue
		}
		id := p.nodes[target].action.ID
		if sure&mask != 0 {
			s.Sure = append(s.Sure, id)
		} else {
			s.Maybe = append(s.Maybe, id)
		}
	}
	return s
}

// graph reads the graph of a definition, whatever is wrong with it. It returns nil if there is nothing to read.
func (e *Engine) graph(definition json.RawMessage) *compiler {
	if e.limits.checkDocument(definition) != nil {
		return nil
	}
	workflow, _ := parseWorkflow(definition)
	if workflow == nil {
		return nil
	}
	c := &compiler{
		kinds: e.kinds, limits: e.limits, workflow: workflow, sinks: map[int][]*Conditional{}, shaped: map[string]bool{},
		plan: &plan{index: make(map[string]int, len(workflow.Actions)), nodes: make([]planNode, len(workflow.Actions))},
	}
	if !c.checkSize() {
		return nil
	}
	for i, action := range workflow.Actions {
		c.checkID(i, action.ID, actionPlace(i, action.ID))
		c.plan.nodes[i].action = action
	}
	c.compileEdges()
	c.plan.topological()
	return c
}
