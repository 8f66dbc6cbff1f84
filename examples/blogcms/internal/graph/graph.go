package graph

import (
	"cmp"
	"slices"
)

// Node is a box.
type Node struct {
	// ID is unique. Of nodes with the same ID the first is drawn.
	ID string
	// Title and Detail are the two texts in the box. Either may be empty.
	Title, Detail string
	// Class is the CSS class of the box, beside "node". It may be empty.
	Class string
}

// Edge is an arrow.
type Edge struct {
	// From and To are IDs of nodes. An edge whose ends are not both there is not drawn, nor is one from a node to itself.
	From, To string
	// Label is the text at the arrow. Labels of several edges between the same nodes are joined.
	Label string
	// Class is the CSS class of the arrow, beside "edge". It may be empty.
	Class string
}

// MaxNodes and MaxEdges are the sizes up to which graphs are drawn. A person could not read a larger one.
const (
	MaxNodes = 200
	MaxEdges = 400
)

// box is a node, or a bend of an edge that passes through a layer.
type box struct {
	node     *Node // nil for a bend
	layer    int
	order    float64
	x        float64 // of the centre
	up, down []int   // boxes in the layers above and below
}

// arrow is an edge with its way through the layers.
type arrow struct {
	Edge
	path     []int // boxes, from top to bottom
	reversed bool  // it points upwards: it closes a cycle
}

type layout struct {
	boxes  []box
	layers [][]int
	arrows []arrow
	width  float64
}

// arrange computes where everything is.
func arrange(nodes []Node, edges []Edge) *layout {
	l := &layout{}
	index := map[string]int{}
	for i := range nodes {
		if _, ok := index[nodes[i].ID]; !ok {
			index[nodes[i].ID] = len(l.boxes)
			l.boxes = append(l.boxes, box{node: &nodes[i]})
		}
	}
	l.arrows = merge(edges, index)
	l.turn(index)
	l.stack(index)
	l.bend(index)
	l.sort()
	l.place()
	return l
}

// merge leaves one arrow between each two nodes.
func merge(edges []Edge, index map[string]int) []arrow {
	type ends struct{ from, to string }
	seen := map[ends]int{}
	var out []arrow
	for _, e := range edges {
		_, from := index[e.From]
		_, to := index[e.To]
		if !from || !to || e.From == e.To {
			continue
		}
		i, ok := seen[ends{e.From, e.To}]
		switch {
		case !ok:
			seen[ends{e.From, e.To}] = len(out)
			out = append(out, arrow{Edge: e})
		case out[i].Label == "":
			out[i].Label = e.Label
		case e.Label != "":
			out[i].Label += " / " + e.Label
		}
	}
	return out
}

// turn reverses the arrows that close a cycle, as a walk from the first node on finds them.
func (l *layout) turn(index map[string]int) {
	outgoing := make([][]int, len(l.boxes)) // arrows
	for i, a := range l.arrows {
		outgoing[index[a.From]] = append(outgoing[index[a.From]], i)
	}
	const (
		unseen = iota
		open   // on the way to the present node
		done
	)
	state, next := make([]int, len(l.boxes)), make([]int, len(l.boxes))
	for start := range l.boxes {
		if state[start] != unseen {
			continue
		}
		state[start] = open
		for way := []int{start}; len(way) > 0; {
			at := way[len(way)-1]
			if next[at] == len(outgoing[at]) {
				state[at], way = done, way[:len(way)-1]
				continue
			}
			a := &l.arrows[outgoing[at][next[at]]]
			next[at]++
			switch to := index[a.To]; state[to] {
			case open:
				a.reversed = true
			case unseen:
				state[to], way = open, append(way, to)
			}
		}
	}
}

// ends returns the upper and the lower end of an arrow.
func (a *arrow) ends(index map[string]int) (upper, lower int) {
	if a.reversed {
		return index[a.To], index[a.From]
	}
	return index[a.From], index[a.To]
}

// stack puts every node one layer below the lowest of those that lead to it.
func (l *layout) stack(index map[string]int) {
	below, waiting := make([][]int, len(l.boxes)), make([]int, len(l.boxes))
	for i := range l.arrows {
		upper, lower := l.arrows[i].ends(index)
		below[upper] = append(below[upper], lower)
		waiting[lower]++
	}
	var ready []int
	for i := range l.boxes {
		if waiting[i] == 0 {
			ready = append(ready, i)
		}
	}
	for ; len(ready) > 0; ready = ready[1:] {
		at := ready[0]
		for _, lower := range below[at] {
			l.boxes[lower].layer = max(l.boxes[lower].layer, l.boxes[at].layer+1)
			if waiting[lower]--; waiting[lower] == 0 {
				ready = append(ready, lower)
			}
		}
	}
	for i, b := range l.boxes {
		for len(l.layers) <= b.layer {
			l.layers = append(l.layers, nil)
		}
		l.layers[b.layer] = append(l.layers[b.layer], i)
	}
}

// bend gives arrows that pass through layers a place in each of them.
func (l *layout) bend(index map[string]int) {
	for i := range l.arrows {
		a := &l.arrows[i]
		upper, lower := a.ends(index)
		a.path = []int{upper}
		for layer := l.boxes[upper].layer + 1; layer < l.boxes[lower].layer; layer++ {
			a.path = append(a.path, len(l.boxes))
			l.layers[layer] = append(l.layers[layer], len(l.boxes))
			l.boxes = append(l.boxes, box{layer: layer})
		}
		a.path = append(a.path, lower)
		for k := 1; k < len(a.path); k++ {
			up, down := a.path[k-1], a.path[k]
			l.boxes[up].down = append(l.boxes[up].down, down)
			l.boxes[down].up = append(l.boxes[down].up, up)
		}
	}
}

// sweeps is how often layers are sorted by their neighbours. More do not help in graphs that people draw.
const sweeps = 8

// sort orders the boxes of each layer by where their neighbours are, down and up in turns.
func (l *layout) sort() {
	for _, layer := range l.layers {
		l.number(layer)
	}
	for sweep := range sweeps {
		for k := range l.layers {
			layer, neighbours := l.layers[k], func(b *box) []int { return b.up }
			if sweep%2 == 1 {
				layer, neighbours = l.layers[len(l.layers)-1-k], func(b *box) []int { return b.down }
			}
			for _, i := range layer {
				b := &l.boxes[i]
				if near := neighbours(b); len(near) > 0 {
					b.order = l.mean(near, func(b *box) float64 { return b.order })
				}
			}
			slices.SortStableFunc(layer, func(i, j int) int { return cmp.Compare(l.boxes[i].order, l.boxes[j].order) })
			l.number(layer)
		}
	}
}

// number makes the order of a layer comparable with that of layers of another size.
func (l *layout) number(layer []int) {
	for place, i := range layer {
		l.boxes[i].order = float64(2*place+1) / float64(2*len(layer))
	}
}

func (l *layout) mean(boxes []int, value func(*box) float64) float64 {
	sum := 0.0
	for _, i := range boxes {
		sum += value(&l.boxes[i])
	}
	return sum / float64(len(boxes))
}
