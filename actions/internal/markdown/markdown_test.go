package markdown_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/workflowkit/workflowkit-go/actions/internal/markdown"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTableOfContents(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		in, want string
		title    string // empty: "Table of Contents"
		depth    int    // zero: 3
	}{
		"lists the headings under the title": {
			in:   "# Post\n\nIntro.\n\n## One\n\ntext\n\n### Deep\n\n#### Too deep\n\n## Two\n",
			want: "# Post\n\n## Table of Contents\n\n- [One](#one)\n  - [Deep](#deep)\n- [Two](#two)\n\nIntro.\n\n## One\n\ntext\n\n### Deep\n\n#### Too deep\n\n## Two\n",
		},
		"numbers anchors that are taken": {
			in:   "# Setup\n\n## Setup\n\n## Setup\n\n## Setup 1\n",
			want: "# Setup\n\n## Table of Contents\n\n- [Setup](#setup-1)\n- [Setup](#setup-2)\n- [Setup 1](#setup-1-1)\n\n## Setup\n\n## Setup\n\n## Setup 1\n",
		},
		"takes an anchor for its own heading": {
			in:   "# Post\n\n## Contents\n\ntext\n",
			want: "# Post\n\n## Contents\n\n- [Contents](#contents-1)\n\n## Contents\n\ntext\n", title: "Contents",
		},
		"does not take comments in code for headings": {
			in:   "# Post\n\n```sh\n# not a heading\n## nor this\n```\n\n~~~\n## x\n~~~\n\n    ## indented\n\n## Real\n",
			want: "# Post\n\n## Table of Contents\n\n- [Real](#real)\n\n```sh\n# not a heading\n## nor this\n```\n\n~~~\n## x\n~~~\n\n    ## indented\n\n## Real\n",
		},
		"is put at the top where there is no title": {
			in:   "Intro.\n\n## One\n",
			want: "## Table of Contents\n\n- [One](#one)\n\nIntro.\n\n## One\n",
		},
		"is put after front matter": {
			in:   "---\ntitle: x\n# a comment\n---\n\n## One\n",
			want: "---\ntitle: x\n# a comment\n---\n\n## Table of Contents\n\n- [One](#one)\n\n## One\n",
		},
		"replaces the one that is there": {
			in:   "# Post\n\n## Table of Contents\n\n- [Old](#old)\n  - [Older](#older)\n\nIntro.\n\n## New\n",
			want: "# Post\n\n## Table of Contents\n\n- [New](#new)\n\nIntro.\n\n## New\n",
		},
		"replaces one of another title under the main heading": {
			in:   "# Post\n\n### On this page\n\n* [Old](#old)\n\nIntro.\n\n## New\n",
			want: "# Post\n\n## Table of Contents\n\n- [New](#new)\n\nIntro.\n\n## New\n",
		},
		"replaces one where it stands": {
			in:   "# Post\n\nIntro.\n\n## Table of contents\n\n1. [Old](#old)\n\nMore.\n\n## New\n",
			want: "# Post\n\nIntro.\n\n## Table of Contents\n\n- [New](#new)\n\nMore.\n\n## New\n",
		},
		"keeps a list that is more than a table of contents": {
			in:   "# Post\n\n## See also\n\n- [A](#a) and more\n\n## A\n",
			want: "# Post\n\n## Table of Contents\n\n- [See also](#see-also)\n- [A](#a)\n\n## See also\n\n- [A](#a) and more\n\n## A\n",
		},
		"knows underlined headings": {
			in:   "Post\n====\n\nIntro.\n\nOne\n---\n",
			want: "Post\n====\n\n## Table of Contents\n\n- [One](#one)\n\nIntro.\n\nOne\n---\n",
		},
		"keeps code and emphasis in the names of headings": {
			in:   "# P\n\n## Run `go test` *now*\n\n## What's new, & why?\n\n## A [link](https://example.com) [x]\n\n## Übergrößen 日本\n",
			want: "# P\n\n## Table of Contents\n\n- [Run `go test` *now*](#run-go-test-now)\n- [What's new, & why?](#whats-new--why)\n- [A link \\[x\\]](#a-link-x)\n- [Übergrößen 日本](#übergrößen-日本)\n\n## Run `go test` *now*\n\n## What's new, & why?\n\n## A [link](https://example.com) [x]\n\n## Übergrößen 日本\n",
		},
		"nests by order, not by level": {
			in:   "# P\n\n### Three\n\n## Two\n\n### Three\n",
			want: "# P\n\n## Table of Contents\n\n- [Three](#three)\n- [Two](#two)\n  - [Three](#three-1)\n\n### Three\n\n## Two\n\n### Three\n",
		},
		"goes as deep as wanted": {
			in: "# P\n\n## A\n\n### B\n", want: "# P\n\n## Table of Contents\n\n- [A](#a)\n\n## A\n\n### B\n", depth: 2,
		},
		"keeps apart from a list below": {
			in:   "# P\n- a\n\n## A\n",
			want: "# P\n\n## Table of Contents\n\n- [A](#a)\n\n<!-- -->\n\n- a\n\n## A\n",
		},
		"keeps apart from indented code below": {
			in:   "# P\n\n    code  \n\n## A\n",
			want: "# P\n\n## Table of Contents\n\n- [A](#a)\n\n<!-- -->\n\n    code  \n\n## A\n",
		},
		"keeps the line endings of the text": {
			in:   "# P\r\n\r\n## A\r\n",
			want: "# P\r\n\r\n## Table of Contents\r\n\r\n- [A](#a)\r\n\r\n## A\r\n",
		},
		"leaves a text without headings alone": {in: "# Post\n\nIntro.", want: "# Post\n\nIntro."},
		"leaves an empty text alone":           {in: "", want: ""},
		"ignores headings in quotations but counts their anchors": {
			in:   "# P\n\n> ## A\n\n## A\n",
			want: "# P\n\n## Table of Contents\n\n- [A](#a-1)\n\n> ## A\n\n## A\n",
		},
		"takes a heading with special characters literally": {
			in: "# P\n\n## A\n", want: "# P\n\n## \\*C\\#\\*\n\n- [A](#a)\n\n## A\n", title: "*C#*",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tc.title == "" {
				tc.title = "Table of Contents"
			}
			if tc.depth == 0 {
				tc.depth = 3
			}
			got := markdown.TableOfContents(tc.in, tc.title, tc.depth)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if again := markdown.TableOfContents(got, tc.title, tc.depth); again != got {
				t.Errorf("a second table is not the first (-first +second):\n%s", cmp.Diff(got, again))
			}
		})
	}
}

