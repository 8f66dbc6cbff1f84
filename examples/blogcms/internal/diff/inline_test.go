package diff_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/diff"
)

// show writes lines with [-removed-] and {+added+} words, and the kind of each line.
func show(lines []diff.Line) []string {
	var out []string
	for _, line := range lines {
		var b strings.Builder
		b.WriteString(string(line.Kind) + ": ")
		for _, p := range line.Pieces {
			kind := p.Kind
			if line.Kind == diff.Added || line.Kind == diff.Removed {
				kind = line.Kind
			}
			switch kind {
			case diff.Removed:
				b.WriteString("[-" + p.Text + "-]")
			case diff.Added:
				b.WriteString("{+" + p.Text + "+}")
			default:
				b.WriteString(p.Text)
			}
		}
		out = append(out, b.String())
	}
	return out
}

func TestInline(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before, after string
		want          []string
	}{
		"a word":                    {"one two three", "one 2 three", []string{"changed: one [-two-]{+2+} three"}},
		"nothing":                   {"same\ntext", "same\ntext", []string{"same: same", "same: text"}},
		"a new line":                {"one", "one\ntwo", []string{"same: one", "added: {+two+}"}},
		"a line less":               {"one\ntwo", "one", []string{"same: one", "removed: [-two-]"}},
		"another text":              {"apples are red", "who knows?", []string{"removed: [-apples are red-]", "added: {+who knows?+}"}},
		"two lines that become one": {"one two three\nfour five six", "one two three four five six", []string{"changed: one two three[-¶-]{+ +}four five six"}},
		"one line that becomes two": {"one two three four five six", "one two three\nfour five six", []string{"changed: one two three[- -]{+¶+}", "same: four five six"}},
		"a change beside new lines": {"it is is a text", "A heading of its own\n\nSomething else entirely here\nit is a text", []string{"added: {+A heading of its own+}", "added: ", "added: {+Something else entirely here+}", "changed: it is [-is -]a text"}},
		"an empty line between": {
			"# T\n\nA a machine reads.\n\n## End", "# T\n\n## Contents\n\n- [End](#end)\n\nA machine reads.\n\n## End",
			[]string{"same: # T", "same: ", "added: {+## Contents+}", "added: ", "added: {+- [End](#end)+}", "added: ", "changed: A [-a -]machine reads.", "same: ", "same: ## End"},
		},
		"everything is new":          {"", "one", []string{"added: {+one+}"}},
		"line ends of other systems": {"one\r\ntwo", "one\ntwo", []string{"same: one", "same: two"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(c.want, show(diff.Inline(c.before, c.after))); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestInlineLosesNothing reads both versions out of the comparison.
func TestInlineLosesNothing(t *testing.T) {
	t.Parallel()
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "one two three", "one two four", "", "x y"}), 1, 8).Draw(t, "lines"), "\n")
	})
	rapid.Check(t, func(t *rapid.T) {
		before, after := text.Draw(t, "before"), text.Draw(t, "after")
		old, current := read(diff.Inline(before, after))
		if squeeze(old) != squeeze(before) || squeeze(current) != squeeze(after) {
			t.Fatalf("%q and %q are read as %q and %q", before, after, old, current)
		}
	})
}

// squeeze leaves out where lines end, which the comparison of words may show as a sign.
func squeeze(text string) string { return strings.ReplaceAll(text, "\n", "") }

func read(lines []diff.Line) (before, after string) {
	for _, line := range lines {
		for _, p := range line.Pieces {
			kind := p.Kind
			if line.Kind == diff.Added || line.Kind == diff.Removed {
				kind = line.Kind
			}
			text := strings.ReplaceAll(p.Text, "¶", "")
			if kind != diff.Added {
				before += text
			}
			if kind != diff.Removed {
				after += text
			}
		}
	}
	return before, after
}

func TestCount(t *testing.T) {
	t.Parallel()
	added, removed := diff.Count(diff.Inline("one two three\ngone for good", "one 2 three\n\nnew here, and not like the other"))
	if added != 8 || removed != 4 {
		t.Errorf("%d added, %d removed", added, removed)
	}
}
