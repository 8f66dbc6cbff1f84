package inngest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// eavesdropper writes down what goes to a server, without what must hold secrets: the key in the path of the event API.
// An Authorization header is written down as what it is.
type eavesdropper struct {
	under http.RoundTripper
	to    io.Writer
}

func (e eavesdropper) RoundTrip(r *http.Request) (*http.Response, error) {
	dump, err := httputil.DumpRequestOut(r, true)
	if err != nil {
		return nil, err
	}
	_, key, isEvent := strings.Cut(r.URL.Path, "/e/")
	if isEvent {
		dump = bytes.Replace(dump, []byte("/e/"+key), []byte("/e/"), 1)
	}
	_, _ = e.to.Write(dump)
	resp, err := e.under.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	// What a connection begins with is a secret of the server, and the connection itself does not end.
	dump, err = httputil.DumpResponse(resp, !strings.HasPrefix(r.URL.Path, "/v0/connect/"))
	_, _ = e.to.Write(dump)
	return resp, err
}

// Everything is written down that is logged, returned as an error, answered, and sent, in a life with all kinds of
// trouble. None of it holds a key, and only what is sent as credentials holds the hash that stands for one.
func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	const (
		signing, fallback, events, password = "5ec4e7a1", "5ec4e7b2", "5ec4e7-event-key", "5ec4e7-password"
		signingKey, fallbackKey             = "signkey-test-" + signing, "signkey-test-" + fallback
	)
	server, err := local.Start(local.Config{SigningKey: signingKey, EventKey: events})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	var said, sent, told logBuffer // logs and errors; requests and answers to them; answers
	logger := slog.New(slog.NewJSONHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}))
	config := inngest.Config{
		AppID: "app", SigningKey: signingKey, SigningKeyFallback: fallbackKey, EventKey: events, Logger: logger, Env: "branch",
		BaseURL:    strings.Replace(server.URL(), "http://", "http://user:"+password+"@", 1),
		HTTPClient: &http.Client{Transport: eavesdropper{&http.Transport{DisableKeepAlives: true}, &sent}}, Getenv: environment(),
	}
	hear := func(err error) { fmt.Fprintf(&said, "%v %+v %#v %s\n", err, err, err, err) }
	client := newClient(t, config)
	fmt.Fprintf(&said, "%v %+v %#v %v %+v %#v\n", config, config, config, client, client, client)

	programs := map[string]program{
		"fine": returnEvent,
		"failing": func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
			return tools.Run(ctx, "s", func(context.Context) (json.RawMessage, error) { return nil, errors.New("oops") })
		},
		"panicking": func(context.Context, workflowkit.Tools, workflowkit.RunInput) (json.RawMessage, error) { panic("oops") },
		"sending": func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
			_, err := tools.SendEvents(ctx, "send", []workflowkit.Event{event("other", `{}`)})
			return nil, err
		},
	}
	for id, run := range programs {
		if err := inngest.RegisterProgram(client, inngest.Function{ID: id, Events: []string{"go"}, Retries: new(0)}, run); err != nil {
			t.Fatal(err)
		}
	}
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		client.Handler().ServeHTTP(answer, r)
		if r.Method != http.MethodGet || answer.Header().Get("X-Inngest-Signature") != "" {
			answer.Header().Del("X-Inngest-Signature")
		}
		dump, _ := httputil.DumpResponse(answer.Result(), true)
		_, _ = told.Write(dump)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	}))
	t.Cleanup(app.Close)

	hear(client.Sync(t.Context(), app.URL))
	id, err := client.Send(t.Context(), event("go", `{}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Idle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(server.EventRuns(id)); n != len(programs) {
		t.Fatalf("%d runs", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	hear(inngest.Connect(ctx, client, inngest.ConnectOpts{Ready: cancel}))

	// Trouble: strangers, bad bodies, state that cannot be fetched, servers that refuse or are gone.
	ask := func(method, query, body string, header http.Header) {
		req, err := http.NewRequestWithContext(t.Context(), method, app.URL+"/?"+query, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for name, values := range header {
			req.Header[name] = values
		}
		resp, err := app.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	state := request{ctx: map[string]any{"use_api": true}}
	for _, key := range []string{signingKey, fallbackKey, testKey} {
		for _, body := range []string{"", "{", string(state.bytes()), string(request{}.bytes())} {
			header := sign(key, time.Now(), []byte(body))
			ask("POST", "fnId=app-fine&stepId=step", body, header)
			ask("POST", "fnId=app-gone&stepId=step", body, header)
			ask("PUT", "", body, header)
			ask("POST", "probe=trust", body, header)
		}
	}
	ask("GET", "", "", nil)
	ask("GET", "", "", sign(testKey, time.Now(), nil))
	for _, wrong := range []inngest.Config{
		{SigningKey: signingKey + "-nothex"}, {SigningKey: "signkey-test-" + fallback + "zz"}, {BaseURL: "http://user:" + password + "@/?x"},
	} {
		wrong.AppID, wrong.Getenv, wrong.Logger = "app", environment(), logger
		_, err := inngest.NewClient(wrong)
		hear(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	short, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer stop()
	_, err = client.Send(short, event("go", `{}`))
	hear(err)
	hear(client.Sync(short, app.URL))
	hear(inngest.Connect(short, client, inngest.ConnectOpts{}))

	hashes := []string{strings.TrimPrefix(bearer(signingKey), "Bearer signkey-test-"), strings.TrimPrefix(bearer(fallbackKey), "Bearer signkey-test-")}
	search := func(where, text string, secrets ...string) {
		if len(text) < 1000 {
			t.Errorf("%s are only %q", where, text)
		}
		for _, secret := range secrets {
			if at := strings.Index(text, secret); at >= 0 {
				t.Errorf("%s hold %q: …%s…", where, secret, text[max(0, at-200):min(len(text), at+100)])
			}
		}
	}
	plain := []string{signing, fallback, events, password}
	search("logs and errors", said.String(), append(plain, hashes...)...)
	search("answers", told.String(), append(plain, hashes...)...)
	search("requests", sent.String(), plain...)
	if strings.Count(sent.String(), hashes[0]) != strings.Count(sent.String(), "Authorization: Bearer signkey-test-"+hashes[0]) {
		t.Error("the hash of a key is sent elsewhere than in a header Authorization")
	}
}
