package e2e

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/editor/browsertest"
)

// edgesOf lists the edges of a workflow as "from-[type]->to", in order.
func edgesOf(w *workflowkit.Workflow) []string {
	var out []string
	for _, e := range w.Edges {
		kind := ""
		if e.Conditional != nil {
			kind = e.Conditional.Type
		}
		out = append(out, e.From+" -"+kind+"> "+e.To)
	}
	slices.Sort(out)
	return out
}

// drawn is what the tests draw: an if, and a join behind it.
func drawn() []string {
	return []string{"$source -> 1", "1 -> 2", "2 -else> 4", "2 -if> 3", "3 -> 5", "4 -> 5"}
}

func kindsOf(w *workflowkit.Workflow) []string {
	var out []string
	for _, a := range w.Actions {
		out = append(out, a.ID+" "+a.Kind)
	}
	slices.Sort(out)
	return out
}

func node(id string) string           { return browsertest.Test("node-" + id) }
func handle(id, branch string) string { return browsertest.Test("handle-" + id + "-" + branch) }
func field(pointer string) string     { return browsertest.Test("field/inputs/" + pointer) }

func TestDrawByMouse(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	p := b.open("/")
	p.ClickAt(browsertest.Test("new-workflow"))
	p.FillAt(browsertest.Test("new-name"), "Drawn")
	p.FillAt(browsertest.Test("new-trigger"), "article.written")
	p.ClickAt(browsertest.Test("create"))

	// The first action from the palette, the next ones at the ways out of others.
	p.ClickAt(browsertest.Test("palette-judge"))
	p.SeeAt(node("1"))
	p.FillAt(field("text"), "a text")
	p.ClickAt(handle("1", "out"))
	p.ClickAt("dialog " + browsertest.Test("palette-builtin:if"))
	p.SeeAt(node("2"))
	for i, branch := range []string{"p0", "p1"} {
		p.ClickAt(handle("2", branch))
		p.ClickAt("dialog " + browsertest.Test("palette-publish"))
		p.SeeAt(node([]string{"3", "4"}[i]))
		p.FillAt(field("text"), "more text")
	}
	p.ClickAt(handle("3", "out"))
	p.ClickAt("dialog " + browsertest.Test("palette-judge"))
	p.SeeAt(node("5"))
	p.FillAt(field("text"), "the end")

	p.ClickAt(browsertest.Test("fit"))
	// The join is drawn by dragging, and an edge that would close a cycle is refused.
	fromX, fromY := p.PlaceAt(handle("4", "out"))
	toX, toY := p.PlaceAt(node("5"))
	p.Drag(fromX, fromY, toX, toY)
	p.Until("there are six edges", `document.querySelectorAll(".react-flow__edge").length === 6`)
	fromX, fromY = p.PlaceAt(handle("5", "out"))
	toX, toY = p.PlaceAt(node("1"))
	p.Hold(fromX, fromY, [2]float64{toX, toY})
	p.SeeAt(".card.refused" + node("1"))
	p.Drop(toX, toY)
	p.Read("cycle")

	// The condition of the if.
	choose(p, "2")
	p.ClickAt(browsertest.Test("condition-mode"))
	p.FillAt("textarea"+field("condition"), `{"==": ["!ref($.state.1.good)", true]}`)
	p.ReadAt(browsertest.Test("problems-tab"), "No problems")
	b.picture(p, "drawn-by-mouse")
	p.ClickAt(browsertest.Test("save"))
	w := b.draft("1", 1)
	if diff := cmp.Diff(drawn(), edgesOf(w)); diff != "" {
		t.Errorf("edges (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1 judge", "2 builtin:if", "3 publish", "4 publish", "5 judge"}, kindsOf(w)); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
	if problems := b.engine.Validate(b.json(w)); len(problems) > 0 {
		t.Errorf("problems %v", problems)
	}
}
