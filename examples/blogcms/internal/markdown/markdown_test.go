package markdown_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/markdown"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ source, want string }{
		"a text":                        {"*a* **b**", "<p><em>a</em> <strong>b</strong></p>\n"},
		"a link says nothing of us":     {"[a](https://example.com)", `<p><a href="https://example.com" rel="nofollow noreferrer">a</a></p>` + "\n"},
		"a link within the post":        {"[a](#b)", `<p><a href="#b" rel="nofollow noreferrer">a</a></p>` + "\n"},
		"a link that is a program":      {"[a](javascript:alert(1))", "<p>a</p>\n"},
		"markup is left out":            {"a <b onclick=x>b</b>", "<p>a b</p>\n"},
		"a block of markup is left out": {"<script>alert(1)</script>", "\n"},
		"a picture is a link": {
			"![*c* \"d\"](https://example.com/x.png)",
			`<p><a href="https://example.com/x.png" rel="nofollow noreferrer">Picture: c &#34;d&#34;</a></p>` + "\n",
		},
		"a picture without a name": {
			"![](https://example.com/x.png)",
			`<p><a href="https://example.com/x.png" rel="nofollow noreferrer">Picture: https://example.com/x.png</a></p>` + "\n",
		},
		"a table": {"|a|\n|-|\n|b|", "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>b</td>\n</tr>\n</tbody>\n</table>\n"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, string(markdown.New().HTML(tc.source))); diff != "" {
				t.Errorf("HTML (-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzHTML looks for a text that puts something into a page by which it could do or load something.
func FuzzHTML(f *testing.F) {
	for _, text := range []string{
		"<script>alert(1)</script>", "![b](https://evil.example/x.png)", "[a](javascript:alert(1))", "<img src=x onerror=alert(1)>",
		"```\n</code><script>\n```", "[d]: javascript:alert(1) \"x\"\n\n[d]", "[g](data:text/html,<b>)", "<https://a.example>", "|a|\n|-|\n|b|",
	} {
		f.Add(text)
	}
	renderer := markdown.New()
	f.Fuzz(func(t *testing.T, source string) {
		z := html.NewTokenizer(strings.NewReader(string(renderer.HTML(source))))
		for z.Next() != html.ErrorToken {
			token := z.Token()
			switch token.Data {
			case "script", "iframe", "object", "embed", "img", "base", "style", "video", "audio", "form", "link", "meta", "svg", "math":
				if token.Type != html.TextToken {
					t.Errorf("%q gives %s", source, token)
				}
			}
			for _, a := range token.Attr {
				u, err := url.Parse(a.Val)
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" ||
					a.Key == "href" && (err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "mailto") {
					t.Errorf("%q gives %s", source, token)
				}
			}
		}
	})
}

func ExampleRenderer_HTML() {
	fmt.Print(markdown.New().HTML("A *post*. <script>"))
	// Output: <p>A <em>post</em>. </p>
}
