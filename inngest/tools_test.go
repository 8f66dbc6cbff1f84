package inngest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/inngest/inngestgo"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// value is a step function that returns JSON.
func value(raw string) func(context.Context) (json.RawMessage, error) {
	return func(context.Context) (json.RawMessage, error) { return json.RawMessage(raw), nil }
}

func TestRunExecutesOnceThenReplays(t *testing.T) {
	t.Parallel()
	executed := 0
	app := newApp(t, inngest.Config{}).with(func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
		return tools.Run(ctx, "1/do", func(context.Context) (json.RawMessage, error) {
			executed++
			return json.RawMessage(`{"n":1.50}`), nil
		})
	})
	got := app.call(request{})
	if diff := cmp.Diff([]string{"StepRun 1/do"}, got.steps()); diff != "" {
		t.Fatalf("answer %d %s: operations (-want +got):\n%s", got.status, got.body, diff)
	}
	if op := got.ops[0]; op.ID != hash("1/do") || string(op.Data) != `{"n":1.50}` {
		t.Errorf("operation is %+v", op)
	}
	got = app.call(request{steps: map[string]string{"1/do": `{"data":{"$json":"{\"n\":9007199254740993}"}}`}})
	if got.status != 200 || got.body != `{"n":9007199254740993}` {
		t.Errorf("replay is answered with %d %s", got.status, got.body)
	}
	if executed != 1 {
		t.Errorf("the step was executed %d times", executed)
	}
}

func TestRunReportsErrors(t *testing.T) {
	t.Parallel()
	oops := errors.New("oops")
	at := time.Now().Add(90 * time.Second).Truncate(time.Second).Add(time.Millisecond)
	type fn = func(context.Context) (json.RawMessage, error)
	fail := func(err error) fn { return func(context.Context) (json.RawMessage, error) { return nil, err } }
	cases := map[string]struct {
		fn      fn
		attempt int
		op      string
		message string
		noRetry string
		after   string
	}{
		"an error":                          {fail(oops), 0, "StepError", "oops", "", ""},
		"the last attempt":                  {fail(oops), 4, "StepFailed", "oops", "true", ""},
		"an error that must not be retried": {fail(workflowkit.NoRetryError(oops)), 0, "StepFailed", "oops", "true", ""},
		"that error, wrapped":               {fail(fmt.Errorf("it: %w", workflowkit.NoRetryError(oops))), 0, "StepFailed", "it: oops", "true", ""},
		"inngestgo's own":                   {fail(inngestgo.NoRetryError(oops)), 0, "StepFailed", "oops", "true", ""},
		"a time to retry, rounded up":       {fail(workflowkit.RetryAtError(oops, at)), 0, "StepError", "oops", "false", at.Truncate(time.Second).Add(time.Second).Format(time.RFC3339)},
		"inngestgo's own time":              {fail(inngestgo.RetryAtError(oops, at.Truncate(time.Second))), 0, "StepError", "oops", "false", at.Truncate(time.Second).Format(time.RFC3339)},
		// inngestgo would end the run with "unhandled step error" for these two.
		"the error of another step":       {fail(fmt.Errorf("it: %w", inngestgo.StepError{Message: "inner"})), 0, "StepError", "it: inner", "", ""},
		"the error of another step, ours": {fail(fmt.Errorf("it: %w", &workflowkit.StepError{StepID: "x", Message: "inner"})), 0, "StepFailed", `it: step "x": inner`, "true", ""},
		"a panic":                         {func(context.Context) (json.RawMessage, error) { panic("boom") }, 0, "StepError", "panic: boom", "", ""},
		"data beside the error":           {func(context.Context) (json.RawMessage, error) { return json.RawMessage("{"), oops }, 0, "StepError", "oops", "", ""},
		"a result that is no JSON":        {value("{"), 0, "StepFailed", "result is not JSON", "true", ""},
		"a result that is too large":      {value(`"` + strings.Repeat("x", 4<<20) + `"`), 0, "StepFailed", "result is 4194306 bytes long, Inngest stores at most 4193280", "true", ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for where, wrap := range map[string]func(ctx context.Context, tools workflowkit.Tools, f func(ctx context.Context) error) error{
				"serial": func(ctx context.Context, _ workflowkit.Tools, f func(ctx context.Context) error) error { return f(ctx) },
				"branch": func(ctx context.Context, tools workflowkit.Tools, f func(ctx context.Context) error) error {
					return tools.Parallel(ctx, workflowkit.ForkRace, []func(context.Context) error{f})
				},
			} {
				app := newApp(t, inngest.Config{}).with(func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
					return nil, wrap(ctx, tools, func(ctx context.Context) error {
						_, err := tools.Run(ctx, "1/do", tc.fn)
						// Guard 7 of PROTOCOL.md: what is not stored is not seen.
						if !errors.Is(err, workflowkit.ErrSuspended) {
							t.Errorf("%s: the function sees %v", where, err)
						}
						return err
					})
				})
				r := request{ctx: map[string]any{"attempt": tc.attempt}}
				if where == "branch" {
					r.target = "1/do"
				}
				got := app.call(r)
				if got.status != 206 || len(got.ops) != 1 || got.ops[0].Op != tc.op || got.ops[0].Error == nil {
					t.Fatalf("%s: answer is %d %s %+v", where, got.status, got.body, got.ops)
				}
				op := got.ops[0]
				if op.Error.Message != tc.message {
					t.Errorf("%s: message is %q, want %q", where, op.Error.Message, tc.message)
				}
				// Guard 14 of PROTOCOL.md: a replay can read the data.
				if string(op.Error.Data) != "null" {
					t.Errorf("%s: data beside the error is %q", where, op.Error.Data)
				}
				if noRetry := got.header.Get("X-Inngest-No-Retry"); noRetry != tc.noRetry {
					t.Errorf("%s: X-Inngest-No-Retry is %q, want %q", where, noRetry, tc.noRetry)
				}
				if after := got.header.Get("Retry-After"); tc.after != "" && !sameTime(after, tc.after) || tc.after == "" && after != "" {
					t.Errorf("%s: Retry-After is %q, want %q", where, after, tc.after)
				}
			}
		})
	}
}

