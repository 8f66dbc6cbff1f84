package markdown_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"

	"github.com/workflowkit/workflowkit-go/actions/internal/markdown"
)

var update = flag.Bool("update", false, "rewrite the golden files under testdata")

func readFile(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestArticle edits an article that has a bit of everything.
func TestArticle(t *testing.T) {
	t.Parallel()
	article := readFile(t, "article.md")
	tidy := markdown.Tidy(article)
	for name, got := range map[string]string{
		"article.tidy.md": tidy,
		"article.toc.md":  markdown.TableOfContents(tidy, "On this page", 3),
	} {
		if *update {
			if err := os.WriteFile(filepath.Join("testdata", name), []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(readFile(t, name), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if diff := cmp.Diff(markdown.Code(article), markdown.Code(tidy)); diff != "" {
		t.Errorf("code changed (-before +after):\n%s", diff)
	}
}

var (
	anchors = regexp.MustCompile(`href="#([^"]*)"`)
	ids     = regexp.MustCompile(`<h[1-6] id="([^"]*)"`)
)

// TestLinksLead renders texts with a renderer that makes its own anchors, and follows the links. The renderer agrees with
// GitHub on letters of ASCII, digits and hyphens, but not on underscores and other alphabets.
func TestLinksLead(t *testing.T) {
	t.Parallel()
	renderer := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	for name, doc := range map[string]string{
		"an article":      readFile(t, "article.md"),
		"equal headings":  "# A\n\n## A\n\n## B\n\n## A\n\n### B\n",
		"punctuation":     "# T\n\n## What's new, & why?\n\n## C++ / C#\n\n## 100 % (sure)\n\n## a.b.c: d\n\n## *Very* `odd-name` **bold**\n",
		"quoted headings": "# T\n\n> ## A\n\n- ## B\n\n## A\n\n## B\n",
		"underlined":      "T\n=\n\nA b\n---\n\nA b\n---\n",
		"no title":        "## One\n\n## Two\n",
		"mistakes":        "# T\n\n## The the  end\n\n## A  b\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// The order of the blog's own workflow: the headings must not change after the table was made.
			table := markdown.Tidy(markdown.TableOfContents(doc, "Contents", 6))
			_, body, _ := strings.Cut(table, "\n---\n") // Renderers of blogs remove front matter before.
			if !strings.HasPrefix(table, "---") {
				body = table
			}
			var html bytes.Buffer
			if err := renderer.Convert([]byte(body), &html); err != nil {
				t.Fatal(err)
			}
			there := make(map[string]bool)
			for _, id := range ids.FindAllStringSubmatch(html.String(), -1) {
				there[id[1]] = true
			}
			links := anchors.FindAllStringSubmatch(html.String(), -1)
			if len(links) == 0 {
				t.Errorf("no links:\n%s", table)
			}
			for _, link := range links {
				if !there[link[1]] {
					t.Errorf("link to #%s leads nowhere:\n%s", link[1], &html)
				}
			}
		})
	}
}
