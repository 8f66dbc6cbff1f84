package inngest_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/inngest/inngestgo"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

func TestRegisterRefuses(t *testing.T) {
	t.Parallel()
	type F = inngest.Function
	events := []string{"e"}
	long := strings.Repeat("x", 600)
	cases := map[string]struct {
		function F
		want     string
	}{
		"no id":                      {F{Events: events}, "function id is empty"},
		"an id with a slash":         {F{ID: "a/b", Events: events}, `function id "a/b"`},
		"a long id":                  {F{ID: long, Events: events}, "at most 128"},
		"a long name":                {F{ID: "f", Name: long, Events: events}, "name is 600 bytes"},
		"no events":                  {F{ID: "f"}, "no event starts the function"},
		"an empty event":             {F{ID: "f", Events: []string{""}}, "trigger 0: event name is empty"},
		"a blank event":              {F{ID: "f", Triggers: []inngest.Trigger{{Event: " "}}}, "trigger 0: event name is empty"},
		"an event with spaces":       {F{ID: "f", Events: []string{"e "}}, "spaces around it"},
		"a long event":               {F{ID: "f", Events: []string{long}}, "at most 512"},
		"an event twice":             {F{ID: "f", Events: events, Triggers: []inngest.Trigger{{Event: "e"}}}, "would start two runs"},
		"too many events":            {F{ID: "f", Events: strings.Split("a b c d e f g h i j k", " ")}, "11 events start a run, at most 10"},
		"a blank expression":         {F{ID: "f", Triggers: []inngest.Trigger{{Event: "e", If: " "}}}, "trigger 0: if: expression is blank"},
		"negative retries":           {F{ID: "f", Events: events, Retries: new(-1)}, "retries are -1"},
		"too many retries":           {F{ID: "f", Events: events, Retries: new(21)}, "retries are 21"},
		"three concurrency limits":   {F{ID: "f", Events: events, Concurrency: make([]inngest.Concurrency, 3)}, "3 concurrency limits"},
		"a concurrency limit of 0":   {F{ID: "f", Events: events, Concurrency: make([]inngest.Concurrency, 1)}, "limit is 0"},
		"an unknown scope":           {F{ID: "f", Events: events, Concurrency: []inngest.Concurrency{{Limit: 1, Scope: "x"}}}, `unknown scope "x"`},
		"a wide scope without a key": {F{ID: "f", Events: events, Concurrency: []inngest.Concurrency{{Limit: 1, Scope: inngest.ScopeAccount}}}, "needs a key"},
		"a singleton without a mode": {F{ID: "f", Events: events, Singleton: &inngest.Singleton{}}, `mode is ""`},
		"a singleton with a blank key": {
			F{ID: "f", Events: events, Singleton: &inngest.Singleton{Mode: inngest.SingletonSkip, Key: "\t"}}, "singleton: key: expression is blank",
		},
		"a singleton with concurrency": {
			F{ID: "f", Events: events, Singleton: &inngest.Singleton{Mode: inngest.SingletonSkip}, Concurrency: []inngest.Concurrency{{Limit: 1}}}, "exclude each other",
		},
		"a blank idempotency key":  {F{ID: "f", Events: events, Idempotency: " "}, "idempotency: expression is blank"},
		"six events that cancel":   {F{ID: "f", Events: events, CancelOn: make([]inngest.CancelOn, 6)}, "6 events cancel a run"},
		"an empty event cancels":   {F{ID: "f", Events: events, CancelOn: make([]inngest.CancelOn, 1)}, "cancel on 0: event name is empty"},
		"a negative timeout":       {F{ID: "f", Events: events, CancelOn: []inngest.CancelOn{{Event: "c", Timeout: -1}}}, "cancel on 0: timeout is -1ns"},
		"a long timeout":           {F{ID: "f", Events: events, Timeouts: inngest.Timeouts{Finish: 400 * 24 * time.Hour}}, "timeouts: finish"},
		"an id that is registered": {F{ID: "taken", Events: events}, `"taken" is registered already`},
		"an id for failures that is registered": {
			F{ID: "other", Events: events, OnFailure: func(context.Context, inngest.Failure) error { return nil }}, `"other-failure" is registered already`,
		},
		"a long id for failures": {
			F{ID: long[:128], Events: events, OnFailure: func(context.Context, inngest.Failure) error { return nil }}, "id of the function for failures is 136 bytes",
		},
	}
	engine, err := workflowkit.New()
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newClient(t, inngest.Config{})
			for _, id := range []string{"taken", "other-failure"} {
				if err := inngest.Register(client, engine, F{ID: id, Events: events}); err != nil {
					t.Fatal(err)
				}
			}
			err := inngest.Register(client, engine, tc.function)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error is %v, want %q", err, tc.want)
			}
		})
	}
	t.Run("all faults at once", func(t *testing.T) {
		t.Parallel()
		err := inngest.Register(newClient(t, inngest.Config{}), engine, F{Retries: new(99)})
		for _, want := range []string{"function id is empty", "no event", "retries"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error is %v, want %q in it", err, want)
			}
		}
	})
	t.Run("nothing", func(t *testing.T) {
		t.Parallel()
		if err := inngest.Register(nil, engine, F{ID: "f", Events: events}); err == nil {
			t.Error("a nil client is accepted")
		}
		if err := inngest.Register(newClient(t, inngest.Config{}), nil, F{ID: "f", Events: events}); err == nil {
			t.Error("a nil engine is accepted")
		}
	})
}

