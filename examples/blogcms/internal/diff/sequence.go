package diff

// maxEdits bounds the work of a comparison: sequences that differ by more are taken to have nothing in common between
// their common beginning and end. The work grows with its square.
const maxEdits = 1000

// pair says that a[A] and b[B] are the same element.
type pair struct{ A, B int }

// common returns the elements that two sequences share, in order: the longest such list, or a shorter one if they differ
// by more than maxEdits. It is the greedy algorithm of E. Myers, "An O(ND) Difference Algorithm and Its Variations".
func common(a, b []string) []pair {
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && a[endA-1] == b[endB-1] {
		endA--
		endB--
	}
	var out []pair
	for i := range start {
		out = append(out, pair{i, i})
	}
	for _, p := range shortest(a[start:endA], b[start:endB]) {
		out = append(out, pair{p.A + start, p.B + start})
	}
	for i := range len(a) - endA {
		out = append(out, pair{endA + i, endB + i})
	}
	return out
}

// shortest finds the shortest list of edits. On diagonal k lie the positions with x-y = k; reach[k] is the furthest x on it
// that the edits so far lead to.
func shortest(a, b []string) []pair {
	limit := min(len(a)+len(b), maxEdits)
	middle := limit + 1
	reach := make([]int, 2*middle+1)
	var history [][]int // of reach, before each number of edits: only the diagonals that can be in use
	for edits := 0; edits <= limit; edits++ {
		history = append(history, append([]int(nil), reach[middle-edits:middle+edits+1]...))
		for k := -edits; k <= edits; k += 2 {
			x := furthest(reach, middle, k, edits)
			y := x - k
			for x < len(a) && y < len(b) && a[x] == b[y] {
				x, y = x+1, y+1
			}
			reach[middle+k] = x
			if x >= len(a) && y >= len(b) {
				return trace(history, k, x)
			}
		}
	}
	return nil
}

// furthest returns where an edit leads to on diagonal k: down from the diagonal above, or right from the one below.
func furthest(reach []int, middle, k, edits int) int {
	if k == -edits || k != edits && reach[middle+k-1] < reach[middle+k+1] {
		return reach[middle+k+1]
	}
	return reach[middle+k-1] + 1
}

// trace walks back from the end and collects the diagonal moves.
func trace(history [][]int, k, x int) []pair {
	var reversed []pair
	for edits := len(history) - 1; edits >= 0; edits-- {
		before, previous, start := history[edits], 0, 0
		if edits > 0 {
			previous = k - 1
			if k == -edits || k != edits && before[edits+k-1] < before[edits+k+1] {
				previous = k + 1
			}
			start = before[edits+previous]
			if previous < k {
				start++
			}
		}
		for ; x > start; x-- {
			reversed = append(reversed, pair{x - 1, x - 1 - k})
		}
		if edits > 0 {
			x, k = before[edits+previous], previous
		}
	}
	out := make([]pair, 0, len(reversed))
	for i := len(reversed) - 1; i >= 0; i-- {
		out = append(out, reversed[i])
	}
	return out
}