func sameTime(a, b string) bool {
	at, errA := time.Parse(time.RFC3339, a)
	bt, errB := time.Parse(time.RFC3339, b)
	return errA == nil && errB == nil && at.Equal(bt)
}

// Guard 14 of PROTOCOL.md: an error that is stored reaches the function, whatever its form.
func TestRunReplaysStoredErrors(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		memo string
		want *workflowkit.StepError
	}{
		"as inngestgo reports it": {
			`{"error":{"name":"Step failed","message":"oops","data":null}}`,
			&workflowkit.StepError{StepID: "do", Name: "Step failed", Message: "oops"},
		},
		"with data":       {`{"error":{"name":"E","message":"oops","data":{"a":1}}}`, &workflowkit.StepError{StepID: "do", Name: "E", Message: "oops", Data: json.RawMessage(`{"a":1}`)}},
		"without data":    {`{"error":{"name":"E","message":"oops","noRetry":true}}`, &workflowkit.StepError{StepID: "do", Name: "E", Message: "oops"}},
		"with more in it": {` { "error":{"error":"E2","name":"E","message":"oops","stack":"s"}}`, &workflowkit.StepError{StepID: "do", Name: "E", Message: "oops"}},
		"a text":          {`{"error":"oops"}`, &workflowkit.StepError{StepID: "do", Name: "Error", Message: "oops"}},
		"an odd value":    {`{"error":[1]}`, &workflowkit.StepError{StepID: "do", Name: "Error", Message: "[1]"}},
		"null":            {`{"error":null}`, &workflowkit.StepError{StepID: "do"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var seen *workflowkit.StepError
			got := newApp(t, inngest.Config{}).with(func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
				_, err := tools.Run(ctx, "1/do", value("1"))
				errors.As(err, &seen)
				return json.RawMessage(`"handled"`), nil
			}).call(request{steps: map[string]string{"1/do": tc.memo}})
			if diff := cmp.Diff(tc.want, seen); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if got.status != 200 || got.body != `"handled"` {
				t.Errorf("answer is %d %s", got.status, got.body)
			}
		})
	}
}