// TestSyncTellsAllOptions holds what the server is told to what it reads.
func TestSyncTellsAllOptions(t *testing.T) {
	t.Parallel()
	api := newRegisterAPI(t)
	client := newClient(t, inngest.Config{BaseURL: api.URL, AppVersion: "v7", Env: "branch", ServeOrigin: "https://app.example", HTTPClient: api.Client()})
	engine, err := workflowkit.New()
	if err != nil {
		t.Fatal(err)
	}
	full := inngest.Function{
		ID: "full", Name: "All of it", Events: []string{"a"}, Triggers: []inngest.Trigger{{Event: "b", If: "event.data.n > 3"}},
		Retries:     new(2),
		Concurrency: []inngest.Concurrency{{Limit: 5}, {Limit: 1, Key: "event.data.id", Scope: inngest.ScopeAccount}},
		Idempotency: "event.data.id",
		CancelOn:    []inngest.CancelOn{{Event: "c", If: "async.data.id == event.data.id", Timeout: time.Hour}, {Event: "d"}},
		Timeouts:    inngest.Timeouts{Start: time.Minute, Finish: 2 * time.Hour},
		OnFailure:   func(context.Context, inngest.Failure) error { return nil },
		Checkpoints: inngest.CheckpointOff,
	}
	small := inngest.Function{ID: "a-small", Events: []string{"a"}, Singleton: &inngest.Singleton{Key: "event.data.id", Mode: inngest.SingletonCancel}}
	for _, f := range []inngest.Function{full, small} {
		if err := inngest.Register(client, engine, f); err != nil {
			t.Fatal(err)
		}
	}
	if err := client.Sync(t.Context(), "http://ignored.example/api/inngest?deployId=x"); err != nil {
		t.Fatal(err)
	}
	step := func(id, name string, retries int) map[string]any {
		return map[string]any{"step": map[string]any{
			"id": "step", "name": name, "retries": map[string]any{"attempts": float64(retries)},
			"runtime": map[string]any{"url": "https://app.example/api/inngest?fnId=" + id + "&step=step"},
		}}
	}
	want := map[string]any{
		"v": "0.1", "url": "https://app.example/api/inngest", "deployType": "ping", "sdk": "go:v0.16.0", "framework": "workflowkit-go",
		"appName": "app", "appVersion": "v7", "headers": map[string]any{"env": "branch", "platform": ""},
		"capabilities": map[string]any{"in_band_sync": "v1", "trust_probe": "v1"},
		"functions": []any{
			map[string]any{
				"id": "app-a-small", "name": "a-small", "triggers": []any{map[string]any{"event": "a"}}, "retries": 4.0,
				"singleton": map[string]any{"key": "event.data.id", "mode": "cancel"}, "steps": step("app-a-small", "a-small", 4),
			},
			map[string]any{
				"id": "app-full", "name": "All of it", "retries": 2.0, "steps": step("app-full", "All of it", 2),
				"triggers": []any{map[string]any{"event": "a"}, map[string]any{"event": "b", "expression": "event.data.n > 3"}},
				"concurrency": map[string]any{"step": []any{
					map[string]any{"limit": 5.0, "scope": "Fn", "hash": ""},
					map[string]any{"limit": 1.0, "scope": "Account", "hash": "", "key": "event.data.id"},
				}},
				"idempotency": "event.data.id",
				"cancel": []any{
					map[string]any{"event": "c", "if": "async.data.id == event.data.id", "timeout": "1h0m0s"}, map[string]any{"event": "d"},
				},
				"timeouts": map[string]any{"start": "1m", "finish": "2h"},
			},
			map[string]any{
				"id": "app-full-failure", "name": "All of it (failure)", "retries": 2.0, "steps": step("app-full-failure", "All of it (failure)", 2),
				"triggers": []any{map[string]any{"event": "inngest/function.failed", "expression": `event.data.function_id == "app-full"`}},
			},
		},
	}
	if len(api.bodies) != 1 {
		t.Fatalf("%d registrations", len(api.bodies))
	}
	if diff := cmp.Diff(want, api.bodies[0]); diff != "" {
		t.Errorf("registration (-want +got):\n%s", diff)
	}
}

