package inngest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// replicate serves an app with several processes' worth of clients and engines, which are asked in turn. It returns the
// ids of the traces that the server sends with its calls.
func (b *bench) replicate(n int, f inngest.Function, definition string, seen workflowkit.Observer, action workflowkit.Action) (traces *sync.Map) {
	b.t.Helper()
	var handlers []http.Handler
	for range n {
		client := newClient(b.t, inngest.Config{
			AppID: b.client.AppID(), BaseURL: b.backend.url(),
			HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
		})
		engine, err := workflowkit.New(workflowkit.WithActions(action), workflowkit.WithObservers(seen),
			workflowkit.WithLoader(workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
				return &workflowkit.Definition{ID: "w", JSON: json.RawMessage(definition)}, nil
			})))
		if err != nil {
			b.t.Fatal(err)
		}
		f.Events = []string{b.event("go")}
		if err := inngest.Register(client, engine, f); err != nil {
			b.t.Fatal(err)
		}
		handlers = append(handlers, client.Handler())
	}
	var asked atomic.Int64
	traces = &sync.Map{}
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if trace := strings.Split(r.Header.Get("Traceparent"), "-"); r.Method == http.MethodPost && len(trace) == 4 {
			traces.Store(trace[1], true)
		}
		handlers[int(asked.Add(1))%n].ServeHTTP(w, r)
	}))
	b.t.Cleanup(app.Close)
	b.backend.register(b.t, app.URL)
	return traces
}

// What the server says about the result that has caused a call is enough for replicas, which know nothing of each other,
// to tell each transition once between them. This holds on the real server, too.
func TestReplicasTellOnceOnTheServer(t *testing.T) {
	t.Parallel()
	fork := `{"actions": [{"id": "a", "kind": "act"}, {"id": "b", "kind": "act"}, {"id": "c", "kind": "act"}, {"id": "d", "kind": "act"}, {"id": "e", "kind": "act"}],
		"edges": [{"from": "$source", "to": "a"}, {"from": "$source", "to": "b"}, {"from": "a", "to": "c"}, {"from": "b", "to": "c"}, {"from": "a", "to": "d"},
			{"from": "c", "to": "e", "conditional": {"type": "else", "ref": "!ref($.output)"}}]}`
	chain := `{"actions": [{"id": "a", "kind": "act"}, {"id": "b", "kind": "act"}, {"id": "c", "kind": "act"}],
		"edges": [{"from": "$source", "to": "a"}, {"from": "a", "to": "b"}, {"from": "b", "to": "c"}]}`
	for name, tc := range map[string]struct {
		definition string
		mode       inngest.CheckpointMode
		steps      string
		neverWaits bool
	}{
		"one after another":         {chain, inngest.CheckpointOff, "rr", false},
		"in one call":               {chain, inngest.CheckpointEachStep, "rr", false},
		"after waiting":             {chain, inngest.CheckpointEachStep, "rsr", false},
		"branches":                  {fork, inngest.CheckpointOff, "rr", false},
		"branches of one step":      {fork, inngest.CheckpointEachStep, "r", false},
		"branches that wait":        {fork, inngest.CheckpointEachStep, "rsr", false},
		"branches without any step": {fork, inngest.CheckpointEachStep, "", false},
		"branches that never wait":  {fork, inngest.CheckpointEachStep, "rr", true},
		"the same, without stores":  {fork, inngest.CheckpointOff, "rr", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := observedGraph{steps: map[string]string{}, neverWaits: tc.neverWaits}
			for _, id := range []string{"a", "b", "c", "d", "e"} {
				g.steps[id] = tc.steps
			}
			b := newBench(t)
			seen := &observed{}
			traces := b.replicate(3, inngest.Function{ID: "fn", Checkpoints: tc.mode}, tc.definition, seen, g.action())
			run := b.run(`{}`)
			if err := checkTransitions(seen.of(run.ID), run.Output, false); err != nil {
				t.Error(err)
			}
			n := 0
			traces.Range(func(any, any) bool { n++; return true })
			if n != 1 {
				t.Errorf("the server sends %d traces for one run, spans would not join", n)
			}
		})
	}
}
