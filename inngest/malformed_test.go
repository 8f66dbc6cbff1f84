package inngest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// sabotage generates requests that are no calls, or not quite.
type sabotage struct{ *rand.Rand }

func (s sabotage) pick(choices ...string) string { return choices[s.IntN(len(choices))] }

// value is a JSON value that stands where another one belongs.
func (s sabotage) value() string {
	return s.pick(
		"null", "true", "0", "-1", "1e400", "9007199254740993", `""`, `"\ud800"`, `"x"`, "[]", "{}", "[null]", `{"a":{"a":{}}}`, "[[]]",
		`"`+strings.Repeat("x", 1000)+`"`, strings.Repeat("[", 200)+strings.Repeat("]", 200), `{"error":null}`, `{"error":"x"}`, `{"data":1}`,
		`{"error":{"message":1}}`, `"`+strings.Repeat("0", 40)+`"`,
	)
}

// body returns the body of a call with a fault, and what the fault is.
func (s sabotage) body() (string, string) {
	body := string(request{steps: map[string]string{"done": `{"data":1}`}, ctx: map[string]any{"stack": map[string]any{"stack": []string{hash("done")}, "current": 1}}}.bytes())
	switch s.IntN(9) {
	case 0:
		return body[:s.IntN(len(body))], "truncated"
	case 1:
		raw := []byte(body)
		for range 1 + s.IntN(5) {
			raw[s.IntN(len(raw))] = byte(s.IntN(256))
		}
		return string(raw), "bytes changed"
	case 2:
		raw := make([]byte, s.IntN(200))
		for i := range raw {
			raw[i] = byte(s.IntN(256))
		}
		return string(raw), "noise"
	case 3:
		return s.replaced(body, "event", "events", "steps", "ctx", "use_api", "version"), "a member of another type"
	case 4:
		var all map[string]json.RawMessage
		if json.Unmarshal([]byte(body), &all) != nil {
			panic("no object")
		}
		ctx := s.replaced(string(all["ctx"]), "run_id", "fn_id", "attempt", "max_attempts", "stack", "use_api", "disable_immediate_execution", "step_id")
		all["ctx"] = json.RawMessage(ctx)
		if !json.Valid(all["ctx"]) {
			return body[:len(body)-1], "truncated"
		}
		raw, err := json.Marshal(all)
		if err != nil {
			panic(err)
		}
		return string(raw), "a member of ctx of another type"
	case 5:
		var all map[string]json.RawMessage
		if json.Unmarshal([]byte(body), &all) != nil {
			panic("no object")
		}
		delete(all, s.pick("event", "events", "steps", "ctx", "use_api"))
		raw, err := json.Marshal(all)
		if err != nil {
			panic(err)
		}
		return string(raw), "a member missing"
	case 6:
		return strings.Replace(body, `"attempt":0`, `"attempt":0,"attempt":`+s.value(), 1), "a member twice"
	case 7:
		return body + s.pick("x", "{}", "]", "\x00", body), "something behind it"
	}
	return s.value(), "another value"
}

// replaced replaces one of the members of an object.
func (s sabotage) replaced(object string, members ...string) string {
	var all map[string]json.RawMessage
	if json.Unmarshal([]byte(object), &all) != nil {
		panic("no object")
	}
	all[members[s.IntN(len(members))]] = json.RawMessage(s.value())
	var b strings.Builder
	b.WriteString("{")
	for name, value := range all {
		if b.Len() > 1 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "%q:%s", name, value)
	}
	return b.String() + "}"
}

// query returns the query of a call, which may be one that means nothing.
func (s sabotage) query() string {
	if s.IntN(3) > 0 {
		return "fnId=app-fn&stepId=step"
	}
	return s.pick(
		"", "fnId=", "fnId=app-other&stepId=step", "stepId=step", "fnId=app-fn&stepId="+hash("gone"), "fnId=app-fn&stepId=%00", "fnId=app-fn&stepId=",
		"fnId=app-fn&fnId=app-other&stepId=step", "%zz", ";;;", "probe=x", "fnId=app-fn%2F..&stepId=step", "fnId=fn&stepId=step&stepId=x",
		url.Values{"fnId": {strings.Repeat("a", 5000)}}.Encode(),
	)
}

