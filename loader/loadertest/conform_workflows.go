package loadertest

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"testing"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

const definition = `{"name":"Demo","actions":[{"id":"1","kind":"add_ToC","inputs":{}}],"edges":[{"from":"$source","to":"1"}]}`

// edit is a new workflow with a name and a trigger that no other has: the columns of applications may demand both.
func edit(definition string) loader.WorkflowEdit {
	title, trigger := name("Workflow"), name("event")
	return loader.WorkflowEdit{Name: &title, Trigger: &trigger, Definition: json.RawMessage(definition)}
}

func testWorkflowEdits(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	title, trigger, text, enabled := name("Workflow"), name("event"), "What it does", true
	w := must(db.CreateWorkflow(ctx, loader.WorkflowEdit{
		Name: &title, Description: &text, Trigger: &trigger, Definition: json.RawMessage(definition),
	}))(t)
	equal(t, "name", &title, w.Name)
	equal(t, "description", &text, w.Description)
	equal(t, "trigger", &trigger, w.Trigger)
	if w.Enabled || w.ID < 1 || w.Version == "" || w.CreatedAt == nil {
		t.Errorf("new workflow is %+v, want it disabled, with an id, a version and a time", w)
	}
	equal(t, "workflow", w, must(db.Workflow(ctx, w.ID))(t))

	on := must(db.SetWorkflowEnabled(ctx, w.ID, true))(t)
	want := w
	want.Enabled = true
	equal(t, "enabled workflow", want, on)
	off := must(db.SetWorkflowEnabled(ctx, w.ID, false))(t)
	equal(t, "disabled workflow", w, off)

	other := name("Renamed")
	renamed := must(db.UpdateWorkflow(ctx, w.ID, loader.WorkflowEdit{Name: &other, Enabled: &enabled}))(t)
	want.Name = &other
	equal(t, "renamed workflow", want, renamed)
	equal(t, "an edit of nothing", want, must(db.UpdateWorkflow(ctx, w.ID, loader.WorkflowEdit{}))(t))

	var found bool
	for _, got := range must(db.Workflows(ctx))(t) {
		found = found || got.ID == w.ID
	}
	if !found {
		t.Error("the workflow is not in the list")
	}
	if err := db.DeleteWorkflow(ctx, w.ID); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"read":   must2(db.Workflow(ctx, w.ID)),
		"update": must2(db.SetWorkflowEnabled(ctx, w.ID, true)),
		"delete": db.DeleteWorkflow(ctx, w.ID),
	} {
		if !errors.Is(err, loader.ErrNotFound) {
			t.Errorf("%s after the deletion: error %v, want ErrNotFound", what, err)
		}
	}
}

func must2[T any](_ T, err error) error { return err }

