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
	switch {
	case len(a) == 0 || len(b) == 0:
		return block(a, b, offsetA, offsetB)
	case !alike(tokensA, tokensB, shared):
		return inlineParts(a, b, offsetA, offsetB)
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

// inlineParts compares the lines of two blocks that are alike one by one, though the blocks are not: a line that was
// changed beside others that are new.
func inlineParts(a, b []string, offsetA, offsetB int) []Line {
	pairs := alikeLines(a, b)
	if len(pairs) == 0 || len(a) == 1 && len(b) == 1 {
		return block(a, b, offsetA, offsetB)
	}
	var out []Line
	i, j := 0, 0
	for _, p := range append(pairs, pair{len(a), len(b)}) {
		out = append(out, block(a[i:p.A], b[j:p.B], offsetA+i, offsetB+j)...)
		if p.A < len(a) {
			out = append(out, inlineBlock(a[p.A:p.A+1], b[p.B:p.B+1], offsetA+p.A, offsetB+p.B)...)
		}
		i, j = p.A+1, p.B+1
	}
	return out
}

// maxLinePairs bounds the work of looking for lines that are alike, which is the product of the numbers of lines.
const maxLinePairs = 2500

// alikeLines returns the longest list of lines that are alike, in the order of both blocks.
func alikeLines(a, b []string) []pair {
	if len(a)*len(b) > maxLinePairs {
		return nil
	}
	length := make([][]int, len(a)+1) // of the list from a place on
	same := make([][]bool, len(a))
	for i := range length {
		length[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		same[i] = make([]bool, len(b))
		ta := tokens(a[i : i+1])
		for j := len(b) - 1; j >= 0; j-- {
			tb := tokens(b[j : j+1])
			same[i][j] = strings.TrimSpace(a[i]) != "" && strings.TrimSpace(b[j]) != "" && alike(ta, tb, common(ta, tb))
			length[i][j] = max(length[i+1][j], length[i][j+1])
			if same[i][j] {
				length[i][j] = max(length[i][j], length[i+1][j+1]+1)
			}
		}
	}
	var out []pair
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case same[i][j] && length[i][j] == length[i+1][j+1]+1:
			out = append(out, pair{i, j})
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return out
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
