package workflowkit

import (
	"sort"
	"strings"
)

// suggester finds what a wrong name may have been meant to be. Documents are untrusted, and comparing many unknown names
// with many known ones takes long, so it stops making suggestions when a budget is used up.
type suggester struct {
	spent int
	// ids are the ids of the actions.
	ids []string
}

// maxSuggestWork bounds the compared pairs of bytes.
const maxSuggestWork = 20_000_000

func (s *suggester) nearest(word string, candidates []string) string {
	cost := len(candidates)
	for _, c := range candidates {
		cost += len(c)
		if abs(len(c)-len(word)) <= len(word)/3+1 {
			cost += len(c) * len(word)
		}
		if s.spent+cost > maxSuggestWork {
			s.spent = maxSuggestWork
			return ""
		}
	}
	s.spent += cost
	return nearest(word, candidates)
}

// nearest returns the candidate that is most like a word, or "" if none is like it. Upper and lower case count as alike.
// If no candidate is like the word as a whole, one that has it as a part is, as builtin:if has "if".
func nearest(word string, candidates []string) string {
	folded := strings.ToLower(strings.TrimSpace(word))
	best, distance, part := "", len(folded)/3+1, ""
	for _, c := range candidates {
		if c == "" || c == word {
			continue
		}
		other := strings.ToLower(c)
		if len(folded) > 1 && isPart(folded, other) && (part == "" || len(c) < len(part)) {
			part = c
		}
		if abs(len(other)-len(folded)) > distance {
			continue
		}
		d := editDistance(folded, other, distance)
		if d >= max(len(folded), len(other)) {
			continue // they have nothing in common
		}
		if d < distance || d == distance && best == "" {
			best, distance = c, d
		}
	}
	if best == "" {
		return part
	}
	return best
}

// isPart reports whether a name such as builtin:if or grammar_review has a word as one or more of its parts.
func isPart(word, name string) bool {
	const between = ":_-. /"
	for from := 0; ; {
		i := strings.Index(name[from:], word)
		if i < 0 {
			return false
		}
		start := from + i
		end := start + len(word)
		if (start == 0 || strings.IndexByte(between, name[start-1]) >= 0) && (end == len(name) || strings.IndexByte(between, name[end]) >= 0) {
			return true
		}
		from = start + 1
	}
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// editDistance is the Levenshtein distance with swaps of neighbours, up to a bound.
func editDistance(a, b string, most int) int {
	const longest = 100
	if len(a) > longest || len(b) > longest {
		return most + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// sortedNames returns the keys of a map in order.
func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
