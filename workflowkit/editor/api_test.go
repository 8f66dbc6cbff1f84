package editor_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/editor"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

func TestSessionAndCatalogue(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.as = "ve"
	var session any
	b.get("/api/session").want(http.StatusOK, &session)
	want := map[string]any{
		"user": map[string]any{"id": "u-ve", "name": "User ve"}, "features": map[string]any{"runs": true},
		"can": map[string]any{"view": true, "edit": true, "publish": false},
	}
	if diff := cmp.Diff(want, session); diff != "" {
		t.Errorf("session (-want +got):\n%s", diff)
	}
	var catalog struct{ Actions []workflowkit.Spec }
	b.get("/api/catalog").want(http.StatusOK, &catalog)
	if n := len(catalog.Actions); n != len(b.engine.Catalog()) || catalog.Actions[n-1].Kind != "any" {
		t.Errorf("catalogue has %d actions", n)
	}
}

// TestLifeOfAWorkflow does what a person does: create, save, publish, rename, compare, restore.
func TestLifeOfAWorkflow(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	var w store.Workflow
	b.post("/api/workflows", map[string]any{"name": "  Digest ", "description": "What\nit does", "trigger": "go"}).want(http.StatusCreated, &w)
	if w.ID == "" || w.Name != "Digest" || w.Enabled || w.Draft != nil || w.Published != nil {
		t.Fatalf("created %+v", w)
	}
	path := "/api/workflows/" + w.ID
	var saved struct {
		Version  store.Version
		Problems workflowkit.Problems
	}
	b.save(w.ID, 0, one("a")).want(http.StatusCreated, &saved)
	if v := saved.Version; v.Number != 1 || v.Author != "User vep" || string(v.Definition) != one("a") || saved.Problems == nil {
		t.Errorf("saved %+v", saved)
	}
	b.post(path+"/versions", map[string]any{"base": 1, "definition": json.RawMessage(one("b")), "note": "Better"}).want(http.StatusCreated)
	b.post(path+"/publish", map[string]any{"version": 1}).want(http.StatusOK, &w)
	if w.Published == nil || w.Published.Number != 1 || w.Draft.Number != 2 || string(w.Draft.Definition) != one("b") {
		t.Errorf("published %+v", w)
	}
	b.post(path+"/publish", map[string]any{"version": 3}).refused(http.StatusNotFound, "not_found", "version 3")

	var list struct{ Versions []store.Version }
	b.get(path+"/versions").want(http.StatusOK, &list)
	if len(list.Versions) != 2 || list.Versions[0].Note != "Better" || list.Versions[0].Definition != nil {
		t.Errorf("versions %+v", list.Versions)
	}
	var v store.Version
	b.get(path+"/versions/1").want(http.StatusOK, &v)
	if string(v.Definition) != one("a") {
		t.Errorf("version 1 is %s", v.Definition)
	}
	var diff struct {
		Diff workflowkit.Diff
		Text string
	}
	b.get(path+"/diff?from=1&to=2").want(http.StatusOK, &diff)
	if len(diff.Diff.Workflow) != 1 || diff.Diff.Workflow[0].Path != "/name" || !strings.Contains(diff.Text, "/name") {
		t.Errorf("diff %+v", diff)
	}
	b.do(http.MethodPatch, path, map[string]any{"name": "Renamed", "enabled": true}).want(http.StatusOK, &w)
	if w.Name != "Renamed" || !w.Enabled || w.Trigger != "go" {
		t.Errorf("changed %+v", w)
	}
	b.post("/api/workflows", map[string]any{"name": "Renamed"}).refused(http.StatusConflict, "exists", "Renamed")

	var all struct{ Workflows []store.Workflow }
	b.get("/api/workflows").want(http.StatusOK, &all)
	if len(all.Workflows) != 1 || all.Workflows[0].Draft == nil || all.Workflows[0].Draft.Definition != nil {
		t.Errorf("workflows %+v", all)
	}
	for _, path := range []string{"/api/workflows/9", "/api/workflows/9/versions", "/api/workflows/9/diff?from=1&to=1", "/api/workflows/9/runs", "/api/workflows/9/runs/events", "/api/workflows/9/sample-event", "/api/runs/9", "/api/runs/9/events", path + "/versions/9"} {
		b.get(path).refused(http.StatusNotFound, "not_found", "9")
	}
}

