package markdown

import (
	"bytes"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// maxRounds bounds the repetition in Tidy: a correction can make another one possible, for instance when two of three
// equal words stood on one line.
const maxRounds = 8

// Tidy corrects what a program can judge: spaces between words and at the ends of lines, several blank lines in a row,
// words written twice in a row, and small letters at the start of a sentence. It changes the text of paragraphs, list
// items and headings only; tables, code, links, HTML and front matter stay as they are, and so do headings that a link
// in the text leads to. Tidying a second time changes nothing.
func Tidy(doc string) string {
	d := parse(doc)
	code := d.code()
	for range maxRounds {
		edits := d.tidy()
		if len(edits) == 0 {
			return doc
		}
		next := d.apply(edits)
		d = parse(next)
		// What the corrections touch is text and not code by construction. Should a correction turn text into code all
		// the same, for instance by joining what spaces kept apart, it is not worth having.
		if !slices.Equal(d.code(), code) {
			return doc
		}
		doc = next
	}
	return doc
}

// tidy returns the corrections of one round.
func (d document) tidy() []edit {
	names, linked := d.codeWords(), d.linked()
	var edits []edit
	_ = ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		t := tidier{document: d, names: names}
		switch n.Kind() {
		case ast.KindParagraph:
			parent := n.Parent().Kind()
			t.sentences, t.starts = true, parent == ast.KindDocument || parent == ast.KindBlockquote
		case ast.KindTextBlock:
			t.sentences = true // Items of lists are often not sentences, but may contain some.
		case ast.KindHeading:
			if linked[n] {
				return ast.WalkContinue, nil
			}
		case east.KindTable:
			return ast.WalkSkipChildren, nil
		default:
			return ast.WalkContinue, nil
		}
		edits = append(edits, t.tidy(n)...)
		return ast.WalkContinue, nil
	})
	return append(edits, d.blankLines()...)
}

// Code returns what of a text is never edited, in order: its front matter, and the contents of its code and HTML.
func Code(doc string) []string { return parse(doc).code() }

func (d document) code() []string {
	code := []string{d.front}
	_ = ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.FencedCodeBlock, *ast.CodeBlock, *ast.HTMLBlock:
			code = append(code, string(n.Lines().Value(d.source)))
		case *ast.CodeSpan, *ast.RawHTML:
			code = append(code, d.spanText(n))
		}
		return ast.WalkContinue, nil
	})
	return code
}

func (d document) spanText(n ast.Node) string {
	if raw, ok := n.(*ast.RawHTML); ok {
		return string(raw.Segments.Value(d.source))
	}
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Segment.Value(d.source))
		}
	}
	return b.String()
}

// codeWords returns the words that are probably names, because the text sets them as code too: those of code spans, and
// those that begin a line of a code block.
func (d document) codeWords() map[string]bool {
	words := make(map[string]bool)
	_ = ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			for i := range n.Lines().Len() {
				line := n.Lines().At(i)
				if fields := bytes.Fields(line.Value(d.source)); len(fields) > 0 {
					words[string(fields[0])] = true
				}
			}
		case *ast.CodeSpan:
			for _, word := range strings.Fields(d.spanText(n)) {
				words[word] = true
			}
		}
		return ast.WalkContinue, nil
	})
	return words
}

// blankLines returns the edits that leave one blank line of several, outside of code and HTML.
func (d document) blankLines() []edit {
	verbatim := make(map[int]bool) // starts of lines
	_ = ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || n.Type() != ast.TypeBlock {
			return ast.WalkContinue, nil
		}
		switch n.(type) {
		case *ast.FencedCodeBlock, *ast.CodeBlock, *ast.HTMLBlock:
			for i := range n.Lines().Len() {
				verbatim[d.lineStart(n.Lines().At(i).Start)] = true
			}
		}
		return ast.WalkContinue, nil
	})
	var edits []edit
	blanks := 0
	for at := 0; at < len(d.source); {
		end := d.lineEnd(at)
		if len(bytes.TrimSpace(d.source[at:end])) > 0 || verbatim[at] {
			blanks = 0
		} else if blanks++; blanks > 1 {
			edits = append(edits, edit{start: at, stop: end})
		}
		at = end
	}
	return edits
}
