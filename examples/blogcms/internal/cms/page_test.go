package cms_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/loader"
)

// element is a start tag of a page.
type element struct {
	name  string
	attrs map[string]string
}

// elements parses a page.
func elements(t *testing.T, page string) []element {
	t.Helper()
	var out []element
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			e := element{token.Data, map[string]string{}}
			for _, a := range token.Attr {
				e.attrs[a.Key] = a.Val
			}
			out = append(out, e)
		}
	}
}

// harmless fails for everything in a page by which it could do or load something.
func harmless(t *testing.T, page string) {
	t.Helper()
	for _, e := range elements(t, page) {
		if e.name == "script" && len(e.attrs) == 2 && strings.HasPrefix(e.attrs["src"], "/assets/app.js?v=") {
			continue // the application's own, which the policy lets in
		}
		switch e.name {
		case "script", "iframe", "object", "embed", "img", "base", "style", "video", "audio", "math", "template", "noscript":
			t.Errorf("the page has a %s: %v", e.name, e.attrs)
		}
		for name, value := range e.attrs {
			if strings.HasPrefix(name, "on") || name == "style" || name == "srcdoc" || name == "formaction" && !strings.HasPrefix(value, "/automations/") && value != "/posts/preview" {
				t.Errorf("%s has %s=%q", e.name, name, value)
			}
			if name != "href" && name != "src" && name != "action" {
				continue
			}
			u, err := url.Parse(value)
			if err != nil {
				t.Errorf("%s has %s=%q", e.name, name, value)
				continue
			}
			web := u.Scheme == "" || u.Scheme == "http" || u.Scheme == "https" || u.Scheme == "mailto"
			if !web || e.name != "a" && (u.Scheme != "" || u.Host != "") {
				t.Errorf("%s has %s=%q", e.name, name, value)
			}
		}
	}
}

// evil are texts that would do something in a page that takes them for markup.
var evil = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'><svg onload=alert(1)>`, `</title></textarea><script>alert(1)</script>`,
	`[a](javascript:alert(1))`, `![b](https://evil.example/x.png)`, `<a href="javascript:alert(1)">c</a>`, "```\n</code><script>alert(1)</script>\n```",
	`<iframe src="https://evil.example"></iframe>`, `[d]: javascript:alert(1) "x" [d]`, `<style>*{display:none}</style>`,
	`<form action="https://evil.example"><button>e</button></form>`, `<math><mi xlink:href="data:x,<script>alert(1)</script>"></math>`,
	`{{.Secret}}`, `<div style="position:fixed">f</div>`, `[g](data:text/html,<script>alert(1)</script>)`,
}

// TestEvilTexts puts them into every field of posts and workflows and looks at every page.
func TestEvilTexts(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	ctx := t.Context()
	all := strings.Join(evil, "\n\n")
	for i, text := range append(evil, all) {
		post, err := s.db.CreatePost(ctx, loader.NewPost{Title: text, Subtitle: text, Markdown: text})
		if err != nil {
			t.Fatal(err)
		}
		run := fmt.Sprintf("run-%d", i)
		change := loader.Change{PostID: post.ID, RunID: run, Key: run + "/1", Version: post.Version}
		if _, err := s.db.SaveRevision(ctx, change, text+"\n\nmore"); err != nil {
			t.Fatal(err)
		}
		change.Key += "/2"
		if _, err := s.db.AppendRecommendations(ctx, change, "Heading "+strings.ReplaceAll(text, "\n", " "), text); err != nil {
			t.Fatal(err)
		}
		change.Key += "/3"
		if i%2 == 0 {
			_, err = s.db.DiscardRevision(ctx, change, text)
		} else {
			_, err = s.db.RequestApproval(ctx, change)
		}
		if err != nil {
			t.Fatal(err)
		}
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		definition := strings.ReplaceAll(`{"name":X,"description":X,"actions":[{"id":X,"kind":X,"name":X},{"id":"2","kind":"grammar_review","inputs":{"tone":X}}],
			"edges":[{"from":"$source","to":X},{"from":X,"to":"2","name":X},{"from":X,"to":"3","conditional":{"type":"match","ref":X,"value":X}}]}`, "X", string(quoted))
		name := fmt.Sprintf("%d %s", i, text)
		if _, err := s.db.CreateWorkflow(ctx, loader.WorkflowEdit{Name: &name, Description: &text, Trigger: &text, Definition: json.RawMessage(definition)}); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/posts/%d", "/posts/%d/edit", "/automations/%d", "/automations/%d/versions"} {
			path = fmt.Sprintf(path, post.ID)
			got := s.get(path)
			if got.status != http.StatusOK {
				t.Errorf("%s: %d", path, got.status)
			}
			harmless(t, got.body)
		}
		harmless(t, s.submit("/automations/check", "name", text, "description", text, "trigger", text, "workflow", definition+text).body)
		harmless(t, s.submit("/posts/preview", "id", fmt.Sprint(post.ID), "title", text, "subtitle", text, "markdown", text).body)
		harmless(t, s.submit(fmt.Sprintf("/posts/%d", post.ID), "title", text+"x", "subtitle", text+"x", "markdown", text+"x", "version", "1").body)
		harmless(t, s.get("/?q="+url.QueryEscape(text)+"&status="+url.QueryEscape(text)).body)
		harmless(t, s.submit("/posts", "title", "", "subtitle", text, "markdown", text).body)
	}
	for _, path := range []string{"/", "/automations", "/posts/new", "/automations/new", "/?done=" + url.QueryEscape(all), "/" + url.PathEscape(all)} {
		harmless(t, s.get(path).body)
	}
	if got := s.get("/?done=" + url.QueryEscape("You were hacked")); strings.Contains(got.body, "hacked") {
		t.Error("a URL makes the page say what it wants")
	}
}

