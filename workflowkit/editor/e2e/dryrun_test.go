package e2e

import (
	"testing"

	"github.com/workflowkit/workflowkit-go/workflowkit/editor/browsertest"
)

// TestDryRun runs a workflow dry with an event and mocked outputs. The path lights up, and each action and edge says why.
func TestDryRun(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	id := b.create("Dry", branches)
	p := b.edit(id)
	p.ClickAt(browsertest.Test("open-dry-run"))
	p.SeeAt(browsertest.Test("dry-run"))
	p.FillAt("textarea"+browsertest.Test("dry-event"), `{"name":"article.Dry","data":{"text":"a long text"}}`)
	p.ClickAt(browsertest.Test("mock-1") + " summary")
	p.FillAt(browsertest.Test("mock-1")+" input[inputmode]", "7")
	p.FillAt(browsertest.Test("mock-1")+` [data-testid="field/1/text"]`, "what it returns")
	p.ClickAt(browsertest.Test("dry-go"))
	p.ReadAt(browsertest.Test("dry-status"), "completed")
	for id, status := range map[string]string{"1": "completed", "2": "completed", "3": "completed", "4": "skipped", "5": "completed"} {
		p.SeeAt(node(id) + `[data-status="` + status + `"]`)
	}
	b.picture(p, "dry-run")
	p.Accessible(axe)
	choose(p, "3")
	p.SeeAt(browsertest.Test("outcome") + `[data-status="completed"]`)
	p.ReadAt(browsertest.Test("value-inputs"), "text")
	p.Click("button", "Edge from If to Short, False, not taken")
	p.ReadAt(browsertest.Test("outcome-reason"), "else: true is true")

	// An action that fails stops the run.
	p.Click("checkbox", "Let it fail")
	p.ClickAt(browsertest.Test("dry-go"))
	p.ReadAt(browsertest.Test("dry-status"), "failed")
	p.SeeAt(node("1") + `[data-status="failed"]`)
}