func TestSyncReportsErrors(t *testing.T) {
	t.Parallel()
	app := newApp(t, inngest.Config{BaseURL: "http://127.0.0.1:1"}).with(returnEvent)
	if err := app.Sync(t.Context(), "http://localhost:3000"); err == nil || !strings.Contains(err.Error(), "register with http://127.0.0.1:1") {
		t.Errorf("error is %v", err)
	}
	if err := app.Sync(t.Context(), "localhost"); err == nil {
		t.Error("a URL without a host is accepted")
	}
	if got := app.call(request{method: "PUT", body: " "}); got.status != 500 || !strings.Contains(got.body, `"modified":false`) {
		t.Errorf("answer is %d %s", got.status, got.body)
	}
}

// A plain function of inngestgo is served beside workflows.
func TestRegisterFunction(t *testing.T) {
	t.Parallel()
	app := newApp(t, inngest.Config{})
	type data struct {
		ID string `json:"id"`
	}
	trigger := inngestgo.MultipleTriggers{inngestgo.EventTrigger("e", nil)}
	plain := func(_ context.Context, in inngestgo.Input[data]) (any, error) {
		return "hello " + in.Event.Data.ID, nil
	}
	if err := inngest.RegisterFunction(app.Client, inngestgo.FunctionOpts{ID: "plain"}, trigger, plain); err != nil {
		t.Fatal(err)
	}
	if got := app.call(request{function: "app-plain"}); got.status != 200 || got.body != `"hello 1"` {
		t.Errorf("answer is %d %s", got.status, got.body)
	}
	for name, err := range map[string]error{
		"the same id":  inngest.RegisterFunction(app.Client, inngestgo.FunctionOpts{ID: "plain"}, trigger, plain),
		"no id":        inngest.RegisterFunction(app.Client, inngestgo.FunctionOpts{}, trigger, plain),
		"no trigger":   inngest.RegisterFunction(app.Client, inngestgo.FunctionOpts{ID: "x"}, nil, plain),
		"no function":  inngest.RegisterFunction[data](app.Client, inngestgo.FunctionOpts{ID: "x"}, trigger, nil),
		"a nil client": inngest.RegisterFunction(nil, inngestgo.FunctionOpts{ID: "x"}, trigger, plain),
	} {
		if err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// The event of a failed run, as a dev server sends it.
func TestFailureIsRead(t *testing.T) {
	t.Parallel()
	app := newApp(t, inngest.Config{})
	var got inngest.Failure
	err := inngest.RegisterProgram(app.Client, inngest.Function{
		ID: "fn", Events: []string{"e"},
		OnFailure: func(_ context.Context, failure inngest.Failure) error {
			got = failure
			return nil
		},
	}, returnEvent)
	if err != nil {
		t.Fatal(err)
	}
	answer := app.call(request{function: "app-fn-failure", event: `{"name":"inngest/function.failed","id":"run-0","ts":1795450380956,"user":{},
		"data":{"_inngest":{"status":"Failed"},"error":{"error":"NonRetriableError","message":"oops","name":"Error"},
		"event":{"data":{"id":"1"},"id":"01M","name":"e","ts":1795450380883,"user":{}},"events":[],"function_id":"app-fn","result":{"message":"oops"},"run_id":"run-0"}}`})
	if diff := cmp.Diff([]string{"StepRun on-failure"}, answer.steps()); diff != "" {
		t.Fatalf("answer %d %s: operations (-want +got):\n%s", answer.status, answer.body, diff)
	}
	want := inngest.Failure{
		FunctionID: "fn", RunID: "run-0", Name: "Error", Message: "oops",
		Event: workflowkit.Event{ID: "01M", Name: "e", Data: json.RawMessage(`{"id":"1"}`), User: json.RawMessage("{}"), Timestamp: 1795450380883},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("failure (-want +got):\n%s", diff)
	}
}
