package inngest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// flaky returns an action whose steps fail as often as they are told to before they succeed.
func (b *bench) flaky(kind string, failures ...int) workflowkit.Action {
	return b.action(kind, func(ctx context.Context, run *workflowkit.Run, _ func(string) error) error {
		for i, n := range failures {
			id := fmt.Sprintf("%s/%d", run.Action.ID, i)
			if err := workflowkit.Do(ctx, fmt.Sprint(i), func(context.Context) error {
				if b.count(id) <= n {
					return errors.New("not yet")
				}
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// The number of an attempt belongs to the call. A step that is executed in the call in which another one has used up
// attempts must not be short of them.
func TestCheckpointedStepsHaveAttemptsOfTheirOwn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := fn
	f.Retries = new(1)
	b.serve(b.engine(workflow(map[string]string{"a": "flaky", "b": "flaky"}, "$source>a", "a>b"), b.flaky("flaky", 0, 1, 1, 0)), f)
	b.completed(b.run(`{}`))
	want := map[string]int{"$load": 1, "a/0": 1, "a/1": 2, "a/2": 2, "a/3": 1, "b/0": 1, "b/1": 2, "b/2": 2, "b/3": 1}
	if diff := cmp.Diff(want, b.counts()); diff != "" {
		t.Errorf("steps were executed (-want +got):\n%s", diff)
	}
}

// Crashes around calls repeat the call, but no step that was stored in it.
func TestCheckpointedStepsSurviveCrashes(t *testing.T) {
	t.Parallel()
	for name, point := range map[string]local.CrashPoint{"before": local.CrashBefore, "after": local.CrashAfter, "of the server": local.ServerCrash} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var crashes atomic.Int64
			b := newBench(t, local.Faults{Seed: 1, Crash: func(local.Call) local.CrashPoint {
				if crashes.Add(1) > 3 {
					return local.NoCrash
				}
				return point
			}})
			f := fn
			f.Retries = new(4)
			b.serve(b.engine(workflow(nil, "$source>a", "a>b"), b.steps("steps", 2)), f)
			b.completed(b.run(`{}`))
			b.once(4)
		})
	}
}

// lossy loses the answers to the requests that store steps, after the server has taken them.
type lossy struct{ stored atomic.Int64 }

func (l *lossy) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && strings.HasPrefix(r.URL.Path, "/v1/checkpoint/") {
		l.stored.Add(1)
		_ = resp.Body.Close()
		return nil, errors.New("connection reset")
	}
	return resp, err
}

// A result that the server has and the app does not know of is reported again, and the step is not executed again.
func TestLostAcknowledgement(t *testing.T) {
	t.Parallel()
	server, err := local.Start(local.Config{})
	if err != nil {
		t.Fatal(err)
	}
	transport := &lossy{}
	b := &bench{t: t, executed: map[string]int{}, backend: localBackend{server}, local: server}
	b.client = newClient(t, inngest.Config{BaseURL: server.URL(), HTTPClient: &http.Client{Transport: transport}})
	app := httptest.NewServer(b.client.Handler())
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		app.Close()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	})
	b.url = app.URL
	b.serve(b.engine(workflow(nil, "$source>a", "a>b"), b.steps("steps", 2)), fn)
	b.completed(b.run(`{}`))
	b.once(4)
	// The first failure keeps the client from trying on, and the run goes on with answers.
	if stats := b.client.CheckpointStats(); transport.stored.Load() != 1 || stats != (inngest.CheckpointStats{Failed: 1}) {
		t.Errorf("%d steps were stored, the client has counted %+v", transport.stored.Load(), stats)
	}
	if err := server.Err(); err != nil {
		t.Error(err)
	}
}

// storage is an API that stores steps, or answers with a status of its own.
type storage struct {
	*httptest.Server
	requests []map[string]any
}