func TestTidy(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ in, want string }{
		"spaces between words":         {"Two  words   here.", "Two words here."},
		"spaces at the end of lines":   {"One \nline\t\n\nTwo \n", "One\nline\n\nTwo\n"},
		"a hard line break stays":      {"One  \ntwo\n", "One  \ntwo\n"},
		"several blank lines":          {"A\n\n\n\nB\n", "A\n\nB\n"},
		"a word written twice":         {"This is is the the end.", "This is the end."},
		"before a full stop":           {"What it is is.", "What it is."},
		"three times":                  {"The the the end.", "The end."},
		"over the end of a line":       {"See the\nthe end.", "See the\nend."},
		"in a list item, over a line":  {"- see the\n  the end", "- see the\n  end"},
		"on purpose":                   {"I know that that had had no effect.", "I know that that had had no effect."},
		"names written twice":          {"Walla Walla and Duran Duran.", "Walla Walla and Duran Duran."},
		"a word and a compound":        {"Sign in in-house.", "Sign in in-house."},
		"a sentence":                   {"it works. we tried! did you? yes.", "It works. We tried! Did you? Yes."},
		"the next line":                {"It works.\nwe tried.", "It works.\nWe tried."},
		"after code":                   {"Use `x`. then stop.", "Use `x`. Then stop."},
		"in emphasis":                  {"It *works. we tried* it.", "It *works. We tried* it."},
		"abbreviations":                {"Tools, e.g. hammers, i.e. tools etc. are used vs. nothing by Dr. who.", "Tools, e.g. hammers, i.e. tools etc. are used vs. nothing by Dr. who."},
		"an ellipsis":                  {"Well... maybe.", "Well... maybe."},
		"names in small letters":       {"iPhone users. gRPC works. v1.2 is out. foo.bar too. e2e.", "iPhone users. gRPC works. v1.2 is out. foo.bar too. e2e."},
		"names that are code too":      {"npm is a tool. `npm install` runs. npm works.", "npm is a tool. `npm install` runs. npm works."},
		"commands in code blocks":      {"npm is a tool.\n\n```sh\nnpm install\n```\n", "npm is a tool.\n\n```sh\nnpm install\n```\n"},
		"items of lists are fragments": {"- one\n- two. three.\n", "- one\n- two. Three.\n"},
		"headings":                     {"# the  the title. of it\n", "# the title. of it\n"},
		"quotations":                   {"> it works.\n", "> It works.\n"},
		"accents":                      {"été  arrive. élan.", "Été arrive. Élan."},
		"no-break spaces":              {"10\u00a0\u00a0km", "10\u00a0\u00a0km"},
		"tables":                       {"| a   a  | b |\n|-----|---|\n| x x | y |\n", "| a   a  | b |\n|-----|---|\n| x x | y |\n"},
		"code spans":                   {"Use `a  a   the the` now.", "Use `a  a   the the` now."},
		"code spans over lines":        {"Use `a  a\nthe the` now.", "Use `a  a\nthe the` now."},
		"fenced code":                  {"```\nthe  the\n\n\n\nit works. we\n```\n", "```\nthe  the\n\n\n\nit works. we\n```\n"},
		"fenced code in a list":        {"1. x\n\n   ~~~\n   the  the\n\n\n   x\n   ~~~\n", "1. x\n\n   ~~~\n   the  the\n\n\n   x\n   ~~~\n"},
		"indented code":                {"A\n\n    the  the\n\n\n    x  \n\nB\n", "A\n\n    the  the\n\n\n    x  \n\nB\n"},
		"unclosed code":                {"```\nthe  the", "```\nthe  the"},
		"addresses":                    {"See https://example.com/the--the?a=b. the  end.", "See https://example.com/the--the?a=b. The end."},
		"links":                        {"See [the  the](http://x.y/a%20%20b 'the  the') now.", "See [the  the](http://x.y/a%20%20b 'the  the') now."},
		"link definitions":             {"[a]: https://example.com/the  'the  the'\n", "[a]: https://example.com/the  'the  the'\n"},
		"html":                         {"<pre>\nthe  the\n\n\nit works. we\n</pre>\n\nA <b title='x  x'>b</b>\n", "<pre>\nthe  the\n\n\nit works. we\n</pre>\n\nA <b title='x  x'>b</b>\n"},
		"front matter":                 {"---\ntitle: the  the\n\n\nx: y\n---\nit  works.\n", "---\ntitle: the  the\n\n\nx: y\n---\nIt works.\n"},
		"toml front matter":            {"+++\na  = 1\n+++\n\nit  works.\n", "+++\na  = 1\n+++\n\nIt works.\n"},
		"a rule is no front matter":    {"---\n\nit  works.\n\n---\n", "---\n\nIt works.\n\n---\n"},
		"no new list":                  {"We the\nthe - foo", "We the\nthe - foo"},
		"windows line endings":         {"it  works. \r\nwe tried.\r\n\r\n\r\n\r\nB\r\n", "It works.\r\nWe tried.\r\n\r\nB\r\n"},
		"nothing":                      {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := markdown.Tidy(tc.in)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if again := markdown.Tidy(got); again != got {
				t.Errorf("tidying twice differs (-once +twice):\n%s", cmp.Diff(got, again))
			}
		})
	}
}

