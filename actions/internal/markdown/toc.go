package markdown

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// usualTitle is the title under which a table of contents is recognised whatever the wanted title is.
const usualTitle = "table of contents"

// TableOfContents returns the text with a table of contents under its first heading of level 1, or at its top if there
// is none. The table lists the headings down to level maxDepth, without that title. A table that is there already is
// replaced where it stands. A text without headings to list is returned as it is.
func TableOfContents(doc, title string, maxDepth int) string {
	d := parse(doc)
	title = strings.Join(strings.Fields(title), " ")
	all := d.headings()
	main := mainHeading(all)
	start := 0
	if main != nil {
		start = main.stop
	}
	stop := start
	if oldStart, oldStop, ok := d.table(all, main, title); ok {
		start, stop = oldStart, oldStop
	}
	list := d.listing(all, main, start, stop, title, maxDepth)
	if list == "" {
		return doc
	}
	before := strings.TrimRight(trimBlankLinesAfter(string(d.source[:start])), "\r\n")
	after := trimBlankLinesBefore(string(d.source[stop:]))
	table := "## " + escape(title) + "\n\n" + list
	switch {
	case before != "":
		table = "\n\n" + table
	case d.front != "":
		table = "\n" + table
	}
	if after != "" {
		table += "\n"
		if strings.ContainsAny(after[:1], "- \t") {
			table += "<!-- -->\n\n" // Else what follows would become part of the list.
		}
	}
	return d.front + before + strings.ReplaceAll(table, "\n", d.newline()) + after
}

// mainHeading returns the first heading of level 1, or nil.
func mainHeading(all []heading) *heading {
	for i := range all {
		if all[i].level == 1 && all[i].top && all[i].stop > 0 {
			return &all[i]
		}
	}
	return nil
}

// table finds a table of contents: a heading and a list of nothing but links to anchors of the text. To count, it must
// have the wanted or the usual title, or stand directly under the main heading.
func (d document) table(all []heading, main *heading, title string) (start, stop int, ok bool) {
	for i := range all {
		h := &all[i]
		if !h.top || h.stop == 0 || h == main {
			continue
		}
		list, isList := h.node.NextSibling().(*ast.List)
		if !isList {
			continue
		}
		titled := strings.EqualFold(h.text, title) || strings.EqualFold(h.text, usualTitle)
		placed := main != nil && h.node.PreviousSibling() == ast.Node(main.node)
		if !titled && !placed {
			continue
		}
		if end := d.anchorsEnd(list); end > 0 {
			return h.start, end, true
		}
	}
	return 0, 0, false
}

// anchorsEnd returns where a list of links to anchors ends, or 0 if the list holds anything else.
func (d document) anchorsEnd(list *ast.List) int {
	end := 0
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		line := item.FirstChild()
		if line == nil || line.ChildCount() != 1 {
			return 0
		}
		link, ok := line.FirstChild().(*ast.Link)
		if !ok || !strings.HasPrefix(string(link.Destination), "#") {
			return 0
		}
		if end = d.linkEnd(link); end == 0 {
			return 0
		}
		switch nested := line.NextSibling().(type) {
		case nil:
		case *ast.List:
			if end = d.anchorsEnd(nested); end == 0 || nested.NextSibling() != nil {
				return 0
			}
		default:
			return 0
		}
	}
	return end
}

// linkEnd returns the end of the line of an inline link that is the last thing on its line, or 0.
func (d document) linkEnd(link *ast.Link) int {
	last := link.LastChild()
	for last != nil && last.HasChildren() {
		last = last.LastChild()
	}
	leaf, ok := last.(*ast.Text)
	if !ok {
		return 0
	}
	end := d.lineEnd(leaf.Segment.Stop)
	if strings.HasSuffix(strings.TrimRight(string(d.source[leaf.Segment.Stop:end]), " \t\r\n"), ")") {
		return end
	}
	return 0
}

// listing returns the list of links for a table that replaces the given range, or "".
func (d document) listing(all []heading, main *heading, start, stop int, title string, maxDepth int) string {
	var (
		b      strings.Builder
		anchor slugs
		levels []int // of the headings that enclose the current one
		placed bool
	)
	for i := range all {
		h := &all[i]
		if h.text == "" || h.start >= start && h.stop <= stop && stop > start {
			continue
		}
		if !placed && h.start >= start && h != main {
			placed = true
			anchor.next(title) // The table's own heading takes an anchor too.
		}
		slug := anchor.next(h.spaced)
		if h == main || !h.top || h.level > maxDepth || slug == "" {
			continue
		}
		for len(levels) > 0 && levels[len(levels)-1] >= h.level {
			levels = levels[:len(levels)-1]
		}
		b.WriteString(strings.Repeat("  ", len(levels)) + "- [" + d.label(h) + "](#" + slug + ")\n")
		levels = append(levels, h.level)
	}
	return b.String()
}

// label returns a heading as the text of a link: as it was written if that is possible, else without markup.
func (d document) label(h *heading) string {
	lines := h.node.Lines()
	raw := strings.TrimSpace(string(d.source[lines.At(0).Start:lines.At(0).Stop]))
	simple := lines.Len() == 1 && !strings.ContainsAny(raw, `[]<>\`)
	for c := h.node.FirstChild(); c != nil && simple; c = c.NextSibling() {
		switch c.Kind() {
		case ast.KindText, ast.KindCodeSpan, ast.KindEmphasis, east.KindStrikethrough:
		default:
			simple = false
		}
	}
	if simple {
		return raw
	}
	return escape(h.text)
}

// trimBlankLinesAfter and trimBlankLinesBefore remove the blank lines at one end of a text, and nothing else.
func trimBlankLinesAfter(s string) string {
	for {
		i := strings.LastIndexByte(strings.TrimSuffix(s, "\n"), '\n') + 1
		if s == "" || strings.TrimSpace(s[i:]) != "" {
			return s
		}
		s = s[:i]
	}
}

func trimBlankLinesBefore(s string) string {
	for {
		i := strings.IndexByte(s, '\n') + 1
		if i == 0 || strings.TrimSpace(s[:i]) != "" {
			return s
		}
		s = s[i:]
	}
}
