package local

import (
	"encoding/json"
	"net/http"
)

// routes are the parts of the HTTP interface of Inngest that apps and clients use.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /e/{key}", s.handleEvents)
	mux.HandleFunc("POST /e/{$}", s.handleNoKey)
	mux.HandleFunc("POST /invoke/{slug}", s.handleInvoke)
	mux.HandleFunc("POST /fn/register", s.authorized(s.handleRegister))
	mux.HandleFunc("GET /health", s.handleHealth)
	mux.HandleFunc("GET /dev", s.authorized(s.handleInfo))
	mux.HandleFunc("GET /v0/runs/{id}/actions", s.authorized(s.handleActions))
	mux.HandleFunc("GET /v0/runs/{id}/batch", s.authorized(s.handleBatch))
	mux.HandleFunc("GET /v1/events", s.authorized(s.handleListEvents))
	mux.HandleFunc("GET /v1/events/{id}", s.authorized(s.handleEvent))
	mux.HandleFunc("GET /v1/events/{id}/runs", s.authorized(s.handleEventRuns))
	mux.HandleFunc("GET /v1/runs/{id}", s.authorized(s.handleRun))
	mux.HandleFunc("DELETE /v1/runs/{id}", s.authorized(s.handleCancel))
	mux.HandleFunc("POST /v1/checkpoint/{id}/async", s.authorized(s.handleCheckpoint))
	mux.HandleFunc("POST /v0/connect/start", s.authorized(s.handleConnectStart))
	mux.HandleFunc("POST /v0/connect/flush", s.authorized(s.handleConnectFlush))
	mux.HandleFunc("GET /v0/connect/{group}", s.handleConnect)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Inngest-Server-Kind", s.kind())
		mux.ServeHTTP(w, r)
	})
}

// kind is what the server says it is; apps refuse one that they do not expect.
func (s *Server) kind() string {
	if s.key.set() {
		return "cloud"
	}
	return "dev"
}

func (s *Server) handleHealth(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"status": http.StatusOK, "message": "OK"})
}

func (s *Server) handleInfo(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	functions := []map[string]any{}
	for _, f := range s.sortedFunctions() {
		functions = append(functions, map[string]any{"id": f.id, "slug": f.slug, "name": f.name})
	}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]any{"version": "in-process", "functions": functions, "isSingleNodeService": true})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	encoded, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(encoded, '\n')) // the client is gone if this fails
}

// writeError answers as the real server does.
func writeError(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]any{"error": message, "data": nil, "status": status})
}
