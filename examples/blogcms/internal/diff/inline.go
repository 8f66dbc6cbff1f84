package diff

import "strings"

// Inline compares two versions of a text for people who read rather than program: a line that was changed a little is one
// line, with the removed and the added words in their places. Lines that have little in common, and those that are in one
// version only, are lines of kind Removed and Added as in [Lines]. A line with changes in it has the kind [Modified].
func Inline(before, after string) []Line {
	a, b := split(before), split(after)
	var out []Line
	i, j := 0, 0
	for _, p := range append(anchors(a, common(a, b)), pair{len(a), len(b)}) {
		out = append(out, inlineBlock(a[i:p.A], b[j:p.B], i, j)...)
		if p.A < len(a) {
			out = append(out, Line{Kind: Same, Old: p.A + 1, New: p.B + 1, Pieces: []Piece{{Same, a[p.A]}}})
		}
		i, j = p.A+1, p.B+1
	}
	return out
}

// anchors leaves out empty lines with nothing else in common around them: there are many, and one that happens to be the
// same would keep apart what belongs together.
func anchors(a []string, shared []pair) []pair {
	var out []pair
	for k, p := range shared {
		next := func(other int) bool {
			return other >= 0 && other < len(shared) && shared[other].A-p.A == other-k && shared[other].B-p.B == other-k
		}
		if strings.TrimSpace(a[p.A]) != "" || next(k-1) || next(k+1) {
			out = append(out, p)
		}
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
	case len(a) == 1 && len(b) == 1 && alike(tokensA, tokensB, shared, similar), alike(tokensA, tokensB, shared, rewrapped):
	default:
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

// alikeLines returns lines that are alike, in the order of both blocks: as many as there are, and those that are not empty
// before those that are.
func alikeLines(a, b []string) []pair {
	if len(a)*len(b) > maxLinePairs {
		return nil
	}
	best := make([][]int, len(a)+1) // the weight of the lines that are alike from a place on
	weights := make([][]int, len(a))
	for i := range best {
		best[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		weights[i] = make([]int, len(b))
		for j := len(b) - 1; j >= 0; j-- {
			weights[i][j] = likeness(a[i], b[j])
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if weights[i][j] > 0 {
				best[i][j] = max(best[i][j], best[i+1][j+1]+weights[i][j])
			}
		}
	}
	var out []pair
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case weights[i][j] > 0 && best[i][j] == best[i+1][j+1]+weights[i][j]:
			out = append(out, pair{i, j})
			i, j = i+1, j+1
		case best[i+1][j] >= best[i][j+1]:
			i++
		default:
			j++
		}
	}
	return out
}

// likeness is how much it is worth that two lines stand beside each other.
func likeness(a, b string) int {
	emptyA, emptyB := strings.TrimSpace(a) == "", strings.TrimSpace(b) == ""
	if emptyA || emptyB {
		if a == b {
			return 1
		}
		return 0
	}
	tokensA, tokensB := tokens([]string{a}), tokens([]string{b})
	if alike(tokensA, tokensB, common(tokensA, tokensB), similar) {
		return 100
	}
	return 0
}

// rewrapped is the share of blocks of several lines that must be unchanged, in percent, for them to be one text whose lines
// end elsewhere.
const rewrapped = 75

// alike reports whether so many percent of two blocks are in common.
func alike(a, b []string, shared []pair, percent int) bool {
	size, total := 0, 0
	for _, p := range shared {
		size += 2 * len(strings.TrimSpace(a[p.A]))
	}
	for _, t := range append(append([]string(nil), a...), b...) {
		total += len(strings.TrimSpace(t))
	}
	return size*100 >= total*percent
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
