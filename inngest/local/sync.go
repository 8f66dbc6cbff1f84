package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// app is an app that has synced.
type app struct {
	name  string
	url   string
	syncs int
}

type syncRequest struct {
	URL       string            `json:"url"`
	AppName   string            `json:"appName"`
	AppID     string            `json:"app_id"` // in answers to in-band syncs
	Functions []json.RawMessage `json:"functions"`
}

// handleRegister takes the functions of an app.
func (s *Server) handleRegister(w http.ResponseWriter, r *http.Request) {
	if expected := r.Header.Get("X-Inngest-Expected-Server-Kind"); expected != "" && expected != s.kind() {
		writeError(w, http.StatusBadRequest, fmt.Sprintf("Expected server kind %s, got %s", s.kind(), expected))
		return
	}
	var in syncRequest
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		writeError(w, http.StatusBadRequest, "Invalid request: "+err.Error())
		return
	}
	if err := s.sync(in); err != nil {
		s.log.Error("app not registered", "app", in.AppName, "error", err)
		writeError(w, http.StatusBadRequest, err.Error())
		return
	}
	if strings.HasPrefix(r.Header.Get("X-Inngest-Sdk"), "go:") && r.Header.Get("X-Inngest-Framework") == "" {
		// inngestgo v0.16.0 neither reads nor closes the answer, so that each sync would leave a connection with two
		// goroutines behind in the process, for ever. An answer without a body does not. Clients that name a framework
		// read the answer.
		w.WriteHeader(http.StatusOK)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"ok": true, "modified": true, "sync_id": uuid.NewString(), "app_id": uuid.NewSHA1(uuid.NameSpaceURL, []byte(in.AppName)).String(),
	})
}

// sync replaces the functions of an app, or refuses all of them.
func (s *Server) sync(in syncRequest) error {
	if in.AppName == "" {
		return errors.New("App ID required") //nolint:staticcheck // the real server's text
	}
	var functions []*function
	var faults []error
	for _, raw := range in.Functions {
		f, err := newFunction(in.AppName, raw)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		functions = append(functions, f)
	}
	if len(faults) > 0 {
		return fmt.Errorf("At least one function is invalid: %w", errors.Join(faults...)) //nolint:staticcheck // the real server's text
	}
	s.mu.Lock()
	defer s.unlock()
	if s.closed {
		return ErrClosed
	}
	defer s.dispatch()
	a := s.apps[in.AppName]
	if a == nil {
		a = &app{name: in.AppName}
		s.apps[in.AppName] = a
	}
	a.url = in.URL
	a.syncs++
	maps.DeleteFunc(s.functions, func(_ string, f *function) bool {
		if f.app == in.AppName {
			s.unplan(f)
		}
		return f.app == in.AppName
	})
	for _, f := range functions {
		s.functions[f.slug] = f
		for _, sc := range f.cron {
			s.plan(f, sc, s.clock.Now().UTC())
		}
		// Runs in progress continue with the new settings, and at the new address.
		for _, r := range s.order {
			if r.status == Running && r.fn.id == f.id {
				r.fn = f
			}
		}
	}
	s.log.Info("app registered", "app", in.AppName, "url", in.URL, "functions", len(functions))
	return nil
}