// A result that looks like an error, or like the server's wrapping, is a result.
func TestRunReplaysResultsThatLookLikeErrors(t *testing.T) {
	t.Parallel()
	for _, result := range []string{`{"error":"x"}`, `{"data":1}`, `{"error":{"message":"x"}}`, `null`, `"x"`, `[]`, `false`} {
		got := newApp(t, inngest.Config{}).with(func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
			return tools.Run(ctx, "1/do", value("1"))
		}).call(request{steps: map[string]string{"1/do": `{"data":` + result + `}`}})
		if got.status != 200 || got.body != result {
			t.Errorf("result %s is replayed as %d %s", result, got.status, got.body)
		}
	}
}

func TestErrorsOfTheFunction(t *testing.T) {
	t.Parallel()
	stepError := &workflowkit.StepError{StepID: "do", Message: "oops"}
	cases := map[string]struct {
		err     error
		body    string
		noRetry string
	}{
		"an error":          {errors.New("oops"), `{"name":"Error","message":"oops"}`, "false"},
		"not to be retried": {workflowkit.NoRetryError(errors.New("oops")), `{"name":"Error","message":"oops"}`, "true"},
		"of a step":         {stepError, `{"name":"Error","message":"step \"do\": oops"}`, "true"},
		"of an action":      {&workflowkit.ActionError{ActionID: "1", Kind: "k", Err: stepError}, `{"name":"Error","message":"action \"1\" (kind \"k\"): step \"do\": oops"}`, "true"},
		"of inngestgo":      {fmt.Errorf("it: %w", inngestgo.StepError{Message: "oops"}), `{"name":"Error","message":"it: oops"}`, "false"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := newApp(t, inngest.Config{}).with(func(context.Context, workflowkit.Tools, workflowkit.RunInput) (json.RawMessage, error) {
				return nil, tc.err
			}).call(request{})
			status := http.StatusInternalServerError
			if tc.noRetry == "true" {
				status = http.StatusBadRequest
			}
			if got.status != status || got.body != tc.body || got.header.Get("X-Inngest-No-Retry") != tc.noRetry {
				t.Errorf("answer is %d %s, X-Inngest-No-Retry %q", got.status, got.body, got.header.Get("X-Inngest-No-Retry"))
			}
		})
	}
}

func TestRepeatedStepIDs(t *testing.T) {
	t.Parallel()
	run := func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
		var all []string
		for _, id := range []string{"s", "s", "s:1", "s"} {
			raw, err := tools.Run(ctx, id, value(`"new"`))
			if err != nil {
				return nil, err
			}
			all = append(all, string(raw))
		}
		return json.Marshal(all)
	}
	steps := map[string]string{}
	for i, id := range []string{"s", "s:1", "s:1:1", "s:2"} {
		got := newApp(t, inngest.Config{}).with(run).call(request{steps: steps})
		if len(got.ops) != 1 || got.ops[0].ID != hash(id) {
			t.Errorf("call %d asks for %v, want %q", i, got.ops, id)
		}
		steps[id] = fmt.Sprintf(`{"data":%d}`, i)
	}
	got := newApp(t, inngest.Config{}).with(run).call(request{steps: steps})
	if want := `["0","1","2","3"]`; got.body != want {
		t.Errorf("result is %s, want %s", got.body, want)
	}
}

