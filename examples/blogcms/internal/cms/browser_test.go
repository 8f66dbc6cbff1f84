package cms_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit/editor/browsertest"
)

// axeCore is where the front end's development tools put it.
var axeCore = filepath.Join("..", "..", "..", "..", "workflowkit", "editor", "web", "node_modules", "axe-core", "axe.min.js")

// signInAs signs in as a person does, at the issuer's page.
func (s *site) signInAs(page *browsertest.Page, role string) {
	s.t.Helper()
	page.Go(s.base + "/")
	page.Click("link", "Continue with the test")
	// The page of the issuer is not what is tested: its link is followed, not clicked.
	page.See("link", role+"@example.com")
	page.Go(browsertest.Eval[string](page, "[...document.links].find(a => a.textContent.includes('"+role+"@example.com')).href"))
	page.See("heading", "Posts")
}

// TestAnEditorsDay signs in, writes a post, sends it to review, watches the run, approves, and sees it published.
func TestAnEditorsDay(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{people: true})
	s.newWorkflow(actions.EventPostUpdated, `{"name":"Review","actions":[{"id":"1","kind":"add_ToC"},{"id":"2","kind":"grammar_review"},{"id":"3","kind":"wait_for_approval"}],
		"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"},{"from":"2","to":"3"}]}`)
	page := browsertest.Open(t, s.base+"/sign-in")
	s.signInAs(page, "editor")
	page.Read("Nothing is written yet")
	page.Click("link", "Write the first post")
	page.Fill("textbox", "Title", "A good day")
	page.Fill("textbox", "Text, in Markdown", "# A good day\n\n## Morning\n\nIt was was a **good** morning.\n\n## Evening\n\nIt ended.\n")
	page.ReadAt("#preview strong", "good") // as it is written
	page.Click("button", "Save")
	page.Read("The post was created.")

	page.Click("button", "Send to review")
	page.Read("The post was sent to review.")
	page.ReadAt("#post-head .pill", "needs approval") // nobody has loaded the page again
	page.ReadAt("#post-body .diff del", "was")
	page.ReadAt("#post-run .steps .run-waiting", "Apply changes after approval")

	page.Click("link", "See it on its graph")
	page.SeeAt(".graph .node.run-waiting")
	if done := page.Count(".graph .node.run-completed"); done != 2 {
		t.Errorf("%d actions are done on the graph", done)
	}
	run := browsertest.Eval[string](page, "location.href")
	page.Click("link", "A good day")
	page.Click("button", "Approve and publish")
	page.Read("Approved. The workflow publishes the revision.")
	page.ReadAt("#post-head .pill", "published")
	page.ReadAt("#post-body .prose", "Table of Contents")
	page.Go(run)
	page.SeeAt(".heading .pill.run-completed")
	if post := s.as("viewer").post(1); post.Status != loader.StatusPublished || strings.Contains(post.Markdown, "was was") {
		t.Errorf("the post is %+v", post)
	}
	page.Click("button", "Sign out")
	page.Read("You are signed out.")
	if strings.Contains(browsertest.Eval[string](page, "document.cookie"), "session") {
		t.Error("scripts can read the cookie of the session")
	}
}

// TestTheRunIsWatched looks at the graph of a run while it goes on, and touches nothing.
func TestTheRunIsWatched(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	s.newWorkflow(actions.EventPostUpdated, reviewWorkflow)
	post := s.newPost("A post", "the the text")
	s.decide(post.ID, "review")
	s.reach(post.ID, loader.StatusNeedsApproval)
	runs, err := s.db.PostRuns(t.Context(), post.ID, 1)
	if err != nil || len(runs) != 1 {
		t.Fatalf("%v, %v", runs, err)
	}
	page := browsertest.Open(t, s.base+"/runs/"+runs[0].RunID)
	page.SeeAt(".graph .node.run-waiting")
	browsertest.Eval[bool](page, "window.untouched = true")
	s.decide(post.ID, "approve")
	page.SeeAt(".heading .pill.run-completed")
	page.GoneAt(".graph .node.run-waiting")
	if !browsertest.Eval[bool](page, "window.untouched === true") {
		t.Error("the page was loaded again as a whole")
	}
}

