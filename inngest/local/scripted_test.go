package local_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest/local"
)

// reply is an answer of a scripted app.
type reply struct {
	status int
	body   string
	header map[string]string // the SDK's own headers are always there unless bare
	bare   bool
	hold   <-chan struct{} // answer only when this is closed
}

// scripted is an app that answers the n-th call of a run as its script says, and remembers what it was asked.
type scripted struct {
	mu       sync.Mutex
	script   func(n int, stepID string) reply
	requests []request
}

type request struct {
	stepID string
	header http.Header
	body   map[string]any
	raw    []byte
}

func (a *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var body map[string]any
	if err := json.Unmarshal(raw, &body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	stepID := r.URL.Query().Get("stepId")
	a.mu.Lock()
	a.requests = append(a.requests, request{stepID: stepID, header: r.Header.Clone(), body: body, raw: raw})
	answer := a.script(len(a.requests), stepID)
	a.mu.Unlock()
	if answer.hold != nil {
		<-answer.hold
	}
	if !answer.bare {
		w.Header().Set("X-Inngest-Sdk", "go:v0.16.0")
		w.Header().Set("X-Inngest-Req-Version", "2")
	}
	for name, value := range answer.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(answer.status)
	_, _ = io.WriteString(w, answer.body) // the server may have closed the connection
}

// seen returns the requests so far.
func (a *scripted) seen() []request {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]request(nil), a.requests...)
}

// script registers a scripted app with one function, "app-f", that the event "f" triggers. More is JSON to add to the
// function, such as `"retries":0`.
func script(t *testing.T, cfg local.Config, more string, answers func(n int, stepID string) reply) (*bundle, *scripted) {
	t.Helper()
	b := newBundle(t, cfg)
	a := &scripted{script: answers}
	server := newTestApp(t, a)
	if more != "" {
		more = "," + more
	}
	status, body := post(t, b, "/fn/register", fmt.Sprintf(
		`{"v":"1","url":%q,"appName":"app","functions":[{"id":"app-f","name":"f","triggers":[{"event":"f"}],
		"steps":{"step":{"id":"step","name":"f","runtime":{"url":%q}}}%s}]}`, server.URL, server.URL+"/?fnId=app-f&step=step", more))
	if status != http.StatusOK {
		t.Fatalf("registering: %d %s", status, body)
	}
	return b, a
}

// post sends JSON to the server's own API.
func post(t *testing.T, b *bundle, path, body string) (int, string) {
	t.Helper()
	return do(t, b, http.MethodPost, path, body, nil)
}

func do(t *testing.T, b *bundle, method, path, body string, header http.Header) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(b.ctx, method, b.server.URL()+path, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, strings.TrimSpace(string(read))
}

func ran(id, data string, at int) string {
	return fmt.Sprintf(`{"op":"StepRun","id":%q,"name":%q,"data":%s,"timing":{"a":%d,"b":1}}`, id, id, data, at)
}

func planned(ids ...string) reply {
	var ops []string
	for _, id := range ids {
		ops = append(ops, fmt.Sprintf(`{"op":"StepPlanned","id":%q,"name":%q}`, id, id))
	}
	return reply{status: 206, body: "[" + strings.Join(ops, ",") + "]"}
}

func answer(ops ...string) reply { return reply{status: 206, body: "[" + strings.Join(ops, ",") + "]"} }

