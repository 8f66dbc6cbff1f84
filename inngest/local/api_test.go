package local_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/inngest/inngestgo"
	"github.com/inngest/inngestgo/pkg/checkpoint"
	"github.com/inngest/inngestgo/step"

	"github.com/workflowkit/workflowkit-go/inngest/local"
)

func sorted(in []string) []string {
	out := slices.Clone(in)
	slices.Sort(out)
	return out
}

// The answers are those recorded from the real server.
func TestEventAPI(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		path, body string
		status     int
		says       string
	}{
		"one event":                        {"/e/key", `{"name":"f"}`, 200, `"status":200`},
		"an array":                         {"/e/key", `[{"name":"f"},{"name":"g"}]`, 200, `"status":200`},
		"no events":                        {"/e/key", `[]`, 200, `{"ids":[""],"status":200}`},
		"nothing":                          {"/e/key", ``, 200, `{"ids":[""],"status":200}`},
		"an event without a name":          {"/e/key", `{"data":{}}`, 400, `"event name is empty"`},
		"a name of the server's own":       {"/e/key", `{"name":"Inngest/foo"}`, 400, `event name is reserved for internal use: Inngest/foo`},
		"data that is no object":           {"/e/key", `{"name":"f","data":"x"}`, 400, `cannot unmarshal string`},
		"a number as the id":               {"/e/key", `{"name":"f","id":1}`, 400, `cannot unmarshal number`},
		"broken JSON":                      {"/e/key", `{"name":`, 400, `unexpected end of JSON input`},
		"a text":                           {"/e/key", `"hello"`, 400, `Request body must contain an event object`},
		"a time before 1980":               {"/e/key", `{"name":"f","ts":1}`, 400, `timestamp is before Jan 1, 1980`},
		"a time after 2100":                {"/e/key", `{"name":"f","ts":9999999999999}`, 400, `timestamp is after Jan 1, 2100`},
		"the events before a bad one stay": {"/e/key", `[{"name":"f"},{"name":""}]`, 400, `{"ids":["`},
		"an event that is too large":       {"/e/key", `{"name":"f","data":{"x":"` + strings.Repeat("x", 3<<20) + `"}}`, 400, `Event is over the max size: Max 3145728 bytes`},
		"a wrong key":                      {"/e/other", `{"name":"f"}`, 401, `"error":"Event key not found"`},
		"no key":                           {"/e/", `{"name":"f"}`, 401, `"error":"Event key is required"`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBundle(t, local.Config{EventKey: "key"})
			status, body := post(t, b, c.path, c.body)
			if status != c.status || !strings.Contains(body, c.says) {
				t.Errorf("%d %s, want %d with %s", status, body, c.status, c.says)
			}
		})
	}
}

func TestSeededIDsAreStable(t *testing.T) {
	t.Parallel()
	b := newBundle(t, local.Config{})
	send := func(seed string) string {
		_, body := do(t, b, "POST", "/e/k", `[{"name":"f"},{"name":"f"}]`, http.Header{"X-Inngest-Event-Id-Seed": {seed}})
		return body
	}
	const seed = "1743130137367,eii2YKXRVTJPuA=="
	first := send(seed)
	if second := send(seed); first != second {
		t.Errorf("ids differ for one seed: %s and %s", first, second)
	}
	var answer struct{ IDs []string }
	if err := json.Unmarshal([]byte(first), &answer); err != nil || len(answer.IDs) != 2 || answer.IDs[0] == answer.IDs[1] {
		t.Errorf("ids %v, want two different ones (%v)", answer.IDs, err)
	}
	for _, bad := range []string{"", "x", "1,2,3", "0,eii2YKXRVTJPuA==", "5,!!", "5,AAAA"} {
		if one, other := send(bad), send(bad); one == other {
			t.Errorf("the seed %q is none, but the ids are the same", bad)
		}
	}
}