// signature returns a header for a body that must not be accepted, and what is wrong with it.
func (s sabotage) signature(body []byte) (string, string) {
	right := func(key string, at time.Time, body []byte) string {
		return sign(key, at, body).Get("X-Inngest-Signature")
	}
	now := time.Now()
	good := right(testKey, now, body)
	switch s.IntN(12) {
	case 0:
		return "", "none"
	case 1:
		return right("signkey-test-abcdef", now, body), "another key"
	case 2:
		return good[:s.IntN(len(good)-1)], "truncated"
	case 3:
		return right(testKey, now.Add(-6*time.Minute-time.Duration(s.IntN(1e6))*time.Second), body), "replayed"
	case 4:
		return right(testKey, now.Add(6*time.Minute+time.Duration(s.IntN(1e6))*time.Second), body), "from the future"
	case 5:
		return right(testKey, now, append([]byte("x"), body...)), "of another body"
	case 6:
		return strings.ToUpper(good), "in capitals"
	case 7:
		raw := []byte(good)
		at := strings.Index(good, "s=") + 2 + s.IntN(60)
		raw[at] = "0123456789abcdef"[(strings.IndexByte("0123456789abcdef", raw[at])+1)%16]
		return string(raw), "one digit changed"
	case 8:
		return strings.Replace(good, "t=", "t=1", 1), "the time changed"
	case 9:
		return s.pick("t=&s=", "t=1", "s=1", "&&&", "%", "t=NaN&s=x", "t=9223372036854775808&s=x", "t=-1&s=x", strings.Repeat("t=1&", 1000)), "noise"
	case 10:
		return right("signkey-test-", now, body), "an empty key"
	}
	return strings.Replace(good, "s=", "s=&s=", 1), "an empty signature first"
}

// 2 000 malformed requests: none makes the handler panic, none is answered with success though nothing was executed, none
// with a forged signature is executed, and none makes the server give up a run.
func TestMalformedRequests(t *testing.T) {
	t.Parallel()
	var log logBuffer
	executed := 0
	newHandler := func(config inngest.Config) http.Handler {
		config.AppID, config.Getenv = "app", environment()
		config.Logger, config.BaseURL = slog.New(slog.NewTextHandler(&log, nil)), "http://127.0.0.1:1"
		client := newClient(t, config)
		err := inngest.RegisterProgram(client, inngest.Function{ID: "fn", Events: []string{"e"}, Checkpoints: inngest.CheckpointOff},
			func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
				executed++
				if _, err := tools.Run(ctx, "done", value("1")); err != nil {
					return nil, err
				}
				return tools.Run(ctx, "next", value("2"))
			})
		if err != nil {
			t.Fatal(err)
		}
		return client.Handler()
	}
	dev, cloud := newHandler(inngest.Config{Dev: new(true)}), newHandler(inngest.Config{SigningKey: testKey, SigningKeyFallback: testFallback})
	const seed = 4
	s := sabotage{rand.New(rand.NewPCG(seed, 0))}
	statuses := map[int]int{}
	for i := range 2000 {
		body, what := s.body()
		handler, forged := dev, false
		r := httptest.NewRequestWithContext(t.Context(), s.pick("POST", "POST", "POST", "POST", "PUT", "GET", "PATCH"), "/", strings.NewReader(body))
		r.URL.RawQuery = s.query()
		switch s.IntN(3) {
		case 0:
			handler, forged = cloud, true
			header, fault := s.signature([]byte(body))
			if header != "" {
				r.Header["X-Inngest-Signature"] = []string{header}
			}
			what += ", signature: " + fault
		case 1:
			handler = cloud
			for name, values := range sign(testKey, time.Now(), []byte(body)) {
				r.Header[name] = values
			}
		}
		before := executed
		w := httptest.NewRecorder()
		func() {
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("request %d (%s): panic: %v", i, what, p)
				}
			}()
			handler.ServeHTTP(w, r)
		}()
		statuses[w.Code]++
		describe := fmt.Sprintf("request %d (%s %s, %s): %.200q is answered with %d %.200q", i, r.Method, r.URL.RawQuery, what, body, w.Code, w.Body)
		if r.Method != http.MethodPost {
			if executed != before {
				t.Errorf("%s, and a function was executed", describe)
			}
			continue
		}
		switch {
		case w.Code/100 == 2 && executed == before:
			t.Errorf("%s, but nothing was executed", describe)
		case w.Code == http.StatusOK:
			t.Errorf("%s, though the function has not ended", describe)
		case forged && (executed != before || w.Code != http.StatusUnauthorized):
			t.Errorf("%s, though it is forged", describe)
		case w.Code/100 != 2 && w.Header().Get("X-Inngest-No-Retry") == "true":
			t.Errorf("%s, and the run is given up", describe)
		case w.Code/100 != 2 && !forged && w.Header().Get("X-Inngest-No-Retry") != "false":
			t.Errorf("%s, without a word about retries", describe)
		case w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()):
			t.Errorf("%s, which is no JSON", describe)
		case strings.Contains(w.Body.String(), "goroutine ") || strings.Contains(w.Body.String(), ".go:"):
			t.Errorf("%s, which holds a stack", describe)
		}
		if t.Failed() {
			break
		}
	}
	if strings.Contains(log.String(), "panicked") {
		t.Errorf("the log tells of a panic:\n%.2000s", log.String())
	}
	for _, status := range []int{200, 206, 400, 401, 405, 500} {
		if statuses[status] == 0 {
			t.Errorf("no request was answered with %d, so the generator is too tame: %v", status, statuses)
		}
	}
}