func TestFaults(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		script func(n int, stepID string) reply
		kind   local.FaultKind
		says   string
	}{
		"a targeted call that is answered with the function's result": {func(_ int, stepID string) reply {
			if stepID == "step" {
				return planned("a", "b")
			}
			return reply{status: 200, body: "null"}
		}, local.FaultTargetMissed, `was to run step`},
		"a targeted call that reports another step": {func(_ int, stepID string) reply {
			if stepID == "step" {
				return planned("a")
			}
			return answer(ran("other", "1", 1))
		}, local.FaultUnasked, `was to run step "a" but reports StepRun "other"`},
		"a step that is reported again although its result was there": {func(n int, _ string) reply {
			return answer(ran("a", "1", n))
		}, local.FaultRepeated, `reports StepRun "a" although it was given`},
		"an answer that is no JSON": {func(int, string) reply {
			return reply{status: 206, body: "<html>"}
		}, local.FaultUnparsable, "neither a JSON object nor an array"},
		"an answer that is broken JSON": {func(int, string) reply {
			return reply{status: 206, body: `[{"op":`}
		}, local.FaultUnparsable, "unexpected end"},
		"an empty answer": {func(int, string) reply {
			return reply{status: 206}
		}, local.FaultUnparsable, "empty"},
		"a null among the operations": {func(int, string) reply {
			return reply{status: 206, body: "[null]"}
		}, local.FaultUnparsable, "operation 0 is null"},
		"a step error without an error": {func(int, string) reply {
			return answer(`{"op":"StepError","id":"a"}`)
		}, local.FaultUnparsable, "without an error"},
		"an operation that nobody knows": {func(int, string) reply {
			return answer(`{"op":"Teleport","id":"a"}`)
		}, local.FaultUnsupported, "Teleport"},
		"an operation that is not implemented here": {func(int, string) reply {
			return answer(`{"op":"AIGateway","id":"a"}`)
		}, local.FaultUnsupported, "AIGateway"},
		"an answer of nothing with a step that is still planned": {func(n int, stepID string) reply {
			switch {
			case n == 1:
				return answer(`{"op":"Sleep","id":"s","opts":{"duration":"1h"}}`, `{"op":"StepPlanned","id":"a","opts":{"parallelMode":"Race"}}`)
			case stepID == "a":
				return answer(`{"op":"StepRun","id":"a","data":1,"opts":{"parallelMode":"Race"}}`)
			}
			return reply{status: 200, body: "null"}
		}, local.FaultUnfinished, `Sleep "s" is waiting`},
		"nothing left to do": {func(int, string) reply {
			return answer(`{"op":"None","id":"x"}`)
		}, local.FaultStuck, "running for ever"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, _ := script(t, local.Config{}, "", c.script)
			run := b.wait(b.send("f", nil), local.Failed)
			if len(run.Faults) == 0 {
				t.Fatalf("no faults; error %v", run.Error)
			}
			if f := run.Faults[0]; f.Kind != c.kind || !strings.Contains(f.Message, c.says) {
				t.Errorf("fault %q, want %q with %q", f, c.kind, c.says)
			}
			if run.Error == nil || run.Error.Name != "LocalFault" || !strings.Contains(run.Error.Message, c.says) {
				t.Errorf("error %v does not say so", run.Error)
			}
			if all := b.server.Faults(); len(all) == 0 || all[0] != run.Faults[0] {
				t.Errorf("the server's faults are %v", all)
			}
		})
	}
}

func TestExecutedTwiceIsAFault(t *testing.T) {
	t.Parallel()
	// Two discoveries are under way at once and run the same step.
	second, end := make(chan struct{}), make(chan struct{})
	b, _ := script(t, local.Config{}, "", func(n int, _ string) reply {
		switch n {
		case 1:
			return answer(ran("a", "1", 1), ran("b", "1", 1)) // two discoveries follow
		case 2:
			return reply{status: 206, body: "[" + ran("c", "1", 2) + "]", hold: second}
		case 3:
			return answer(ran("c", "1", 3))
		}
		close(second)
		return reply{status: 200, body: `"end"`, hold: end}
	})
	run := b.wait(b.send("f", nil), local.Failed)
	close(end)
	if len(run.Faults) == 0 || run.Faults[0].Kind != local.FaultExecutedTwice {
		t.Errorf("faults %v, want %q", run.Faults, local.FaultExecutedTwice)
	}
}

func TestAnswerAfterTheEndIsAFault(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		late  reply
		fault bool
	}{
		"a second result":                 {reply{status: 200, body: `"end"`}, true},
		"a step that ran":                 {answer(ran("c", "1", 3)), true},
		"an error":                        {reply{status: 500, body: `{"message":"x"}`}, true},
		"a plan that was reported before": {planned("a"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hold := make(chan struct{})
			b, _ := script(t, local.Config{}, "", func(n int, stepID string) reply {
				switch n {
				case 1:
					return answer(ran("a", "1", 1), ran("b", "1", 1)) // two discoveries follow
				case 2:
					late := c.late
					late.hold = hold
					return late
				}
				return reply{status: 200, body: `"end"`}
			})
			id := b.send("f", nil)
			deadline := time.Now().Add(10 * time.Second)
			for {
				if run, _ := b.server.Run(id); run.Status == local.Completed {
					break
				}
				if time.Now().After(deadline) {
					t.Fatal("the run has not completed")
				}
				<-time.After(time.Millisecond)
			}
			close(hold)
			want := local.Completed
			if c.fault {
				want = local.Failed
			}
			run := b.wait(id, want)
			if got := len(run.Faults) > 0 && run.Faults[0].Kind == local.FaultAfterEnd; got != c.fault {
				t.Errorf("faults %v, want one: %v", run.Faults, c.fault)
			}
		})
	}
}

