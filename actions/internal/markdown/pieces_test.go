package markdown_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/actions/internal/markdown"
)

func TestSlugs(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ headings, want []string }{
		"words":                   {[]string{"Hello World"}, []string{"hello-world"}},
		"punctuation":             {[]string{"What's new, & why?", "a.b/c", "snake_case-name"}, []string{"whats-new--why", "abc", "snake_case-name"}},
		"other alphabets":         {[]string{"Größe", "日本 語", "Ελλάδα"}, []string{"größe", "日本-語", "ελλάδα"}},
		"taken":                   {[]string{"A", "A", "A"}, []string{"a", "a-1", "a-2"}},
		"taken by a number":       {[]string{"A", "A-1", "A", "A"}, []string{"a", "a-1", "a-2", "a-3"}},
		"taken by a later one":    {[]string{"A", "A", "A-1"}, []string{"a", "a-1", "a-1-1"}},
		"nothing but punctuation": {[]string{"???", "!"}, []string{"", "-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, markdown.Slugs(tc.headings...)); diff != "" {
				t.Errorf("anchors (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFrontMatter(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		"---\na: b\n---\ntext":      "---\na: b\n---\n",
		"---\r\na: b\r\n---\r\nt":   "---\r\na: b\r\n---\r\n",
		"+++\na = 1\n+++\n":         "+++\na = 1\n+++\n",
		"---\na: b\n---":            "---\na: b\n---",
		"---\n---\ntext":            "---\n---\n",
		"--- \na: b\n--- \ntext":    "--- \na: b\n--- \n",
		"---\na: b\n\nc: d\n---\nt": "---\na: b\n\nc: d\n---\n",
		"---\n\na\n\n---\n":         "",
		"---\na: b\n":               "",
		"---\na: b\n+++\n":          "",
		"text\n---\na\n---\n":       "",
		"----\na\n----\n":           "",
		"---":                       "",
		"":                          "",
	} {
		if got := markdown.FrontMatter(doc); got != want {
			t.Errorf("front matter of %q is %q, want %q", doc, got, want)
		}
	}
}

func TestEscapes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`a \* b`: "a * b", `\\`: `\`, `\a`: `\a`, `a &amp; b`: "a & b", `\&amp;`: "&amp;", `&#65;`: "A", `a\`: `a\`, "": "", "plain": "plain",
	} {
		if got := markdown.Unescape(in); got != want {
			t.Errorf("Unescape(%q) is %q, want %q", in, got, want)
		}
	}
	for _, text := range []string{"plain", "a*b_c", "[x](y)", `\`, "<b>", "&amp;", "~~x~~", "C#", "a|b", "`code`", "![i]", "größe"} {
		if got := markdown.Unescape(markdown.Escape(text)); got != text {
			t.Errorf("%q escaped is %q, which reads as %q", text, markdown.Escape(text), got)
		}
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"":                              nil,
		"One.":                          {"One."},
		"One. Two! Three? Four":         {"One.", "Two!", "Three?", "Four"},
		"Tools, e.g. hammers, work.":    {"Tools, e.g. hammers, work."},
		"Ask Dr. Who. He knows.":        {"Ask Dr. Who.", "He knows."},
		"It costs 3.50 euros. Cheap!":   {"It costs 3.50 euros.", "Cheap!"},
		"He said “no.” Then he left.":   {"He said “no.”", "Then he left."},
		"Wait... what? (Yes.) No.":      {"Wait... what?", "(Yes.)", "No."},
		"Since 2019. Before that, not.": {"Since 2019.", "Before that, not."},
		"J. R. Smith wrote it.":         {"J. R. Smith wrote it."},
	} {
		if diff := cmp.Diff(want, markdown.SentencesOf(in)); diff != "" {
			t.Errorf("sentences of %q (-want +got):\n%s", in, diff)
		}
	}
}
