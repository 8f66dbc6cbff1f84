package workflowkit

// maxPathWork bounds how many nodes and edges are visited to look at every path through a workflow.
const maxPathWork = 1 << 20

// path is one way through a workflow, with the decisions that lead there. It follows the rules of [execution].
type path struct {
	*tally
	nodes  []pathNode
	ready  []int
	passed int
	// chosen are the decisions of this path, of which the first are given, and open says how many there were each time.
	chosen, open []int
	given        int
	choices      [][][]bool
}

type pathNode struct {
	over        bool
	open, taken int
	// level is how many steps have to be executed one after another in a group until the node is over.
	level Range
}

// paths looks at each path, as long as that is not too much work, and returns what they cost together.
func (t *tally) paths() (*tally, bool) {
	p := t.plan
	choices := make([][][]bool, len(p.nodes)+1)
	for i := range p.nodes {
		choices[i] = p.outcomes(p.nodes[i].out)
	}
	choices[len(p.nodes)] = p.outcomes(p.start)
	for _, c := range choices {
		if c == nil {
			return nil, false
		}
	}
	var sum *tally
	var chosen []int
	for work := 0; ; work += len(p.nodes) + len(p.edges) + 1 {
		if work > maxPathWork {
			return nil, false
		}
		copied := *t
		w := &path{tally: &copied, nodes: make([]pathNode, len(p.nodes)), chosen: chosen, given: len(chosen), choices: choices}
		w.walk()
		if sum == nil {
			sum = w.tally
		} else {
			sum.or(w.tally)
		}
		// The next path differs in the last decision that has another outcome.
		last := len(w.chosen) - 1
		for last >= 0 && w.chosen[last]+1 == w.open[last] {
			last--
		}
		if last < 0 {
			return sum, true
		}
		chosen = append(w.chosen[:last:last], w.chosen[last]+1)
	}
}

// walk follows the path from its start to its end.
func (w *path) walk() {
	for i := range w.nodes {
		w.nodes[i].open = len(w.plan.nodes[i].in)
	}
	w.decide(len(w.plan.nodes), w.plan.start)
	for len(w.ready) > 0 {
		if len(w.ready) == 1 {
			node := w.ready[0]
			w.ready = w.ready[:0]
			w.serial(w.plan.nodes[node].cost())
			w.complete(node)
			continue
		}
		w.fork()
		ready := w.ready[:0]
		for _, i := range w.ready {
			if !w.nodes[i].over {
				ready = append(ready, i)
			}
		}
		w.ready = ready
	}
}

// fork follows a group.
func (w *path) fork() {
	region := w.region()
	for _, i := range region {
		if !w.nodes[i].over && !w.plan.nodes[i].kind.spec.NeverWaits {
			w.race()
			return
		}
	}
	// The server calls again when all steps of a level are done.
	levels := Exactly(0)
	for _, i := range region {
		w.nodes[i].level = w.startLevel(i)
		if cost := w.plan.nodes[i].cost(); w.runs(i) {
			w.grouped(cost)
			w.nodes[i].level = w.nodes[i].level.plus(cost.Steps)
			w.complete(i)
		}
		levels = levels.max(w.nodes[i].level)
	}
	w.more = w.more.plus(levels)
	for _, i := range region {
		w.nodes[i].level = Exactly(0) // what follows begins a group of its own
	}
}

// race follows a group to the end of the run. The server calls again after each step and each wait, and the last step
// is the one that closes the group.
func (w *path) race() {
	before := *w.tally
	for _, i := range w.plan.order {
		if cost := w.plan.nodes[i].cost(); w.runs(i) {
			w.grouped(cost)
			w.complete(i)
		}
	}
	executed := Range{Min: w.steps.Min - before.steps.Min, Max: Unbounded}
	if w.steps.Max != Unbounded {
		executed.Max = w.steps.Max - before.steps.Max
	}
	w.more = w.more.plus(executed).plus(Exactly(2))
	w.steps, w.bytes = w.steps.plus(Exactly(1)), w.bytes.plus(Exactly(finishBytes))
}

// runs reports whether a node is to run now.
func (w *path) runs(i int) bool {
	n := &w.nodes[i]
	return !n.over && n.open == 0 && n.taken > 0
}

// startLevel is when the last edge to a node is decided.
func (w *path) startLevel(i int) Range {
	level := Exactly(0)
	for _, e := range w.plan.nodes[i].in {
		if from := w.plan.edges[e].from; from != sourceIndex {
			level = level.max(w.nodes[from].level)
		}
	}
	return level
}

// region is that of [execution].
func (w *path) region() []int {
	cuts, order := w.plan.cuts, w.plan.order
	for len(cuts) > w.passed && w.nodes[order[cuts[w.passed]]].over {
		w.passed++
	}
	start, end := 0, len(order)
	if w.passed > 0 {
		start = cuts[w.passed-1] + 1
	}
	if w.passed < len(cuts) {
		end = cuts[w.passed]
	}
	return order[start:end]
}

func (w *path) complete(node int) {
	w.nodes[node].over = true
	w.decide(node, w.plan.nodes[node].out)
}

// decide decides the edges that leave a node, as the path's next decision says.
func (w *path) decide(node int, edges []int) {
	outcomes := w.choices[node]
	choice := 0
	if len(outcomes) > 1 {
		if len(w.open) < w.given {
			choice = w.chosen[len(w.open)]
		} else {
			w.chosen = append(w.chosen, 0)
		}
		w.open = append(w.open, len(outcomes))
	}
	var skipped []int
	for k, e := range edges {
		skipped = w.decided(e, outcomes[choice][k], skipped)
	}
	for len(skipped) > 0 {
		node := skipped[0]
		skipped = skipped[1:]
		for _, e := range w.plan.nodes[node].out {
			skipped = w.decided(e, false, skipped)
		}
	}
}

func (w *path) decided(edge int, taken bool, skipped []int) []int {
	to := w.plan.edges[edge].to
	n := &w.nodes[to]
	n.open--
	if taken {
		n.taken++
	}
	switch {
	case n.open > 0:
	case n.taken > 0:
		w.ready = append(w.ready, to)
	default:
		n.over = true
		skipped = append(skipped, to)
	}
	return skipped
}
