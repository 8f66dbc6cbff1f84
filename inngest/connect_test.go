package inngest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// connected starts the worker of a bench that has no HTTP server, and returns what stops it and waits.
func (b *bench) connected(opts inngest.ConnectOpts) (stop func() error) {
	b.t.Helper()
	ctx, cancel := context.WithCancel(b.t.Context())
	ready, ended := make(chan struct{}, 16), make(chan error, 1)
	opts.Ready = func() { ready <- struct{}{} }
	go func() { ended <- inngest.Connect(ctx, b.client, opts) }()
	select {
	case <-ready:
	case err := <-ended:
		b.t.Fatalf("connect: %v", err)
	case <-time.After(30 * time.Second):
		b.t.Fatal("no connection")
	}
	stopped := false
	stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(30 * time.Second):
			b.t.Fatal("the worker does not stop")
			return nil
		}
	}
	b.t.Cleanup(func() {
		if err := stop(); err != nil {
			b.t.Errorf("connect: %v", err)
		}
	})
	return stop
}

// A workflow with a fork runs over a connection as it does over HTTP.
func TestConnectRunsWorkflows(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	engine := b.engine(workflow(nil, "$source>a", "a>b", "a>c", "b>d", "c>d"), b.steps("steps", 2))
	f := fn
	f.Events = []string{b.event("go")}
	if err := inngest.Register(b.client, engine, f); err != nil {
		t.Fatal(err)
	}
	b.connected(inngest.ConnectOpts{InstanceID: "test"})
	for range 3 {
		if result := b.completed(b.run(`{}`)); result.Status != workflowkit.StatusCompleted {
			t.Errorf("result is %+v", result)
		}
	}
	for id, n := range b.counts() {
		if want := 3; len(id) == 3 && n != want {
			t.Errorf("step %s was executed %d times, want %d", id, n, want)
		}
	}
	if n := b.calls.Load(); n != 0 {
		t.Errorf("%d calls came over HTTP", n)
	}
}

// gated is an action with a step that waits until it is let go on.
func (b *bench) gated() (action workflowkit.Action, entered <-chan struct{}, proceed chan<- struct{}) {
	in, out := make(chan struct{}, 16), make(chan struct{})
	return b.action("gated", func(ctx context.Context, _ *workflowkit.Run, step func(string) error) error {
		err := workflowkit.Do(ctx, "gate", func(ctx context.Context) error {
			b.count("gate")
			in <- struct{}{}
			select {
			case <-out:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		if err != nil {
			return err
		}
		return step("after")
	}), in, out
}

// Whatever happens to the connection while a step is executed, the step is executed once and its result arrives.
func TestConnectSurvives(t *testing.T) {
	t.Parallel()
	cases := map[string]func(b *bench, proxy *tcpProxy) (again func()){
		"a connection that breaks": func(b *bench, _ *tcpProxy) func() {
			b.local.DisconnectWorkers()
			return func() {}
		},
		"a gateway that shuts down": func(b *bench, _ *tcpProxy) func() {
			b.local.DrainGateway()
			return func() {}
		},
		"a gateway that is gone for long": func(_ *bench, proxy *tcpProxy) func() {
			proxy.down()
			return proxy.up
		},
	}
	for name, happen := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			if b.local == nil {
				t.Skip("a dev server does not break on demand")
			}
			action, entered, proceed := b.gated()
			f := fn
			f.Events = []string{b.event("go")}
			if err := inngest.Register(b.client, b.engine(workflow(map[string]string{"a": "gated"}, "$source>a"), action), f); err != nil {
				t.Fatal(err)
			}
			proxy := newTCPProxy(t, strings.TrimPrefix(b.local.URL(), "http://"))
			b.connected(inngest.ConnectOpts{InstanceID: "test", GatewayURL: "ws://" + proxy.address() + "/v0/connect/gateway"})
			id := b.start(`{}`)
			<-entered
			// A call that the server does not know to have arrived is made again. By now it does: a step has been stored.
			b.eventually(func() bool { return b.client.CheckpointStats().Stored > 0 }, "the workflow is stored")
			again := happen(b, proxy)
			close(proceed)
			if name == "a gateway that is gone for long" {
				// The answer comes by the API. What follows needs a connection.
				b.eventually(func() bool {
					runs := b.local.EventRuns(id)
					return len(runs) == 1 && len(runs[0].Calls) > 0 && !runs[0].Calls[0].Ended.IsZero()
				}, "the answer arrives without a connection")
			}
			again()
			b.completed(b.wait(id, "-fn"))
			if counts := b.counts(); counts["gate"] != 1 || counts["a/after"] != 1 {
				t.Errorf("executed %v", counts)
			}
		})
	}
}

