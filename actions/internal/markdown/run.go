package markdown

import "github.com/yuin/goldmark/ast"

// run is a piece of a block's text on one line of the source with no markup inside.
type run struct {
	start, stop int
	// breaks says that the line ends after the run and that the paragraph goes on; hard says that it ends for readers
	// too, which two spaces at the end of the line may express.
	breaks, hard bool
	// joined says that nothing but a line break is between the run before and this one.
	joined bool
	// first says that the run is the first thing in its block.
	first bool
}

// runs returns the text directly in a block, in order. Text in emphasis counts, text in links does not: it may be an
// address or a name.
func (d document) runs(block ast.Node) []run {
	var (
		all    []run
		joined bool
	)
	var walk func(parent ast.Node)
	walk = func(parent ast.Node) {
		for c := parent.FirstChild(); c != nil; c = c.NextSibling() {
			t, ok := c.(*ast.Text)
			if !ok {
				joined = false
				if c.Kind() == ast.KindEmphasis {
					walk(c)
					joined = false
				}
				continue
			}
			next := run{
				start: t.Segment.Start, stop: t.Segment.Stop, joined: joined,
				breaks: t.SoftLineBreak(), hard: t.HardLineBreak(),
				first: parent == block && c.PreviousSibling() == nil,
			}
			joined = next.breaks
			// The parser cuts text where markup could have been.
			if last := len(all) - 1; last >= 0 && all[last].stop == next.start && !all[last].breaks && !all[last].hard &&
				c.PreviousSibling() != nil && c.PreviousSibling().Kind() == ast.KindText {
				next.start, next.first, next.joined = all[last].start, all[last].first, all[last].joined
				all = all[:last]
			}
			all = append(all, next)
		}
	}
	walk(block)
	return all
}

// trailing returns the edit that removes the spaces between a run and the end of its line, if nothing else is there.
func (d document) trailing(r run) []edit {
	if r.hard {
		return nil
	}
	end := r.stop
	for end < len(d.source) && (d.source[end] == ' ' || d.source[end] == '\t') {
		end++
	}
	if end == r.stop || end < len(d.source) && d.source[end] != '\n' && d.source[end] != '\r' {
		return nil
	}
	return []edit{{start: r.stop, stop: end}}
}

// endsLine reports whether nothing but spaces follows a run on its line.
func (d document) endsLine(r run) bool {
	for _, c := range d.source[r.stop:] {
		switch c {
		case ' ', '\t', '\r':
		default:
			return c == '\n'
		}
	}
	return true
}
