package editor_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/editor"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/memory"
)

// event is a server-sent event.
type event struct{ name, id, data string }

// reader reads a stream.
type reader struct {
	*bed
	response *http.Response
	lines    *bufio.Scanner
	close    context.CancelFunc
}

func (b *bed) open(path string, header ...string) *reader {
	b.Helper()
	r := b.request(http.MethodGet, path, nil, header...)
	ctx, cancel := context.WithTimeout(r.Context(), 20*time.Second)
	response, err := b.client.Do(r.WithContext(ctx))
	if err != nil {
		cancel()
		b.Fatal(err)
	}
	if kind := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") {
		b.Fatalf("status %d, %s", response.StatusCode, kind)
	}
	b.Cleanup(func() { cancel(); response.Body.Close() })
	return &reader{bed: b, response: response, lines: bufio.NewScanner(response.Body), close: cancel}
}

// next returns the next event, or false at the end.
func (r *reader) next() (event, bool) {
	r.Helper()
	var e event
	for r.lines.Scan() {
		name, value, _ := strings.Cut(r.lines.Text(), ": ")
		switch name {
		case "event":
			e.name = value
		case "id":
			e.id = value
		case "data":
			e.data = value
		case "":
			if e.name != "" {
				return e, true
			}
		}
	}
	return e, false
}

func (r *reader) want(name, id string) event {
	r.Helper()
	e, ok := r.next()
	if !ok || e.name != name || id != "" && e.id != id {
		r.Fatalf("event is %+v (%v), want %s %s", e, ok, name, id)
	}
	return e
}

// tell tells the history of a run of workflow 1, version 1.
func (b *bed) tell(run string, kind workflowkit.TransitionType, action string) {
	b.store.Observe(b.Context(), workflowkit.Transition{
		Key: run + string(kind) + action, Type: kind, Time: time.Now(), RunID: run, Workflow: workflowkit.WorkflowInfo{ID: "1", Version: "1"},
		Event: workflowkit.Event{Name: "go", Data: json.RawMessage(`{"n":1}`)}, Action: workflowkit.ActionInfo{ID: action, Kind: "any"},
	})
}

func TestRuns(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.create("Sample", one("pinned"), one("newer"))
	for i := range 3 {
		b.tell(fmt.Sprint("r", i), workflowkit.RunStarted, "")
	}
	b.tell("r1", workflowkit.RunFailed, "")
	var page store.RunPage
	b.get("/api/workflows/1/runs?limit=2").want(http.StatusOK, &page)
	if len(page.Runs) != 2 || page.Runs[0].ID != "r2" || page.Next == "" {
		t.Errorf("page %+v", page)
	}
	b.get("/api/workflows/1/runs?limit=2&after="+page.Next).want(http.StatusOK, &page)
	b.get("/api/workflows/1/runs?status=failed").want(http.StatusOK, &page)
	if len(page.Runs) != 1 || page.Runs[0].ID != "r1" {
		t.Errorf("failed runs %+v", page)
	}
	var run struct {
		Run        store.Run
		Definition json.RawMessage
	}
	b.get("/api/runs/r0").want(http.StatusOK, &run)
	if run.Run.ID != "r0" || string(run.Definition) != one("pinned") {
		t.Errorf("run %+v on %s", run.Run, run.Definition)
	}
	var sample struct{ Event workflowkit.Event }
	b.get("/api/workflows/1/sample-event").want(http.StatusOK, &sample)
	if sample.Event.Name != "go" || string(sample.Event.Data) != `{"n":1}` {
		t.Errorf("sample %+v", sample)
	}
}

func TestSampleEventOfAWorkflowThatHasNotRun(t *testing.T) {
	t.Parallel()
	made := workflowkit.Event{}
	b := newBed(t, func(c *editor.Config) {
		c.SampleEvent = func(_ context.Context, w store.Workflow) (workflowkit.Event, error) {
			if w.Name != "Sample" {
				t.Errorf("asked for %+v", w)
			}
			return made, nil
		}
	})
	b.post("/api/workflows", map[string]any{"name": "Sample", "trigger": "start"}).want(http.StatusCreated)
	for _, tc := range []struct {
		made workflowkit.Event
		want string
	}{
		{want: `{"event":{"name":"start","data":{}}}`},
		{made: workflowkit.Event{Name: "own", Data: json.RawMessage(`{"a":1}`)}, want: `{"event":{"name":"own","data":{"a":1}}}`},
	} {
		made = tc.made
		if got := b.get("/api/workflows/1/sample-event").want(http.StatusOK); strings.TrimSpace(string(got.body)) != tc.want {
			t.Errorf("sample %s, want %s", got.body, tc.want)
		}
	}
}

func TestStreamOfTheList(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.create("Sample", one("a"))
	s := b.open("/api/workflows/1/runs/events")
	if s.response.Header.Get("X-Accel-Buffering") != "no" || s.response.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("header %v", s.response.Header)
	}
	if e := s.want("runs", "0"); e.data != `{"sequence":0}` {
		t.Errorf("data %s", e.data)
	}
	b.tell("r", workflowkit.RunStarted, "")
	s.want("runs", "1")
	s.close()
	b.tell("r", workflowkit.ActionStarted, "1")
	// The reader comes back, and learns what it has missed; then one that has missed nothing waits.
	again := b.open("/api/workflows/1/runs/events", "Last-Event-ID", "1")
	again.want("runs", "2")
	waiting := b.open("/api/workflows/1/runs/events", "Last-Event-ID", "2")
	b.tell("r", workflowkit.RunCompleted, "")
	waiting.want("runs", "3")
	fresh := b.open("/api/workflows/1/runs/events", "Last-Event-ID", "nonsense")
	fresh.want("runs", "3")
}

