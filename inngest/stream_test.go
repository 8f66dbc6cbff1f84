package inngest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

type streamed struct {
	Status  int
	Headers map[string]string
	Body    string
}

// Specification 9: the answer grows while the function is executed, and its end is the answer.
func TestStreaming(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		run     program
		request request
		want    streamed
	}{
		"a result": {returnEvent, request{}, streamed{200, nil, `{"id":"1"}`}},
		"a result that is a text": {func(context.Context, workflowkit.Tools, workflowkit.RunInput) (json.RawMessage, error) {
			return json.RawMessage(`"123"`), nil
		}, request{}, streamed{200, nil, `"123"`}},
		"an error": {func(context.Context, workflowkit.Tools, workflowkit.RunInput) (json.RawMessage, error) {
			return nil, errors.New("oops")
		}, request{}, streamed{500, map[string]string{"X-Inngest-No-Retry": "false"}, `{"name":"Error","message":"oops"}`}},
		"an error that is final": {func(context.Context, workflowkit.Tools, workflowkit.RunInput) (json.RawMessage, error) {
			return nil, workflowkit.NoRetryError(errors.New("oops"))
		}, request{}, streamed{400, map[string]string{"X-Inngest-No-Retry": "true"}, `{"name":"Error","message":"oops"}`}},
		"a panic":                        {func(context.Context, workflowkit.Tools, workflowkit.RunInput) (json.RawMessage, error) { panic("oops") }, request{}, streamed{500, map[string]string{"X-Inngest-No-Retry": "false"}, `{"name":"Error","message":"panic: oops"}`}},
		"a step that does not exist":     {returnEvent, request{target: "gone"}, streamed{500, map[string]string{"X-Inngest-No-Retry": "false"}, `{"name":"StepNotFound","message":"step ` + hash("gone") + ` not found: the function has changed since it was planned"}`}},
		"a function that does not exist": {returnEvent, request{function: "app-other"}, streamed{500, map[string]string{"X-Inngest-No-Retry": "false"}, `{"name":"FunctionNotFound","message":"function not found: app-other"}`}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := newApp(t, inngest.Config{Getenv: environment("INNGEST_STREAMING", "1")}).with(tc.run).call(tc.request)
			if got.status != 201 || got.header.Get("X-Inngest-Sdk") == "" || got.header.Get("X-Inngest-Req-Version") != "2" {
				t.Fatalf("answer is %d %v %s", got.status, got.header, got.body)
			}
			var end streamed
			if err := json.Unmarshal([]byte(got.body), &end); err != nil {
				t.Fatalf("answer %s: %v", got.body, err)
			}
			end.Body = strings.TrimSpace(end.Body)
			for name := range end.Headers {
				if _, ok := tc.want.Headers[name]; !ok {
					delete(end.Headers, name)
				}
			}
			if len(end.Headers) == 0 {
				end.Headers = nil
			}
			if diff := cmp.Diff(tc.want, end); diff != "" {
				t.Errorf("end of the answer (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("not what is refused", func(t *testing.T) {
		t.Parallel()
		app := newApp(t, inngest.Config{Streaming: new(true), SigningKey: testKey}).with(returnEvent)
		if got := app.call(request{}); got.status != 401 {
			t.Errorf("answer is %d %s", got.status, got.body)
		}
		if got := newApp(t, inngest.Config{Streaming: new(true)}).call(request{body: "{}"}); got.status != 400 {
			t.Errorf("answer is %d %s", got.status, got.body)
		}
	})
	t.Run("not where it is off", func(t *testing.T) {
		t.Parallel()
		for _, config := range []inngest.Config{
			{}, {Getenv: environment("INNGEST_STREAMING", "false")}, {Streaming: new(false), Getenv: environment("INNGEST_STREAMING", "1")},
		} {
			if got := newApp(t, config).with(returnEvent).call(request{}); got.status != 200 {
				t.Errorf("answer is %d %s", got.status, got.body)
			}
		}
	})
}

// idleProxy is a proxy that cuts connections on which nothing comes for a while.
func idleProxy(t *testing.T, target string, idle time.Duration) *httptest.Server {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.FlushInterval = -1
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	proxy.Transport = &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		return idleConn{conn, idle}, err
	}}
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusGatewayTimeout) }
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server
}

