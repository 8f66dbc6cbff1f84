package inngest_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

type program = func(ctx context.Context, tools workflowkit.Tools, in workflowkit.RunInput) (json.RawMessage, error)

// app is a client whose handler is called by hand, as a server would.
type app struct {
	*inngest.Client
	url string
	t   *testing.T
}

func newApp(t *testing.T, config inngest.Config) *app {
	t.Helper()
	client := newClient(t, config)
	server := httptest.NewServer(client.Handler())
	t.Cleanup(server.Close)
	return &app{Client: client, url: server.URL, t: t}
}

// with registers a function "fn" and returns a. Its steps are the answers to calls, so that tests can look at them.
func (a *app) with(run program) *app {
	a.t.Helper()
	return a.register(inngest.Function{Checkpoints: inngest.CheckpointOff}, run)
}

// register registers the function as "fn" and returns a.
func (a *app) register(f inngest.Function, run program) *app {
	a.t.Helper()
	f.ID, f.Events = "fn", []string{"e"}
	if err := inngest.RegisterProgram(a.Client, f, run); err != nil {
		a.t.Fatal(err)
	}
	return a
}

// request is what a server sends; the zero value is the first call of a run without steps.
type request struct {
	target   string // id of the step to execute
	steps    map[string]string
	event    string
	ctx      map[string]any // overrides
	body     string         // replaces the whole body
	function string
	header   http.Header
	method   string
	query    string
}

func (r request) bytes() []byte {
	if r.body != "" {
		return []byte(r.body)
	}
	ctx := map[string]any{
		"run_id": "run-1", "fn_id": "1eb5850f-a35c-59f3-80f8-e993ff918517", "attempt": 0, "max_attempts": 5, "step_id": "step",
		"disable_immediate_execution": r.target != "", "stack": map[string]any{"stack": []string{}, "current": 0}, "use_api": false,
	}
	maps.Copy(ctx, r.ctx)
	steps := map[string]json.RawMessage{}
	for id, memo := range r.steps {
		steps[hash(id)] = json.RawMessage(memo)
	}
	event := r.event
	if event == "" {
		event = `{"name":"e","data":{"id":"1"},"id":"event-1","ts":1700000000000,"user":{}}`
	}
	raw, err := json.Marshal(map[string]any{
		"ctx": ctx, "steps": steps, "event": json.RawMessage(event), "events": []json.RawMessage{json.RawMessage(event)},
		"use_api": false, "version": 2,
	})
	if err != nil {
		panic(err)
	}
	return raw
}

type operation struct {
	Op    string
	ID    string
	Name  string
	Opts  map[string]any
	Data  json.RawMessage
	Error *struct {
		Name, Message string
		Data          json.RawMessage
	}
}

type answer struct {
	status int
	body   string
	header http.Header
	ops    []operation
}

func hash(id string) string {
	sum := sha1.Sum([]byte(id))
	return hex.EncodeToString(sum[:])
}

// call sends r to the app.
func (a *app) call(r request) answer {
	a.t.Helper()
	function, step := "app-fn", "step"
	if r.function != "" {
		function = r.function
	}
	if r.target != "" {
		step = hash(r.target)
	}
	method := "POST"
	if r.method != "" {
		method = r.method
	}
	url := a.url + "/?fnId=" + function + "&step=step&stepId=" + step
	if r.query != "" {
		url = a.url + "/?" + r.query
	}
	req, err := http.NewRequestWithContext(a.t.Context(), method, url, bytes.NewReader(r.bytes()))
	if err != nil {
		a.t.Fatal(err)
	}
	maps.Copy(req.Header, r.header)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	got := answer{status: resp.StatusCode, body: string(bytes.TrimSpace(body)), header: resp.Header}
	if got.status == http.StatusPartialContent {
		if err := json.Unmarshal(body, &got.ops); err != nil {
			a.t.Fatalf("body of a 206 answer: %v: %s", err, body)
		}
	}
	return got
}

// steps names the operations of an answer, as "Op step".
func (g answer) steps() []string {
	var list []string
	for _, op := range g.ops {
		name := op.Op + " " + op.Name
		if op.Opts["parallelMode"] == "Race" {
			name += " (race)"
		}
		list = append(list, name)
	}
	return list
}