func TestSavingIsRefusedForErrorsOnly(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	w := b.create("Sample")
	broken := `{"actions":[{"id":"1","kind":"anny"},{"id":"2","kind":"review","inputs":{"text":1}}],"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"}]}`
	f := b.save(w.ID, 0, broken).refused(http.StatusUnprocessableEntity, "invalid", "2 errors")
	if len(f.Error.Problems) != 2 || f.Error.Problems[0].Path != "/actions/0/kind" || f.Error.Problems[0].Hint == "" {
		t.Errorf("problems %+v", f.Error.Problems)
	}
	doubtful := `{"actions":[{"id":"1","kind":"builtin:if","inputs":{"condition":true}},{"id":"2","kind":"any"}],"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2","conditional":{"type":"if","ref":"!ref($.output.result)"}}]}`
	var saved struct{ Problems workflowkit.Problems }
	b.save(w.ID, 0, doubtful).want(http.StatusCreated, &saved)
	if len(saved.Problems) != 1 || saved.Problems[0].Severity != workflowkit.SeverityWarning {
		t.Errorf("problems %+v", saved.Problems)
	}
}

func TestASaveOverSomebodyElsesShowsBoth(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	w := b.create("Sample", one("a"))
	b.save(w.ID, 1, one("theirs")).want(http.StatusCreated)
	f := b.save(w.ID, 1, one("mine")).refused(http.StatusConflict, "conflict", "version 2")
	if f.Current == nil || f.Current.Number != 2 || string(f.Current.Definition) != one("theirs") || f.Current.Author != "User vep" {
		t.Errorf("current %+v", f.Current)
	}
	b.save(w.ID, 2, one("mine")).want(http.StatusCreated)
	empty := b.create("Empty")
	if f := b.save(empty.ID, 4, one("x")).refused(http.StatusConflict, "conflict", "no version 4"); f.Current != nil {
		t.Errorf("current %+v", f.Current)
	}
}

func TestValidateAndScopes(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	var got struct {
		Problems workflowkit.Problems
		Scopes   map[string]workflowkit.Scope
		Omitted  bool `json:"scopes_omitted"`
	}
	doc := `{"actions":[{"id":"1","kind":"any"},{"id":"2","kind":"any","inputs":{"x":"!ref($.state.3)"}}],"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"}]}`
	b.post("/api/validate", map[string]any{"definition": json.RawMessage(doc)}).want(http.StatusOK, &got)
	want := map[string]workflowkit.Scope{"1": {Sure: []string{}, Maybe: []string{}}, "2": {Sure: []string{"1"}, Maybe: []string{}}}
	if diff := cmp.Diff(want, got.Scopes); diff != "" || len(got.Problems) != 1 || got.Omitted {
		t.Errorf("answer %+v (-want +got):\n%s", got, diff)
	}
	for _, doc := range []string{`null`, `"text"`, `[]`, `{"actions":1}`, `{}`} {
		got := b.post("/api/validate", `{"definition":`+doc+`}`).want(http.StatusOK)
		if !strings.Contains(string(got.body), `"scopes":{}`) || !strings.Contains(string(got.body), `"problems":[{`) {
			t.Errorf("%s: %s", doc, got.body)
		}
	}
	large := &workflowkit.Workflow{}
	for i := range 501 {
		id := "n" + strings.Repeat("x", i%3) + string(rune('a'+i%26)) + strings.Repeat("y", i/26)
		large.Actions = append(large.Actions, workflowkit.WorkflowAction{ID: id, Kind: "any"})
		large.Edges = append(large.Edges, workflowkit.Edge{From: "$source", To: id})
	}
	got.Scopes = nil
	b.post("/api/validate", map[string]any{"definition": large}).want(http.StatusOK, &got)
	if !got.Omitted || len(got.Scopes) != 0 {
		t.Errorf("%d scopes of a large workflow", len(got.Scopes))
	}
	got.Omitted = false
	b.post("/api/validate", map[string]any{"definition": large, "scope_of": []string{large.Actions[3].ID}}).want(http.StatusOK, &got)
	if got.Omitted || len(got.Scopes) != 1 {
		t.Errorf("%d scopes of one action", len(got.Scopes))
	}
}

