package inngest_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// bearer is a signing key as a token of the API.
func bearer(key string) string {
	prefix, secret := key[:strings.LastIndex(key, "-")+1], key[strings.LastIndex(key, "-")+1:]
	raw, err := hex.DecodeString(secret)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(raw)
	return "Bearer " + prefix + hex.EncodeToString(sum[:])
}

// rotation stands between a server, which knows testKey, and an app, and makes both believe that the other one uses the
// key of the moment.
type rotation struct {
	current  atomic.Pointer[string]
	mu       sync.Mutex
	statuses map[int]int // of calls
	refused  int         // requests to the API with another key
}

func newRotation(key string) *rotation {
	r := &rotation{statuses: map[int]int{}}
	r.current.Store(&key)
	return r
}

// api is the server's API. It knows the current key only.
func (r *rotation) api(t *testing.T, server string) *httptest.Server {
	to, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.Transport = &http.Transport{DisableKeepAlives: true}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if token := req.Header.Get("Authorization"); token != "" || !strings.HasPrefix(req.URL.Path, "/e/") {
			if token != bearer(*r.current.Load()) {
				r.mu.Lock()
				r.refused++
				r.mu.Unlock()
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			req.Header.Set("Authorization", bearer(testKey))
		}
		proxy.ServeHTTP(w, req)
	}))
	t.Cleanup(s.Close)
	return s
}

// calls is the app as the server calls it, with signatures by the current key.
func (r *rotation) calls(t *testing.T, app http.Handler) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		if req.Header.Get("X-Inngest-Signature") != "" {
			for name, values := range sign(*r.current.Load(), time.Now(), body) {
				req.Header[name] = values
			}
		}
		req.Body = io.NopCloser(strings.NewReader(string(body)))
		answer := httptest.NewRecorder()
		app.ServeHTTP(answer, req)
		r.mu.Lock()
		r.statuses[answer.Code]++
		r.mu.Unlock()
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	}))
	t.Cleanup(s.Close)
	return s
}

// Keys are rotated in the middle of runs: the server begins to sign with the new key, and to accept nothing else, while
// steps are executed, stored, and fetched. No call fails, whichever of the app's two keys is the new one.
func TestKeyRotation(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]inngest.Config{
		"to the first key":    {SigningKey: testFallback, SigningKeyFallback: testKey},
		"to the fallback key": {SigningKey: testKey, SigningKeyFallback: testFallback},
	} {
		for mode, checkpoints := range map[string]inngest.CheckpointMode{"with checkpoints": inngest.CheckpointEachStep, "without": inngest.CheckpointOff} {
			t.Run(name+" "+mode, func(t *testing.T) {
				t.Parallel()
				server, err := local.Start(local.Config{SigningKey: testKey, Limits: local.Limits{RequestBody: localRequestBody}})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					if err := server.Close(); err != nil {
						t.Error(err)
					}
				})
				keys := newRotation(testKey)
				api := keys.api(t, server.URL())
				config := config
				config.BaseURL, config.EventKey = api.URL, "key"
				config.HTTPClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
				b := &bench{t: t, executed: map[string]int{}, backend: localBackend{server}, local: server, client: newClient(t, config)}
				app := keys.calls(t, b.client.Handler())

				reached, proceed := make(chan struct{}, 64), make(chan struct{})
				kept := workflowkit.Define(workflowkit.Spec{Kind: "keep"}, func(ctx context.Context, run *workflowkit.Run, _ none) (none, error) {
					_, err := workflowkit.Step(ctx, "keep", func(context.Context) (string, error) {
						b.count(run.Action.ID)
						if run.Action.ID == "b" {
							reached <- struct{}{}
							<-proceed
						}
						return strings.Repeat("x", localRequestBody/4), nil // so that state has to be fetched in the end
					})
					return none{}, err
				})
				kinds := map[string]string{}
				for _, id := range strings.Split("abcdefg", "") {
					kinds[id] = "keep"
				}
				f := inngest.Function{ID: "fn", Events: []string{b.event("go")}, Checkpoints: checkpoints, Retries: new(0)}
				if err := inngest.Register(b.client, b.engine(workflow(kinds, "$source>a", "a>b", "b>c", "c>d", "c>e", "d>f", "e>f", "f>g"), kept), f); err != nil {
					t.Fatal(err)
				}
				if err := b.client.Sync(t.Context(), app.URL); err != nil {
					t.Fatal(err)
				}
				const runs = 5
				var ids []string
				for range runs {
					ids = append(ids, b.start(`{}`))
				}
				for range runs {
					<-reached
				}
				other := testFallback
				keys.current.Store(&other)
				close(proceed)
				for _, id := range ids {
					b.completed(b.wait(id, "-fn"))
				}
				for id, n := range b.counts() {
					if n != runs {
						t.Errorf("%s was executed %d times, want %d", id, n, runs)
					}
				}
				keys.mu.Lock()
				defer keys.mu.Unlock()
				for status, n := range keys.statuses {
					if status != 200 && status != 206 {
						t.Errorf("%d calls were answered with %d", n, status)
					}
				}
				if keys.refused == 0 {
					t.Error("no request was made with the old key, so nothing was rotated")
				}
			})
		}
	}
}
