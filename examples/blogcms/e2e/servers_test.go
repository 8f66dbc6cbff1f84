package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest/local"
)

// localServer is an Inngest in the process.
type localServer struct {
	*local.Server
	clock local.Clock
}

func (s *localServer) url() string { return s.URL() }

func (s *localServer) register(t *testing.T, appURL string) {
	t.Helper()
	if err := s.Register(t.Context(), appURL); err != nil {
		t.Fatal(err)
	}
}

func (s *localServer) runs(t *testing.T, eventID, function string) []run {
	t.Helper()
	var out []run
	for _, r := range s.EventRuns(eventID) {
		if r.FunctionID == function {
			output := r.Output
			if r.Error != nil {
				output = json.RawMessage(fmt.Sprintf("%q", r.Error.Message))
			}
			out = append(out, run{id: r.ID, status: strings.ToLower(string(r.Status)), output: output})
		}
	}
	return out
}

func (s *localServer) advance(t *testing.T, d time.Duration) bool {
	t.Helper()
	clock, ok := s.clock.(*local.VirtualClock)
	if !ok {
		return false
	}
	if err := s.Idle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := clock.Advance(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	return true
}

// realServer is a dev server that was started by hand.
type realServer struct{ base string }

func (s *realServer) url() string { return s.base }

// register asks the app to register itself, as the dev server does.
func (s *realServer) register(t *testing.T, appURL string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, appURL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("register %s: %s", appURL, resp.Status)
	}
	t.Cleanup(func() { s.forget(t, appURL) })
}

// forget removes an app, so that it gets no events of later tests.
func (s *realServer) forget(t *testing.T, appURL string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, s.base+"/fn/remove?url="+url.QueryEscape(appURL), http.NoBody)
	if err != nil {
		t.Error(err)
		return
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		t.Errorf("remove %s: %s", appURL, resp.Status)
	}
}

const runsQuery = `query($id: ULID!){ eventV2(id:$id){ runs { id status function{slug} output } } }`

func (s *realServer) runs(t *testing.T, eventID, function string) []run {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": runsQuery, "variables": map[string]string{"id": eventID}})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.base+"/v0/gql", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Data struct {
			EventV2 *struct {
				Runs []struct {
					ID, Status string
					Output     string
					Function   struct{ Slug string }
				}
			}
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	if answer.Data.EventV2 == nil {
		return nil // the event is not stored yet
	}
	var out []run
	for _, r := range answer.Data.EventV2.Runs {
		if r.Function.Slug == function {
			out = append(out, run{id: r.ID, status: strings.ToLower(r.Status), output: json.RawMessage(r.Output)})
		}
	}
	return out
}

func (s *realServer) advance(*testing.T, time.Duration) bool { return false }

// counter counts the calls of an app.
type counter struct{ n atomic.Int64 }

func (c *counter) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			c.n.Add(1)
		}
		next.ServeHTTP(w, r)
	})
}