func newStorage(t *testing.T, status int) *storage {
	t.Helper()
	s := &storage{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.URL.Path != "/v1/checkpoint/run-1/async" {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		s.requests = append(s.requests, body)
		w.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	return s
}

// two is a function of two steps.
func two(executed *[]string) program {
	return func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
		var out json.RawMessage
		for _, id := range []string{"1/a", "1/b"} {
			var err error
			if out, err = tools.Run(ctx, id, func(context.Context) (json.RawMessage, error) {
				*executed = append(*executed, id)
				return json.RawMessage(`{"b":1.0,"a":"` + id + `"}`), nil
			}); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
}

func TestStepsAreStored(t *testing.T) {
	t.Parallel()
	api := newStorage(t, http.StatusOK)
	var executed []string
	app := newApp(t, inngest.Config{BaseURL: api.URL, HTTPClient: api.Client()}).register(inngest.Function{}, two(&executed))
	got := app.call(request{ctx: map[string]any{"qi_id": "item", "request_id": "request", "generation_id": 3}})
	// What is computed from a result is computed from its canonical form, since the next call gets that.
	if got.status != http.StatusOK || got.body != `{"a":"1/b","b":1}` {
		t.Errorf("answer is %d %s", got.status, got.body)
	}
	if len(api.requests) != 2 || len(executed) != 2 {
		t.Fatalf("%d requests for %v", len(api.requests), executed)
	}
	body := api.requests[0]
	steps, _ := body["steps"].([]any)
	step, _ := steps[0].(map[string]any)
	delete(step, "timing")
	delete(body, "request_started_at")
	want := map[string]any{
		"run_id": "run-1", "fn_id": "1eb5850f-a35c-59f3-80f8-e993ff918517", "qi_id": "item", "request_id": "request", "generation_id": 3.0,
		"steps": []any{map[string]any{
			"op": "StepRun", "id": hash("1/a"), "name": "1/a", "opts": nil, "data": map[string]any{"a": "1/a", "b": 1.0},
			"userland": map[string]any{"id": "1/a"},
		}},
	}
	if diff := cmp.Diff(want, body); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

// Where a step is not, or cannot be, stored by itself, it is the answer, and the next one waits for another call.
func TestStepsAreAnswers(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		status   int
		ctx      map[string]any
		function inngest.Function
		drain    bool
		requests int
		stats    inngest.CheckpointStats
	}{
		"the server has no such API":      {status: http.StatusNotFound, requests: 1, stats: inngest.CheckpointStats{Failed: 1}},
		"the server is broken":            {status: http.StatusInternalServerError, requests: 1, stats: inngest.CheckpointStats{Failed: 1}},
		"the run is gone, others are not": {status: http.StatusBadRequest, requests: 2, stats: inngest.CheckpointStats{Failed: 2}},
		"the call is another attempt":     {status: http.StatusOK, ctx: map[string]any{"attempt": 1}},
		"steps have to be planned":        {status: http.StatusOK, ctx: map[string]any{"disable_immediate_execution": true}},
		"the function does not want it":   {status: http.StatusOK, function: inngest.Function{Checkpoints: inngest.CheckpointOff}},
		"the app is shutting down":        {status: http.StatusOK, drain: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newStorage(t, tc.status)
			var executed []string
			app := newApp(t, inngest.Config{BaseURL: api.URL, HTTPClient: api.Client()}).register(tc.function, two(&executed))
			if tc.drain {
				app.Drain()
			}
			for i := range 2 {
				got := app.call(request{ctx: tc.ctx})
				want := []string{"StepRun 1/a"}
				if tc.ctx["disable_immediate_execution"] == true {
					want = []string{"StepPlanned 1/a"}
				}
				if diff := cmp.Diff(want, got.steps()); diff != "" {
					t.Errorf("call %d: operations (-want +got):\n%s", i, diff)
				}
			}
			if len(api.requests) != tc.requests || app.CheckpointStats() != tc.stats {
				t.Errorf("%d requests were made, want %d; counted are %+v", len(api.requests), tc.requests, app.CheckpointStats())
			}
		})
	}
}

// What a step has done is stored though nobody waits for the answer any more, and nothing is done after it.
func TestCallerLeavesDuringStep(t *testing.T) {
	t.Parallel()
	api := newStorage(t, http.StatusOK)
	executed := make(chan string, 2)
	ctx, leave := context.WithCancel(t.Context())
	client := newClient(t, inngest.Config{BaseURL: api.URL, HTTPClient: api.Client()})
	if err := inngest.RegisterProgram(client, inngest.Function{ID: "fn", Events: []string{"e"}},
		func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
			for _, id := range []string{"1/a", "1/b"} {
				if _, err := tools.Run(ctx, id, func(ctx context.Context) (json.RawMessage, error) {
					leave()
					<-ctx.Done()
					executed <- id
					return json.RawMessage("1"), nil
				}); err != nil {
					return nil, err
				}
			}
			return nil, nil
		}); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/?fnId=app-fn&stepId=step", strings.NewReader(string(request{}.bytes())))
	r.RemoteAddr, r.Host = "127.0.0.1:1", "127.0.0.1"
	w := httptest.NewRecorder()
	client.Handler().ServeHTTP(w, r)
	if len(executed) != 1 || len(api.requests) != 1 || client.CheckpointStats().Stored != 1 {
		t.Errorf("%d steps were executed, %d stored; answer is %d %s", len(executed), len(api.requests), w.Code, w.Body)
	}
}

func TestUnknownCheckpointMode(t *testing.T) {
	t.Parallel()
	client := newClient(t, inngest.Config{})
	err := inngest.RegisterProgram(client, inngest.Function{ID: "fn", Events: []string{"e"}, Checkpoints: "some"}, nil)
	if err == nil || !strings.Contains(err.Error(), `checkpoints are "some", "" or "off" is needed`) {
		t.Errorf("error is %v", err)
	}
}

// loading is a function that loads something, as the engine does, and then executes a step that takes some time.
func loading(executed *[]string, took time.Duration) program {
	return func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
		run := func(id string, d time.Duration) error {
			_, err := tools.Run(ctx, id, func(ctx context.Context) (json.RawMessage, error) {
				*executed = append(*executed, id)
				select {
				case <-ctx.Done():
				case <-time.After(d):
				}
				return json.RawMessage(`1`), nil
			})
			return err
		}
		if err := run(workflowkit.LoadStepID, 0); err != nil {
			return nil, err
		}
		if took > 0 {
			if err := run("1/a", took); err != nil {
				return nil, err
			}
		}
		return json.RawMessage(`"done"`), tools.Sleep(ctx, "1/sleep", time.Second)
	}
}

