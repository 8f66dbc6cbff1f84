package local

import (
	"encoding/json"
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
