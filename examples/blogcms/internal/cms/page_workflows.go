package cms

import (
	"bytes"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// emptyDefinition is what the form for a new workflow begins with.
const emptyDefinition = `{
  "name": "My workflow",
  "actions": [
    {"id": "1", "kind": "grammar_review"},
    {"id": "2", "kind": "wait_for_approval", "inputs": {"timeout": "2d"}}
  ],
  "edges": [
    {"from": "$source", "to": "1"},
    {"from": "1", "to": "2"}
  ]
}`

type workflowRow struct {
	loader.Workflow
	Drawing  template.HTML
	Problems workflowkit.Problems
}

func (a *App) viewWorkflows(w http.ResponseWriter, r *http.Request) error {
	workflows, err := a.db.Workflows(r.Context())
	if err != nil {
		return err
	}
	rows := make([]workflowRow, len(workflows))
	for i, workflow := range workflows {
		rows[i] = workflowRow{workflow, draw(workflow.Definition, orEmpty(workflow.Trigger)), a.problems(workflow)}
	}
	a.show(w, r, http.StatusOK, "workflows", page{Title: "Workflows", Section: "workflows", Data: rows})
	return nil
}

// workflowForm is a workflow as somebody is writing it.
type workflowForm struct {
	// ID is 0 for a new workflow.
	ID                         int64
	Name, Description, Trigger string
	Enabled                    bool
	// Definition is the text in the form, which need not be JSON.
	Definition string
	// Version is the version of the definition that the form was made from.
	Version  string
	Drawing  template.HTML
	Problems workflowkit.Problems
	// Checked says that Problems are about what is in the form. Otherwise they are about what is stored, which is the same.
	Checked bool
	// Failure says why the form was not accepted. Nil means that it has not been sent.
	Failure  *failure
	Triggers []string
	Actions  workflowkit.Catalog
}

func (a *App) showWorkflowForm(w http.ResponseWriter, r *http.Request, form workflowForm) {
	title, status := "New workflow", http.StatusOK
	if form.ID != 0 {
		title = orText(form.Name, "Workflow "+strconv.FormatInt(form.ID, 10))
	}
	if form.Failure != nil {
		status = form.Failure.Status
	}
	stored := loader.Workflow{Trigger: &form.Trigger, Definition: json.RawMessage(form.Definition)}
	form.Problems, form.Drawing, form.Actions = a.problems(stored), draw(stored.Definition, form.Trigger), a.engine.Catalog()
	form.Triggers = append([]string{""}, triggers...)
	if !slices.Contains(form.Triggers, form.Trigger) {
		form.Triggers = append(form.Triggers, form.Trigger)
	}
	a.show(w, r, status, "workflow", page{
		Title: title, Section: "workflows", Data: form, Message: messages[r.URL.Query().Get("done")],
	})
}

func (a *App) viewNewWorkflow(w http.ResponseWriter, r *http.Request) error {
	a.showWorkflowForm(w, r, workflowForm{Trigger: triggers[0], Definition: emptyDefinition})
	return nil
}

func (a *App) viewWorkflow(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "workflow")
	if err != nil {
		return err
	}
	workflow, err := a.db.Workflow(r.Context(), id)
	if err != nil {
		return err
	}
	a.showWorkflowForm(w, r, workflowForm{
		ID: id, Name: orEmpty(workflow.Name), Description: orEmpty(workflow.Description), Trigger: orEmpty(workflow.Trigger),
		Enabled: workflow.Enabled, Definition: indented(workflow.Definition), Version: workflow.Version,
	})
	return nil
}

// indented makes a definition readable. The order of its members stays.
func indented(definition json.RawMessage) string {
	var out bytes.Buffer
	if json.Indent(&out, definition, "", "  ") != nil {
		return string(definition)
	}
	return out.String()
}

func formOfWorkflow(r *http.Request, id int64) workflowForm {
	return workflowForm{
		ID: id, Name: field(r, "name"), Description: field(r, "description"), Trigger: field(r, "trigger"),
		Enabled: field(r, "enabled") != "", Definition: field(r, "workflow"), Version: field(r, "version"),
	}
}

func (a *App) checkNewWorkflow(w http.ResponseWriter, r *http.Request) error {
	form := formOfWorkflow(r, 0)
	form.Checked = true
	a.showWorkflowForm(w, r, form)
	return nil
}

func (a *App) checkWorkflow(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "workflow")
	if err != nil {
		return err
	}
	form := formOfWorkflow(r, id)
	form.Checked = true
	a.showWorkflowForm(w, r, form)
	return nil
}

func (a *App) submitNewWorkflow(w http.ResponseWriter, r *http.Request) error {
	return a.saveForm(w, r, formOfWorkflow(r, 0))
}

func (a *App) submitWorkflow(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "workflow")
	if err != nil {
		return err
	}
	return a.saveForm(w, r, formOfWorkflow(r, id))
}

func (a *App) saveForm(w http.ResponseWriter, r *http.Request, form workflowForm) error {
	edit := loader.WorkflowEdit{
		Name: &form.Name, Description: &form.Description, Trigger: &form.Trigger, Enabled: &form.Enabled,
		Definition: json.RawMessage(orText(form.Definition, "null")), Seen: form.Version,
	}
	saved, err := a.saveWorkflow(r.Context(), form.ID, edit)
	if err == nil {
		seeOther(w, r, "workflows", saved.ID, "saved")
		return nil
	}
	form.Failure, form.Checked = failureOf(err), true
	if form.Failure.Status != http.StatusBadRequest && form.Failure.Status != http.StatusConflict {
		return err
	}
	if errors.Is(err, loader.ErrChanged) {
		present, err := a.db.Workflow(r.Context(), form.ID)
		if err != nil {
			return err
		}
		form.Version = present.Version // so that saving again overwrites it
	}
	a.showWorkflowForm(w, r, form)
	return nil
}

func (a *App) submitEnabled(enabled bool) view {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := pathID(r, "workflow")
		if err != nil {
			return err
		}
		if _, err := a.saveWorkflow(r.Context(), id, loader.WorkflowEdit{Enabled: &enabled}); err != nil {
			return err
		}
		done := "disabled"
		if enabled {
			done = "enabled"
		}
		seeOther(w, r, "workflows", id, done)
		return nil
	}
}