func TestDryRun(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	doc := `{"actions":[{"id":"1","kind":"review","inputs":{"text":"!ref($.event.data.text)"}},{"id":"2","kind":"builtin:if","inputs":{"condition":{"==":["!ref($.state.1.text)","good"]}}},{"id":"3","kind":"any"}],
		"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"},{"from":"2","to":"3","conditional":{"type":"if","ref":"!ref($.output.result)"}}]}`
	type dry struct {
		Status, Error string
		Problems      workflowkit.Problems
		Unused        []string
		Actions       []workflowkit.DryRunAction
		Edges         []workflowkit.DryRunEdge
	}
	run := func(text, output string) (got dry) {
		t.Helper()
		b.post("/api/dry-run", map[string]any{
			"definition": json.RawMessage(doc), "event": map[string]any{"name": "go", "data": map[string]any{"text": json.RawMessage(text)}},
			"outputs": map[string]any{"1": json.RawMessage(output), "9": 1},
		}).want(http.StatusOK, &got)
		return got
	}
	got := run(`"x"`, `{"text":"good"}`)
	if got.Status != "completed" || len(got.Actions) != 3 || string(got.Actions[0].Inputs) != `{"text":"x","tone":"formal"}` || !got.Edges[2].Taken {
		t.Errorf("dry run %+v", got)
	}
	if diff := cmp.Diff([]string{"9"}, got.Unused); diff != "" {
		t.Errorf("unused (-want +got):\n%s", diff)
	}
	if got := run(`7`, `null`); got.Status != "failed" || !strings.Contains(got.Error, `"1"`) {
		t.Errorf("dry run of a wrong input %+v", got)
	}
	if got := run(`"x"`, `{"$error":"broken"}`); got.Status != "failed" || got.Actions[0].Error == "" {
		t.Errorf("dry run of an action that fails %+v", got)
	}
	var bad struct{ Status string }
	b.post("/api/dry-run", `{"definition":{"actions":[{"id":"1","kind":"none"}]}}`).want(http.StatusOK, &bad)
	if bad.Status != "invalid" {
		t.Errorf("status %q", bad.Status)
	}
	b.post("/api/dry-run", `{"definition":{},"outputs":{"1":{"$error":1}}}`).refused(http.StatusBadRequest, "bad_request", `"$error"`)
	b.post("/api/dry-run", `{"definition":{},"event":{"name":"x","data":[]}}`).refused(http.StatusBadRequest, "bad_request", `"data" is not an object`)
}

func TestPublishingWhatCannotRunIsRefused(t *testing.T) {
	t.Parallel()
	broken := &rows{definition: []byte(`{"actions":[{"id":"1","kind":"gone"}],"edges":[{"from":"$source","to":"1"}]}`)}
	b := newBed(t, func(c *editor.Config) { c.Store = broken })
	f := b.post("/api/workflows/1/publish", map[string]any{"version": 1}).refused(http.StatusUnprocessableEntity, "invalid", "an error")
	if len(f.Error.Problems) != 1 || f.Error.Problems[0].Code != workflowkit.CodeKindUnknown {
		t.Errorf("problems %+v", f.Error.Problems)
	}
}

// failing is a store that does not work.
type failing struct{ store.Workflows }

var errStore = errors.New("password for postgres://secret@db is wrong")

func (failing) ListWorkflows(context.Context) ([]store.Workflow, error) { return nil, errStore }
func (failing) GetWorkflow(context.Context, string) (store.Workflow, error) {
	panic("the store is broken")
}

func TestFaultsOfTheStoreAreNotShown(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(c *editor.Config) { c.Store = failing{} })
	for path, want := range map[string]int{"/api/workflows": http.StatusServiceUnavailable, "/api/workflows/1": http.StatusInternalServerError} {
		if got := b.get(path).want(want); strings.Contains(string(got.body), "secret") || strings.Contains(string(got.body), "broken") {
			t.Errorf("%s: %s", path, got.body)
		}
	}
}

func TestWithoutAHistory(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(c *editor.Config) { c.Runs = nil })
	b.create("Sample")
	if got := b.get("/api/session"); !strings.Contains(string(got.body), `"runs":false`) {
		t.Errorf("session %s", got.body)
	}
	for _, path := range []string{"/api/workflows/1/runs", "/api/workflows/1/runs/events", "/api/runs/1", "/api/runs/1/events"} {
		b.get(path).refused(http.StatusNotFound, "not_found", "no history")
	}
	if got := b.get("/api/workflows/1/sample-event").want(http.StatusOK); strings.TrimSpace(string(got.body)) != `{"event":{}}` {
		t.Errorf("sample %s", got.body)
	}
}