func TestAViewerOnlyReads(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{people: true, seeds: true})
	page := browsertest.Open(t, s.base+"/sign-in", browsertest.Allow("status of 403"))
	s.signInAs(page, "viewer")
	for _, role := range []string{"button", "link"} {
		for _, e := range page.Elements(role) {
			for _, forbidden := range []string{"New post", "Send to review", "Users", "Edit"} {
				if strings.Contains(e.Name, forbidden) {
					t.Errorf("a viewer is offered the %s %q", role, e.Name)
				}
			}
		}
	}
	page.Go(s.base + "/posts/new")
	page.Read("your role is viewer, and this takes the role editor")
}

// TestDiscardAsksFirst loses nothing by one click.
func TestDiscardAsksFirst(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	s.newWorkflow(actions.EventPostUpdated, reviewWorkflow)
	post := s.newPost("A post", "the the text")
	s.decide(post.ID, "review")
	s.reach(post.ID, loader.StatusNeedsApproval)
	page := browsertest.Open(t, s.base+"/posts/1")
	page.ClickAt("#confirm-discard summary")
	page.Read("The revision will be lost.")
	if got := s.post(post.ID).Status; got != loader.StatusNeedsApproval {
		t.Errorf("the post is %q before anybody has confirmed", got)
	}
	page.Press("Escape")
	page.Until("the question is gone", "!document.querySelector('#confirm-discard').open")
	page.ClickAt("#confirm-discard summary")
	page.FillAt("#confirm-discard textarea", "I like it as it is")
	page.ClickAt("#confirm-discard button")
	page.ReadAt("#post-head .pill", "draft")
	page.Read("I like it as it is")
}

// TestTwoEditors lets the second one compare, and keeps what was written.
func TestTwoEditors(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	s.newPost("A post", "the first text")
	page := browsertest.Open(t, s.base+"/posts/1/edit", browsertest.Allow("status of 409"))
	page.Fill("textbox", "Text, in Markdown", "my text")
	if got := s.request("PUT", "/api/blog-posts/1", `{"markdown":"their text"}`); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	page.Click("button", "Save")
	page.Read("Somebody else has saved this post in the meantime")
	page.ReadAt(".diff ins", "my")
	page.ReadAt(".diff del", "their")
	page.Accessible(axeCore)
	page.Click("button", "Save mine over theirs")
	page.Read("Saved.")
	if got := s.post(1).Markdown; got != "my text" {
		t.Errorf("the text is %q", got)
	}
}

// TestTheListFollowsItsFilter does not lose the place of who types.
func TestTheListFollowsItsFilter(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true})
	s.newPost("Needle", "in a haystack")
	page := browsertest.Open(t, s.base+"/")
	page.Fill("searchbox", "Search posts", "haystack")
	page.Until("one post is left", "document.querySelectorAll('.posts > li').length === 1")
	page.Until("the address has the filter", "location.search === '?q=haystack'")
	page.Until("the focus is where it was", "document.activeElement.name === 'q'")
	page.Fill("searchbox", "Search posts", "nothing has this")
	page.Read("No post matches")
}

// TestTheVisualEditorIsThere opens it from the list, as an editor.
func TestTheVisualEditorIsThere(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{people: true, seeds: true})
	page := browsertest.Open(t, s.base+"/sign-in")
	s.signInAs(page, "editor")
	page.Go(s.base + "/automations")
	page.ClickAt("#automation-list a[href='/automations/editor/workflows/1']")
	page.Read("Perform a grammar review")
	page.Go(s.base + "/automations/editor/workflows/1/versions")
	page.Read("seed")
}