// A worker that is told to stop ends the step that it executes, delivers the result and takes nothing more. The run goes
// on elsewhere.
func TestConnectDrains(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	action, entered, proceed := b.gated()
	engine := b.engine(workflow(map[string]string{"a": "gated"}, "$source>a"), action)
	f := fn
	f.Events = []string{b.event("go")}
	if err := inngest.Register(b.client, engine, f); err != nil {
		t.Fatal(err)
	}
	stop := b.connected(inngest.ConnectOpts{InstanceID: "one"})
	id := b.start(`{}`)
	<-entered

	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	select {
	case err := <-stopped:
		t.Fatalf("the worker has stopped in the middle of a step: %v", err)
	case <-time.After(100 * time.Millisecond): // long enough for one that does not wait
	}
	close(proceed)
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	if n := b.counts()["a/after"]; n != 0 {
		t.Errorf("the worker went on for %d steps", n)
	}

	other := &bench{t: t, backend: b.backend, local: b.local, executed: b.executed}
	other.client = newClient(t, inngest.Config{
		AppID: b.client.AppID(), BaseURL: b.backend.url(), HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
	})
	if err := inngest.Register(other.client, engine, f); err != nil {
		t.Fatal(err)
	}
	other.connected(inngest.ConnectOpts{InstanceID: "two"})
	b.completed(b.wait(id, "-fn"))
	if counts := b.counts(); counts["gate"] != 1 || counts["a/after"] != 1 {
		t.Errorf("executed %v", counts)
	}
}

// A step that does not end is cancelled after a while, and tried again elsewhere.
func TestConnectDrainTimeout(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	action, entered, proceed := b.gated()
	engine := b.engine(workflow(map[string]string{"a": "gated"}, "$source>a"), action)
	f := fn
	f.Events = []string{b.event("go")}
	if err := inngest.Register(b.client, engine, f); err != nil {
		t.Fatal(err)
	}
	stop := b.connected(inngest.ConnectOpts{InstanceID: "one", DrainTimeout: 50 * time.Millisecond})
	id := b.start(`{}`)
	<-entered
	if err := stop(); err == nil || !strings.Contains(err.Error(), "did not end in time") {
		t.Errorf("error is %v", err)
	}
	close(proceed)
	other := &bench{t: t, backend: b.backend, local: b.local, executed: b.executed}
	other.client = newClient(t, inngest.Config{
		AppID: b.client.AppID(), BaseURL: b.backend.url(), HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
	})
	if err := inngest.Register(other.client, engine, f); err != nil {
		t.Fatal(err)
	}
	other.connected(inngest.ConnectOpts{InstanceID: "two"})
	b.completed(b.wait(id, "-fn"))
	if n := b.counts()["gate"]; n != 2 {
		t.Errorf("the step was executed %d times, want 2", n)
	}
}

