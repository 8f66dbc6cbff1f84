package editor

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// maxRunPage is the most runs of a page, as in [store.RunQuery].
const maxRunPage = 200

func (e *Editor) history() (store.Runs, error) {
	if e.config.Runs == nil {
		return nil, notFound("this editor has no history of runs")
	}
	return e.config.Runs, nil
}

func (e *Editor) listRuns(r *http.Request) (*reply, error) {
	runs, err := e.history()
	if err != nil {
		return nil, err
	}
	query, err := readQuery(r, "status", "after", "limit")
	if err != nil {
		return nil, err
	}
	ask := store.RunQuery{WorkflowID: r.PathValue("id"), Status: store.Status(query["status"]), After: query["after"]}
	switch ask.Status {
	case "", store.StatusRunning, store.StatusWaiting, store.StatusRetrying, store.StatusCompleted, store.StatusFailed,
		store.StatusSkipped, store.StatusCancelled:
	default:
		return nil, badRequest("the parameter \"status\" is %q, which no run can have", clip(query["status"]))
	}
	if text := query["limit"]; text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxRunPage {
			return nil, badRequest("the parameter \"limit\" is %q; a number from 1 to %d is expected", clip(text), maxRunPage)
		}
		ask.Limit = n
	}
	// A list of no workflow is not an empty one.
	if _, err := e.config.Store.GetWorkflow(r.Context(), ask.WorkflowID); err != nil {
		return nil, err
	}
	page, err := runs.ListRuns(r.Context(), ask)
	if err != nil {
		return nil, err
	}
	if page.Runs == nil {
		page.Runs = []store.Run{}
	}
	return ok(page)
}

// shownRun is a run on the graph that it executes.
type shownRun struct {
	Run store.Run `json:"run"`
	// Definition is null if it is not known.
	Definition json.RawMessage `json:"definition"`
}

func (e *Editor) getRun(r *http.Request) (*reply, error) {
	runs, err := e.history()
	if err != nil {
		return nil, err
	}
	run, err := runs.GetRun(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	out := shownRun{Run: run}
	if run.Version > 0 && run.WorkflowID != "" {
		v, err := e.config.Store.GetVersion(r.Context(), run.WorkflowID, run.Version)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		out.Definition = shownJSON(v.Definition)
	}
	return ok(out)
}

// sampled is the event that a dry run is offered to start with.
type sampled struct {
	Event sample `json:"event"`
}

type sample struct {
	Name string          `json:"name,omitempty"`
	Data json.RawMessage `json:"data,omitempty"`
}

// sampleEvent returns the event of the newest run. Without one it asks the application, and makes one up at last.
func (e *Editor) sampleEvent(r *http.Request) (*reply, error) {
	id := r.PathValue("id")
	w, err := e.config.Store.GetWorkflow(r.Context(), id)
	if err != nil {
		return nil, err
	}
	if event := e.newestEvent(r, id); event.Name != "" {
		return ok(sampled{event})
	}
	if e.config.SampleEvent != nil {
		event, err := e.config.SampleEvent(r.Context(), w)
		if err != nil {
			return nil, err
		}
		if event.Name != "" {
			return ok(sampled{sampleOf(event)})
		}
	}
	if w.Trigger == "" {
		return ok(sampled{})
	}
	return ok(sampled{sampleOf(workflowkit.Event{Name: w.Trigger})})
}

func sampleOf(event workflowkit.Event) sample {
	s := sample{Name: event.Name, Data: event.Data}
	if len(s.Data) == 0 || !json.Valid(s.Data) {
		s.Data = json.RawMessage("{}")
	}
	return s
}

// newestEvent returns the event of the newest run. That is a convenience: a history that fails is no reason to offer
// nothing.
func (e *Editor) newestEvent(r *http.Request, id string) sample {
	if e.config.Runs == nil {
		return sample{}
	}
	page, err := e.config.Runs.ListRuns(r.Context(), store.RunQuery{WorkflowID: id, Limit: 1})
	var run store.Run
	if err == nil && len(page.Runs) > 0 {
		run, err = e.config.Runs.GetRun(r.Context(), page.Runs[0].ID)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		e.config.Logger.LogAttrs(r.Context(), slog.LevelWarn, "workflow editor: no sample event", slog.Any("error", err))
	}
	if err != nil || run.Event == "" {
		return sample{}
	}
	return sampleOf(workflowkit.Event{Name: run.Event, Data: run.EventData})
}
