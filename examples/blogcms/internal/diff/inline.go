package diff

import "strings"

// Inline compares two versions of a text for people who read rather than program: a line that was changed a little is one
// line, with the removed and the added words in their places. Lines that have little in common, and those that are in one
// version only, are lines of kind Removed and Added as in [Lines]. A line with changes in it has the kind [Modified].
func Inline(before, after string) []Line {
	a, b := split(before), split(after)
	var out []Line
	i, j := 0, 0
	for _, p := range append(common(a, b), pair{len(a), len(b)}) {
		out = append(out, inlineBlock(a[i:p.A], b[j:p.B], i, j)...)
		if p.A < len(a) {
			out = append(out, Line{Kind: Same, Old: p.A + 1, New: p.B + 1, Pieces: []Piece{{Same, a[p.A]}}})
		}
		i, j = p.A+1, p.B+1
	}
	return out
}

// Modified is the kind of a line of [Inline] in which words were removed, added, or both.
const Modified Kind = "changed"

func inlineBlock(a, b []string, offsetA, offsetB int) []Line {
	tokensA, tokensB := tokens(a), tokens(b)
	shared := common(tokensA, tokensB)
	if len(a) == 0 || len(b) == 0 || !alike(tokensA, tokensB, shared) {
		return block(a, b, offsetA, offsetB)
	}
	w := inlineWriter{line: Line{Kind: Modified, Old: offsetA + 1, New: offsetB + 1}}
	i, j := 0, 0
	for _, p := range append(shared, pair{len(tokensA), len(tokensB)}) {
		for ; i < p.A; i++ {
			w.write(Removed, tokensA[i])
		}
		for ; j < p.B; j++ {
			w.write(Added, tokensB[j])
		}
		if p.A < len(tokensA) {
			w.write(Same, tokensA[p.A])
		}
		i, j = p.A+1, p.B+1
	}
	return w.end()
}

// alike reports whether two blocks have so much in common that their words are worth comparing.
func alike(a, b []string, shared []pair) bool {
	size, total := 0, 0
	for _, p := range shared {
		size += 2 * len(strings.TrimSpace(a[p.A]))
	}
	for _, t := range append(append([]string(nil), a...), b...) {
		total += len(strings.TrimSpace(t))
	}
	return size*100 >= total*similar
}

// inlineWriter puts tokens together to lines. The ends of lines are those of the new version; an end that was removed is
// a sign in its line.
type inlineWriter struct {
	lines []Line
	line  Line
}

// lineEnd stands for the end of a line that is there in one version only.
const lineEnd = "¶"

func (w *inlineWriter) write(kind Kind, token string) {
	if token != "\n" {
		w.add(kind, token)
		return
	}
	if kind != Same {
		w.add(kind, lineEnd)
	}
	old, current := w.line.Old, w.line.New
	if kind != Added {
		old++
	}
	if kind == Removed {
		w.line.Old = old
		return
	}
	w.lines = append(w.lines, w.line)
	w.line = Line{Kind: Modified, Old: old, New: current + 1}
}

func (w *inlineWriter) add(kind Kind, text string) {
	if n := len(w.line.Pieces); n > 0 && w.line.Pieces[n-1].Kind == kind {
		w.line.Pieces[n-1].Text += text
		return
	}
	w.line.Pieces = append(w.line.Pieces, Piece{kind, text})
}

// end returns the lines. Those in which nothing was changed are of kind Same.
func (w *inlineWriter) end() []Line {
	out := append(w.lines, w.line)
	for i := range out {
		same := true
		for _, p := range out[i].Pieces {
			same = same && p.Kind == Same
		}
		if same {
			out[i].Kind = Same
		}
	}
	return out
}

// Count returns how many words were added and removed.
func Count(lines []Line) (added, removed int) {
	for _, line := range lines {
		for _, piece := range line.Pieces {
			kind := piece.Kind
			if line.Kind == Added || line.Kind == Removed {
				kind = line.Kind
			}
			switch words := len(strings.Fields(strings.ReplaceAll(piece.Text, lineEnd, ""))); kind {
			case Added:
				added += words
			case Removed:
				removed += words
			}
		}
	}
	return added, removed
}
