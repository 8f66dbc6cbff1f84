package inngest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// The tests that use a backend run on inngest/local with a virtual clock, or, if INNGEST_DEV holds a URL, on the dev
// server there, which should have been started with --retry-interval 1.

// outcome is a run that has ended.
type outcome struct {
	ID, Function, Status, Output string
}

// backend is an Inngest server.
type backend interface {
	url() string
	register(t *testing.T, app string)
	runs(ctx context.Context, eventID string) ([]outcome, error)
}

type localBackend struct{ server *local.Server }

func (b localBackend) url() string { return b.server.URL() }

func (b localBackend) register(t *testing.T, app string) {
	t.Helper()
	if err := b.server.Register(t.Context(), app); err != nil {
		t.Fatal(err)
	}
}

func (b localBackend) runs(_ context.Context, eventID string) ([]outcome, error) {
	var list []outcome
	for _, run := range b.server.EventRuns(eventID) {
		list = append(list, outcome{run.ID, run.FunctionID, strings.ToUpper(string(run.Status)), string(run.Output)})
	}
	return list, nil
}

type remoteBackend struct{ base string }

func (b remoteBackend) url() string { return b.base }

func (b remoteBackend) register(t *testing.T, app string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, app, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK {
		t.Fatalf("sync is answered with %d %s", resp.StatusCode, body)
	}
}

func (b remoteBackend) runs(ctx context.Context, eventID string) ([]outcome, error) {
	query, err := json.Marshal(map[string]any{
		"query":     `query($id: ULID!){ eventV2(id:$id){ runs { id status function{slug} output } } }`,
		"variables": map[string]string{"id": eventID},
	})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.base+"/v0/gql", bytes.NewReader(query))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		Data struct {
			EventV2 *struct {
				Runs []struct {
					ID, Status, Output string
					Function           struct{ Slug string }
				}
			}
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Data.EventV2 == nil {
		return nil, err // the event is not there yet
	}
	var list []outcome
	for _, run := range answer.Data.EventV2.Runs {
		list = append(list, outcome{run.ID, run.Function.Slug, run.Status, run.Output})
	}
	return list, nil
}

// bench is a backend with an app.
type bench struct {
	t       *testing.T
	backend backend
	local   *local.Server // nil on a dev server
	clock   *local.VirtualClock
	client  *inngest.Client
	url     string
	calls   atomic.Int64 // POSTs to the app

	mu       sync.Mutex
	executed map[string]int
}

var benches atomic.Int64

// benchID returns the id of an app that no other test has.
func benchID() string {
	return fmt.Sprintf("app%d-%d", time.Now().UnixMilli()%1_000_000, benches.Add(1))
}

// localRequestBody is the size from which on inngest/local keeps state back: less than the 4 MiB of a real server, because
// megabytes of JSON take minutes with the race detector.
const localRequestBody = 64 << 10

// devServer returns the URL of the dev server to use, or nothing.
func devServer() string {
	if url := os.Getenv("INNGEST_DEV"); strings.HasPrefix(url, "http") {
		return strings.TrimRight(url, "/")
	}
	return ""
}

// newBench starts a backend and an app. The faults are those of inngest/local; a test that needs some is skipped on a dev
// server.
func newBench(t *testing.T, faults ...local.Faults) *bench {
	t.Helper()
	b := &bench{t: t, executed: map[string]int{}}
	if url := devServer(); url != "" {
		if len(faults) > 0 {
			t.Skip("a dev server has no faults to inject")
		}
		b.backend = remoteBackend{url}
	} else {
		b.clock = local.NewVirtualClock(time.Time{})
		config := local.Config{
			Clock: b.clock, Backoff: func(int) time.Duration { return time.Second },
			Limits: local.Limits{RequestBody: localRequestBody},
		}
		if len(faults) > 0 {
			config.Faults = faults[0]
		}
		server, err := local.Start(config)
		if err != nil {
			t.Fatal(err)
		}
		b.local, b.backend = server, localBackend{server}
		b.clock.AutoAdvance(true)
	}
	logger := slog.New(slog.DiscardHandler)
	if os.Getenv("INNGEST_TEST_LOG") != "" {
		logger = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	// On a dev server the apps of all tests are there at once, and those of earlier runs of the tests.
	id := benchID()
	b.client = newClient(t, inngest.Config{AppID: id, BaseURL: b.backend.url(), Logger: logger, HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}})
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			b.calls.Add(1)
		}
		b.client.Handler().ServeHTTP(w, r)
	}))
	b.url = app.URL
	t.Cleanup(func() {
		if b.local != nil {
			if err := b.local.Close(); err != nil {
				t.Error(err)
			}
			if err := b.local.Err(); err != nil {
				t.Errorf("the server found faults: %v", err)
			}
		}
		app.Close()
	})
	return b
}

// now is the time of the server.
func (b *bench) now() time.Time {
	if b.clock != nil {
		return b.clock.Now()
	}
	return time.Now()
}

// count notes that a step was executed and returns how often that has happened now.
func (b *bench) count(id string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.executed[id]++
	return b.executed[id]
}

func (b *bench) counts() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	counts := map[string]int{}
	for id, n := range b.executed {
		counts[id] = n
	}
	return counts
}

// event returns the name of an event that no other test uses.
func (b *bench) event(name string) string { return b.client.AppID() + "/" + name }

// engine returns an engine that executes the given definition for every event.
func (b *bench) engine(definition string, actions ...workflowkit.Action) *workflowkit.Engine {
	b.t.Helper()
	engine, err := workflowkit.New(
		workflowkit.WithActions(actions...), workflowkit.WithLogger(slog.New(slog.DiscardHandler)),
		workflowkit.WithLoader(workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
			b.count("$load")
			if definition == "" {
				return nil, nil
			}
			return &workflowkit.Definition{ID: "w", JSON: json.RawMessage(definition)}, nil
		})))
	if err != nil {
		b.t.Fatal(err)
	}
	return engine
}

// register registers functions that are complete but for their events.
func (b *bench) serve(engine *workflowkit.Engine, functions ...inngest.Function) *bench {
	b.t.Helper()
	for _, f := range functions {
		if len(f.Events)+len(f.Triggers) == 0 {
			f.Events = []string{b.event("go")}
		}
		if err := inngest.Register(b.client, engine, f); err != nil {
			b.t.Fatal(err)
		}
	}
	b.backend.register(b.t, b.url)
	return b
}

// start sends an event that starts a run and returns the event's id.
func (b *bench) start(data string) string {
	b.t.Helper()
	id, err := b.client.Send(b.t.Context(), event(b.event("go"), data))
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

// wait returns the run of a function that an event has started, once it has ended.
func (b *bench) wait(eventID, function string) outcome {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 3*time.Minute)
	defer cancel()
	var last []outcome
	for {
		runs, err := b.backend.runs(ctx, eventID)
		if err != nil {
			b.t.Fatalf("runs of event %s: %v; last seen: %v", eventID, err, last)
		}
		last = runs
		for _, run := range runs {
			if !strings.HasSuffix(run.Function, function) {
				continue
			}
			switch run.Status {
			case "COMPLETED", "FAILED":
				// A dev server fills in the output of a run after its end.
				if run.Output != "" && run.Output != "null" {
					return run
				}
			case "CANCELLED", "SKIPPED":
				return run
			}
		}
		select {
		case <-ctx.Done():
			b.t.Fatalf("event %s has no run of %s that ended: %v, executed: %v", eventID, function, last, b.counts())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// run starts a run of "fn" and returns its outcome.
func (b *bench) run(data string) outcome {
	b.t.Helper()
	return b.wait(b.start(data), "-fn")
}
