package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/server"
	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// buffer is a log that several goroutines write.
type buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// process is a server that runs as main runs it.
type process struct {
	t    *testing.T
	url  string
	log  *buffer
	stop context.CancelFunc
	done chan error
}

// start runs a server with an environment, on a free port unless it names one, and waits until it listens.
func start(t *testing.T, environ ...string) *process {
	t.Helper()
	return startWith(t, server.Options{}, environ...)
}

func startWith(t *testing.T, options server.Options, environ ...string) *process {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	p := &process{t: t, log: &buffer{}, stop: stop, done: make(chan error, 1)}
	listening := make(chan string, 1)
	go func() {
		options.Environ = append([]string{"PORT=0"}, environ...)
		options.Logger, options.Listening = slog.New(slog.NewTextHandler(p.log, nil)), func(url string) { listening <- url }
		p.done <- server.Run(ctx, options)
	}()
	select {
	case p.url = <-listening:
	case err := <-p.done:
		stop()
		t.Fatalf("the server ended: %v\n%s", err, p.log)
	}
	t.Cleanup(p.end)
	return p
}

// end stops the server and waits for it. It may be called twice.
func (p *process) end() {
	p.t.Helper()
	p.stop()
	if err, running := <-p.done; running {
		close(p.done)
		if err != nil {
			p.t.Errorf("the server ended with: %v\n%s", err, p.log)
		}
	}
}

var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func request(t *testing.T, method, url string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(raw)
}

func (p *process) decide(decision string) {
	p.t.Helper()
	if status, body := request(p.t, http.MethodPost, p.url+"/api/blog-posts/1/"+decision); status != http.StatusOK {
		p.t.Fatalf("%s: %d %s", decision, status, body)
	}
}

type post struct {
	Status string
	Error  *string `json:"workflow_error"`
}

func (p *process) post() post {
	p.t.Helper()
	var body struct{ BlogPost post }
	_, raw := request(p.t, http.MethodGet, p.url+"/api/blog-posts/1")
	if err := json.Unmarshal([]byte(raw), &body); err != nil {
		p.t.Fatal(err)
	}
	return body.BlogPost
}

func (p *process) reach(status string) {
	p.t.Helper()
	p.eventually("the post to be "+status, func() error {
		if got := p.post().Status; got != status {
			return fmt.Errorf("it is %q", got)
		}
		return nil
	})
}

func (p *process) logs(text string) {
	p.t.Helper()
	p.eventually("the log to say "+text, func() error {
		if !strings.Contains(p.log.String(), text) {
			return errors.New("it does not")
		}
		return nil
	})
}

func (p *process) eventually(what string, check func() error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			p.t.Fatalf("waited in vain for %s: %v\n%s", what, err, p.log)
		case <-tick.C:
		}
	}
}

func sqlite(t *testing.T) string {
	t.Helper()
	return "DATABASE_URL=" + loadertest.SQLite(t)
}

func TestEmbeddedParts(t *testing.T) {
	t.Parallel()
	p := start(t, sqlite(t))
	p.decide("review")
	p.reach("needs approval")
	p.decide("approve")
	p.reach("published")
	for _, line := range []string{"offline, without a language model", "an Inngest inside this process is used", "database is ready", "blogcms is ready"} {
		p.logs(line)
	}
	p.end()
	if _, err := net.DialTimeout("tcp", strings.TrimPrefix(p.url, "http://"), time.Second); err == nil {
		t.Error("the server still listens")
	}
}

// TestConnect executes the workflows over a connection, on a server that has no address to call.
func TestConnect(t *testing.T) {
	t.Parallel()
	dev, err := local.Start(local.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := dev.Close(); err != nil {
			t.Error(err)
		}
	})
	for name, environ := range map[string][]string{"outside": {"INNGEST_DEV=" + dev.URL()}, "inside": nil} {
		t.Run(name, func(t *testing.T) {
			p := startWith(t, server.Options{Connect: true}, append(environ, sqlite(t))...)
			p.logs("inngest worker is connected")
			p.decide("review")
			p.reach("needs approval")
			p.decide("approve")
			p.reach("published")
			p.end()
			for _, line := range []string{"inngest app is registered", "level=ERROR"} {
				if strings.Contains(p.log.String(), line) {
					t.Errorf("the log says %s:\n%s", line, p.log)
				}
			}
		})
	}
}

// TestRestart ends the process while a post waits for an approval.
func TestRestart(t *testing.T) {
	t.Parallel()
	dsn := sqlite(t)
	first := start(t, dsn)
	first.decide("review")
	first.reach("needs approval")
	first.end()
	second := start(t, dsn)
	if got := second.post(); got.Status != "draft" || got.Error == nil || !strings.Contains(*got.Error, "restarted") {
		t.Errorf("the post is %+v", got)
	}
	second.decide("review")
	second.reach("needs approval")
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	dsn := loadertest.Postgres(t)
	p := start(t, "DATABASE_URL="+dsn)
	p.decide("review")
	p.reach("needs approval")
	p.logs("dialect=postgres")
	if strings.Contains(p.log.String(), dsn) {
		t.Error("the log holds the URL of the database, which may hold a password")
	}
}

