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
		"a long event":               {F{ID: "f", Events: []string{long}}, "at most 255"},
		"an event twice":             {F{ID: "f", Events: events, Triggers: []inngest.Trigger{{Event: "e"}}}, "would start two runs"},
		"too many events":            {F{ID: "f", Events: strings.Split("a b c d e f g h i j k", " ")}, "11 events start a run, at most 10"},
		"a blank expression":         {F{ID: "f", Triggers: []inngest.Trigger{{Event: "e", If: " "}}}, "trigger 0: if: expression is blank"},
		"negative retries":           {F{ID: "f", Events: events, Retries: new(-1)}, "retries are -1"},
		"most retries below retries": {F{ID: "f", Events: events, Retries: new(3), MaxRetries: new(2)}, "most retries of an action are 2, 3 to 20"},
		"too many most retries":      {F{ID: "f", Events: events, MaxRetries: new(21)}, "most retries of an action are 21, 4 to 20"},
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
		"a condition that is no CEL":  {F{ID: "f", Triggers: []inngest.Trigger{{Event: "e", If: "event.data.n = 3"}}}, "trigger 0: if: expression"},
		"a key that is no CEL":        {F{ID: "f", Events: events, Concurrency: []inngest.Concurrency{{Limit: 1, Key: "event."}}}, "concurrency 0: key: expression"},
		"a schedule and an event":     {F{ID: "f", Triggers: []inngest.Trigger{{Event: "e", Cron: "* * * * *"}}}, "write two triggers"},
		"a schedule with four fields": {F{ID: "f", Triggers: []inngest.Trigger{{Cron: "* * * *"}}}, "expected exactly 5 fields"},
		"a schedule with seconds":     {F{ID: "f", Triggers: []inngest.Trigger{{Cron: "0 * * * * *"}}}, "expected exactly 5 fields"},
		"a schedule by name":          {F{ID: "f", Triggers: []inngest.Trigger{{Cron: "@daily"}}}, `schedule "@daily"`},
		"a schedule with a zone only": {F{ID: "f", Triggers: []inngest.Trigger{{Cron: "TZ=UTC"}}}, "must follow the time zone"},
		"a schedule in no known zone": {F{ID: "f", Triggers: []inngest.Trigger{{Cron: "TZ=Moon/Sea * * * * *"}}}, "Moon/Sea"},
		"a schedule twice":            {F{ID: "f", Triggers: []inngest.Trigger{{Cron: "* * * * *"}, {Cron: "* * * * *", Jitter: time.Second}}}, `schedule "* * * * *" is there twice`},
		"a schedule with a condition": {F{ID: "f", Triggers: []inngest.Trigger{{Cron: "* * * * *", If: "true"}}}, "a schedule has no event"},
		"a long schedule":             {F{ID: "f", Triggers: []inngest.Trigger{{Cron: long}}}, "schedule is 600 bytes long"},
		"a short jitter":              {F{ID: "f", Triggers: []inngest.Trigger{{Cron: "* * * * *", Jitter: time.Millisecond}}}, "jitter is 1ms"},
		"a jitter for an event":       {F{ID: "f", Triggers: []inngest.Trigger{{Event: "e", Jitter: time.Second}}}, "jitter is for schedules"},
		"a run concurrency of 0":      {F{ID: "f", Events: events, RunConcurrency: &inngest.RunConcurrency{}}, "run concurrency: limit is 0"},
		"a throttle of 0":             {F{ID: "f", Events: events, Throttle: &inngest.Throttle{Period: time.Hour}}, "throttle: limit is 0"},
		"a throttle of a moment":      {F{ID: "f", Events: events, Throttle: &inngest.Throttle{Limit: 1, Period: time.Millisecond}}, "throttle: period is 1ms"},
		"a throttle of a negative burst": {
			F{ID: "f", Events: events, Throttle: &inngest.Throttle{Limit: 1, Period: time.Hour, Burst: -1}}, "throttle: burst is -1",
		},
		"a rate limit of a week": {F{ID: "f", Events: events, RateLimit: &inngest.RateLimit{Limit: 1, Period: 168 * time.Hour}}, "rate limit: period is 168h"},
		"a rate limit with idempotency": {
			F{ID: "f", Events: events, Idempotency: "event.id", RateLimit: &inngest.RateLimit{Limit: 1, Period: time.Hour}}, "rate limit and idempotency exclude",
		},
		"a debounce without a period": {F{ID: "f", Events: events, Debounce: &inngest.Debounce{}}, "debounce: period is 0s"},
		"a debounce that times out early": {
			F{ID: "f", Events: events, Debounce: &inngest.Debounce{Period: time.Hour, Timeout: time.Minute}}, "debounce: timeout is 1m0s",
		},
		"a blank priority":      {F{ID: "f", Events: events, Priority: " "}, "priority: expression is blank"},
		"a batch of one":        {F{ID: "f", Events: events, Batch: &inngest.Batch{MaxSize: 1, Timeout: time.Second}}, "batch: max size is 1"},
		"a batch of 101":        {F{ID: "f", Events: events, Batch: &inngest.Batch{MaxSize: 101, Timeout: time.Second}}, "batch: max size is 101"},
		"a batch that waits":    {F{ID: "f", Events: events, Batch: &inngest.Batch{MaxSize: 2, Timeout: time.Hour}}, "batch: timeout is 1h"},
		"a batch with cancel":   {F{ID: "f", Events: events, Batch: &inngest.Batch{MaxSize: 2, Timeout: time.Second}, CancelOn: []inngest.CancelOn{{Event: "c"}}}, "batch and cancel on exclude"},
		"a batch with priority": {F{ID: "f", Events: events, Batch: &inngest.Batch{MaxSize: 2, Timeout: time.Second}, Priority: "1"}, "batch and priority exclude"},
		"a batch of schedules": {
			F{ID: "f", Triggers: []inngest.Trigger{{Cron: "* * * * *"}}, Batch: &inngest.Batch{MaxSize: 2, Timeout: time.Second}}, "batch and schedules exclude",
		},
		"a function call in a cancellation": {
			F{ID: "f", Events: events, CancelOn: []inngest.CancelOn{{Event: "c", If: "async.data.name.startsWith('x')"}}}, "function calls are not allowed here",
		},
		"an id for cancelled runs that is registered": {
			F{ID: "third", Events: events, OnCancelled: func(context.Context, inngest.Cancellation) error { return nil }}, `"third-cancelled" is registered already`,
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
			for _, id := range []string{"taken", "other-failure", "third-cancelled"} {
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
		err := inngest.Register(newClient(t, inngest.Config{}), engine, F{
			Retries: new(99), Priority: "(", Throttle: &inngest.Throttle{}, RateLimit: &inngest.RateLimit{}, Debounce: &inngest.Debounce{},
			Batch: &inngest.Batch{}, Timeouts: inngest.Timeouts{Start: -1},
		})
		for _, want := range []string{
			"function id is empty", "no event", "retries", "priority", "throttle: limit", "throttle: period", "rate limit: limit", "rate limit: period",
			"debounce: period", "batch: max size", "batch: timeout", "batch and debounce", "timeouts: start",
		} {
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
		Retries: new(2), MaxRetries: new(6),
		Concurrency: []inngest.Concurrency{{Limit: 5}, {Limit: 1, Key: "event.data.id", Scope: inngest.ScopeAccount}},
		Idempotency: "event.data.id",
		CancelOn:    []inngest.CancelOn{{Event: "c", If: "async.data.id == event.data.id", Timeout: time.Hour}, {Event: "d"}},
		Timeouts:    inngest.Timeouts{Start: time.Minute, Finish: 2 * time.Hour},
		OnFailure:   func(context.Context, inngest.Failure) error { return nil },
		Checkpoints: inngest.CheckpointOff,
	}
	rates := inngest.Function{
		ID: "rates", Triggers: []inngest.Trigger{{Cron: "TZ=Europe/Zurich 0 9 * * MON-FRI", Jitter: 30 * time.Second}, {Cron: "0 0 * * *"}},
		RunConcurrency: &inngest.RunConcurrency{Limit: 3, Key: "event.data.id"},
		Throttle:       &inngest.Throttle{Limit: 4, Period: 7 * 24 * time.Hour, Burst: 2, Key: "event.data.id"},
		RateLimit:      &inngest.RateLimit{Limit: 5, Period: 24 * time.Hour},
		Debounce:       &inngest.Debounce{Period: 90 * time.Second, Timeout: time.Hour, Key: "event.data.id"},
		Priority:       "event.data.urgent ? 600 : 0",
		OnCancelled:    func(context.Context, inngest.Cancellation) error { return nil },
	}
	batch := inngest.Function{
		ID: "z-batch", Events: []string{"a"},
		Batch: &inngest.Batch{MaxSize: 100, Timeout: 60 * time.Second, Key: "event.data.id", If: "event.data.bulk == true"},
	}
	small := inngest.Function{ID: "a-small", Events: []string{"a"}, Singleton: &inngest.Singleton{Key: "event.data.id", Mode: inngest.SingletonCancel}}
	for _, f := range []inngest.Function{full, small, rates, batch} {
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
			"runtime": map[string]any{"type": "http", "url": "https://app.example/api/inngest?fnId=" + id + "&stepId=step"},
		}}
	}
	want := map[string]any{
		"v": "0.1", "url": "https://app.example/api/inngest", "deployType": "ping", "sdk": "go:v0.16.0", "framework": "workflowkit-go",
		"appName": "app", "appVersion": "v7", "headers": map[string]any{"env": "branch", "platform": ""},
		"capabilities": map[string]any{"connect": "v1", "in_band_sync": "v1", "trust_probe": "v1"},
		"functions": []any{
			map[string]any{
				"id": "app-a-small", "checkpoint": map[string]any{}, "name": "a-small", "triggers": []any{map[string]any{"event": "a"}}, "retries": 20.0,
				"singleton": map[string]any{"key": "event.data.id", "mode": "cancel"}, "steps": step("app-a-small", "a-small", 20),
			},
			map[string]any{
				"id": "app-full", "name": "All of it", "retries": 6.0, "steps": step("app-full", "All of it", 6),
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
				"id": "app-full-failure", "checkpoint": map[string]any{}, "name": "All of it (failure)", "retries": 2.0, "steps": step("app-full-failure", "All of it (failure)", 2),
				"triggers": []any{map[string]any{"event": "inngest/function.failed", "expression": `event.data.function_id == "app-full"`}},
			},
			map[string]any{
				"id": "app-rates", "checkpoint": map[string]any{}, "name": "rates", "retries": 20.0, "steps": step("app-rates", "rates", 20),
				"triggers":    []any{map[string]any{"cron": "TZ=Europe/Zurich 0 9 * * MON-FRI", "jitter": "30s"}, map[string]any{"cron": "0 0 * * *"}},
				"concurrency": map[string]any{"fn": []any{map[string]any{"limit": 3.0, "key": "event.data.id", "hash": ""}}},
				"throttle":    map[string]any{"limit": 4.0, "period": "1w", "burst": 2.0, "key": "event.data.id"},
				"rateLimit":   map[string]any{"limit": 5.0, "period": "1d"},
				"debounce":    map[string]any{"period": "1m30s", "timeout": "1h", "key": "event.data.id"},
				"priority":    map[string]any{"run": "event.data.urgent ? 600 : 0"},
			},
			map[string]any{
				"id": "app-rates-cancelled", "checkpoint": map[string]any{}, "name": "rates (cancelled)", "retries": 4.0, "steps": step("app-rates-cancelled", "rates (cancelled)", 4),
				"triggers": []any{map[string]any{"event": "inngest/function.cancelled", "expression": `event.data.function_id == "app-rates"`}},
			},
			map[string]any{
				"id": "app-z-batch", "checkpoint": map[string]any{}, "name": "z-batch", "retries": 20.0, "steps": step("app-z-batch", "z-batch", 20), "triggers": []any{map[string]any{"event": "a"}},
				"batchEvents": map[string]any{"maxSize": 100.0, "timeout": "1m", "key": "event.data.id", "if": "event.data.bulk == true"},
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
	event := workflowkit.Event{ID: "01M", Name: "e", Data: json.RawMessage(`{"id":"1"}`), User: json.RawMessage("{}"), Timestamp: 1795450380883}
	want := inngest.Failure{
		FunctionID: "fn", RunID: "run-0", Name: "Error", Message: "oops", Event: event, Events: []workflowkit.Event{event},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("failure (-want +got):\n%s", diff)
	}
}
