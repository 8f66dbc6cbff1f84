package local

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

type runAnswer struct {
	RunID      string          `json:"run_id"`
	StartedAt  time.Time       `json:"run_started_at"`
	FunctionID string          `json:"function_id"`
	Version    int             `json:"function_version"`
	EnvID      string          `json:"environment_id"`
	EventID    string          `json:"event_id"`
	Status     Status          `json:"status"`
	EndedAt    *time.Time      `json:"ended_at"`
	Output     json.RawMessage `json:"output,omitempty"`
}

const devEnvironment = "00000000-0000-4000-b000-000000000000"

func (r *run) answer() runAnswer {
	out := runAnswer{
		RunID: r.id, StartedAt: r.started, FunctionID: r.fn.id, Version: 1, EnvID: devEnvironment,
		EventID: r.events[0].internalID, Status: r.status, Output: r.output,
	}
	if out.StartedAt.IsZero() {
		out.StartedAt = r.queued
	}
	if !r.ended.IsZero() {
		ended := r.ended
		out.EndedAt = &ended
	}
	return out
}

// wrapped is the form of answers under /v1.
func wrapped(data any) map[string]any {
	return map[string]any{"data": data, "metadata": map[string]any{"fetched_at": time.Now()}}
}

func (s *Server) handleRun(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	found := s.runs[r.PathValue("id")]
	if found == nil {
		s.mu.Unlock()
		writeError(w, http.StatusNotFound, "Unable to load function run: "+r.PathValue("id"))
		return
	}
	answer := found.answer()
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, wrapped(answer))
}

func (s *Server) handleCancel(w http.ResponseWriter, r *http.Request) {
	if err := s.Cancel(r.Context(), r.PathValue("id")); err != nil {
		writeError(w, http.StatusNotFound, "Unable to load function run: "+r.PathValue("id"))
		return
	}
	w.WriteHeader(http.StatusOK)
}

func (s *Server) handleEventRuns(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	answers := []runAnswer{}
	for _, run := range s.eventRuns(r.PathValue("id")) {
		if run.status != Skipped { // the real server does not list them here
			answers = append(answers, run.answer())
		}
	}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, wrapped(answers))
}

func (e *event) answer() map[string]any {
	return map[string]any{"internal_id": e.internalID, "id": e.id, "name": e.name, "data": orEmpty(e.data), "user": orEmpty(e.user),
		"ts": e.ts, "v": e.v, "received_at": e.received, "environment_id": devEnvironment}
}

func (s *Server) handleEvent(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	e := s.events[r.PathValue("id")]
	s.mu.Unlock()
	if e == nil {
		writeError(w, http.StatusNotFound, "Event not found")
		return
	}
	writeJSON(w, http.StatusOK, wrapped(e.answer()))
}

func (s *Server) handleListEvents(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	answers := []map[string]any{}
	for _, e := range s.allEvents() {
		if name == "" || e.name == name {
			answers = append(answers, e.answer())
		}
	}
	writeJSON(w, http.StatusOK, wrapped(answers))
}

// handleActions gives an app the results of the steps that a call with use_api has left out.
func (s *Server) handleActions(w http.ResponseWriter, r *http.Request) {
	s.state(w, r, func(found *run) any {
		steps := map[string]json.RawMessage{}
		for id, memo := range found.memos {
			steps[id] = memo
		}
		return steps
	})
}

// handleBatch gives an app the events of a run.
func (s *Server) handleBatch(w http.ResponseWriter, r *http.Request) {
	s.state(w, r, func(found *run) any {
		events := make([]map[string]any, len(found.events))
		for i, e := range found.events {
			events[i] = e.stored()
		}
		return events
	})
}

func (s *Server) state(w http.ResponseWriter, r *http.Request, read func(*run) any) {
	s.mu.Lock()
	found := s.runs[r.PathValue("id")]
	if found == nil || found.status != Running {
		s.mu.Unlock()
		writeError(w, http.StatusGone, "runtime state is no longer available for runID: "+r.PathValue("id"))
		return
	}
	body := read(found)
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, body)
}

// handleCheckpoint stores the results of steps while the call that runs them is still open.
func (s *Server) handleCheckpoint(w http.ResponseWriter, r *http.Request) {
	var in struct {
		QueueItemID string       `json:"qi_id"`
		Steps       []*operation `json:"steps"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		writeError(w, http.StatusBadRequest, "Invalid request body")
		return
	}
	s.mu.Lock()
	defer s.unlock()
	defer s.dispatch()
	found := s.runs[r.PathValue("id")]
	if found == nil || found.status != Running {
		writeError(w, http.StatusNotFound, "run not found")
		return
	}
	for _, op := range in.Steps {
		if op == nil || op.Op != opStepRun && op.Op != opStep {
			writeError(w, http.StatusInternalServerError, "cannot checkpoint async steps")
			return
		}
	}
	found.stored++
	for _, op := range in.Steps {
		if err := s.checkpoint(found, op); err != nil {
			writeError(w, http.StatusInternalServerError, err.Error())
			return
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{})
}

func (s *Server) checkpoint(r *run, op *operation) error {
	memo, err := op.memo()
	if err != nil {
		return err
	}
	if len(memo) > s.limits.StepOutput {
		return fmt.Errorf("step %s output too large", op.ID)
	}
	if r.stateSize+len(memo) > s.limits.RunState {
		return fmt.Errorf("run state size limit exceeded")
	}
	step := s.note(r, op)
	step.Attempts++
	if earlier, ok := r.executed[op.ID]; ok {
		if earlier.Timing != op.Timing {
			s.fault(r, FaultExecutedTwice, "the body of step %q has run twice; a checkpoint reports the second result, which is dropped", op.label())
		}
		return nil
	}
	r.executed[op.ID] = *op
	step.Output = op.Data
	s.save(r, op.ID, memo, Completed)
	return nil
}