// TestDevServer uses an Inngest outside of the process, which comes up later than the application.
func TestDevServer(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	dsn := sqlite(t)
	p := start(t, dsn, "INNGEST_DEV=http://"+address)
	p.logs("not registered with Inngest yet")
	p.decide("review")
	if got := p.post(); got.Status != "under review" { // and the event waits for the Inngest
		t.Errorf("the post is %+v", got)
	}
	dev, err := local.Start(local.Config{Addr: address})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := dev.Close(); err != nil {
			t.Error(err)
		}
	})
	p.logs("inngest app is registered")
	p.reach("needs approval")
	// The run is on a server of its own, so it survives the application.
	p.end()
	again := start(t, dsn, "INNGEST_DEV=http://"+address)
	if got := again.post(); got.Status != "needs approval" {
		t.Errorf("the post is %+v", got)
	}
	again.eventually("the registration", func() error {
		if strings.Count(again.log.String(), "inngest app is registered") == 0 {
			return errors.New("not yet")
		}
		return nil
	})
	again.decide("approve")
	again.reach("published")
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestSettingsThatCannotWork ends at once, before anything is created.
func TestSettingsThatCannotWork(t *testing.T) {
	t.Parallel()
	taken := freeListener(t)
	cases := map[string]struct {
		environ []string
		is      error
		message string
	}{
		"cloud mode without a signing key": {[]string{"INNGEST_EVENT_KEY=key"}, inngest.ErrNoSigningKey, "INNGEST_SIGNING_KEY"},
		"dev mode turned off":              {[]string{"INNGEST_DEV=0"}, inngest.ErrNoSigningKey, "INNGEST_SIGNING_KEY"},
		"a proxy without its key":          {[]string{"LITELLM_BASE_URL=http://localhost:1"}, nil, "LITELLM_API_KEY"},
		"a port that is taken":             {[]string{"PORT=" + taken}, nil, "HOST and PORT"},
		"a port that is none":              {[]string{"PORT=web"}, nil, "HOST and PORT"},
		"a host of somebody else":          {[]string{"HOST=203.0.113.7"}, nil, "HOST and PORT"},
		"a database that is not there":     {[]string{"DATABASE_URL=postgres://127.0.0.1:1/none"}, nil, "127.0.0.1"},
		"an issuer without a client":       {[]string{"OIDC_ISSUER=https://issuer.example"}, nil, "no client id"},
		"a client without an issuer":       {[]string{"OIDC_CLIENT_ID=c"}, nil, "OIDC_ISSUER"},
		"sign-in over http":                {[]string{"GOOGLE_CLIENT_ID=c", "APP_URL=http://blog.example.com"}, nil, "APP_URL"},
		"sign-in at no address":            {[]string{"GOOGLE_CLIENT_ID=c", "HOST=0.0.0.0"}, nil, "APP_URL"},
		"a folder that is not there":       {[]string{"DATABASE_URL=" + filepath.Join(t.TempDir(), "none", "blog.db")}, nil, "none"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			environ := append([]string{"PORT=0", sqlite(t)}, tc.environ...)
			err := server.Run(t.Context(), server.Options{Environ: environ, Logger: slog.New(slog.DiscardHandler)})
			if err == nil || !strings.Contains(err.Error(), tc.message) {
				t.Errorf("the error is %v, want one with %q", err, tc.message)
			}
			if tc.is != nil && !errors.Is(err, tc.is) {
				t.Errorf("the error is %v, want %v", err, tc.is)
			}
		})
	}
}

// freeListener occupies a port and returns it.
func freeListener(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// TestOtherHosts listens elsewhere than on loopback; the Inngest inside the process must reach the application anyway.
func TestOtherHosts(t *testing.T) {
	t.Parallel()
	hosts := map[string]string{"all addresses": "0.0.0.0", "all addresses, IPv6 too": "::"}
	if outside := outsideAddress(t); outside != "" {
		hosts["an address of the network"] = outside
	}
	for name, host := range hosts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t, sqlite(t), "HOST="+host)
			if p.url != "http://127.0.0.1:"+port(t, p.url) {
				// Inngest has reached the application, or start would still wait. Nobody else does without a sign-in.
				status, body := request(t, http.MethodPost, p.url+"/api/blog-posts/1/review")
				if status != http.StatusForbidden || !strings.Contains(body, "OIDC_ISSUER") {
					t.Errorf("from the network: %d %s", status, body)
				}
				return
			}
			p.decide("review")
			p.reach("needs approval")
		})
	}
}

func port(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Port()
}

// outsideAddress returns an address of this machine that is not loopback, or nothing.
func outsideAddress(t *testing.T) string {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
			return n.IP.String()
		}
	}
	return ""
}

// TestGracefulShutdown asks the server to stop while it reads a request.
func TestGracefulShutdown(t *testing.T) {
	t.Parallel()
	p := start(t, sqlite(t))
	body, rest := io.Pipe()
	reading, answered := make(chan struct{}), make(chan int, 1)
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got100Continue: func() { close(reading) }})
	go func() {
		defer close(answered)
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/api/blog-posts", body)
		if err != nil {
			t.Error(err)
			return
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Expect", "100-continue")
		client := http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute, DisableKeepAlives: true}}
		response, err := client.Do(r)
		if err != nil {
			t.Error(err)
			return
		}
		response.Body.Close()
		answered <- response.StatusCode
	}()
	<-reading
	p.stop()
	p.logs("blogcms stops")
	if _, err := io.WriteString(rest, `{"title":"A post","markdown":"text"}`); err != nil {
		t.Fatal(err)
	}
	rest.Close()
	if status := <-answered; status/100 != 2 {
		t.Errorf("the request in progress was answered %d", status)
	}
	p.end()
}

// TestStreamsDoNotHoldTheServer stops it while a page is open that is told of changes.
func TestStreamsDoNotHoldTheServer(t *testing.T) {
	t.Parallel()
	p := start(t, sqlite(t))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/live", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatal(response.Status)
	}
	p.stop()
	if _, err := io.ReadAll(response.Body); err != nil {
		t.Errorf("the stream was cut off: %v", err)
	}
	p.end()
}
