package markdown

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
)

// Summary is what a text says about itself, without markup.
type Summary struct {
	// Title is the first heading of level 1, or "".
	Title string
	// Headings are the other headings, in order.
	Headings []string
	// Sentences are the first sentences of the text's paragraphs, in order.
	Sentences []string
}

// Summarize returns the title, the headings and up to limit sentences of a text. Tables of contents, lists, quotations,
// tables and code count as neither.
func Summarize(doc string, limit int) Summary {
	d := parse(doc)
	all := d.headings()
	main := mainHeading(all)
	var s Summary
	if main != nil {
		s.Title = main.text
	}
	start, stop, hasTable := d.table(all, main, usualTitle)
	for i := range all {
		h := &all[i]
		if h == main || h.text == "" || !h.top || hasTable && h.start >= start && h.stop <= stop {
			continue
		}
		s.Headings = append(s.Headings, h.text)
	}
	for n := d.root.FirstChild(); n != nil && len(s.Sentences) < limit; n = n.NextSibling() {
		if n.Kind() == ast.KindParagraph {
			s.Sentences = append(s.Sentences, sentencesOf(d.plain(n))...)
		}
	}
	if len(s.Sentences) > limit {
		s.Sentences = s.Sentences[:limit]
	}
	return s
}

// sentencesOf cuts a paragraph into its sentences.
func sentencesOf(paragraph string) []string {
	var (
		all   []string
		start int
	)
	for at := 0; at < len(paragraph); {
		size := strings.IndexByte(paragraph[at:], ' ')
		if size < 0 {
			break
		}
		word, next := paragraph[at:at+size], at+size+1
		first, _ := utf8.DecodeRuneInString(strings.TrimLeft(paragraph[next:], "\"'(“‘"))
		if endsSentence(chunk{text: word}) && !unicode.IsLower(first) {
			all = append(all, paragraph[start:next-1])
			start = next
		}
		at = next
	}
	if start < len(paragraph) {
		all = append(all, paragraph[start:])
	}
	return all
}
