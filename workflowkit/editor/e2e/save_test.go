package e2e

import (
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/workflowkit/editor/browsertest"
)

// TestTwoPeopleSave has two browsers on one workflow. The second one to save is shown both states, and can choose.
func TestTwoPeopleSave(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	id := b.create("Both", plain)
	ada := b.edit(id, browsertest.Allow("409"))
	bob := b.edit(id, browsertest.Header("X-User", "Bob"))
	rename := func(p *browsertest.Page, name string) {
		t.Helper()
		choose(p, "1")
		p.FillAt(browsertest.Test("action-name"), name)
		p.ReadAt(browsertest.Test("doc-state"), "Unsaved")
	}
	choose(ada, "2")
	for _, p := range []*browsertest.Page{ada, bob} {
		choose(p, "2")
		p.FillAt(field("line"), "a line")
		p.FillAt(field("count"), "3")
	}
	rename(bob, "Bob's name")
	bob.ClickAt(browsertest.Test("save"))
	b.draft(id, 2)

	rename(ada, "Ada's name")
	ada.Press("Control+s")
	ada.SeeAt(browsertest.Test("conflict"))
	ada.ReadAt(browsertest.Test("conflict"), "version 2 by Bob")
	ada.ReadAt(browsertest.Test("diff-text"), "Bob's name")
	ada.ReadAt(browsertest.Test("diff-text"), "Ada's name")
	b.picture(ada, "conflict")
	ada.Accessible(axe)
	ada.ClickAt(browsertest.Test("conflict-mine"))
	w := b.draft(id, 3)
	if w.Actions[0].Name != "Ada's name" {
		t.Errorf("version 3 has the name %q", w.Actions[0].Name)
	}

	// Now Bob is late, takes hers, and could undo that.
	bob.ReadAt(browsertest.Test("doc-state"), "Version 2")
	rename(bob, "Bob again")
	theirs := b.open("/workflows/"+id, browsertest.Header("X-User", "Bob"), browsertest.Allow("409"))
	b.ready(theirs)
	rename(theirs, "A second window")
	theirs.ClickAt(browsertest.Test("save"))
	b.draft(id, 4)
	rename(ada, "Late")
	ada.ClickAt(browsertest.Test("save"))
	ada.ClickAt(browsertest.Test("conflict-theirs"))
	ada.GoneAt("dialog[open]")
	ada.ReadAt(node("1"), "A second window")
	ada.ReadAt(browsertest.Test("doc-state"), "Version 4")
	ada.ClickAt(browsertest.Test("undo"))
	ada.ReadAt(node("1"), "Late")
}

// TestScriptsInEveryTextField writes markup and scripts wherever a text can be written, saves, and opens every page that
// shows them.
func TestScriptsInEveryTextField(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	evil := `"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`
	p := b.open("/")
	p.ClickAt(browsertest.Test("new-workflow"))
	p.FillAt(browsertest.Test("new-name"), evil)
	p.FillAt(browsertest.Test("new-trigger"), evil)
	p.FillAt(browsertest.Test("new-description"), evil)
	p.ClickAt(browsertest.Test("create"))
	p.ClickAt(browsertest.Test("palette-judge"))
	p.SeeAt(node("1"))
	p.FillAt(browsertest.Test("action-name"), evil)
	p.FillAt(browsertest.Test("action-description"), evil)
	p.FillAt(field("text"), evil)
	p.ClickAt(browsertest.Test("more"))
	p.Click("menuitem", "Save with a note")
	p.FillAt(browsertest.Test("note"), evil)
	p.Press("Enter")
	b.saved(p, 1)
	// As other applications could have stored it: in ids, kinds, names of edges, and in what is no JSON Logic.
	quoted := strings.ReplaceAll(evil, `"`, `\"`)
	row := strings.ReplaceAll(`{"name":"X","description":"X","actions":[{"id":"X","kind":"X","name":"X","inputs":{"X":"X"}},{"id":"2","kind":"judge","inputs":{"text":"!ref($.state.X)"}},
		{"id":"3","kind":"builtin:if","inputs":{"condition":{"X":["X"]}}}],"edges":[{"from":"$source","to":"2","name":"X","conditional":{"type":"X","ref":"X","value":"X"}},{"from":"X","to":"Y"}],"X":"X"}`, "X", quoted)
	other := b.create("Row", row)
	for _, path := range []string{"/", "/workflows/1", "/workflows/1/versions", "/workflows/1/runs", "/workflows/" + other, "/workflows/" + other + "/versions"} {
		p.Go(b.url + path)
		p.Read("img src=x")
		if browsertest.Eval[bool](p, "window.hacked === 1 || document.querySelector('img[src=x]') !== null") {
			t.Errorf("a script has run on %s", path)
		}
	}
	p.Go(b.url + "/workflows/" + other)
	b.ready(p)
	for _, id := range []string{"2", "3"} {
		choose(p, id)
	}
	p.ClickAt(browsertest.Test("problems-tab"))
	p.SeeAt(browsertest.Test("problem"))
	b.picture(p, "scripts")
	if browsertest.Eval[bool](p, "window.hacked === 1") {
		t.Error("a script has run in the editor")
	}
}
