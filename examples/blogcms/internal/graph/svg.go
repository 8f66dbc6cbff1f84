package graph

import (
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	titleLength = 28 // characters that fit into a box
	labelLength = 28
)

// SVG draws the graph. It returns an empty string if there are no nodes, or more than MaxNodes or MaxEdges. All texts are
// escaped, and the result can be put into a page as it is.
func SVG(nodes []Node, edges []Edge) string {
	if len(nodes) == 0 || len(nodes) > MaxNodes || len(edges) > MaxEdges {
		return ""
	}
	l := arrange(nodes, edges)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="graph" xmlns="http://www.w3.org/2000/svg" width="%[1]g" height="%[2]g" viewBox="0 0 %[1]g %[2]g" role="img" aria-label="%[3]s">`+"\n",
		l.width, l.height(), escape(l.summary()))
	b.WriteString(`<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse">` +
		`<path class="tip" d="M0 0L10 5L0 10z"/></marker></defs>` + "\n")
	for i := range l.arrows {
		l.drawArrow(&b, &l.arrows[i])
	}
	for i := range l.boxes {
		if l.boxes[i].node != nil {
			drawBox(&b, &l.boxes[i])
		}
	}
	for i := range l.arrows { // on top, since they are small
		l.drawLabel(&b, &l.arrows[i])
	}
	b.WriteString("</svg>")
	return b.String()
}

func drawBox(b *strings.Builder, at *box) {
	x, y := at.x-boxWidth/2, top(at.layer)
	fmt.Fprintf(b, `<g class="%s"><title>%s</title><rect x="%g" y="%g" width="%g" height="%g" rx="8"/>`,
		classes("node", at.node.Class), escape(describe(at.node)), x, y, boxWidth, boxHeight)
	switch {
	case at.node.Detail == "" || at.node.Title == "":
		drawText(b, "title", at.x, y+boxHeight/2+5, at.node.Title+at.node.Detail, titleLength)
	default:
		drawText(b, "title", at.x, y+boxHeight/2-3, at.node.Title, titleLength)
		drawText(b, "detail", at.x, y+boxHeight/2+15, at.node.Detail, titleLength+6)
	}
	b.WriteString("</g>\n")
}

// summary says in words what is drawn, for those who do not see it.
func (l *layout) summary() string {
	var parts []string
	for _, layer := range l.layers {
		for _, i := range layer {
			if n := l.boxes[i].node; n != nil {
				parts = append(parts, describe(n))
			}
		}
	}
	return "Graph. " + strings.Join(parts, "; ")
}

func describe(n *Node) string {
	parts := []string{n.ID}
	for _, text := range []string{n.Title, n.Detail} {
		if text != "" && text != n.ID {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ": ")
}

func drawText(b *strings.Builder, class string, x, y float64, text string, limit int) {
	fmt.Fprintf(b, `<text class="%s" x="%g" y="%g" text-anchor="middle">%s</text>`, class, x, y, escape(clip(text, limit)))
}

// drawArrow draws a curve from box to box that leaves and arrives vertically.
func (l *layout) drawArrow(b *strings.Builder, a *arrow) {
	var d strings.Builder
	first := &l.boxes[a.path[0]]
	fmt.Fprintf(&d, "M%g %g", first.x, top(first.layer)+boxHeight)
	for k := 1; k < len(a.path); k++ {
		from, to := &l.boxes[a.path[k-1]], &l.boxes[a.path[k]]
		y1, y2 := top(from.layer)+boxHeight, top(to.layer)
		fmt.Fprintf(&d, "C%g %g %g %g %g %g", from.x, y1+layerGap/2, to.x, y2-layerGap/2, to.x, y2)
		if to.node == nil {
			fmt.Fprintf(&d, "V%g", y2+boxHeight)
		}
	}
	tip, class := "marker-end", a.Class
	if a.reversed {
		tip, class = "marker-start", strings.TrimSpace(class+" back")
	}
	fmt.Fprintf(b, `<path class="%s" d="%s" %s="url(#tip)"/>`+"\n", classes("edge", class), d.String(), tip)
}

// drawLabel writes the label of an arrow half way between its first two boxes, where arrows from one box have spread.
func (l *layout) drawLabel(b *strings.Builder, a *arrow) {
	if a.Label == "" {
		return
	}
	from, to := &l.boxes[a.path[0]], &l.boxes[a.path[1]]
	fmt.Fprintf(b, `<g class="label"><title>%s</title>`, escape(a.Label))
	drawText(b, "", (from.x+2*to.x)/3, top(to.layer)-layerGap/2+8, a.Label, labelLength)
	b.WriteString("</g>\n")
}

func classes(class, more string) string {
	if more == "" {
		return class
	}
	return escape(class + " " + more)
}

// clip shortens a text to a number of characters.
func clip(text string, limit int) string {
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:limit-1])) + "…"
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder takes everything
	return b.String()
}