func TestTriggers(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		trigger inngestgo.Trigger
		event   local.Event
		want    int
	}{
		"the name":                         {inngestgo.EventTrigger("a/b.c", nil), local.Event{Name: "a/b.c"}, 1},
		"another name":                     {inngestgo.EventTrigger("a/b.c", nil), local.Event{Name: "a/b"}, 0},
		"a wildcard after a slash":         {inngestgo.EventTrigger("a/*", nil), local.Event{Name: "a/b.c"}, 1},
		"a wildcard for deeper names":      {inngestgo.EventTrigger("a/*", nil), local.Event{Name: "a/b/c"}, 1},
		"a wildcard after a dot":           {inngestgo.EventTrigger("a/b.*", nil), local.Event{Name: "a/b.c"}, 1},
		"a wildcard does not match itself": {inngestgo.EventTrigger("a/*", nil), local.Event{Name: "a"}, 0},
		"a wildcard inside a name is none": {inngestgo.EventTrigger("a/*/c", nil), local.Event{Name: "a/b/c"}, 0},
		"an expression that holds":         {inngestgo.EventTrigger("f", inngestgo.StrPtr("event.data.n > 3")), local.Event{Name: "f", Data: map[string]any{"n": 4}}, 1},
		"an expression that does not hold": {inngestgo.EventTrigger("f", inngestgo.StrPtr("event.data.n > 3")), local.Event{Name: "f", Data: map[string]any{"n": 3}}, 0},
		"an expression that cannot hold":   {inngestgo.EventTrigger("f", inngestgo.StrPtr("event.data.n > 3")), local.Event{Name: "f", Data: map[string]any{"n": "4"}}, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, local.Config{}, func(b *bundle) {
				if _, err := inngestgo.CreateFunction(b.client, inngestgo.FunctionOpts{ID: "f"}, c.trigger,
					func(context.Context, input) (any, error) { return nil, nil }); err != nil {
					b.t.Fatal(err)
				}
			})
			b.mustSend(c.event)
			if got := len(b.server.Runs(local.Filter{})); got != c.want {
				t.Errorf("%d runs, want %d", got, c.want)
			}
		})
	}
}

func TestEventFromTheFutureStartsThen(t *testing.T) {
	t.Parallel()
	b := setup(t, local.Config{}, sleeper(inngestgo.FunctionOpts{}))
	b.mustSend(local.Event{Name: "f", Timestamp: b.clock.Now().Add(time.Hour).UnixMilli()})
	if run := b.server.Runs(local.Filter{})[0]; len(run.Calls) != 0 {
		t.Fatal("the run has started before its time")
	}
	b.advance(time.Hour)
	if run := b.server.Runs(local.Filter{})[0]; len(run.Calls) != 1 {
		t.Error("the run has not started at its time")
	}
}

func TestInvalidWaitExpressionFailsTheRun(t *testing.T) {
	t.Parallel()
	b := setup(t, local.Config{}, func(b *bundle) {
		b.function(inngestgo.FunctionOpts{ID: "f"}, func(ctx context.Context, _ input) (any, error) {
			return step.WaitForEvent[any](ctx, "w", step.WaitForEventOpts{Event: "x", Timeout: time.Hour, If: inngestgo.StrPtr("async.data.id = 1")})
		})
	})
	run := b.wait(b.send("f", nil), local.Failed)
	if run.Error.Name != "InvalidExpression" || len(run.Calls) != 1 {
		t.Errorf("error %v after %d calls", run.Error, len(run.Calls))
	}
	b.noFaults()
}