func TestPostPages(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	s.newWorkflow(actions.EventPostUpdated, `{"actions":[{"id":"1","kind":"add_ToC"},{"id":"2","kind":"grammar_review"},{"id":"3","kind":"wait_for_approval"}],
		"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"},{"from":"2","to":"3"}]}`)
	s.newWorkflow(actions.EventPostPublished, announceWorkflow)
	s.newPost("The first post", "# Title\n\n## One\n\nIt is the the text.\n\n## Two\n\nEnd.\n")
	s.newPost("The second post", "text")
	list := s.get("/").body
	for _, want := range []string{"The first post", `action="/posts/1/review"`, `action="/posts/2/review"`, `href="/posts/2"`, "draft"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list does not show %q", want)
		}
	}
	if got := s.submit("/posts/1/review"); got.status != http.StatusSeeOther || got.header.Get("Location") != "/posts/1?done=review" {
		t.Fatalf("%d to %q", got.status, got.header.Get("Location"))
	}
	s.reach(1, loader.StatusNeedsApproval)
	page := s.get("/posts/1?done=review").body
	for _, want := range []string{
		"sent to review", "needs approval", "Proposed changes", "<ins>## Table of Contents</ins>", "<del>the </del>",
		">Original</h2>", ">Revision</h2>", `action="/posts/1/approve"`, `action="/posts/1/discard"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	if got := s.submit("/posts/1/approve"); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	s.reach(1, loader.StatusPublished)
	s.submit("/posts/1/publish")
	s.eventually("the announcements", func() error { return s.announced(1, 1) })
	page = s.get("/posts/1").body
	for _, want := range []string{"published", "Recommendations for publishing", "<h2>Twitter posts</h2>", `action="/posts/1/unpublish"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	if got := s.submit("/posts/1/approve"); got.status != http.StatusNotFound || !strings.Contains(got.body, "there is no revision") {
		t.Errorf("approving again: %d %s", got.status, got.body)
	}
}

func TestPostForm(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	if got := s.submit("/posts", "title", " ", "subtitle", "kept", "markdown", "kept as well"); got.status != http.StatusBadRequest ||
		!strings.Contains(got.body, `value="kept"`) || !strings.Contains(got.body, "kept as well</textarea>") {
		t.Errorf("without a title: %d %s", got.status, got.body)
	}
	// Browsers end lines in a text area with CRLF.
	if got := s.submit("/posts", "title", "A post", "subtitle", "", "markdown", "one\r\ntwo"); got.header.Get("Location") != "/posts/1?done=created" {
		t.Fatalf("%d to %q", got.status, got.header.Get("Location"))
	}
	post := s.post(1)
	if post.Markdown != "one\ntwo" {
		t.Errorf("the text is %q", post.Markdown)
	}
	form := s.get("/posts/1/edit").body
	version := fmt.Sprint(post.Version)
	if !strings.Contains(form, `name="version" value="`+version+`"`) {
		t.Errorf("the form does not know its version:\n%s", form)
	}
	if got := s.submit("/posts/1", "title", "A post", "markdown", "mine", "version", version); got.header.Get("Location") != "/posts/1?done=saved" {
		t.Fatalf("%d %s", got.status, got.body)
	}
	late := s.submit("/posts/1", "title", "A post", "markdown", "yours", "version", version)
	if late.status != http.StatusConflict || !strings.Contains(late.body, "yours</textarea>") || !strings.Contains(late.body, "Somebody else has saved this post") ||
		!strings.Contains(late.body, "<del>mine</del>") || !strings.Contains(late.body, "<ins>yours</ins>") {
		t.Errorf("the second of two editors: %d %s", late.status, late.body)
	}
	if got := s.post(1).Markdown; got != "mine" {
		t.Errorf("the text is %q", got)
	}
	now := fmt.Sprint(s.post(1).Version)
	if !strings.Contains(late.body, now) {
		t.Error("saving the form again would be refused again")
	}
}