// TestScriptsInTexts puts scripts into every field, by hand, and looks whether one runs.
func TestScriptsInTexts(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	const script = `<script>window.hacked=1</script><img src=x onerror="window.hacked=2"><svg onload="window.hacked=3">"'><b onclick="window.hacked=4">`
	s.newWorkflow(script, `{"name":"n","actions":[{"id":"1","kind":"grammar_review","name":"<img src=x onerror=window.hacked=5>"}],"edges":[{"from":"$source","to":"1","name":"<script>window.hacked=6</script>"}]}`)
	page := browsertest.Open(t, s.base+"/posts/new")
	page.Fill("textbox", "Title", script)
	page.Fill("textbox", "Subtitle", script)
	page.Fill("textbox", "Text, in Markdown", script+"\n\n[a](javascript:window.hacked=7)")
	page.ReadAt("#preview", "a")
	page.Click("button", "Save")
	page.Read("The post was created.")
	for _, path := range []string{"/", "/posts/1", "/posts/1/edit", "/automations", "/automations/1", "/automations/1/versions"} {
		page.Go(s.base + path)
		if browsertest.Eval[bool](page, "window.hacked !== undefined") {
			t.Errorf("a script has run on %s", path)
		}
	}
}

// TestPagesAtEverySize looks at every page on a phone, a tablet and a desk, in light and in dark.
func TestPagesAtEverySize(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{people: true, seeds: true})
	s.fill()
	page := browsertest.Open(t, s.base+"/sign-in")
	shot := func(name, path string) {
		page.Go(s.base + path)
		for _, dark := range []bool{false, true} {
			page.Colours(dark)
			for _, width := range []int{360, 800, 1400} {
				page.Resize(width, 900)
				if wide := browsertest.Eval[int](page, "document.documentElement.scrollWidth"); wide > width {
					t.Errorf("%s is %d pixels wide on a screen of %d", path, wide, width)
				}
				picture(page, fmt.Sprintf("%s-%d-%s", name, width, map[bool]string{false: "light", true: "dark"}[dark]), width)
			}
			page.Accessible(axeCore)
		}
	}
	shot("sign-in", "/sign-in")
	s.signInAs(page, "admin")
	for name, path := range map[string]string{
		"posts": "/", "posts-none": "/?q=nothing+at+all", "post": "/posts/1", "review": "/posts/4", "post-new": "/posts/new", "post-edit": "/posts/1/edit",
		"automations": "/automations", "automation": "/automations/1", "automation-new": "/automations/new",
		"versions": "/automations/1/versions", "runs": "/automations/1/runs", "run": "/runs/" + s.latestRun(4), "users": "/users",
	} {
		shot(name, path)
	}
}

// fill brings the site to where every page has something to show.
func (s *site) fill() {
	s.t.Helper()
	post := s.newPost("Why our posts are reviewed by a machine, and decided on by a person",
		"# Why our posts are reviewed\n\nA a machine reads every word.  it never gets tired.\n\n## What it finds\n\n- words written twice\n- small letters where where a sentence begins\n\n## What it does not find\n\nWhether the post is worth reading.\n")
	s.as("editor").decide(post.ID, "review")
	s.reachIn(post.ID, loader.StatusNeedsApproval)
	published := s.newPost("How we publish", "Slowly.")
	s.as("editor").decide(published.ID, "publish")
	s.runs()
}

// reachIn waits until a post in the database has a status.
func (s *site) reachIn(id int64, status string) {
	s.t.Helper()
	s.eventually("the post to be "+status, func() error {
		post, err := s.db.Post(s.t.Context(), id)
		if err == nil && post.Status != status {
			err = fmt.Errorf("its status is %q", post.Status)
		}
		return err
	})
}

func (s *site) latestRun(postID int64) string {
	s.t.Helper()
	runs, err := s.db.PostRuns(s.t.Context(), postID, 1)
	if err != nil || len(runs) == 0 {
		s.t.Fatalf("%v, %v", runs, err)
	}
	return runs[0].RunID
}

// picture saves a picture of a whole page, if WORKFLOWKIT_SCREENSHOTS names a folder: see .ci/screenshots.
func picture(page *browsertest.Page, name string, width int) {
	if folder := os.Getenv("WORKFLOWKIT_SCREENSHOTS"); folder != "" {
		page.Resize(width, min(max(700, browsertest.Eval[int](page, "document.documentElement.scrollHeight")), 4000))
		page.Screenshot(filepath.Join(folder, "blogcms", name+".png"))
	}
}
