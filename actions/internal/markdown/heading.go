package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
)

// heading is a heading of a document.
type heading struct {
	node  *ast.Heading
	level int
	// text is the heading without markup.
	text string
	// spaced is the same with the spaces as they were written, which is what anchors are made of.
	spaced string
	// start and stop bound the heading's lines.
	start, stop int
	// top says that the heading is neither in a list nor in a quotation.
	top bool
}

// headings returns the headings in the order of the text.
func (d document) headings() []heading {
	var all []heading
	// The walker never returns an error, so Walk does not.
	_ = ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		node, ok := n.(*ast.Heading)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		start, stop := d.bounds(node)
		all = append(all, heading{
			node: node, level: node.Level, text: d.plain(node), spaced: d.plainSpaced(node),
			start: start, stop: stop, top: node.Parent() == d.root,
		})
		return ast.WalkSkipChildren, nil
	})
	return all
}

// bounds returns the lines of a heading. Those of a heading without text are empty.
func (d document) bounds(node *ast.Heading) (start, stop int) {
	lines := node.Lines()
	if lines.Len() == 0 {
		return 0, 0
	}
	first, last := lines.At(0), lines.At(lines.Len()-1)
	start, stop = d.lineStart(first.Start), d.lineEnd(last.Start)
	if !startsWithHash(d.source[start:first.Start]) {
		stop = d.lineEnd(stop) // The line below is the underline.
	}
	return start, stop
}

// startsWithHash reports whether what stands before a heading's text is the opening of an ATX heading.
func startsWithHash(before []byte) bool {
	for _, c := range before {
		if c == '#' {
			return true
		}
	}
	return false
}

// linked returns the headings that a link in the text leads to: changing them would break the link.
func (d document) linked() map[ast.Node]bool {
	targets := make(map[string]bool)
	_ = ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if link, ok := n.(*ast.Link); ok && entering && bytes.HasPrefix(link.Destination, []byte("#")) {
			targets[string(link.Destination[1:])] = true
		}
		return ast.WalkContinue, nil
	})
	linked := make(map[ast.Node]bool)
	if len(targets) == 0 {
		return linked
	}
	var anchor slugs
	for _, h := range d.headings() {
		if h.text != "" && targets[anchor.next(h.spaced)] {
			linked[h.node] = true
		}
	}
	return linked
}