func TestSleepsAndWaitsAreBounded(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"a sleep": `{"op":"Sleep","id":"s","opts":{"duration":"367d"}}`,
		"a wait":  `{"op":"WaitForEvent","id":"s","opts":{"event":"x","timeout":"367d"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, _ := script(t, local.Config{}, "", func(int, string) reply { return answer(body) })
			if run := b.wait(b.send("f", nil), local.Failed); run.Error.Name != "InngestErrTimeoutTooLong" {
				t.Errorf("error %v", run.Error)
			}
		})
	}
	t.Run("a negative sleep is over at once", func(t *testing.T) {
		t.Parallel()
		b := setup(t, local.Config{}, func(b *bundle) {
			b.function(inngestgo.FunctionOpts{ID: "f"}, func(ctx context.Context, _ input) (any, error) {
				step.SleepUntil(ctx, "s", time.Now().Add(-time.Second))
				return "up", nil
			})
		})
		b.wait(b.send("f", nil), local.Completed)
	})
}

// When the state is too large for a call, the app fetches it; the SDK does not, but a scripted app can.
func TestUseAPI(t *testing.T) {
	t.Parallel()
	big := `"` + strings.Repeat("x", 600) + `"`
	var b *bundle
	var fetched atomic.Value
	b, app := script(t, local.Config{Limits: local.Limits{RequestBody: 2500}}, "", func(n int, _ string) reply {
		if n < 4 {
			return answer(ran("s"+string(rune('0'+n)), big, n))
		}
		runs := b.server.Runs(local.Filter{})
		_, steps := do(t, b, "GET", "/v0/runs/"+runs[0].ID+"/actions", "", nil)
		_, events := do(t, b, "GET", "/v0/runs/"+runs[0].ID+"/batch", "", nil)
		fetched.Store([2]string{steps, events})
		return reply{status: 200, body: `"end"`}
	})
	run := b.wait(b.send("f", map[string]any{"k": 1}), local.Completed)
	last := app.seen()[3]
	if last.body["use_api"] != true || last.body["ctx"].(map[string]any)["use_api"] != true || len(last.body["steps"].(map[string]any)) != 0 {
		t.Errorf("the last call is %s", last.raw)
	}
	if stack := last.body["ctx"].(map[string]any)["stack"].(map[string]any)["stack"].([]any); len(stack) != 3 {
		t.Errorf("stack %v, want all three steps", stack)
	}
	if app.seen()[2].body["use_api"] != false || !run.Calls[3].UseAPI || run.Calls[2].UseAPI {
		t.Error("use_api is not limited to the call that is too large")
	}
	got := fetched.Load().([2]string)
	var steps map[string]struct{ Data string }
	if err := json.Unmarshal([]byte(got[0]), &steps); err != nil || len(steps) != 3 || len(steps["s2"].Data) != 600 {
		t.Errorf("actions are %.100s (%v)", got[0], err)
	}
	var events []local.Event
	if err := json.Unmarshal([]byte(got[1]), &events); err != nil || len(events) != 1 || events[0].Name != "f" {
		t.Errorf("batch is %s (%v)", got[1], err)
	}
	if status, _ := do(t, b, "GET", "/v0/runs/"+run.ID+"/actions", "", nil); status != http.StatusGone {
		t.Errorf("the state of an ended run: %d, want 410", status)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	each := func(n int, _ string) reply {
		return answer(ran(string(rune('a'+n)), `"`+strings.Repeat("x", 100)+`"`, n))
	}
	for name, c := range map[string]struct {
		limits local.Limits
		says   string
	}{
		"the number of steps":   {local.Limits{Steps: 3}, "The function run exceeded the step limit of 3 steps."},
		"the size of the state": {local.Limits{RunState: 500}, "The function run exceeded the state size limit of 500 bytes."},
		"the size of a result":  {local.Limits{StepOutput: 50}, "step output size is greater than the limit"},
		"the size of an answer": {local.Limits{ResponseBody: 50}, "output_too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, _ := script(t, local.Config{Limits: c.limits, Backoff: seconds(1)}, "", each)
			id := b.send("f", nil)
			b.advance(time.Hour)
			if run := b.wait(id, local.Failed); !strings.Contains(run.Error.Message, c.says) {
				t.Errorf("error %v, want %s", run.Error, c.says)
			}
			b.noFaults()
		})
	}
}

const signingKey = "signkey-test-0123456789abcdef0123456789abcdef"

func TestSignedMode(t *testing.T) {
	t.Parallel()
	b := setup(t, local.Config{SigningKey: signingKey, EventKey: "evt"}, func(b *bundle) {
		b.function(inngestgo.FunctionOpts{ID: "f"}, func(ctx context.Context, in input) (any, error) {
			if _, err := step.Run(ctx, "s", func(context.Context) (map[string]any, error) { return map[string]any{"ü": 1.5, "a": "<&>"}, nil }); err != nil {
				return nil, err
			}
			return step.Send(ctx, "send", inngestgo.Event{Name: "other", Data: map[string]any{}})
		})
	})
	b.wait(b.send("f", map[string]any{"text": "é\u2028"}), local.Completed)
	for path, want := range map[string]int{"/v1/runs/x": 404, "/v0/runs/x/actions": 410} {
		if status, _ := do(t, b, "GET", path, "", nil); status != http.StatusUnauthorized {
			t.Errorf("GET %s without a key: %d, want 401", path, status)
		}
		for _, token := range []string{signingKey, strings.TrimPrefix(signingKey, "signkey-test-")} {
			if status, _ := do(t, b, "GET", path, "", http.Header{"Authorization": {"Bearer " + token}}); status != want {
				t.Errorf("GET %s with the key: %d, want %d", path, status, want)
			}
		}
	}
}

// An unsigned registration is allowed if the app allows it; the app then sends the hashed key.
func TestSignedModeOutOfBand(t *testing.T) {
	t.Parallel()
	b := newBundle(t, local.Config{SigningKey: signingKey})
	b.function(inngestgo.FunctionOpts{ID: "f"}, func(context.Context, input) (any, error) { return nil, nil })
	yes := true
	app := newTestApp(t, b.client.ServeWithOpts(inngestgo.ServeOpts{EnableUnauthedSync: &yes}))
	r, err := http.NewRequestWithContext(b.ctx, http.MethodPut, app.URL+"/api/inngest", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("the app answered %d", response.StatusCode)
	}
	b.send("f", nil)
}

func TestCheckpointedSteps(t *testing.T) {
	t.Parallel()
	b := setup(t, local.Config{}, func(b *bundle) {
		b.function(inngestgo.FunctionOpts{ID: "f", Checkpoint: checkpoint.ConfigSafe}, func(ctx context.Context, _ input) (any, error) {
			for _, id := range []string{"a", "b", "c"} {
				if _, err := step.Run(ctx, id, func(context.Context) (string, error) { return id, nil }); err != nil {
					return nil, err
				}
			}
			_, err := step.WaitForEvent[any](ctx, "w", step.WaitForEventOpts{Event: "go", Timeout: time.Hour})
			return "end", err
		})
	})
	id := b.send("f", nil)
	b.idle()
	b.mustSend(local.Event{Name: "go"})
	run := b.wait(id, local.Completed)
	if len(run.Calls) != 2 || run.Checkpoints != 3 {
		t.Errorf("%d calls and %d checkpoints, want 2 and 3:\n%s", len(run.Calls), run.Checkpoints, trace(run))
	}
	if len(run.Steps) != 4 {
		t.Errorf("steps %v", run.Steps)
	}
	b.noFaults()
}

func TestQueries(t *testing.T) {
	t.Parallel()
	b := setup(t, local.Config{}, func(b *bundle) {
		b.function(inngestgo.FunctionOpts{ID: "f"}, func(context.Context, input) (any, error) { return 7, nil })
	})
	id := b.send("f", nil)
	run := b.wait(id, local.Completed)
	var one struct {
		Data struct {
			RunID  string `json:"run_id"`
			Status string
			Output int
		}
	}
	_, body := do(t, b, "GET", "/v1/runs/"+id, "", nil)
	if err := json.Unmarshal([]byte(body), &one); err != nil || one.Data.RunID != id || one.Data.Status != "Completed" || one.Data.Output != 7 {
		t.Errorf("GET run: %s (%v)", body, err)
	}
	var many struct{ Data []struct{ Status string } }
	_, body = do(t, b, "GET", "/v1/events/"+run.EventIDs[0]+"/runs", "", nil)
	if err := json.Unmarshal([]byte(body), &many); err != nil || len(many.Data) != 1 || many.Data[0].Status != "Completed" {
		t.Errorf("GET runs of the event: %s (%v)", body, err)
	}
	for path, want := range map[string]int{
		"/v1/events/" + run.EventIDs[0]: 200, "/v1/events": 200, "/v1/events/nope": 404, "/v1/runs/nope": 404, "/health": 200, "/dev": 200,
	} {
		if status, body := do(t, b, "GET", path, "", nil); status != want {
			t.Errorf("GET %s: %d %s, want %d", path, status, body, want)
		}
	}
	if status, _ := do(t, b, "DELETE", "/v1/runs/nope", "", nil); status != 404 {
		t.Errorf("DELETE of an unknown run: %d", status)
	}
	if status, _ := do(t, b, "DELETE", "/v1/runs/"+id, "", nil); status != 200 {
		t.Errorf("DELETE of an ended run: %d", status)
	}
	if again := b.wait(id, local.Completed); cmp.Diff(run, again) != "" {
		t.Error("cancelling an ended run has changed it")
	}
	if status, body := post(t, b, "/invoke/app-f", `{"data":{}}`); status != 200 || !strings.Contains(body, `"id":"`) {
		t.Errorf("POST invoke: %d %s", status, body)
	}
	b.idle()
	if got := len(b.server.Runs(local.Filter{Status: local.Completed})); got != 2 {
		t.Errorf("%d completed runs, want 2", got)
	}
}