func TestStreamOfARun(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.create("Sample", one("a"))
	b.tell("r", workflowkit.RunStarted, "")
	s := b.open("/api/runs/r/events")
	var run store.Run
	if err := json.Unmarshal([]byte(s.want("run", "1").data), &run); err != nil || run.ID != "r" || run.Status != store.StatusRunning {
		t.Errorf("run %+v, error %v", run, err)
	}
	b.tell("another", workflowkit.RunStarted, "") // of the same workflow: nothing to say about this one
	b.tell("r", workflowkit.ActionStarted, "1")
	s.want("run", "3")
	b.tell("r", workflowkit.RunCompleted, "")
	if err := json.Unmarshal([]byte(s.want("run", "4").data), &run); err != nil || run.Status != store.StatusCompleted {
		t.Errorf("run %+v, error %v", run, err)
	}
	s.want("end", "4")
	if e, more := s.next(); more {
		t.Errorf("after the end comes %+v", e)
	}
	// A browser comes back when a stream has ended. One that has seen the end is told to stay away.
	b.do(http.MethodGet, "/api/runs/r/events", nil, "Last-Event-ID", "4").want(http.StatusNoContent)
	late := b.open("/api/runs/r/events", "Last-Event-ID", "1")
	late.want("run", "4")
	late.want("end", "4")
}

func TestStreamsAreBoundedAndEnd(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(c *editor.Config) { c.MaxStreams = 2 })
	b.create("Sample", one("a"))
	b.tell("r", workflowkit.RunStarted, "")
	first, second := b.open("/api/workflows/1/runs/events"), b.open("/api/runs/r/events")
	first.want("runs", "")
	second.want("run", "")
	full := b.get("/api/runs/r/events")
	full.refused(http.StatusServiceUnavailable, "unavailable", "too many streams")
	if full.header.Get("Retry-After") == "" {
		t.Error("nothing says when to come back")
	}
	first.close()
	deadline := time.Now().Add(10 * time.Second)
	for b.editor.OpenStreams() > 1 && time.Now().Before(deadline) {
		b.get("/api/session")
	}
	third := b.open("/api/workflows/1/runs/events")
	third.want("runs", "")
	if err := b.editor.Close(); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*reader{second, third} {
		if e, more := s.next(); more {
			t.Errorf("after the editor was closed comes %+v", e)
		}
	}
	b.get("/api/runs/r/events").refused(http.StatusServiceUnavailable, "unavailable", "shutting down")
	b.get("/api/session").want(http.StatusOK)
}

// TestStreamsOutliveTheServersLimits has a server that ends requests after a moment, as servers should.
func TestStreamsOutliveTheServersLimits(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.create("Sample", one("a"))
	server := httptest.NewUnstartedServer(b.editor)
	server.Config.ReadTimeout, server.Config.WriteTimeout = 50*time.Millisecond, 50*time.Millisecond
	server.Start()
	defer server.Close()
	b.url = server.URL
	s := b.open("/api/workflows/1/runs/events")
	s.want("runs", "0")
	timer := time.NewTimer(200 * time.Millisecond)
	<-timer.C
	b.tell("r", workflowkit.RunStarted, "")
	s.want("runs", "1")
	s.close()
}

// quiet is a response that notes what is written.
type quiet struct {
	header http.Header
	text   strings.Builder
}

func (q *quiet) Header() http.Header { return q.header }
func (q *quiet) WriteHeader(int)     {}
func (q *quiet) FlushError() error   { return nil }
func (q *quiet) Write(p []byte) (int, error) {
	q.text.Write(p)
	return len(p), nil
}

// TestHeartbeat uses a clock of its own: a quiet stream says something every 15 seconds, and ends when its user may not
// look any more.
func TestHeartbeat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var gone atomic.Bool
		s := memory.New()
		name := "Sample"
		if _, err := s.CreateWorkflow(t.Context(), store.Settings{Name: &name}); err != nil {
			t.Fatal(err)
		}
		e, err := editor.Handler(editor.Config{
			Engine: newEngine(t), Store: s, Runs: s, Logger: slog.New(slog.DiscardHandler), Authorize: func(*http.Request) (editor.User, editor.Permissions, error) {
				return editor.User{ID: "u"}, editor.Permissions{View: !gone.Load()}, nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		w := &quiet{header: http.Header{}}
		done := make(chan struct{})
		go func() {
			defer close(done)
			e.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/workflows/1/runs/events", nil))
		}()
		<-time.After(46 * time.Second) // the clock is that of synctest
		synctest.Wait()
		if n := strings.Count(w.text.String(), ": still here\n\n"); n != 3 {
			t.Errorf("%d signs of life in 46 s: %q", n, w.text.String())
		}
		gone.Store(true)
		<-time.After(15 * time.Second) // the clock is that of synctest
		synctest.Wait()
		select {
		case <-done:
		default:
			t.Error("the stream goes on for a user who may not look any more")
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		}
		<-done
	})
}
