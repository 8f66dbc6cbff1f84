package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// Connections to the server under test that nobody has used for a moment.
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"),
		goleak.IgnoreAnyFunction("database/sql.(*DB).connectionOpener"),
	)
}

// patience is how long a test waits for something that should happen at once, or after a few retries. The real server
// may take 15 to 45 seconds before the first one.
const patience = 3 * time.Minute

// bed is an Inngest server with one app.
type bed struct {
	server server
	client *inngest.Client
	app    *httptest.Server
	// calls counts the calls of the app's serve handler.
	calls *counter
}

// server is an Inngest server under test.
type server interface {
	url() string
	// register makes the server learn of an app's functions.
	register(t *testing.T, appURL string)
	// runs returns the runs of a function that an event has started.
	runs(t *testing.T, eventID, function string) []run
	// advance moves the clock, if the server has one that can be moved. It returns whether it does.
	advance(t *testing.T, d time.Duration) bool
}

// run is a run of a function.
type run struct {
	id string
	// status is "running", "completed", "failed", "cancelled" or "skipped".
	status string
	output json.RawMessage
}

func (r run) ended() bool {
	return r.status == "completed" || r.status == "failed" || r.status == "cancelled" || r.status == "skipped"
}

// onReal reports whether the suite runs against a server of its own process or a real one.
func onReal() bool { return os.Getenv("INNGEST_DEV") != "" }

// alongside lets a test of the blog run beside others, unless they would share a real server: there every event of one
// test's posts would start runs of the others' applications.
func alongside(t *testing.T) {
	t.Helper()
	if !onReal() {
		t.Parallel()
	}
}

type option func(*local.Config)

// withVirtualClock makes the time of the in-process server stand still until it is advanced.
func withVirtualClock(cfg *local.Config) { cfg.Clock = local.NewVirtualClock(time.Now()) }

// newServer returns the server under test.
func newServer(t *testing.T, options ...option) server {
	t.Helper()
	if dev := os.Getenv("INNGEST_DEV"); dev != "" {
		return &realServer{base: strings.TrimSuffix(dev, "/")}
	}
	cfg := local.Config{Backoff: func(int) time.Duration { return 20 * time.Millisecond }}
	for _, option := range options {
		option(&cfg)
	}
	s, err := local.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Err(); err != nil {
			t.Errorf("the server noticed: %v", err)
		}
	})
	return &localServer{Server: s, clock: cfg.Clock}
}

// newClient returns a client of the server under test.
func newClient(t *testing.T, s server, appID string) *inngest.Client {
	t.Helper()
	dev := true
	client, err := inngest.NewClient(inngest.Config{
		AppID: appID, Dev: &dev, BaseURL: s.url(), Logger: slog.New(slog.DiscardHandler),
		Getenv: func(string) string { return "" },
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// newBed serves an engine as a function that the given events start. The app's id is made of the test's name.
func newBed(t *testing.T, engine *workflowkit.Engine, f inngest.Function, options ...option) *bed {
	t.Helper()
	s := newServer(t, options...)
	b := &bed{server: s, client: newClient(t, s, "e2e-"+slug(t)), calls: &counter{}}
	if err := inngest.Register(b.client, engine, f); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/api/inngest", b.calls.count(b.client.Handler()))
	b.serve(t, mux)
	return b
}

// serve starts the app and registers it.
func (b *bed) serve(t *testing.T, handler http.Handler) {
	t.Helper()
	b.app = httptest.NewServer(handler)
	t.Cleanup(b.app.Close)
	b.server.register(t, b.app.URL+"/api/inngest")
}

// slug makes an id of the test's name.
func slug(t *testing.T) string {
	t.Helper()
	name := strings.ToLower(t.Name())
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, name)
}

// send sends an event and returns its id on the server.
func (b *bed) send(t *testing.T, name string, data any) string {
	t.Helper()
	event, err := workflowkit.NewEvent(name, data)
	if err != nil {
		t.Fatal(err)
	}
	id, err := b.client.Send(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// wait waits until the run that an event has started is over, and its output is there.
func (b *bed) wait(t *testing.T, eventID, function string) run {
	t.Helper()
	var last run
	eventually(t, "the run to end", func() error {
		runs := b.server.runs(t, eventID, function)
		if len(runs) == 0 {
			return errors.New("there is no run")
		}
		if last = runs[0]; !last.ended() {
			return errors.New("the run is " + last.status)
		}
		if (last.status == "completed" || last.status == "failed") && len(last.output) == 0 {
			return errors.New("the run is over but its output is not stored yet") // seen on the real server
		}
		return nil
	})
	return last
}

// eventually polls until check returns nil.
func eventually(t *testing.T, what string, check func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("waited %v for %s: %v", patience, what, err)
		case <-tick.C:
		}
	}
}

// result decodes the result of a run that has completed.
func (r run) result(t *testing.T) workflowkit.Result {
	t.Helper()
	if r.status != "completed" {
		t.Fatalf("run %s is %s: %s", r.id, r.status, r.output)
	}
	var result workflowkit.Result
	if err := json.Unmarshal(r.output, &result); err != nil {
		t.Fatalf("result of run %s: %v\n%s", r.id, err, r.output)
	}
	return result
}
