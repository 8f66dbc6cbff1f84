package markdown

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
)

// chunk is what stands between two gaps of a run.
type chunk struct {
	start, stop int // in the source
	text        string
	// glued says that markup touches the chunk, so that it may be a part of a word only.
	glued bool
}

// chunks cuts a run at its gaps.
func (d document) chunks(r run) []chunk {
	var all []chunk
	s := string(d.source[r.start:r.stop])
	for at := 0; at < len(s); {
		size := strings.IndexAny(s[at:], " \t")
		if size < 0 {
			size = len(s) - at
		}
		if size > 0 {
			all = append(all, chunk{start: r.start + at, stop: r.start + at + size, text: s[at : at+size]})
		}
		at += max(size, 1)
	}
	if len(all) == 0 {
		return nil
	}
	first, last := &all[0], &all[len(all)-1]
	first.glued = first.start == r.start && !r.first && !r.joined
	last.glued = last.glued || last.stop == r.stop && !d.endsLine(r)
	return all
}

// tidier corrects the text of one block.
type tidier struct {
	document
	// names are words that keep their small letters.
	names map[string]bool
	// sentences says that the block consists of sentences, and starts that it begins with one.
	sentences, starts bool

	edits    []edit
	previous chunk // the chunk before, or the zero value
	ended    bool  // a sentence has ended before the next chunk
}

func (t *tidier) tidy(block ast.Node) []edit {
	for _, r := range t.runs(block) {
		if !r.joined {
			t.previous, t.ended = chunk{}, r.first && t.starts
		}
		t.gaps(r)
		all := t.chunks(r)
		for i, c := range all {
			var next *chunk
			if i+1 < len(all) {
				next = &all[i+1]
			}
			t.chunk(r, c, next, i == 0)
		}
		t.edits = append(t.edits, t.trailing(r)...)
	}
	return t.edits
}

// gaps makes one space of several.
func (t *tidier) gaps(r run) {
	for at := r.start; at < r.stop; at++ {
		end := at
		for end < r.stop && (t.source[end] == ' ' || t.source[end] == '\t') {
			end++
		}
		if end-at > 1 {
			t.edits = append(t.edits, edit{start: at, stop: end, with: " "})
		}
		at = max(at, end)
	}
}

// chunk corrects one chunk, knowing the one before.
func (t *tidier) chunk(r run, c chunk, next *chunk, first bool) {
	open, word, tail := split(c.text)
	doubled, startsLine := t.doubles(c, open, word), first && r.joined
	switch {
	case doubled && !startsLine:
		// The gap before goes with the word; what follows the word, such as a full stop, stays.
		t.edits = append(t.edits, edit{start: t.previous.stop, stop: c.start + len(word)})
	case doubled && tail == "" && next != nil && startsWithLetter(next.text):
		// At the start of a line the gap behind goes.
		t.edits = append(t.edits, edit{start: c.start, stop: next.start})
	case t.sentences && t.ended && !c.glued && !t.names[word] && isPlain(word, tail):
		initial, size := utf8.DecodeRuneInString(word)
		at := c.start + len(open)
		t.edits = append(t.edits, edit{start: at, stop: at + size, with: string(unicode.ToUpper(initial))})
	}
	t.previous, t.ended = c, endsSentence(c)
}

// doubles reports whether a chunk begins with the word before, by mistake.
func (t *tidier) doubles(c chunk, open, word string) bool {
	return open == "" && word != "" && !c.glued && !t.previous.glued && !deliberate[word] &&
		strings.EqualFold(word, t.previous.text) && word == strings.ToLower(word)
}

// deliberate are words that are written twice on purpose or by the rules of grammar.
var deliberate = map[string]bool{
	"that": true, "had": true, "her": true, "no": true, "very": true, "so": true, "really": true, "much": true,
	"many": true, "far": true, "long": true, "again": true, "never": true, "bye": true, "ha": true, "ho": true,
	"blah": true, "knock": true, "now": true, "please": true, "yes": true, "well": true, "there": true,
}

// split cuts a chunk into opening punctuation, a word of letters, and closing punctuation. The word is empty if the
// chunk is anything else, such as a name with digits or dots inside.
func split(s string) (open, word, tail string) {
	rest := strings.TrimLeft(s, "\"'(“‘")
	open = s[:len(s)-len(rest)]
	word = strings.TrimRight(rest, "\"')”’.,;:!?…")
	tail = rest[len(word):]
	for i, r := range word {
		if !unicode.IsLetter(r) && (i == 0 || r != '\'' && r != '’') {
			return open, "", tail
		}
	}
	return open, word, tail
}

// isPlain reports whether a word is in small letters, and a word: single letters are items of an enumeration unless
// they are English words.
func isPlain(word, tail string) bool {
	if word == "" || word != strings.ToLower(word) || word == strings.ToUpper(word) {
		return false
	}
	return utf8.RuneCountInString(word) > 1 || (word == "a" || word == "i") && tail == ""
}

func startsWithLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// abbreviations end in a full stop that does not end a sentence.
var abbreviations = map[string]bool{
	"etc": true, "vs": true, "cf": true, "ca": true, "approx": true, "mr": true, "mrs": true, "ms": true, "dr": true,
	"prof": true, "st": true, "nr": true, "fig": true, "eq": true, "sec": true, "ch": true, "vol": true,
	"pp": true, "al": true, "resp": true, "incl": true, "excl": true, "est": true, "inc": true, "ltd": true, "co": true,
	"corp": true, "jr": true, "sr": true, "max": true, "min": true, "dept": true, "ed": true, "eds": true, "bzw": true,
}

// endsSentence reports whether a sentence ends with the chunk.
func endsSentence(c chunk) bool {
	s := strings.TrimRight(c.text, "\"')”’")
	body := strings.TrimRight(s, ".!?")
	mark := s[len(body):]
	switch {
	case mark == "" || strings.HasPrefix(mark, "..") || strings.HasSuffix(body, "…"):
		return false
	case body == "":
		return c.glued // What ends is the code or the link before.
	case mark != ".":
		return true
	}
	body = strings.ToLower(strings.TrimLeft(body, "\"'(“‘"))
	return utf8.RuneCountInString(body) > 1 && !strings.Contains(body, ".") && !abbreviations[body]
}