func TestSummarize(t *testing.T) {
	t.Parallel()
	got := markdown.Summarize("# The *post*\n\n## Table of Contents\n\n- [One](#one)\n\nIt works, e.g. here. We\ntried `it`! See [this](http://x.y). More.\n\n"+
		"```\nCode. Is not text.\n```\n\n## One\n\n| a |\n|---|\n| b. |\n\nLast &amp; least.\n\n### Two\n", 5)
	want := markdown.Summary{
		Title: "The post", Headings: []string{"One", "Two"},
		Sentences: []string{"It works, e.g. here.", "We tried it!", "See this.", "More.", "Last & least."},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if got := markdown.Summarize("A. B. C.", 2).Sentences; len(got) != 1 {
		t.Errorf("initials are not sentences: %q", got)
	}
}

func TestTooMuch(t *testing.T) {
	t.Parallel()
	paragraph := "Some words *here* are `code`, and [a link](https://example.com/a_b) follows: two.\n"
	for name, tc := range map[string]struct {
		doc  string
		want bool
	}{
		"nothing":              {"", false},
		"a long post":          {strings.Repeat(paragraph+"\n", 10_000), false},
		"a long paragraph":     {strings.Repeat(paragraph, 100), false},
		"a long list of links": {strings.Repeat("- "+paragraph, 10_000), false},
		"a book":               {strings.Repeat("word ", 1<<18), true},
		"brackets":             {strings.Repeat("![a](", 13_000), true},
		"emphasis":             {strings.Repeat("a**b_c\n", 20_000), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := markdown.TooMuch(tc.doc); got != tc.want {
				t.Errorf("TooMuch is %v, want %v", got, tc.want)
			}
		})
	}
}