// idleConn fails if nothing comes for a while.
type idleConn struct {
	net.Conn
	idle time.Duration
}

func (c idleConn) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.idle)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

// A step that takes longer than a proxy waits is executed once, if answers are streamed.
func TestStreamingSurvivesProxies(t *testing.T) {
	t.Parallel()
	const idle = time.Second
	// The wait outlasts the proxy's patience by itself, or the test could not fail.
	long := func(ctx context.Context) error {
		select {
		case <-ctx.Done():
		case <-time.After(3 * idle):
		}
		return nil
	}
	for name, streaming := range map[string]bool{"streamed": true, "not streamed": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			backend := remoteOrLocal(t)
			b := &bench{t: t, executed: map[string]int{}, backend: backend}
			b.client = newClient(t, inngest.Config{
				AppID: benchID(), BaseURL: backend.url(), Dev: new(true), Streaming: &streaming,
				HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
			})
			inngest.SetStreamInterval(b.client, idle/8)
			app := httptest.NewServer(b.client.Handler())
			t.Cleanup(app.Close)
			proxy := idleProxy(t, app.URL, idle)
			slow := b.action("slow", func(ctx context.Context, _ *workflowkit.Run, _ func(string) error) error {
				return workflowkit.Do(ctx, "slow", func(ctx context.Context) error {
					b.count("slow")
					return long(ctx)
				})
			})
			f := inngest.Function{ID: "fn", Events: []string{b.event("go")}, Retries: new(0), MaxRetries: new(0)}
			if err := inngest.Register(b.client, b.engine(workflow(map[string]string{"a": "slow"}, "$source>a"), slow), f); err != nil {
				t.Fatal(err)
			}
			if err := b.client.Sync(t.Context(), proxy.URL); err != nil {
				t.Fatal(err)
			}
			run := b.wait(b.start(`{}`), "-fn")
			if streaming {
				b.completed(run)
			} else if run.Status != "FAILED" || b.counts()["slow"] == 0 {
				t.Errorf("the proxy cuts nothing: %+v", run)
			}
			if n := b.counts()["slow"]; streaming && n != 1 {
				t.Errorf("the step was executed %d times", n)
			}
		})
	}
}

// remoteOrLocal returns the dev server, or one in the process with real time.
func remoteOrLocal(t *testing.T) backend {
	t.Helper()
	if url := devServer(); url != "" {
		return remoteBackend{url}
	}
	server, err := local.Start(local.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return localBackend{server}
}

// The bytes that keep the connection alive come while the function is executed, not after it, and the server's own
// WriteTimeout does not end the answer.
func TestStreamingFlushes(t *testing.T) {
	t.Parallel()
	client := newClient(t, inngest.Config{Streaming: new(true)})
	inngest.SetStreamInterval(client, 10*time.Millisecond)
	finish := make(chan struct{})
	if err := inngest.RegisterProgram(client, inngest.Function{ID: "fn", Events: []string{"e"}},
		func(context.Context, workflowkit.Tools, workflowkit.RunInput) (json.RawMessage, error) {
			<-finish
			return json.RawMessage("1"), nil
		}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(client.Handler())
	server.Config.WriteTimeout = 50 * time.Millisecond
	server.Start()
	t.Cleanup(server.Close)
	resp, err := server.Client().Post(server.URL+"/?fnId=app-fn&stepId=step", "application/json", bytes.NewReader(request{}.bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	some := make([]byte, 20) // takes longer than the WriteTimeout
	if _, err := io.ReadFull(resp.Body, some); err != nil || strings.TrimSpace(string(some)) != "" {
		t.Fatalf("before the end came %q, %v", some, err)
	}
	close(finish)
	rest, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(rest), `"status":200`) {
		t.Errorf("the end is %q, %v", rest, err)
	}
}