// What the real server does with odd answers, it does here.
func TestOddAnswers(t *testing.T) {
	t.Parallel()
	end := reply{status: 200, body: `"end"`}
	after := func(first reply) func(int, string) reply {
		return func(n int, _ string) reply {
			if n == 1 {
				return first
			}
			return end
		}
	}
	cases := map[string]struct {
		script func(n int, stepID string) reply
		status local.Status
		output string
		calls  int
	}{
		"a 404 is retried":                        {after(reply{status: 404, body: "nope"}), local.Completed, `"end"`, 2},
		"a 200 without SDK headers is retried":    {after(reply{status: 200, body: `"proxy"`, bare: true}), local.Completed, `"end"`, 2},
		"no operations lead to another discovery": {after(reply{status: 206, body: "[]"}), local.Completed, `"end"`, 2},
		"one operation may come without brackets": {after(reply{status: 206, body: ran("a", "1", 1)}), local.Completed, `"end"`, 2},
		"a streamed result is unwrapped":          {after(reply{status: 201, body: `{"status":200,"body":"\"streamed\"","headers":{}}`}), local.Completed, `"streamed"`, 1},
		"streamed operations are unwrapped":       {after(reply{status: 201, body: `{"status":206,"body":[` + ran("a", "1", 1) + `]}`}), local.Completed, `"end"`, 2},
		"a result that is no JSON is a text":      {after(reply{status: 200, body: "plain"}), local.Completed, `"plain"`, 1},
		"a 200 with No-Retry fails":               {after(reply{status: 200, body: `{"message":"no"}`, header: map[string]string{"X-Inngest-No-Retry": "true"}}), local.Failed, `{"message":"no"}`, 1},
		"a 204 fails":                             {after(reply{status: 204}), local.Failed, ``, 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, _ := script(t, local.Config{Backoff: seconds(1)}, "", c.script)
			id := b.send("f", nil)
			b.advance(time.Minute)
			run := b.wait(id, c.status)
			if string(run.Output) != c.output || len(run.Calls) != c.calls {
				t.Errorf("output %s in %d calls, want %s in %d:\n%s", run.Output, len(run.Calls), c.output, c.calls, trace(run))
			}
			b.noFaults()
		})
	}
}

// The body and the headers of calls, as recorded from the real server.
func TestWhatACallLooksLike(t *testing.T) {
	t.Parallel()
	b, app := script(t, local.Config{}, "", func(n int, stepID string) reply {
		switch {
		case n == 1:
			return planned("a", "b")
		case stepID != "step":
			return answer(ran(stepID, `{"v":1}`, n))
		}
		return reply{status: 200, body: "1"}
	})
	if _, err := b.server.Send(b.ctx, local.Event{ID: "e1", Name: "f", Data: map[string]any{"x": 1}, Timestamp: 1767225600000}); err != nil {
		t.Fatal(err)
	}
	b.idle()
	seen := app.seen()
	run := b.server.Runs(local.Filter{})[0]
	if len(seen) != 4 {
		t.Fatalf("%d calls, want 4", len(seen))
	}
	last := seen[3]
	ctx := last.body["ctx"].(map[string]any)
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"event id", last.body["event"].(map[string]any)["id"], "e1"},
		{"event user", fmt.Sprint(last.body["event"].(map[string]any)["user"]), "map[]"},
		{"number of events", len(last.body["events"].([]any)), 1},
		{"number of steps", len(last.body["steps"].(map[string]any)), 2},
		{"memo", fmt.Sprint(last.body["steps"].(map[string]any)["a"]), "map[data:map[v:1]]"},
		{"run id", ctx["run_id"], run.ID},
		{"attempts", fmt.Sprint(ctx["attempt"], ctx["max_attempts"]), "0 5"},
		{"step id in the context", ctx["step_id"], "step"},
		{"plan only at the first call", seen[0].body["ctx"].(map[string]any)["disable_immediate_execution"], false},
		{"plan only when targeted", seen[1].body["ctx"].(map[string]any)["disable_immediate_execution"], true},
		{"plan only at the next discovery", ctx["disable_immediate_execution"], false},
		{"version at first", seen[0].body["version"], -1.0},
		{"version afterwards", last.body["version"], 2.0},
		{"length of the stack", len(ctx["stack"].(map[string]any)["stack"].([]any)), 2},
		{"pointer into the stack", ctx["stack"].(map[string]any)["current"], 2.0},
		{"use_api", last.body["use_api"], false},
		{"run header", last.header.Get("X-Run-Id"), run.ID},
		{"signature", last.header.Get("X-Inngest-Signature"), ""},
		{"trace of the run is constant", seen[0].header.Get("Traceparent")[:35], last.header.Get("Traceparent")[:35]},
		{"keys are in canonical order", bytes.HasPrefix(last.raw, []byte(`{"ctx":{"attempt":0,`)), true},
	} {
		if c.got != c.want {
			t.Errorf("%s is %v, want %v", c.what, c.got, c.want)
		}
	}
}
