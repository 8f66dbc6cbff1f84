package cms

import (
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gorilla/mux"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// runsPerPage is how many runs one page of the list has.
const runsPerPage = 30

// runsView is what the list of an automation's runs shows.
type runsView struct {
	loader.Workflow
	Editor   string
	Runs     []store.Run
	Statuses []store.Status
	Status   store.Status
	// Next leads to older runs. Empty means that there are none.
	Next string
}

func (a *App) viewRuns(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "automation")
	if err != nil {
		return err
	}
	workflow, err := a.db.Workflow(r.Context(), id)
	if err != nil {
		return err
	}
	if a.runs == nil {
		return notFound("there is no history of runs")
	}
	status := store.Status(r.URL.Query().Get("status"))
	runs, err := a.runs.ListRuns(r.Context(), store.RunQuery{
		WorkflowID: strconv.FormatInt(id, 10), Status: status, After: r.URL.Query().Get("after"), Limit: runsPerPage,
	})
	if err != nil {
		return err
	}
	shown := runsView{
		Workflow: workflow, Editor: editorOf(id), Runs: runs.Runs, Status: status,
		Statuses: []store.Status{store.StatusRunning, store.StatusWaiting, store.StatusCompleted, store.StatusFailed, store.StatusSkipped, store.StatusCancelled},
	}
	if runs.Next != "" {
		shown.Next = r.URL.Path + "?" + url.Values{"status": {string(status)}, "after": {runs.Next}}.Encode()
	}
	a.show(w, r, http.StatusOK, "runs", page{
		Title: "Runs of " + orText(orEmpty(workflow.Name), "an automation"), Section: "automations", Live: true, Data: shown,
	})
	return nil
}

// runView is what the page of a run shows.
type runView struct {
	*progress
	Drawing template.HTML
	// Post is the post that the run is about, or 0.
	Post      int64
	PostTitle string
}

func (a *App) viewRun(w http.ResponseWriter, r *http.Request) error {
	if a.runs == nil {
		return notFound("there is no history of runs")
	}
	id := mux.Vars(r)["id"]
	p, err := a.progressOfID(r.Context(), id)
	if err != nil {
		return err
	}
	if p == nil {
		return notFound("there is no run %.60q, or it is so old that it was forgotten", id)
	}
	shown := runView{progress: p, Drawing: a.drawRun(p.Definition, p.Event, p)}
	if shown.Post, shown.PostTitle, err = a.postOf(r, p); err != nil {
		return err
	}
	a.show(w, r, http.StatusOK, "run", page{
		Title: "Run of " + orText(p.Workflow, "an automation"), Section: "automations", Live: !p.Status.Over(), Data: shown,
	})
	return nil
}

// postOf returns the post that a run is about, or 0 if it is gone or there is none.
func (a *App) postOf(r *http.Request, p *progress) (int64, string, error) {
	var data struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(p.EventData, &data) != nil {
		return 0, "", nil
	}
	id, err := loader.ParseID(data.ID)
	if err != nil {
		return 0, "", nil //nolint:nilerr // an event of other software
	}
	post, err := a.db.Post(r.Context(), id)
	if errors.Is(err, loader.ErrNotFound) {
		return 0, "", nil
	}
	return id, orText(post.Title, "Untitled"), err
}

// versionsView is what the list of an automation's versions shows.
type versionsView struct {
	loader.Workflow
	Editor           string
	Versions         []store.Version
	Draft, Published int
}

func (a *App) viewVersions(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "automation")
	if err != nil {
		return err
	}
	workflow, err := a.db.Workflow(r.Context(), id)
	if err != nil {
		return err
	}
	stored, err := a.workflows.GetWorkflow(r.Context(), strconv.FormatInt(id, 10))
	if err != nil {
		return err
	}
	shown := versionsView{Workflow: workflow, Editor: editorOf(id)}
	if shown.Versions, err = a.workflows.ListVersions(r.Context(), stored.ID); err != nil {
		return err
	}
	if stored.Draft != nil {
		shown.Draft = stored.Draft.Number
	}
	if stored.Published != nil {
		shown.Published = stored.Published.Number
	}
	a.show(w, r, http.StatusOK, "versions", page{
		Title: "Versions of " + orText(orEmpty(workflow.Name), "an automation"), Section: "automations", Data: shown,
	})
	return nil
}