func TestWorkflowPages(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true})
	list := s.get("/automations").body
	for _, want := range []string{"Review a blog post", `aria-checked="true"`, "When a post is published", `<svg class="graph"`, "Perform a grammar review", `action="/automations/1/disable"`} {
		if !strings.Contains(list, want) {
			t.Errorf("the list does not show %q", want)
		}
	}
	if got := s.submit("/automations/1/disable"); got.header.Get("Location") != "/automations/1?done=disabled" {
		t.Errorf("%d to %q", got.status, got.header.Get("Location"))
	}
	if got := s.submit("/automations/1/enable"); got.header.Get("Location") != "/automations/1?done=enabled" {
		t.Errorf("%d to %q", got.status, got.header.Get("Location"))
	}
	page := s.get("/automations/1").body
	for _, want := range []string{`<svg class="graph"`, "&#34;kind&#34;: &#34;add_ToC&#34;", "Actions that workflows can use", "generate_tweet_posts"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
}

func TestWorkflowForm(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	fields := func(name, enabled, definition string, more ...string) []string {
		return append([]string{"name", name, "trigger", actions.EventPostUpdated, "enabled", enabled, "workflow", definition}, more...)
	}
	const faulty = `{"actions":[{"id":"1","kind":"nope"}],"edges":[{"from":"$source","to":"1"}]}`
	for _, text := range []string{faulty, "not JSON {"} {
		got := s.submit("/automations/check", fields("Mine", "", text)...)
		if got.status != http.StatusOK || !strings.Contains(got.body, "Findings") || !strings.Contains(got.body, `value="Mine"`) {
			t.Errorf("checking %s: %d %s", text, got.status, got.body)
		}
	}
	if got := s.submit("/automations/check", fields("Mine", "", reviewWorkflow)...); !strings.Contains(got.body, "nothing wrong") {
		t.Errorf("checking a good one: %s", got.body)
	}
	if got := s.submit("/automations", fields("Mine", "1", faulty)...); got.status != http.StatusBadRequest || !strings.Contains(got.body, "kind_unknown") {
		t.Errorf("enabling a faulty one: %d %s", got.status, got.body)
	}
	if got := s.submit("/automations", fields("Mine", "", "not JSON {")...); got.status != http.StatusBadRequest || !strings.Contains(got.body, "not JSON {</textarea>") {
		t.Errorf("saving what is not JSON: %d %s", got.status, got.body)
	}
	if got := s.submit("/automations", fields("Mine", "", faulty)...); got.header.Get("Location") != "/automations/1?done=saved" {
		t.Fatalf("saving a faulty draft: %d %s", got.status, got.body)
	}
	if got := s.submit("/automations/1/enable"); got.status != http.StatusBadRequest || !strings.Contains(got.body, "kind_unknown") {
		t.Errorf("enabling it from the list: %d %s", got.status, got.body)
	}
	draft, err := s.db.Workflow(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.submit("/automations/1", fields("Mine", "1", reviewWorkflow, "version", draft.Version)...); got.status != http.StatusSeeOther {
		t.Fatalf("saving the repaired one: %d %s", got.status, got.body)
	}
	if got := s.submit("/automations/1", fields("Mine", "1", announceWorkflow, "version", draft.Version)...); got.status != http.StatusConflict ||
		!strings.Contains(got.body, "Somebody else has saved this automation") || !strings.Contains(got.body, "<del>") || !strings.Contains(got.body, "generate_tweet_posts") {
		t.Errorf("the second of two editors: %d %s", got.status, got.body)
	}
	if got := s.submit("/automations", fields("Mine", "", reviewWorkflow)...); got.status != http.StatusConflict {
		t.Errorf("a second one with the name: %d %s", got.status, got.body)
	}
	if got := s.submit("/automations/1", fields("Mine", "", "")...); got.status != http.StatusSeeOther {
		t.Errorf("removing the definition: %d %s", got.status, got.body)
	}
}

func TestPagesThatAreNotThere(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	for _, path := range []string{"/nothing", "/posts/99", "/posts/99/edit", "/automations/99", "/posts/x", "/assets/nothing.css"} {
		if got := s.get(path); got.status != http.StatusNotFound || !strings.Contains(got.body, "<h1>Not found") {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	for _, path := range []string{"/posts/99/review", "/posts/99", "/automations/99", "/automations/99/enable"} {
		if got := s.submit(path, "title", "a", "trigger", "b"); got.status != http.StatusNotFound {
			t.Errorf("POST %s: %d %s", path, got.status, got.body)
		}
	}
	if got := s.get("/posts/1/review"); got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != "POST" {
		t.Errorf("GET of a decision: %d, Allow %q", got.status, got.header.Get("Allow"))
	}
	if got := s.request(http.MethodPost, "/posts", `{"title":"a"}`); got.status != http.StatusUnsupportedMediaType {
		t.Errorf("JSON for a form: %d", got.status)
	}
	if got := s.submit("/posts", "title", strings.Repeat("x", 5<<20)); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a form that is too large: %d", got.status)
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	count := 0
	for _, e := range elements(t, s.get("/").body) {
		if e.name != "link" && e.name != "script" {
			continue
		}
		count++
		got := s.get(e.attrs["href"] + e.attrs["src"])
		if got.status != http.StatusOK || !strings.Contains(got.header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d", e.attrs["href"], got.status)
		}
	}
	if count != 3 {
		t.Errorf("%d assets", count)
	}
}
