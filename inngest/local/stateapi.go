package local

import (
	"encoding/json"
	"net/http"
)

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