func testDefinitions(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	for name, c := range map[string]struct{ stored, sameAs string }{
		"none":           {"", "null"},
		"null":           {"null", ""},
		"white space":    {" {\n \"b\" : 1, \"a\":[ 1,2 ]}\n", `{"a":[1,2],"b":1}`},
		"large numbers":  {`{"n":12345678901234567890,"f":0.10000000000000000001}`, `{"f":0.10000000000000000001,"n":12345678901234567890}`},
		"unknown fields": {`{"name":"x","steps":[{"id":1}],"edges":[{"id":"e","from":"1","to":"$sink"}]}`, ""},
		"unicode":        {`{"name":"ünïcödé 🎉 \" \\ \u0007"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := must(db.CreateWorkflow(ctx, edit(c.stored)))(t)
			got := must(db.Workflow(ctx, w.ID))(t)
			if c.stored == "" || c.stored == "null" {
				if got.Definition != nil || got.Version != "" {
					t.Errorf("definition %s, version %q; want none", got.Definition, got.Version)
				}
				return
			}
			equal(t, "definition", decode(t, c.stored), decode(t, string(got.Definition)))
			if db.Dialect() == "sqlite" {
				equal(t, "bytes", c.stored, string(got.Definition))
			}
			if c.sameAs != "" {
				same := must(db.UpdateWorkflow(ctx, w.ID, loader.WorkflowEdit{Definition: json.RawMessage(c.sameAs)}))(t)
				equal(t, "version with other white space and another order", got.Version, same.Version)
			}
			gone := must(db.UpdateWorkflow(ctx, w.ID, loader.WorkflowEdit{Definition: json.RawMessage("null")}))(t)
			if gone.Definition != nil {
				t.Errorf("definition %s after it was set to null", gone.Definition)
			}
		})
	}
	for name, bad := range map[string]string{
		"not JSON": `{"a":`, "an array": `[]`, "a string": `"x"`, "two values": `{} {}`,
	} {
		if _, err := db.CreateWorkflow(ctx, edit(bad)); !errors.Is(err, loader.ErrInvalid) {
			t.Errorf("definition that is %s: error %v, want ErrInvalid", name, err)
		}
	}
}

func decode(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func testWorkflowConflicts(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	trigger, free, on := name("event"), name("event"), true
	nameA, nameB, nameC := name("A"), name("B"), name("C")
	a := must(db.CreateWorkflow(ctx, loader.WorkflowEdit{Name: &nameA, Trigger: &trigger, Enabled: &on}))(t)
	b := must(db.CreateWorkflow(ctx, loader.WorkflowEdit{Name: &nameB, Trigger: &trigger}))(t)

	for what, c := range map[string]struct {
		field string
		err   error
	}{
		"create with a taken name":   {"name", must2(db.CreateWorkflow(ctx, loader.WorkflowEdit{Name: &nameA, Trigger: &free}))},
		"rename to a taken name":     {"name", must2(db.UpdateWorkflow(ctx, b.ID, loader.WorkflowEdit{Name: &nameA}))},
		"enable for a taken trigger": {"trigger", must2(db.SetWorkflowEnabled(ctx, b.ID, true))},
		"create for a taken trigger": {"trigger", must2(db.CreateWorkflow(ctx, loader.WorkflowEdit{Name: &nameC, Trigger: &trigger, Enabled: &on}))},
	} {
		var conflict *loader.ConflictError
		if !errors.Is(c.err, loader.ErrConflict) || !errors.As(c.err, &conflict) || conflict.Field != c.field || conflict.OtherID != a.ID {
			t.Errorf("%s: error %v, want a conflict of the %s with workflow %d", what, c.err, c.field, a.ID)
		}
	}
	equal(t, "workflow after refused edits", b, must(db.Workflow(ctx, b.ID))(t))

	// What does not bring a conflict about is not one.
	must(db.UpdateWorkflow(ctx, a.ID, loader.WorkflowEdit{Name: &nameA, Trigger: &trigger, Enabled: &on}))(t)
	must(db.UpdateWorkflow(ctx, b.ID, loader.WorkflowEdit{Trigger: &free, Enabled: &on}))(t)
	if _, err := db.UpdateWorkflow(ctx, b.ID, loader.WorkflowEdit{Trigger: &trigger}); !errors.Is(err, loader.ErrConflict) {
		t.Errorf("move an enabled workflow to a taken trigger: error %v, want ErrConflict", err)
	}
	must(db.SetWorkflowEnabled(ctx, a.ID, false))(t)
	must(db.UpdateWorkflow(ctx, b.ID, loader.WorkflowEdit{Trigger: &trigger}))(t)
}

func testWorkflowSeen(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	w := must(db.CreateWorkflow(ctx, edit(`{"v":1}`)))(t)
	two, three := json.RawMessage(`{"v":2}`), json.RawMessage(`{"v":3}`)
	second := must(db.UpdateWorkflow(ctx, w.ID, loader.WorkflowEdit{Definition: two, Seen: w.Version}))(t)
	if _, err := db.UpdateWorkflow(ctx, w.ID, loader.WorkflowEdit{Definition: three, Seen: w.Version}); !errors.Is(err, loader.ErrChanged) {
		t.Errorf("edit of an old definition: error %v, want ErrChanged", err)
	}
	equal(t, "workflow", second, must(db.Workflow(ctx, w.ID))(t))
	// The same edit sent twice is not a conflict with itself.
	equal(t, "repeated edit", second, must(db.UpdateWorkflow(ctx, w.ID, loader.WorkflowEdit{Definition: two, Seen: w.Version}))(t))
	must(db.UpdateWorkflow(ctx, w.ID, loader.WorkflowEdit{Definition: three}))(t)
}

func testLoadWorkflow(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	on, draft := true, edit(definition)
	event := workflowkit.Event{Name: *draft.Trigger}
	if got := must(db.LoadWorkflow(ctx, event))(t); got != nil {
		t.Errorf("a workflow for an event that no workflow has: %+v", got)
	}
	w := must(db.CreateWorkflow(ctx, draft))(t)
	if got := must(db.LoadWorkflow(ctx, event))(t); got != nil {
		t.Errorf("a workflow that is disabled: %+v", got)
	}
	must(db.UpdateWorkflow(ctx, w.ID, loader.WorkflowEdit{Enabled: &on}))(t)
	got := must(db.LoadWorkflow(ctx, event))(t)
	if got == nil {
		t.Fatal("the enabled workflow is not found")
	}
	equal(t, "id", strconv.FormatInt(w.ID, 10), got.ID)
	equal(t, "version", "1", got.Version)
	equal(t, "definition", decode(t, definition), decode(t, string(got.JSON)))
	equal(t, "workflow by its id", got, must(db.LoadWorkflowByID(ctx, got.ID))(t))
	for _, id := range []string{"0", "999999999", "x", ""} {
		if other := must(db.LoadWorkflowByID(ctx, id))(t); other != nil {
			t.Errorf("workflow %q: %+v, want none", id, other)
		}
	}

	// A change takes effect at once.
	must(db.UpdateWorkflow(ctx, w.ID, loader.WorkflowEdit{Definition: json.RawMessage(`{"name":"new"}`)}))(t)
	got = must(db.LoadWorkflow(ctx, event))(t)
	equal(t, "definition", decode(t, `{"name":"new"}`), decode(t, string(got.JSON)))
	equal(t, "version", "2", got.Version)
	// An enabled workflow without a definition is one that has nothing to do.
	must(db.UpdateWorkflow(ctx, w.ID, loader.WorkflowEdit{Definition: json.RawMessage("null")}))(t)
	if got := must(db.LoadWorkflow(ctx, event))(t); got == nil || len(got.JSON) != 0 {
		t.Errorf("workflow without a definition: %+v, want one with empty JSON", got)
	}
}
