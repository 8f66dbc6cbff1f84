// Package markdown edits Markdown texts without rewriting them: it parses a text, finds the byte ranges that matter and
// changes those alone. Code, links' destinations, HTML and front matter are never touched.
package markdown

import (
	"bytes"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// document is a parsed text.
type document struct {
	// front is the front matter with its closing line, or empty. It is not part of source.
	front string
	// source is the text that root refers to.
	source []byte
	root   ast.Node
}

// parse reads a text as GitHub Flavored Markdown, except for task lists: the parser takes a link named "x" at the start
// of an item for one. Every text is valid Markdown.
func parse(doc string) document {
	front := frontMatter(doc)
	source := []byte(doc[len(front):])
	// A parser keeps no state between texts but is not documented as safe for concurrent use.
	parser := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify)).Parser()
	return document{front: front, source: source, root: parser.Parse(text.NewReader(source))}
}

// frontMatter returns the metadata block that static site generators put before a text, or "".
func frontMatter(doc string) string {
	first, _, ok := strings.Cut(doc, "\n")
	fence := strings.TrimRight(first, " \t\r")
	if !ok || fence != "---" && fence != "+++" {
		return ""
	}
	for at := len(first) + 1; at < len(doc); {
		line, _, _ := strings.Cut(doc[at:], "\n")
		at += len(line)
		if at < len(doc) {
			at++
		}
		if strings.TrimRight(line, " \t\r") == fence {
			return doc[:at]
		}
		// A blank line right after the opening line is a thematic break in a text, not metadata.
		if strings.TrimSpace(line) == "" && at == len(first)+1+len(line)+1 {
			return ""
		}
	}
	return ""
}

// newline returns the line ending that the text uses.
func (d document) newline() string {
	if bytes.Contains(d.source, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

// lineStart and lineEnd return the bounds of the line that holds the offset; the end is after its line break.
func (d document) lineStart(at int) int {
	return bytes.LastIndexByte(d.source[:at], '\n') + 1
}

func (d document) lineEnd(at int) int {
	if i := bytes.IndexByte(d.source[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(d.source)
}

// edit replaces a byte range of a document's source.
type edit struct {
	start, stop int
	with        string
}

// apply returns the text with the edits made. Edits that overlap an earlier one are dropped.
func (d document) apply(edits []edit) string {
	slices.SortStableFunc(edits, func(a, b edit) int { return a.start - b.start })
	var b strings.Builder
	b.Grow(len(d.front) + len(d.source))
	b.WriteString(d.front)
	at := 0
	for _, e := range edits {
		if e.start < at {
			continue
		}
		b.Write(d.source[at:e.start])
		b.WriteString(e.with)
		at = e.stop
	}
	b.Write(d.source[at:])
	return b.String()
}

// plain returns the text of a node's inline content without markup, on one line.
func (d document) plain(n ast.Node) string {
	return strings.Join(strings.Fields(d.plainSpaced(n)), " ")
}

// plainSpaced returns the same with the spaces as they were written.
func (d document) plainSpaced(n ast.Node) string {
	var b strings.Builder
	d.writePlain(&b, n)
	return b.String()
}

func (d document) writePlain(b *strings.Builder, n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			if c.IsRaw() || c.Parent().Kind() == ast.KindCodeSpan {
				b.Write(c.Value(d.source))
			} else {
				b.WriteString(unescape(string(c.Value(d.source))))
			}
			if c.SoftLineBreak() || c.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(c.Value)
		case *ast.AutoLink:
			b.Write(c.Label(d.source))
		case *ast.RawHTML:
			// Tags carry no text.
		default:
			d.writePlain(b, c)
		}
	}
}
