package editor

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// changed is the event of a list of runs: whoever has the number has seen all changes up to it.
type changed struct {
	Sequence int64 `json:"sequence"`
}

// streamRuns tells that the list of a workflow's runs has changed.
func (e *Editor) streamRuns(w http.ResponseWriter, r *http.Request) error {
	runs, err := e.history()
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if _, err := e.config.Store.GetWorkflow(r.Context(), id); err != nil {
		return err
	}
	ctx, s, end, err := e.open(w, r)
	if err != nil {
		return err
	}
	defer end()
	seen := s.last
	if !s.resumed {
		if seen, err = newest(ctx, runs, id); err != nil {
			return err
		}
	}
	if err := s.begin(); err != nil {
		return e.lost(r, err)
	}
	if !s.resumed {
		if err := s.event("runs", seen, changed{seen}); err != nil {
			return e.lost(r, err)
		}
	}
	for {
		seen, err = s.await(ctx, func(ctx context.Context) (int64, error) { return runs.AwaitChange(ctx, id, seen) })
		if err != nil {
			return e.lost(r, err)
		}
		if err := s.event("runs", seen, changed{seen}); err != nil {
			return e.lost(r, err)
		}
		pause(ctx)
	}
}

// newest returns the number of the newest change of a workflow's runs, without waiting for one.
func newest(ctx context.Context, runs store.Runs, id string) (int64, error) {
	page, err := runs.ListRuns(ctx, store.RunQuery{WorkflowID: id, Limit: 1})
	if err != nil || len(page.Runs) == 0 {
		return 0, err
	}
	return runs.AwaitChange(ctx, id, page.Runs[0].Sequence-1)
}

// streamRun tells the state of a run at every change, until the run is over.
func (e *Editor) streamRun(w http.ResponseWriter, r *http.Request) error {
	runs, err := e.history()
	if err != nil {
		return err
	}
	run, err := runs.GetRun(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	ctx, s, end, err := e.open(w, r)
	if err != nil {
		return err
	}
	defer end()
	if s.resumed && s.last == run.Sequence && run.Status.Over() {
		w.WriteHeader(http.StatusNoContent) // browsers do not come back after this
		return nil
	}
	if err := s.begin(); err != nil {
		return e.lost(r, err)
	}
	if err := s.event("run", run.Sequence, run); err != nil {
		return e.lost(r, err)
	}
	seen := run.Sequence
	for !run.Status.Over() {
		seen, err = s.await(ctx, func(ctx context.Context) (int64, error) { return runs.AwaitChange(ctx, run.WorkflowID, seen) })
		if err != nil {
			return e.lost(r, err)
		}
		next, err := runs.GetRun(ctx, run.ID)
		if err != nil {
			return e.lost(r, err)
		}
		if next.Sequence == run.Sequence {
			continue // the change was one of another run
		}
		run = next
		if err := s.event("run", run.Sequence, run); err != nil {
			return e.lost(r, err)
		}
		if !run.Status.Over() {
			pause(ctx)
		}
	}
	if err := s.event("end", run.Sequence, struct{}{}); err != nil {
		return e.lost(r, err)
	}
	return nil
}

// lost notes why a stream ends before its time. Its reader comes back by itself: there is nothing to answer.
func (e *Editor) lost(r *http.Request, err error) error {
	level := slog.LevelDebug
	if r.Context().Err() == nil && !errors.Is(err, context.Canceled) {
		level = slog.LevelWarn
	}
	e.config.Logger.LogAttrs(r.Context(), level, "workflow editor: a stream has ended", slog.Any("error", err))
	return nil
}