// Loading a workflow has no effects, so its result is stored with that of the first step, unless that takes long.
func TestLoadedWorkflowIsStoredWithTheFirstStep(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		status int
		took   time.Duration
		want   []string // the requests
		answer string
	}{
		"the step is short":          {http.StatusOK, time.Microsecond, []string{"$load 1/a"}, "Sleep 1/sleep"},
		"the step is long":           {http.StatusOK, 300 * time.Millisecond, []string{"$load", "1/a"}, "Sleep 1/sleep"},
		"there is no step":           {http.StatusOK, 0, []string{"$load"}, "Sleep 1/sleep"},
		"they cannot be stored":      {http.StatusBadRequest, time.Microsecond, []string{"$load 1/a"}, "StepRun 1/a"},
		"neither of them can":        {http.StatusBadRequest, 300 * time.Millisecond, []string{"$load", "$load 1/a"}, "StepRun 1/a"},
		"the workflow cannot":        {http.StatusBadRequest, 0, []string{"$load"}, "StepRun $load"},
		"the server is out of reach": {http.StatusBadGateway, 0, []string{"$load"}, "StepRun $load"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newStorage(t, tc.status)
			var executed []string
			app := newApp(t, inngest.Config{BaseURL: api.URL, HTTPClient: api.Client()}).register(inngest.Function{}, loading(&executed, tc.took))
			got := app.call(request{})
			if diff := cmp.Diff([]string{tc.answer}, got.steps()); diff != "" {
				t.Errorf("operations (-want +got):\n%s", diff)
			}
			var requests []string
			for _, body := range api.requests {
				var names []string
				steps, _ := body["steps"].([]any)
				for _, step := range steps {
					step, _ := step.(map[string]any)
					names = append(names, fmt.Sprint(step["name"]))
				}
				requests = append(requests, strings.Join(names, " "))
			}
			if diff := cmp.Diff(tc.want, requests); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			want := 2
			if tc.took == 0 {
				want = 1
			}
			if len(executed) != want {
				t.Errorf("executed were %v", executed)
			}
		})
	}
}
