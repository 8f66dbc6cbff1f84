package diff

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind says in which version a piece of text is.
type Kind string

// The kinds.
const (
	Same    Kind = "same"    // in both versions
	Removed Kind = "removed" // in the old version only
	Added   Kind = "added"   // in the new version only
)

// Line is a line of one of the versions, or of both.
type Line struct {
	Kind Kind
	// Old and New are the line's numbers, from 1. Zero means that the version does not have it.
	Old, New int
	// Pieces are the line in parts: those of kind Same are unchanged within a line that was changed.
	Pieces []Piece
}

// Piece is a part of a line.
type Piece struct {
	Kind Kind
	Text string
}

// Text returns the whole line, without its end.
func (l Line) Text() string {
	var b strings.Builder
	for _, p := range l.Pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}

// similar is the share of a changed block that must be unchanged for its words to be compared, in percent. In
// lines that have little in common the few words that are the same only confuse.
const similar = 30

// Lines compares two versions of a text. The lines of kind Same and Removed are the old version, those of kind Same and
// Added the new one; ends of lines are "\n" or "\r\n" and do not count.
func Lines(before, after string) []Line {
	a, b := split(before), split(after)
	var out []Line
	i, j := 0, 0
	for _, p := range append(common(a, b), pair{len(a), len(b)}) {
		out = append(out, block(a[i:p.A], b[j:p.B], i, j)...)
		if p.A < len(a) {
			out = append(out, Line{Kind: Same, Old: p.A + 1, New: p.B + 1, Pieces: []Piece{{Same, a[p.A]}}})
		}
		i, j = p.A+1, p.B+1
	}
	return out
}

func split(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
}

// block returns the lines of a part that was replaced.
func block(a, b []string, offsetA, offsetB int) []Line {
	removed, added := words(a, b)
	var out []Line
	for i, pieces := range removed {
		out = append(out, Line{Kind: Removed, Old: offsetA + i + 1, Pieces: pieces})
	}
	for i, pieces := range added {
		out = append(out, Line{Kind: Added, New: offsetB + i + 1, Pieces: pieces})
	}
	return out
}

// words compares two blocks of lines word by word.
func words(a, b []string) (removed, added [][]Piece) {
	tokensA, tokensB := tokens(a), tokens(b)
	shared := common(tokensA, tokensB)
	if !alike(tokensA, tokensB, shared, similar) {
		shared = nil
	}
	inA, inB := make([]bool, len(tokensA)), make([]bool, len(tokensB))
	for _, p := range shared {
		inA[p.A], inB[p.B] = true, true
	}
	return lines(tokensA, inA, Removed, len(a)), lines(tokensB, inB, Added, len(b))
}

// tokens cuts lines into words, white space and single other characters. A token "\n" ends a line.
func tokens(lines []string) []string {
	var out []string
	for i, line := range lines {
		if i > 0 {
			out = append(out, "\n")
		}
		start := 0
		for end := range line {
			if end > start && !joined(line[start:end], line[end:]) {
				out, start = append(out, line[start:end]), end
			}
		}
		if start < len(line) {
			out = append(out, line[start:])
		}
	}
	return out
}

// joined reports whether the token goes on with the first character of the rest.
func joined(token, rest string) bool {
	first, _ := utf8.DecodeRuneInString(token)
	next, _ := utf8.DecodeRuneInString(rest)
	switch {
	case isWord(first):
		return isWord(next)
	case unicode.IsSpace(first):
		return unicode.IsSpace(next)
	default:
		return unicode.Is(unicode.Mn, next)
	}
}

func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Mn, r) || r == '_' || r == '\'' || r == '’'
}

// lines puts tokens together to the pieces of count lines.
func lines(tokens []string, same []bool, changed Kind, count int) [][]Piece {
	if count == 0 {
		return nil
	}
	out := make([][]Piece, 1, count)
	for i, token := range tokens {
		if token == "\n" {
			out = append(out, nil)
			continue
		}
		kind := changed
		if same[i] {
			kind = Same
		}
		last := &out[len(out)-1]
		if n := len(*last); n > 0 && (*last)[n-1].Kind == kind {
			(*last)[n-1].Text += token
		} else {
			*last = append(*last, Piece{kind, token})
		}
	}
	return out
}

// Row is what a page shows: a line, or the number of unchanged lines that are left out in its place.
type Row struct {
	Line
	// Skipped is how many lines were left out. Zero means that the row is a line.
	Skipped int
}

// Rows returns the changed lines with some unchanged ones before and after them, and the rest left out.
func Rows(lines []Line, context int) []Row {
	near := make([]bool, len(lines))
	for i, line := range lines {
		if line.Kind == Same {
			continue
		}
		for k := max(0, i-context); k <= min(len(lines)-1, i+context); k++ {
			near[k] = true
		}
	}
	var out []Row
	for i, line := range lines {
		switch n := len(out); {
		case near[i]:
			out = append(out, Row{Line: line})
		case n > 0 && out[n-1].Skipped > 0:
			out[n-1].Skipped++
		default:
			out = append(out, Row{Skipped: 1})
		}
	}
	return out
}

// Changed reports whether any line differs.
func Changed(lines []Line) bool {
	for _, line := range lines {
		if line.Kind != Same {
			return true
		}
	}
	return false
}
