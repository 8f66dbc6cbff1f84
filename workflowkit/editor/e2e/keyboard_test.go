package e2e

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit/editor/browsertest"
)

// TestDrawByKeyboard draws what TestDrawByMouse does, without the mouse.
func TestDrawByKeyboard(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	id := b.create("Keys", "")
	p := b.edit(id)
	p.SeeAt(node("$source"))
	p.Focus("group", "article.Keys…")
	add := func(search string) {
		t.Helper()
		p.Press("a")
		p.SeeAt("dialog[open] " + browsertest.Test("palette-search"))
		p.Type(search)
		p.Press("Enter")
		p.GoneAt("dialog[open]")
	}
	fill := func(id, text string) {
		t.Helper()
		p.SeeAt(".react-flow__node.selected " + node(id))
		p.FillAt(field("text"), text)
		p.Press("Escape")
		p.FocusAt(`.react-flow__node[data-id] ` + node(id))
	}
	add("judge")
	fill("1", "a text")
	add("if / else")
	p.SeeAt(".react-flow__node.selected " + node("2"))
	p.FocusAt(`.react-flow__node[data-id] ` + node("2"))
	add("publish")
	fill("3", "more")
	p.Press("ArrowUp") // back to the if
	p.SeeAt(".react-flow__node.selected " + node("2"))
	add("publish")
	fill("4", "less")
	add("judge")
	fill("5", "the end")

	// The join, from 3 to 5, and the cycle that is refused.
	p.Press("ArrowUp", "ArrowLeft")
	p.SeeAt(".react-flow__node.selected " + node("3"))
	p.Press("c")
	p.SeeAt(browsertest.Test("connect-dialog"))
	if !browsertest.Eval[bool](p, `document.querySelector('[data-testid="target-1"]').disabled`) {
		t.Error("an edge that closes a cycle is offered")
	}
	p.FocusAt(browsertest.Test("target-5"))
	p.Press("Enter")
	p.GoneAt("dialog[open]")

	p.Press("ArrowUp") // to the if, and with Enter into its form
	p.SeeAt(".react-flow__node.selected:focus " + node("2"))
	p.Press("Enter")
	p.Until("the focus is in the form", `document.activeElement.closest('[data-testid="inspector"]')`)
	p.FocusAt(browsertest.Test("condition-mode"))
	p.Press("Enter")
	p.FillAt("textarea"+field("condition"), `{">": ["!ref($.state.1.score)", 3]}`)
	p.ReadAt(browsertest.Test("problems-tab"), "No problems")
	p.Press("Control+s")
	w := b.draft(id, 1)
	if diff := cmp.Diff(drawn(), edgesOf(w)); diff != "" {
		t.Errorf("edges (-want +got):\n%s", diff)
	}
}
