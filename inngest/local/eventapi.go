package local

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

type eventAnswer struct {
	IDs    []string `json:"ids"`
	Status int      `json:"status"`
	Error  string   `json:"error,omitempty"`
}

// handleEvents takes one event or an array of them.
func (s *Server) handleEvents(w http.ResponseWriter, r *http.Request) {
	if key := s.cfg.EventKey; key != "" && subtle.ConstantTimeCompare([]byte(key), []byte(r.PathValue("key"))) != 1 {
		refuseKey(w, "Event key not found")
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		writeJSON(w, http.StatusBadRequest, eventAnswer{Status: http.StatusBadRequest, Error: err.Error()})
		return
	}
	ids, err := s.receive(body, r.Header.Get("X-Inngest-Event-Id-Seed"))
	if err != nil {
		writeJSON(w, http.StatusBadRequest, eventAnswer{IDs: ids, Status: http.StatusBadRequest, Error: err.Error()})
		return
	}
	if len(ids) == 0 {
		ids = []string{""} // as odd as the real server's answer to no events
	}
	writeJSON(w, http.StatusOK, eventAnswer{IDs: ids, Status: http.StatusOK})
}

// handleNoKey refuses what the real server redirects to its user interface, which looks like success to a client.
func (s *Server) handleNoKey(w http.ResponseWriter, _ *http.Request) {
	refuseKey(w, "Event key is required")
}

func refuseKey(w http.ResponseWriter, message string) {
	writeJSON(w, http.StatusUnauthorized, map[string]any{"status": http.StatusUnauthorized, "message": "", "error": message})
}

// receive takes events as JSON. As on the real server, the events before a bad one are accepted; their ids are returned
// together with the error.
func (s *Server) receive(body []byte, seed string) ([]string, error) {
	items, err := splitEvents(body)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.unlock()
	if s.closed {
		return nil, ErrClosed
	}
	defer s.dispatch()
	ids := []string{}
	for i, item := range items {
		if len(item) > s.limits.Event {
			return ids, fmt.Errorf("Event is over the max size: Max %d bytes / Size %d bytes", s.limits.Event, len(item)) //nolint:staticcheck // the real server's text
		}
		e, err := parseEvent(item)
		if err != nil {
			return ids, err
		}
		s.accept(e, seededID(seed, i+1))
		s.process(e)
		ids = append(ids, e.internalID)
	}
	return ids, nil
}

func splitEvents(body []byte) ([]json.RawMessage, error) {
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0:
		return nil, nil
	case body[0] == '{':
		return []json.RawMessage{body}, nil
	case body[0] == '[':
		var items []json.RawMessage
		if err := json.Unmarshal(body, &items); err != nil {
			return nil, err
		}
		if len(items) > maxBatch {
			return nil, fmt.Errorf("Cannot have more than %d events in a batch", maxBatch) //nolint:staticcheck // the real server's text
		}
		return items, nil
	}
	return nil, errors.New("Request body must contain an event object or an array of event objects") //nolint:staticcheck // the real server's text
}
