package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/editor/browsertest"
)

// TestPagesOfEverySize reads each page at three widths, light and dark: nothing is wider than the page, axe-core finds
// nothing serious, and the console is free of errors. Below 720 pixels the editor is there to be read.
func TestPagesOfEverySize(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	id := b.create("Sizes", branches)
	b.create("A workflow with a long name that goes on and on and does not end before the edge of any page", "")
	r := &teller{bed: b, workflow: id, run: "run-1"}
	r.tell(workflowkit.RunStarted, "")
	r.tell(workflowkit.ActionStarted, "1")
	for _, tc := range []struct {
		name   string
		width  int
		option browsertest.Option
	}{
		{"360", 360, browsertest.Header("X-User", "Ada")}, {"800", 800, browsertest.Dark()}, {"1400", 1400, browsertest.Dark()},
	} {
		p := b.open("/", browsertest.Size(tc.width, 800), tc.option)
		for name, page := range map[string]struct{ path, sees string }{
			"list": {"/", browsertest.Test("workflow-" + id)}, "editor": {"/workflows/" + id, node("5")}, "versions": {"/workflows/" + id + "/versions", browsertest.Test("version-1")},
			"runs": {"/workflows/" + id + "/runs", browsertest.Test("run-run-1")}, "run": {"/runs/run-1", node("1") + `[data-status="running"]`}, "nothing": {"/runs/none", "h1, h2"},
		} {
			p.Allow("404")
			p.Go(b.url + page.path)
			p.SeeAt(page.sees)
			b.picture(p, name+"-"+tc.name)
			p.Accessible(axe)
			if wide := browsertest.Eval[int](p, "document.documentElement.scrollWidth"); wide > tc.width {
				t.Errorf("%s is %d pixels wide at %d", name, wide, tc.width)
			}
			if cut := browsertest.Eval[string](p, `[...document.querySelectorAll("header a, header button, .toolbar a, .toolbar button, h1, h2")]
				.filter(e => { const r = e.getBoundingClientRect(); return r.width > 0 && (r.right > innerWidth + 1 || r.left < -1); }).map(e => e.textContent).join(", ")`); cut != "" {
				t.Errorf("%s at %d: cut off: %s", name, tc.width, cut)
			}
			if name == "editor" && tc.width < 720 && p.Count(browsertest.Test("save")) > 0 {
				t.Error("a small screen offers to save")
			}
		}
	}
}

// TestReadersCannotChange opens the editor for somebody who may look only.
func TestReadersCannotChange(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	id := b.create("Reading", branches)
	p := b.edit(id, browsertest.Header("X-User", "Reader"))
	choose(p, "4")
	for _, control := range []string{"save", "publish", "palette-search"} {
		if p.Count(browsertest.Test(control)+":not(:disabled)") > 0 {
			t.Errorf("%s is offered to a reader", control)
		}
	}
	p.Press("Delete")
	p.SeeAt(node("4"))
	p.Go(b.url + "/")
	p.Read("Reading")
	if p.Count(browsertest.Test("new-workflow")) > 0 {
		t.Error("a reader is offered to create a workflow")
	}
}

// TestBrokenRowsOpen opens what other editors have left behind, and saves what has been repaired without losing the rest.
func TestBrokenRowsOpen(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	for name, row := range map[string]string{
		"two with one id":  `{"actions":[{"id":"1","kind":"judge","inputs":{"text":"a"}},{"id":"1","kind":"judge","inputs":{"text":"b"}}],"edges":[{"from":"$source","to":"1"}]}`,
		"an edge to none":  `{"actions":[{"id":"1","kind":"judge","inputs":{"text":"a"}}],"edges":[{"from":"$source","to":"1"},{"from":"1","to":"7"}]}`,
		"an edge to self":  `{"actions":[{"id":"1","kind":"judge","inputs":{"text":"a"}}],"edges":[{"from":"$source","to":"1"},{"from":"1","to":"1"}]}`,
		"a kind of others": `{"actions":[{"id":"1","kind":"gone","inputs":{"x":1}}],"edges":[{"from":"$source","to":"1"}]}`,
		"wrong shapes":     `{"actions":[7,{"id":1,"kind":"judge"},{"id":"2"}],"edges":["x",{"from":"$source","to":"2"}]}`,
		"no lists":         `{"actions":{"a":1},"edges":7}`,
		"an empty one":     `{}`,
	} {
		id := b.create(name, row)
		p := b.open("/workflows/" + id)
		p.Until(name+" is shown", `document.querySelector('[data-testid="problems-tab"], [data-testid="unreadable"]')`)
		p.Accessible(axe)
	}
	kept := `{"steps":[{"id":"old"}],"actions":[{"id":"1","kind":"judge","inputs":{"text":"a"},"extra":{"n":12345678901234567890}}],
		"edges":[{"id":"e1","from":"$source","to":"1"},{"from":"1","to":"$sink","note":"kept"},{"from":"1","to":"7"}],"more":[1.5]}`
	id := b.create("kept", kept)
	p := b.edit(id)
	choose(p, "7") // the action that is not there
	p.ClickAt(browsertest.Test("delete-dangling"))
	p.ReadAt(browsertest.Test("problems-tab"), "No problems")
	p.ClickAt(browsertest.Test("save"))
	got := string(b.json(b.draft(id, 2)))
	for _, part := range []string{`"steps":[{"id":"old"}]`, `"extra":{"n":12345678901234567890}`, `"id":"e1"`, `"note":"kept"`, `"more":[1.5]`} {
		if !strings.Contains(got, part) {
			t.Errorf("%s is lost: %s", part, got)
		}
	}
}

// TestLargeGraphs opens 300 actions, and moves among them. The times are generous: machines of tests are busy.
func TestLargeGraphs(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	w := &workflowkit.Workflow{Name: "Large"}
	for i := range 300 {
		id := fmt.Sprint(i + 1)
		w.Actions = append(w.Actions, workflowkit.WorkflowAction{ID: id, Kind: "judge", Inputs: []byte(`{"text":"x"}`)})
		from := "$source"
		if i >= 10 {
			from = fmt.Sprint(i - 9)
		}
		w.Edges = append(w.Edges, workflowkit.Edge{From: from, To: id})
		if i >= 20 && i%3 == 0 {
			w.Edges = append(w.Edges, workflowkit.Edge{From: fmt.Sprint(i - 18), To: id})
		}
	}
	id := b.create("Large", string(b.json(w)))
	start := time.Now()
	p := b.edit(id)
	t.Logf("opened after %v", time.Since(start))
	b.picture(p, "large")
	p.FocusAt(node("$source"))
	start = time.Now()
	for range 20 {
		p.Press("ArrowDown")
	}
	p.SeeAt(".react-flow__node.selected")
	each := time.Since(start) / 20
	t.Logf("a key takes %v", each)
	if each > time.Second {
		t.Errorf("a key takes %v", each)
	}
}