// No more calls are executed at once than the worker has said.
func TestConnectLimitsConcurrency(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var now, most atomic.Int64
	busy := b.action("busy", func(ctx context.Context, _ *workflowkit.Run, _ func(string) error) error {
		return workflowkit.Do(ctx, "busy", func(context.Context) error {
			n := now.Add(1)
			defer now.Add(-1)
			for {
				m := most.Load()
				if n <= m || most.CompareAndSwap(m, n) {
					break
				}
			}
			<-time.After(20 * time.Millisecond) // so that two would meet
			return nil
		})
	})
	f := fn
	f.Events = []string{b.event("go")}
	if err := inngest.Register(b.client, b.engine(workflow(map[string]string{"a": "busy"}, "$source>a"), busy), f); err != nil {
		t.Fatal(err)
	}
	b.connected(inngest.ConnectOpts{InstanceID: "test", MaxConcurrency: 2})
	var ids []string
	for range 6 {
		ids = append(ids, b.start(`{}`))
	}
	for _, id := range ids {
		b.completed(b.wait(id, "-fn"))
	}
	if n := most.Load(); n > 2 {
		t.Errorf("%d steps were executed at once", n)
	}
}

// Errors travel over a connection as over HTTP: what is tried again is, and what is final is.
func TestConnectReportsErrors(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	failing := b.action("failing", func(ctx context.Context, run *workflowkit.Run, _ func(string) error) error {
		return workflowkit.Do(ctx, "break", func(context.Context) error {
			n := b.count(string(run.Event.Data))
			switch {
			case strings.Contains(string(run.Event.Data), "final"):
				return workflowkit.NoRetryError(errors.New("it is final"))
			case n == 1:
				return workflowkit.RetryAtError(errors.New("not yet"), time.Now().Add(time.Second))
			}
			return nil
		})
	})
	f := fn
	f.Events = []string{b.event("go")}
	if err := inngest.Register(b.client, b.engine(workflow(map[string]string{"a": "failing"}, "$source>a"), failing), f); err != nil {
		t.Fatal(err)
	}
	b.connected(inngest.ConnectOpts{InstanceID: "test"})
	b.completed(b.run(`{"x":"again"}`))
	if run := b.run(`{"x":"final"}`); run.Status != "FAILED" || !strings.Contains(run.Output, "it is final") {
		t.Errorf("run is %+v", run)
	}
	if diff := cmp.Diff(map[string]int{`{"x":"again"}`: 2, `{"x":"final"}`: 1, "$load": 2}, b.counts()); diff != "" {
		t.Errorf("executed (-want +got):\n%s", diff)
	}
}

