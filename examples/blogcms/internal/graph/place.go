package graph

import "math"

// Sizes in pixels.
const (
	boxWidth   = 232.0
	boxHeight  = 54.0
	bendWidth  = 24.0
	gap        = 26.0 // between neighbours
	layerGap   = 62.0 // between layers: room for a label
	margin     = 12.0
	placements = 12
)

func (b *box) width() float64 {
	if b.node == nil {
		return bendWidth
	}
	return boxWidth
}

// place gives every box an x: as near to the mean of its neighbours as the order in its layer permits.
func (l *layout) place() {
	for _, layer := range l.layers {
		x := 0.0
		for _, i := range layer {
			b := &l.boxes[i]
			b.x = x + b.width()/2
			x += b.width() + gap
		}
		l.shift(layer, -(x-gap)/2)
	}
	for round := range placements {
		for k := range l.layers {
			layer, upwards := l.layers[k], round%2 == 1
			if upwards {
				layer = l.layers[len(l.layers)-1-k]
			}
			l.settle(layer, upwards)
		}
	}
	l.frame()
}

func (l *layout) shift(layer []int, by float64) {
	for _, i := range layer {
		l.boxes[i].x += by
	}
}

// settle moves the boxes of a layer to where their neighbours want them, pushes overlapping ones apart, and moves the
// whole layer so that as much is pushed to the left as to the right.
func (l *layout) settle(layer []int, upwards bool) {
	wanted := make([]float64, len(layer))
	for place, i := range layer {
		b := &l.boxes[i]
		near := b.up
		if upwards {
			near = b.down
		}
		if wanted[place] = b.x; len(near) > 0 {
			wanted[place] = l.mean(near, func(b *box) float64 { return b.x })
		}
	}
	right, off := math.Inf(-1), 0.0
	for place, i := range layer {
		b := &l.boxes[i]
		b.x = max(wanted[place], right+gap+b.width()/2)
		right = b.x + b.width()/2
		off += wanted[place] - b.x
	}
	l.shift(layer, off/float64(len(layer)))
}

// frame moves everything to positive coordinates and rounds them.
func (l *layout) frame() {
	left, right := math.Inf(1), math.Inf(-1)
	for i := range l.boxes {
		b := &l.boxes[i]
		left, right = min(left, b.x-b.width()/2), max(right, b.x+b.width()/2)
	}
	for i := range l.boxes {
		l.boxes[i].x = math.Round(l.boxes[i].x - left + margin)
	}
	l.width = math.Ceil(right - left + 2*margin)
}

// top is the y of the upper edge of a layer.
func top(layer int) float64 { return margin + float64(layer)*(boxHeight+layerGap) }

func (l *layout) height() float64 {
	return top(len(l.layers)-1) + boxHeight + margin
}