func TestSleepAndWait(t *testing.T) {
	t.Parallel()
	wait := func(opts workflowkit.WaitForEventOpts) program {
		return func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
			event, err := tools.WaitForEvent(ctx, "1/w", opts)
			if errors.Is(err, workflowkit.ErrEventNotReceived) {
				return json.RawMessage(`"not received"`), nil
			}
			if err != nil {
				return nil, err
			}
			return json.Marshal(event)
		}
	}
	sleepFor := func(d time.Duration) program {
		return func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
			return json.RawMessage(`"slept"`), tools.Sleep(ctx, "1/z", d)
		}
	}
	event := `{"id":"x","name":"e2","data":{"n":9007199254740993},"ts":1700000000000}`
	cases := map[string]struct {
		run    program
		steps  map[string]string
		status int
		body   string
		op     string
		opts   map[string]any
	}{
		"a sleep":              {run: sleepFor(90 * time.Minute), status: 206, op: "Sleep 1/z", opts: map[string]any{"duration": "1h30m"}},
		"a sleep of 0":         {run: sleepFor(0), status: 206, op: "Sleep 1/z", opts: map[string]any{"duration": "1ms"}},
		"a negative sleep":     {run: sleepFor(-time.Hour), status: 206, op: "Sleep 1/z", opts: map[string]any{"duration": "1ms"}},
		"a sleep of 2 years":   {run: sleepFor(2 * 366 * 24 * time.Hour), status: 400, body: "at most 8784h0m0s"},
		"a sleep that is over": {run: sleepFor(time.Hour), steps: map[string]string{"1/z": "null"}, status: 200, body: `"slept"`},
		"a wait": {
			run: wait(workflowkit.WaitForEventOpts{Event: "e2", Timeout: 24 * time.Hour}), status: 206, op: "WaitForEvent 1/w",
			opts: map[string]any{"event": "e2", "timeout": "1d"},
		},
		"a wait with an expression": {
			run: wait(workflowkit.WaitForEventOpts{Event: "e2", Timeout: time.Second, If: "async.data.n == 1"}), status: 206, op: "WaitForEvent 1/w",
			opts: map[string]any{"event": "e2", "timeout": "1s", "if": "async.data.n == 1"},
		},
		"a wait of 2 years":     {run: wait(workflowkit.WaitForEventOpts{Event: "e2", Timeout: 2 * 366 * 24 * time.Hour}), status: 400, body: "at most 8784h0m0s"},
		"an event that came":    {run: wait(workflowkit.WaitForEventOpts{Event: "e2", Timeout: time.Second}), steps: map[string]string{"1/w": event}, status: 200, body: event},
		"an event that did not": {run: wait(workflowkit.WaitForEventOpts{Event: "e2", Timeout: time.Second}), steps: map[string]string{"1/w": "null"}, status: 200, body: `"not received"`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := newApp(t, inngest.Config{}).with(tc.run).call(request{steps: tc.steps})
			if got.status != tc.status || tc.body != "" && !strings.Contains(got.body, tc.body) {
				t.Fatalf("answer is %d %s", got.status, got.body)
			}
			if tc.op != "" {
				if diff := cmp.Diff([]string{tc.op}, got.steps()); diff != "" {
					t.Errorf("operations (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(tc.opts, got.ops[0].Opts); diff != "" {
					t.Errorf("options (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestSleepUntil(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]time.Time{"the past": time.Now().Add(-time.Hour), "the future": time.Now().Add(time.Hour)} {
		got := newApp(t, inngest.Config{}).with(func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
			return nil, tools.SleepUntil(ctx, "1/z", at)
		}).call(request{})
		if len(got.ops) != 1 || got.ops[0].Op != "Sleep" {
			t.Fatalf("%s: answer is %d %s", name, got.status, got.body)
		}
		duration, _ := got.ops[0].Opts["duration"].(string)
		if strings.HasPrefix(duration, "-") || (name == "the past") != (duration == "1ms") {
			t.Errorf("%s: duration is %q", name, duration)
		}
	}
}

func TestInvoke(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		opts   workflowkit.InvokeOpts
		memo   string
		status int
		body   string
		want   map[string]any // options of the operation
	}{
		"a call": {
			opts: workflowkit.InvokeOpts{Function: "other-fn", Data: map[string]any{"a": 1}, Timeout: time.Minute}, status: 206,
			want: map[string]any{"function_id": "other-fn", "timeout": "1m", "payload": map[string]any{"data": map[string]any{"a": 1.0}, "user": nil}},
		},
		"a call without data": {
			opts: workflowkit.InvokeOpts{Function: "other-fn"}, status: 206,
			want: map[string]any{"function_id": "other-fn", "payload": map[string]any{"data": map[string]any{}, "user": nil}},
		},
		"data that is no object":     {opts: workflowkit.InvokeOpts{Data: []int{1}}, status: 400, body: "it is not a JSON object"},
		"data that has no JSON form": {opts: workflowkit.InvokeOpts{Data: func() {}}, status: 400, body: "unsupported type"},
		"a negative timeout":         {opts: workflowkit.InvokeOpts{Timeout: -1}, status: 400, body: "timeout"},
		"a result":                   {memo: `{"data":{"n":9007199254740993}}`, status: 200, body: `{"n":9007199254740993}`},
		"a null result":              {memo: `{"data":null}`, status: 200, body: `null`},
		"an error": {
			memo: `{"error":{"error":"NonRetriableError","message":"oops","name":"Error"}}`, status: 200, body: `{"StepID":"i","Name":"Error","Message":"oops","Data":null}`,
		},
		"an error that is a text": {memo: `{"error":"oops"}`, status: 200, body: `{"StepID":"i","Name":"Error","Message":"oops","Data":null}`},
		"a function that was cancelled": {
			opts: workflowkit.InvokeOpts{Function: "other-fn"},
			memo: `{"data":{"_inngest":{"status":"Cancelled"},"function_id":"f","run_id":"r","event":{}}}`, status: 200,
			body: `{"StepID":"i","Name":"InvokeCancelled","Message":"function \"other-fn\" was cancelled","Data":null}`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			steps := map[string]string{}
			if tc.memo != "" {
				steps["1/i"] = tc.memo
			}
			got := newApp(t, inngest.Config{}).with(func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
				raw, err := tools.Invoke(ctx, "1/i", tc.opts)
				var stepError *workflowkit.StepError
				if errors.As(err, &stepError) {
					return json.Marshal(stepError)
				}
				return raw, err
			}).call(request{steps: steps})
			if got.status != tc.status || tc.body != "" && !strings.Contains(got.body, tc.body) {
				t.Fatalf("answer is %d %s", got.status, got.body)
			}
			if tc.want != nil {
				if diff := cmp.Diff(tc.want, got.ops[0].Opts); diff != "" {
					t.Errorf("options (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestSendEventsIsOneStep(t *testing.T) {
	t.Parallel()
	api := newEventAPI(t, func(w http.ResponseWriter, attempt, events int) {
		switch attempt {
		case 1:
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusTooManyRequests)
		case 2:
			w.WriteHeader(http.StatusUnauthorized)
		default:
			answerIDs(w, events)
		}
	})
	app := newApp(t, inngest.Config{BaseURL: api.URL, HTTPClient: api.Client()}).with(
		func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
			ids, err := tools.SendEvents(ctx, "1/send", []workflowkit.Event{event("a", "{}"), {ID: "own", Name: "b"}})
			if err != nil {
				return nil, err
			}
			return json.Marshal(ids)
		})
	if got := app.call(request{}); len(got.ops) != 1 || got.ops[0].Op != "StepError" || got.header.Get("Retry-After") == "" {
		t.Errorf("429 is answered with %d %s, Retry-After %q", got.status, got.body, got.header.Get("Retry-After"))
	}
	if got := app.call(request{}); len(got.ops) != 1 || got.ops[0].Op != "StepFailed" {
		t.Errorf("401 is answered with %d %s", got.status, got.body)
	}
	got := app.call(request{})
	if len(got.ops) != 1 || string(got.ops[0].Data) != `["id0","id1"]` {
		t.Errorf("success is answered with %d %s", got.status, got.body)
	}
	// The ids are those of the run and the step, so that a repeated step does not repeat the events.
	want := `[{"id":"run-1/1/send/0","name":"a","data":{}},{"id":"own","name":"b","data":{}}]`
	for _, body := range api.bodies {
		if body != want {
			t.Errorf("body is %s, want %s", body, want)
		}
	}
	if got := app.call(request{steps: map[string]string{"1/send": `{"data":["id0","id1"]}`}}); got.body != `["id0","id1"]` || len(api.bodies) != 3 {
		t.Errorf("replay is answered with %d %s, %d requests were made", got.status, got.body, len(api.bodies))
	}
}