// State above 4 MiB is fetched over a connection, too.
func TestConnectFetchesState(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	size := localRequestBody / 3
	if b.local == nil {
		size = 1 << 20
	}
	big := workflowkit.Define(workflowkit.Spec{Kind: "big"}, func(ctx context.Context, run *workflowkit.Run, _ none) (none, error) {
		_, err := workflowkit.Step(ctx, "big", func(context.Context) (string, error) {
			b.count(run.Action.ID)
			return strings.Repeat("x", size), nil
		})
		return none{}, err
	})
	f := fn
	f.Events, f.Checkpoints = []string{b.event("go")}, inngest.CheckpointOff
	edges := []string{"$source>a", "a>b", "b>c", "c>d", "d>e"}
	kinds := map[string]string{"a": "big", "b": "big", "c": "big", "d": "big", "e": "big"}
	if err := inngest.Register(b.client, b.engine(workflow(kinds, edges...), big), f); err != nil {
		t.Fatal(err)
	}
	b.connected(inngest.ConnectOpts{InstanceID: "test"})
	b.completed(b.run(`{}`))
	if diff := cmp.Diff(map[string]int{"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "$load": 1}, b.counts()); diff != "" {
		t.Errorf("executed (-want +got):\n%s", diff)
	}
}

func TestConnectRefuses(t *testing.T) {
	t.Parallel()
	server, err := local.Start(local.Config{SigningKey: testKey})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	function := func(t *testing.T, config inngest.Config) *inngest.Client {
		config.BaseURL = server.URL()
		client := newClient(t, config)
		if err := inngest.RegisterProgram(client, inngest.Function{ID: "fn", Events: []string{"e"}}, returnEvent); err != nil {
			t.Fatal(err)
		}
		return client
	}
	cases := map[string]struct {
		client func(t *testing.T) *inngest.Client
		opts   inngest.ConnectOpts
		want   string
		is     error
	}{
		"no client":              {func(*testing.T) *inngest.Client { return nil }, inngest.ConnectOpts{}, "client is nil", nil},
		"nothing to execute":     {func(t *testing.T) *inngest.Client { return newClient(t, inngest.Config{}) }, inngest.ConnectOpts{}, "no function is registered", nil},
		"a negative concurrency": {func(t *testing.T) *inngest.Client { return function(t, inngest.Config{}) }, inngest.ConnectOpts{MaxConcurrency: -1}, "MaxConcurrency is -1", nil},
		"a negative timeout":     {func(t *testing.T) *inngest.Client { return function(t, inngest.Config{}) }, inngest.ConnectOpts{DrainTimeout: -1}, "DrainTimeout is -1ns", nil},
		"a concurrency of words": {func(t *testing.T) *inngest.Client {
			return function(t, inngest.Config{Getenv: environment("INNGEST_CONNECT_MAX_WORKER_CONCURRENCY", "many")})
		}, inngest.ConnectOpts{}, `is "many"`, nil},
		"a key that is not known": {func(t *testing.T) *inngest.Client { return function(t, inngest.Config{SigningKey: testFallback}) }, inngest.ConnectOpts{}, "answered 401", inngest.ErrConnectRefused},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := inngest.Connect(t.Context(), tc.client(t), tc.opts)
			if err == nil || !strings.Contains(err.Error(), tc.want) || tc.is != nil && !errors.Is(err, tc.is) {
				t.Errorf("error is %v, want %q", err, tc.want)
			}
		})
	}
	t.Run("not a fallback key that is known", func(t *testing.T) {
		t.Parallel()
		b := &bench{t: t, executed: map[string]int{}, client: function(t, inngest.Config{SigningKey: testFallback, SigningKeyFallback: testKey})}
		b.connected(inngest.ConnectOpts{})
	})
}

// A server that is not there yet is waited for.
func TestConnectWaitsForTheServer(t *testing.T) {
	t.Parallel()
	client := newClient(t, inngest.Config{BaseURL: "http://127.0.0.1:1"})
	if err := inngest.RegisterProgram(client, inngest.Function{ID: "fn", Events: []string{"e"}}, returnEvent); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := inngest.Connect(ctx, client, inngest.ConnectOpts{}); err != nil || ctx.Err() == nil {
		t.Errorf("error is %v, %v", err, ctx.Err())
	}
}

// tcpProxy passes bytes on until it is told not to.
type tcpProxy struct {
	listener net.Listener
	target   string
	mu       sync.Mutex
	conns    map[net.Conn]bool
	refuses  bool
}

func newTCPProxy(t *testing.T, target string) *tcpProxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &tcpProxy{listener: listener, target: target, conns: map[net.Conn]bool{}}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", p.target)
			if err != nil || !p.keep(in, out) {
				in.Close()
				continue
			}
			all.Go(func() { _, _ = io.Copy(in, out); in.Close() })
			all.Go(func() { _, _ = io.Copy(out, in); out.Close() })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		p.down()
		all.Wait()
	})
	return p
}

func (p *tcpProxy) address() string { return p.listener.Addr().String() }

func (p *tcpProxy) keep(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		if p.refuses {
			c.Close()
			continue
		}
		p.conns[c] = true
	}
	return !p.refuses
}

// down cuts all connections and lets none be made.
func (p *tcpProxy) down() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuses = true
	for c := range p.conns {
		c.Close()
	}
	clear(p.conns)
}

func (p *tcpProxy) up() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuses = false
}
