package local_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/inngest/inngestgo"
	"go.uber.org/goleak"

	"github.com/workflowkit/workflowkit-go/inngest/local"
)

func TestMain(m *testing.M) {
	code := m.Run()
	http.DefaultClient.CloseIdleConnections() // the SDK registers with it
	if code == 0 && *record == "" {           // with the real server the SDK leaks a connection for each sync
		if err := goleak.Find(); err != nil {
			slog.Error("goroutines are left", "error", err)
			code = 1
		}
	}
	os.Exit(code)
}

// bundle is a server with an app of the real SDK that is registered with it.
type bundle struct {
	t      *testing.T
	ctx    context.Context
	server *local.Server
	clock  *local.VirtualClock // nil with real time
	client inngestgo.Client
	app    *testApp
}

// setup starts a server with a virtual clock, unless the configuration has another, and an app whose functions the given
// function creates.
func setup(t *testing.T, cfg local.Config, create func(b *bundle)) *bundle {
	t.Helper()
	b := newBundle(t, cfg)
	create(b)
	if err := b.server.Register(b.ctx, b.app.URL+"/api/inngest"); err != nil {
		t.Fatal(err)
	}
	return b
}

func newBundle(t *testing.T, cfg local.Config) *bundle {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	if cfg.Clock == nil {
		cfg.Clock = local.NewVirtualClock(time.Time{})
	}
	b := &bundle{t: t, ctx: ctx}
	b.clock, _ = cfg.Clock.(*local.VirtualClock)
	server, err := local.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	b.server = server
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	url, dev := server.URL(), cfg.SigningKey == ""
	opts := inngestgo.ClientOpts{
		AppID: "app", Dev: &dev, APIBaseURL: &url, EventAPIBaseURL: &url, Logger: slog.New(slog.DiscardHandler),
	}
	if !dev {
		opts.SigningKey = &cfg.SigningKey
	}
	if cfg.EventKey != "" {
		opts.EventKey = &cfg.EventKey
	}
	if b.client, err = inngestgo.NewClient(opts); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/api/inngest", b.client.Serve())
	b.app = newTestApp(t, mux)
	return b
}

// testApp is an HTTP server. Those of httptest close the idle connections of http.DefaultTransport when they are closed,
// which breaks requests that the SDK makes for other tests at that moment.
type testApp struct {
	URL    string
	server *http.Server
}

func newTestApp(t *testing.T, handler http.Handler) *testApp {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := &testApp{URL: "http://" + listener.Addr().String(), server: &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = a.server.Serve(listener) // always ends with an error, that of Close
	}()
	t.Cleanup(func() {
		a.Close()
		<-served
	})
	return a
}

func (a *testApp) Close() { _ = a.server.Close() }

// function creates a function of the app that the event of the same name triggers.
func (b *bundle) function(opts inngestgo.FunctionOpts, f inngestgo.SDKFunction[map[string]any]) {
	b.t.Helper()
	if _, err := inngestgo.CreateFunction(b.client, opts, inngestgo.EventTrigger(opts.ID, nil), f); err != nil {
		b.t.Fatal(err)
	}
}

// send sends an event and returns the id of the only run that it has started.
func (b *bundle) send(name string, data map[string]any) string {
	b.t.Helper()
	ids, err := b.server.Send(b.ctx, local.Event{Name: name, Data: data})
	if err != nil {
		b.t.Fatal(err)
	}
	runs := b.server.EventRuns(ids[0])
	if len(runs) != 1 {
		b.t.Fatalf("event %s has started %d runs, want 1", name, len(runs))
	}
	return runs[0].ID
}

// wait waits for the end of a run and checks how it has ended.
func (b *bundle) wait(id string, want local.Status) local.Run {
	b.t.Helper()
	run, err := b.server.WaitRun(b.ctx, id)
	if err != nil {
		b.t.Fatal(err)
	}
	if run.Status != want {
		b.t.Fatalf("run is %s (error %v), want %s; faults %v; calls:\n%s", run.Status, run.Error, want, run.Faults, trace(run))
	}
	return run
}

// idle waits until the server has nothing to do.
func (b *bundle) idle() {
	b.t.Helper()
	if err := b.server.Idle(b.ctx); err != nil {
		b.t.Fatal(err)
	}
}

// advance moves the virtual clock.
func (b *bundle) advance(d time.Duration) {
	b.t.Helper()
	if err := b.clock.Advance(b.ctx, d); err != nil {
		b.t.Fatal(err)
	}
}

// noFaults checks that the server has not noticed anything that the real one would swallow.
func (b *bundle) noFaults() {
	b.t.Helper()
	if err := b.server.Err(); err != nil {
		b.t.Error(err)
	}
}
