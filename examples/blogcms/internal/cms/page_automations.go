package cms

import (
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/diff"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
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

// automationRow is a workflow in the list.
type automationRow struct {
	loader.Workflow
	Drawing  template.HTML
	Problems workflowkit.Problems
	Editor   string
	// Latest are its newest runs. Nil if there is no history.
	Latest []store.Run
}

// shownRuns is how many of its newest runs the list shows of each automation.
const shownRuns = 5

func (a *App) viewAutomations(w http.ResponseWriter, r *http.Request) error {
	workflows, err := a.db.Workflows(r.Context())
	if err != nil {
		return err
	}
	rows := make([]automationRow, len(workflows))
	for i, workflow := range workflows {
		rows[i] = automationRow{
			Workflow: workflow, Drawing: a.draw(workflow.Definition, orEmpty(workflow.Trigger)), Problems: a.problems(workflow),
			Editor: editorOf(workflow.ID),
		}
		if a.runs == nil {
			continue
		}
		latest, err := a.runs.ListRuns(r.Context(), store.RunQuery{WorkflowID: strconv.FormatInt(workflow.ID, 10), Limit: shownRuns})
		if err != nil {
			return err
		}
		rows[i].Latest = latest.Runs
	}
	a.show(w, r, http.StatusOK, "automations", page{
		Title: "Automations", Section: "automations", Live: true, Data: rows, Message: messages[r.URL.Query().Get("done")],
	})
	return nil
}

// automationForm is a workflow as somebody is writing it.
type automationForm struct {
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
	// Editor is where the workflow can be drawn.
	Editor string
	// Changed says that somebody else has changed the workflow since the form was made, and Rows how the definition in the
	// form differs from theirs.
	Changed bool
	Rows    []diff.Row
}

func (a *App) showAutomationForm(w http.ResponseWriter, r *http.Request, form automationForm) {
	title, status := "New automation", http.StatusOK
	if form.ID != 0 {
		title = orText(form.Name, "Automation "+strconv.FormatInt(form.ID, 10))
	}
	if form.Failure != nil {
		status = form.Failure.Status
	}
	stored := loader.Workflow{Trigger: &form.Trigger, Definition: json.RawMessage(form.Definition)}
	form.Problems, form.Drawing, form.Actions = a.problems(stored), a.draw(stored.Definition, form.Trigger), a.engine.Catalog()
	form.Editor = editorOf(form.ID)
	form.Triggers = append([]string{""}, triggers...)
	if !slices.Contains(form.Triggers, form.Trigger) {
		form.Triggers = append(form.Triggers, form.Trigger)
	}
	a.show(w, r, status, "automation", page{
		Title: title, Section: "automations", Data: form, Message: messages[r.URL.Query().Get("done")],
	})
}

func (a *App) viewNewAutomation(w http.ResponseWriter, r *http.Request) error {
	a.showAutomationForm(w, r, automationForm{Trigger: triggers[0], Definition: emptyDefinition})
	return nil
}

func (a *App) viewAutomation(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "workflow")
	if err != nil {
		return err
	}
	workflow, err := a.db.Workflow(r.Context(), id)
	if err != nil {
		return err
	}
	a.showAutomationForm(w, r, automationForm{
		ID: id, Name: orEmpty(workflow.Name), Description: orEmpty(workflow.Description), Trigger: orEmpty(workflow.Trigger),
		Enabled: workflow.Enabled, Definition: pretty(workflow.Definition), Version: workflow.Version,
	})
	return nil
}

func formOfAutomation(r *http.Request, id int64) automationForm {
	return automationForm{
		ID: id, Name: field(r, "name"), Description: field(r, "description"), Trigger: field(r, "trigger"),
		Enabled: field(r, "enabled") != "", Definition: field(r, "workflow"), Version: field(r, "version"),
	}
}

func (a *App) checkNewAutomation(w http.ResponseWriter, r *http.Request) error {
	form := formOfAutomation(r, 0)
	form.Checked = true
	a.showAutomationForm(w, r, form)
	return nil
}

func (a *App) checkAutomation(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "workflow")
	if err != nil {
		return err
	}
	form := formOfAutomation(r, id)
	form.Checked = true
	a.showAutomationForm(w, r, form)
	return nil
}

func (a *App) submitNewAutomation(w http.ResponseWriter, r *http.Request) error {
	return a.saveForm(w, r, formOfAutomation(r, 0))
}

func (a *App) submitAutomation(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "workflow")
	if err != nil {
		return err
	}
	return a.saveForm(w, r, formOfAutomation(r, id))
}

func (a *App) saveForm(w http.ResponseWriter, r *http.Request, form automationForm) error {
	edit := loader.WorkflowEdit{
		Name: &form.Name, Description: &form.Description, Trigger: &form.Trigger, Enabled: &form.Enabled,
		Definition: json.RawMessage(orText(form.Definition, "null")), Seen: form.Version,
	}
	saved, err := a.saveWorkflow(r.Context(), form.ID, edit)
	if err == nil {
		seeOther(w, r, "automations", saved.ID, "saved")
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
		form.Version, form.Changed = present.Version, true // so that saving again overwrites what is shown
		form.Rows = diff.Rows(diff.Inline(pretty(present.Definition), form.Definition), diffContext)
	}
	a.showAutomationForm(w, r, form)
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
		seeOther(w, r, "automations", id, done)
		return nil
	}
}
