package e2e

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/editor/browsertest"
)

// teller tells the history of a run step by step, as an engine does.
type teller struct {
	*bed
	workflow string
	run      string
	n        int
}

func (r *teller) tell(kind workflowkit.TransitionType, id string, change ...func(*workflowkit.Transition)) {
	r.n++
	t := workflowkit.Transition{
		Key: r.run + string(kind) + id + string(rune('a'+r.n)), Type: kind, Time: time.Now(), RunID: r.run,
		Workflow: workflowkit.WorkflowInfo{ID: r.workflow, Version: "1"},
		Event:    workflowkit.Event{Name: "article.Live", Data: json.RawMessage(`{"text":"a long text"}`)},
		Action:   workflowkit.ActionInfo{ID: id, Kind: "judge", Name: "Action " + id},
	}
	for _, f := range change {
		f(&t)
	}
	r.store.Observe(r.Context(), t)
}

func decided(from, to string, taken bool, reason string) func(*workflowkit.Transition) {
	return func(t *workflowkit.Transition) {
		t.Edge = &workflowkit.EdgeResult{From: from, To: to, Taken: taken, Reason: reason}
	}
}

// TestWatchARunLive watches a list of runs, and a run on its graph, while it happens. The graph is that of the version
// which the run is pinned to, not today's, and the connection is lost in between.
func TestWatchARunLive(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	id := b.create("Live", branches)
	newer := b.edit(id, browsertest.Allow("net::ERR_"))
	choose(newer, "5")
	newer.Press("Delete")
	newer.GoneAt(node("5"))
	newer.ClickAt(browsertest.Test("save"))
	b.saved(newer, 2)

	p := newer
	p.Go(b.url + "/workflows/" + id + "/runs")
	p.Read("No runs yet")
	r := &teller{bed: b, workflow: id, run: "run-1"}
	r.tell(workflowkit.RunStarted, "")
	p.SeeAt(browsertest.Test("run-run-1") + `[data-status="running"]`)
	b.picture(p, "runs")
	p.Accessible(axe)
	p.ClickAt(browsertest.Test("run-run-1") + " a")
	p.SeeAt(node("5")) // of version 1
	p.ReadAt(browsertest.Test("run-status"), "running")
	r.tell(workflowkit.EdgeDecided, "", decided("$source", "1", true, "no condition"))
	r.tell(workflowkit.ActionStarted, "1", func(t *workflowkit.Transition) { t.Inputs = json.RawMessage(`{"text":"a long text"}`) })
	p.SeeAt(node("1") + `[data-status="running"]`)
	r.tell(workflowkit.ActionRetrying, "1", func(t *workflowkit.Transition) { t.Error, t.Attempt = "the service is busy", 0 })
	p.SeeAt(node("1") + `[data-status="retrying"]`)
	r.tell(workflowkit.ActionWaiting, "1", func(t *workflowkit.Transition) { t.StepID, t.Until = "nap", time.Now().Add(time.Hour) })
	p.SeeAt(node("1") + `[data-status="waiting"]`)

	// The connection is lost: the page says so, comes back by itself, and knows what it has missed.
	b.down.Store(true)
	b.server.CloseClientConnections()
	p.SeeAt(browsertest.Test("connection") + `:not([data-state="live"])`)
	r.tell(workflowkit.ActionCompleted, "1", func(t *workflowkit.Transition) { t.Output = json.RawMessage(`{"score":11}`) })
	r.tell(workflowkit.ActionCompleted, "2", func(t *workflowkit.Transition) { t.Output = json.RawMessage(`{"result":true}`) })
	b.down.Store(false)
	p.SeeAt(node("2") + `[data-status="completed"]`)

	r.tell(workflowkit.EdgeDecided, "", decided("2", "4", false, "else: true is true"))
	r.tell(workflowkit.ActionSkipped, "4", func(t *workflowkit.Transition) { t.Reason = "no edge to it was taken" })
	r.tell(workflowkit.ActionFailed, "3", func(t *workflowkit.Transition) { t.Error = "publish: the disk is full" })
	r.tell(workflowkit.RunFailed, "", func(t *workflowkit.Transition) { t.Error = `action "3" (kind "publish"): the disk is full` })
	p.SeeAt(node("3") + `[data-status="failed"]`)
	p.SeeAt(node("4") + `[data-status="skipped"]`)
	p.ReadAt(browsertest.Test("run-status"), "failed")
	b.picture(p, "run")
	p.Accessible(axe)
	choose(p, "1")
	p.ReadAt(browsertest.Test("value-output"), "11")
	choose(p, "3")
	p.ReadAt(browsertest.Test("outcome-error"), "the disk is full")
}

// TestVersions compares two versions as a graph and as text, restores one, and publishes it.
func TestVersions(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	id := b.create("Versions", branches)
	p := b.edit(id)
	choose(p, "3")
	p.FillAt(browsertest.Test("action-name"), "Renamed")
	choose(p, "5")
	p.Press("Delete")
	p.GoneAt(node("5"))
	p.ClickAt(browsertest.Test("save"))
	b.saved(p, 2)
	p.Go(b.url + "/workflows/" + id + "/versions")
	p.SeeAt(browsertest.Test("version-2"))
	p.SeeAt(node("3") + `[data-mark="changed"]`)
	p.SeeAt(node("5") + `[data-mark="removed"]`)
	p.ReadAt(browsertest.Test("diff-text"), "Renamed")
	b.picture(p, "versions")
	p.Accessible(axe)
	p.ClickAt(browsertest.Test("restore-1"))
	p.ClickAt(browsertest.Test("confirm-yes"))
	p.SeeAt(browsertest.Test("version-3"))
	if w := b.draft(id, 3); len(w.Actions) != 5 || w.Actions[2].Name != "Long" {
		t.Errorf("restored %v", kindsOf(w))
	}
	p.ClickAt(browsertest.Test("publish-3"))
	p.ClickAt(browsertest.Test("confirm-yes"))
	p.ReadAt(browsertest.Test("version-3"), "published")
}
