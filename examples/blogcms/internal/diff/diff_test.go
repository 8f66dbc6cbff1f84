package diff_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/diff"
)

// render writes a comparison as text: changed words in brackets.
func render(lines []diff.Line) string {
	var b strings.Builder
	for _, line := range lines {
		fmt.Fprintf(&b, "%d,%d %s", line.Old, line.New, map[diff.Kind]string{diff.Same: " ", diff.Removed: "-", diff.Added: "+"}[line.Kind])
		for _, p := range line.Pieces {
			if p.Kind == diff.Same {
				b.WriteString(p.Text)
			} else {
				fmt.Fprintf(&b, "[%s]", p.Text)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestLines(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ before, after, want string }{
		"nothing and nothing":       {"", "", ""},
		"a text and itself":         {"a\nb", "a\nb", "1,1  a\n2,2  b\n"},
		"a line that is added":      {"a\nc", "a\nb\nc", "1,1  a\n0,2 +[b]\n2,3  c\n"},
		"a line that is removed":    {"a\nb\nc", "a\nc", "1,1  a\n2,0 -[b]\n3,2  c\n"},
		"all of it new":             {"", "a\nb", "0,1 +[a]\n0,2 +[b]\n"},
		"all of it gone":            {"a", "", "1,0 -[a]\n"},
		"an empty line":             {"a\n\nb", "a\nb", "1,1  a\n2,0 -\n3,2  b\n"},
		"an end of line at the end": {"a", "a\n", "1,1  a\n0,2 +\n"},
		"words within a line": {
			"the the cat sat on the mat", "The cat sat on the mat.",
			"1,0 -[the] [the ]cat sat on the mat\n0,1 +[The] cat sat on the mat[.]\n",
		},
		"lines without anything in common": {
			"one two three", "four five six", "1,0 -[one two three]\n0,1 +[four five six]\n",
		},
		"a paragraph that is split": {
			"first sentence here. second sentence here.", "first sentence here.\nsecond sentence here.",
			"1,0 -first sentence here.[ ]second sentence here.\n0,1 +first sentence here.\n0,2 +second sentence here.\n",
		},
		"ends of lines of Windows do not count": {"a\r\nb\r\n", "a\nb\n", "1,1  a\n2,2  b\n3,3  \n"},
		"words with accents are whole": {
			"ein schöner Tag im Mai", "ein schoener Tag im Mai",
			"1,0 -ein [schöner] Tag im Mai\n0,1 +ein [schoener] Tag im Mai\n",
		},
		"markup stays text": {"<b>x</b> y z", "<b>x</b> y q", "1,0 -<b>x</b> y [z]\n0,1 +<b>x</b> y [q]\n"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, render(diff.Lines(tc.before, tc.after))); diff != "" {
				t.Errorf("comparison (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	before := strings.Split("1 2 3 4 5 6 7 8 9", " ")
	after := append([]string(nil), before...)
	after[4] = "five"
	rows := diff.Rows(diff.Lines(strings.Join(before, "\n"), strings.Join(after, "\n")), 1)
	var got []string
	for _, row := range rows {
		if row.Skipped > 0 {
			got = append(got, fmt.Sprintf("(%d)", row.Skipped))
		} else {
			got = append(got, row.Text())
		}
	}
	if diff := cmp.Diff([]string{"(3)", "4", "5", "five", "6", "(3)"}, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestChanged(t *testing.T) {
	t.Parallel()
	if diff.Changed(diff.Lines("a\nb", "a\nb")) {
		t.Error("equal texts are said to differ")
	}
	if !diff.Changed(diff.Lines("a\nb", "a\nc")) {
		t.Error("different texts are said to be equal")
	}
}

// TestShortest holds the comparison against the longest common list of lines, computed the slow way.
func TestShortest(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a repeatable test
	for range 300 {
		a, b := letters(random), letters(random)
		same := 0
		for _, line := range diff.Lines(strings.Join(a, "\n"), strings.Join(b, "\n")) {
			if line.Kind == diff.Same {
				same++
			}
		}
		if want := longest(a, b); same != want {
			t.Fatalf("%v and %v share %d lines, the comparison found %d", a, b, want, same)
		}
	}
}

func letters(random *rand.Rand) []string {
	out := make([]string, 1+random.IntN(12))
	for i := range out {
		out[i] = string(rune('a' + random.IntN(4)))
	}
	return out
}

func longest(a, b []string) int {
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
	}
	for i := range a {
		for j := range b {
			if a[i] == b[j] {
				table[i+1][j+1] = table[i][j] + 1
			} else {
				table[i+1][j+1] = max(table[i][j+1], table[i+1][j])
			}
		}
	}
	return table[len(a)][len(b)]
}

// TestLarge bounds the work: two texts of a megabyte that have nothing in common.
func TestLarge(t *testing.T) {
	t.Parallel()
	before := strings.Repeat("alpha beta gamma\n", 60_000)
	after := strings.Repeat("delta epsilon zeta\n", 60_000)
	long := strings.Repeat("x", 1<<20)
	if got := len(diff.Lines(long, long+"y")); got != 2 {
		t.Errorf("%d lines for a word of a megabyte", got)
	}
	lines := diff.Lines(before, after)
	if got := len(lines); got != 120_001 { // and the empty last line, which both have
		t.Errorf("%d lines", got)
	}
}

func FuzzLines(f *testing.F) {
	f.Add("a\nb\nc", "a\nx\nc")
	f.Add("", "\n\n")
	f.Add("the the cat", "The cat\r\n")
	f.Add("\xff\xfe a", "\xff b")
	f.Fuzz(func(t *testing.T, before, after string) {
		var old, current []string
		for _, line := range diff.Lines(before, after) {
			if line.Kind != diff.Added {
				old = append(old, line.Text())
			}
			if line.Kind != diff.Removed {
				current = append(current, line.Text())
			}
		}
		if got, want := strings.Join(old, "\n"), strings.ReplaceAll(before, "\r\n", "\n"); got != want {
			t.Errorf("old version is %q, want %q", got, want)
		}
		if got, want := strings.Join(current, "\n"), strings.ReplaceAll(after, "\r\n", "\n"); got != want {
			t.Errorf("new version is %q, want %q", got, want)
		}
	})
}

func ExampleLines() {
	for _, line := range diff.Lines("its a start", "It's a start") {
		fmt.Println(line.Kind, line.Old, line.New, line.Pieces)
	}
	// Output:
	// removed 1 0 [{removed its} {same  a start}]
	// added 0 1 [{added It's} {same  a start}]
}
