// Package markdown renders the texts of posts as HTML that is safe to show.
package markdown

import (
	"bytes"
	"html/template"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// Renderer renders Markdown. Texts are written by people and by text models: neither may put anything into a page but
// text, and nothing may be loaded from elsewhere when somebody looks at one. Renderers are made by New and are safe for
// concurrent use.
type Renderer struct {
	parser goldmark.Markdown
	policy *bluemonday.Policy
}

// New returns a renderer of GitHub's kind of Markdown.
func New() *Renderer {
	policy := bluemonday.UGCPolicy()
	policy.RequireNoFollowOnLinks(true)
	policy.RequireNoReferrerOnLinks(true)
	return &Renderer{
		parser: goldmark.New(
			goldmark.WithExtensions(extension.GFM),
			goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(imagesAsLinks{}, 100))),
		),
		policy: policy,
	}
}

// HTML returns the sanitised HTML of a text. Pictures become links to them.
func (r *Renderer) HTML(source string) template.HTML {
	var out bytes.Buffer
	if err := r.parser.Convert([]byte(source), &out); err != nil {
		return template.HTML("<pre>" + template.HTMLEscapeString(source) + "</pre>") //nolint:gosec // escaped
	}
	return template.HTML(r.policy.SanitizeBytes(out.Bytes())) //nolint:gosec // sanitised
}

// imagesAsLinks writes images as links to them: a picture would tell its server who reads what, and a text model could
// be made to put what it knows into the address of one.
type imagesAsLinks struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (imagesAsLinks) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindImage, func(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
		image, ok := node.(*ast.Image)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		_, _ = w.WriteString(`<a href="`)
		_, _ = w.Write(util.EscapeHTML(util.URLEscape(image.Destination, true)))
		_, _ = w.WriteString(`">`)
		label := plainText(image, source)
		if len(label) == 0 {
			label = image.Destination
		}
		_, _ = w.WriteString("Picture: ")
		_, _ = w.Write(util.EscapeHTML(label))
		_, _ = w.WriteString(`</a>`)
		return ast.WalkSkipChildren, nil
	})
}

// plainText returns the text below a node.
func plainText(node ast.Node, source []byte) []byte {
	var out bytes.Buffer
	_ = ast.Walk(node, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the walker never fails
		if leaf, ok := n.(*ast.Text); ok && entering {
			out.Write(leaf.Segment.Value(source))
		}
		return ast.WalkContinue, nil
	})
	return out.Bytes()
}
