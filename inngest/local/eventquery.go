package local

import (
	"net/http"
)

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
	return map[string]any{
		"internal_id": e.internalID, "id": e.id, "name": e.name, "data": orEmpty(e.data), "user": orEmpty(e.user),
		"ts": e.ts, "v": e.v, "received_at": e.received, "environment_id": devEnvironment,
	}
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