// 8 MB of state, far more than a server sends in one request, are read if they come.
func TestLargeState(t *testing.T) {
	t.Parallel()
	steps := map[string]string{}
	for i := range 8 {
		steps[fmt.Sprint("big", i)] = `{"data":"` + strings.Repeat("x", 1<<20) + `"}`
	}
	app := newApp(t, inngest.Config{}).with(func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
		total := 0
		for i := range 8 {
			raw, err := tools.Run(ctx, fmt.Sprint("big", i), value(`"again"`))
			if err != nil {
				return nil, err
			}
			total += len(raw)
		}
		return json.Marshal(total)
	})
	got := app.call(request{steps: steps})
	if want := fmt.Sprint(8 * (1<<20 + 2)); got.status != 200 || got.body != want {
		t.Errorf("answer is %d %.200s, want %s", got.status, got.body, want)
	}
	// And if they have to be fetched.
	var state bytes.Buffer
	state.WriteString("{")
	var stack []string
	for i := range 8 {
		id := hash(fmt.Sprint("big", i))
		if i > 0 {
			state.WriteString(",")
		}
		fmt.Fprintf(&state, "%q:%s", id, steps[fmt.Sprint("big", i)])
		stack = append(stack, id)
	}
	state.WriteString("}")
	api := newStateAPI(t, "", state.String(), `[{"name":"e","data":{}}]`)
	fetching := newApp(t, inngest.Config{APIBaseURL: api.URL, MaxBodySize: 4 << 10})
	fetching.with(func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
		for i := range 8 {
			if raw, err := tools.Run(ctx, fmt.Sprint("big", i), value(`"again"`)); err != nil || len(raw) != 1<<20+2 {
				return nil, fmt.Errorf("step %d has %d bytes: %w", i, len(raw), err)
			}
		}
		return json.RawMessage(`"all"`), nil
	})
	got = fetching.call(request{ctx: map[string]any{"use_api": true, "stack": map[string]any{"stack": stack}}})
	if got.status != 200 || got.body != `"all"` {
		t.Errorf("answer is %d %.200s", got.status, got.body)
	}
	// A body limit that is too small says so.
	small := newApp(t, inngest.Config{MaxBodySize: 1 << 20}).with(returnEvent)
	if got := small.call(request{steps: steps}); got.status != http.StatusRequestEntityTooLarge || !strings.Contains(got.body, "more than 1048576 bytes") {
		t.Errorf("answer is %d %.200s", got.status, got.body)
	}
}
