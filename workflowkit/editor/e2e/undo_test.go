package e2e

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/editor/browsertest"
)

// TestUndoEverything makes a change of every kind, takes all back, and makes them again.
func TestUndoEverything(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	id := b.create("Undo", branches)
	p := b.edit(id)
	nodes := func() int { return p.Count(".react-flow__node") }
	edges := func() int { return p.Count(".react-flow__edge") }

	choose(p, "3")
	p.FillAt(browsertest.Test("action-name"), "Renamed")
	p.ReadAt(node("3"), "Renamed")
	choose(p, "5")
	p.FillAt(field("text"), "changed")
	choose(p, "3")
	p.Press("Control+d") // duplicate
	p.SeeAt(node("6"))
	choose(p, "4")
	p.Press("Delete")
	p.GoneAt(node("4"))
	p.ClickAt(`.wire-add[aria-label="Insert an action: Edge from the trigger to Judge it"]`)
	p.ClickAt("dialog[open] " + browsertest.Test("palette-publish"))
	p.SeeAt(node("7"))
	x, y := p.PlaceAt(node("7"))
	p.Drag(x, y, x+160, y+40)
	p.Until("it has moved", `document.querySelector('[data-testid="doc-state"]').textContent.includes("Unsaved")`)
	changedNodes, changedEdges := nodes(), edges()

	steps := 0
	for browsertest.Eval[bool](p, `!document.querySelector('[data-testid="undo"]').disabled`) {
		p.ClickAt(browsertest.Test("undo"))
		if steps++; steps > 40 {
			t.Fatal("undo does not end")
		}
	}
	if steps < 6 {
		t.Errorf("only %d steps to take back", steps)
	}
	p.ReadAt(browsertest.Test("doc-state"), "Version 1")
	if nodes() != 6 || edges() != 6 {
		t.Errorf("%d nodes and %d edges, want 6 and 6", nodes(), edges())
	}
	p.ReadAt(node("3"), "Long")
	p.SeeAt(browsertest.Test("save") + ":disabled")
	for range steps {
		p.Press("Control+Shift+Z")
	}
	p.Until("all is done again", `document.querySelector('[data-testid="redo"]').disabled`)
	if nodes() != changedNodes || edges() != changedEdges {
		t.Errorf("%d nodes and %d edges, want %d and %d", nodes(), edges(), changedNodes, changedEdges)
	}
	p.ReadAt(node("3"), "Renamed")
	// The duplicate leads nowhere, and the new action has no text yet.
	p.ReadAt(browsertest.Test("problems-tab"), "2 errors")
	choose(p, "6")
	p.Press("Delete")
	choose(p, "7")
	p.FillAt(field("text"), "new")
	p.ReadAt(browsertest.Test("problems-tab"), "No problems")
	// What was deleted had an id that nothing else gets: not now, and not after it has been saved.
	p.ClickAt(browsertest.Test("save"))
	w := b.draft(id, 2)
	ids := map[string]bool{}
	for _, a := range w.Actions {
		if ids[a.ID] || a.ID == "4" || a.ID == "6" {
			t.Errorf("the id %s is used again", a.ID)
		}
		ids[a.ID] = true
	}
}

// TestCopyAndPaste copies actions as JSON and pastes them, with ids of their own and the edges between them.
func TestCopyAndPaste(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	id := b.create("Copies", plain)
	p := b.edit(id)
	choose(p, "1")
	p.Press("Control+a")
	p.Until("both are selected", `document.querySelectorAll(".react-flow__node.selected").length >= 2`)
	copied := browsertest.Eval[string](p, `(() => {
		const data = new DataTransfer();
		const event = new ClipboardEvent("copy", {clipboardData: data, bubbles: true, cancelable: true});
		document.activeElement.dispatchEvent(event);
		window.copied = data;
		return data.getData("text/plain");
	})()`)
	pasted, err := workflowkit.ParseWorkflow([]byte(copied))
	if err != nil || len(pasted.Actions) != 2 || len(pasted.Edges) == 0 {
		t.Fatalf("copied %s, error %v", copied, err)
	}
	browsertest.Eval[bool](p, `document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: window.copied, bubbles: true, cancelable: true}))`)
	p.SeeAt(node("3"))
	p.SeeAt(node("4"))
	p.Until("there are three edges", `document.querySelectorAll(".react-flow__edge").length === 3`)
	if diff := cmp.Diff(5, p.Count(".react-flow__node")); diff != "" {
		t.Errorf("nodes (-want +got):\n%s", diff)
	}
}