func FuzzTidy(f *testing.F) {
	for _, seed := range []string{
		"it  works. the the `a  a`\n\n\n\n```\nthe  the\n\n\nx\n```\n", "- a\n\n      x  x\n", "> the\nthe x", "a\tb\n    c",
		"---\na\n---\nb", "* * *\n1. a\n2) b", "<pre>\n\n\n</pre>", "[a]: <b  b>\n[a] [a]  the\nthe", "| a |\n|--|\n", "a  \nb \nc\\\nd",
		"`` ` `` ``` a\n```\n", "the\r\nthe\r\r\n", "<!-- a\n\n\n-->",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		got := markdown.Tidy(doc)
		if diff := cmp.Diff(markdown.Code(doc), markdown.Code(got)); diff != "" {
			t.Errorf("code changed (-before +after):\n%s", diff)
		}
		if again := markdown.Tidy(got); again != got {
			t.Errorf("tidying twice differs:\n%q\n%q\n%q", doc, got, again)
		}
		if len(got) > len(doc)+len(doc)/2+8 {
			t.Errorf("text grew from %d to %d bytes", len(doc), len(got))
		}
	})
}

func FuzzTableOfContents(f *testing.F) {
	for _, seed := range []string{
		"# P\n\n## A\n\n```\n# x\n```\n", "A\n=\n\nB\n-\n", "---\na: b\n---\n# A\n## B", "# P\n- [a](#a)\n\n## A", "## A\n    code\n## A",
		"# P\n## Table of Contents\n- [a](#a)\n  - [b](#b)\n\n> # Q\n\n1. # L\n", "# \\# <b>x</b> `y` [z](w)\n## ![i](j) | ~~k~~\n", "#\n##\n# a\n## b ##\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		got := markdown.TableOfContents(doc, "Contents", 3)
		before := slices.DeleteFunc(markdown.Code(doc), isNoise)
		after := markdown.Code(got)
		// Names of headings may repeat code spans, so the code of the text is a subsequence of what is there now.
		rest := after
		for _, code := range before {
			i := slices.Index(rest, code)
			if i < 0 {
				t.Fatalf("code %q is lost:\n%q\n%q", code, doc, got)
			}
			rest = rest[i+1:]
		}
		if again := markdown.TableOfContents(got, "Contents", 3); again != got {
			t.Errorf("a second table is not the first:\n%q\n%q\n%q", doc, got, again)
		}
		if got != doc && !strings.Contains(got, "## Contents") {
			t.Errorf("text changed without a table:\n%q\n%q", doc, got)
		}
	})
}

func isNoise(code string) bool { return strings.TrimSpace(code) == "" }
