package inngest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

func event(name, data string) workflowkit.Event {
	return workflowkit.Event{Name: name, Data: json.RawMessage(data)}
}

// eventAPI is an event API that records requests and answers as answer says.
type eventAPI struct {
	*httptest.Server
	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
}

func newEventAPI(t *testing.T, answer func(w http.ResponseWriter, attempt, events int)) *eventAPI {
	api := &eventAPI{}
	api.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		api.mu.Lock()
		api.requests, api.bodies = append(api.requests, r), append(api.bodies, string(body))
		attempt := len(api.requests)
		api.mu.Unlock()
		var events []json.RawMessage
		_ = json.Unmarshal(body, &events)
		answer(w, attempt, len(events))
	}))
	t.Cleanup(api.Close)
	return api
}

func answerIDs(w http.ResponseWriter, events int) {
	ids := make([]string, events)
	for i := range ids {
		ids[i] = fmt.Sprint("id", i)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"ids": ids, "status": 200})
}

func TestSendPostsEvents(t *testing.T) {
	t.Parallel()
	api := newEventAPI(t, func(w http.ResponseWriter, _, events int) { answerIDs(w, events) })
	client := newClient(t, inngest.Config{
		BaseURL: api.URL, EventKey: "key/1", SigningKey: testKey, Env: "branch", HTTPClient: api.Client(),
	})
	ids, err := client.SendMany(t.Context(), []workflowkit.Event{
		{ID: "one", Name: "a", Data: json.RawMessage(`{"n":9007199254740993}`), Timestamp: 1700000000005}, event("b", ""),
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"id0", "id1"}, ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	want := `[{"id":"one","name":"a","data":{"n":9007199254740993},"ts":1700000000005},{"name":"b","data":{}}]`
	if diff := cmp.Diff([]string{want}, api.bodies); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
	r := api.requests[0]
	if r.Method != http.MethodPost || r.URL.EscapedPath() != "/e/key%2F1" {
		t.Errorf("request is %s %s", r.Method, r.URL.EscapedPath())
	}
	if got := r.Header.Get("X-Inngest-Env"); got != "branch" {
		t.Errorf("environment in the request is %q", got)
	}
	if ids, err := client.SendMany(t.Context(), nil); err != nil || ids != nil {
		t.Errorf("sending nothing returns %v, %v", ids, err)
	}
	if id, err := client.Send(t.Context(), event("c", `{}`)); err != nil || id != "id0" {
		t.Errorf("Send returns %q, %v", id, err)
	}
}

func TestSendRetries(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		answers  []int // status of each attempt; the last repeats
		header   string
		attempts int
		want     *inngest.SendError // nil: success
	}{
		"a server error, then success": {answers: []int{500, 503, 200}, attempts: 3},
		"too many requests":            {answers: []int{429, 200}, header: "0", attempts: 2},
		"a server that stays broken": {
			answers: []int{500}, attempts: 5,
			want: &inngest.SendError{StatusCode: 500, Message: "status 500", Retryable: true, Attempts: 5},
		},
		"a refusal is not tried again": {
			answers: []int{401}, attempts: 1, want: &inngest.SendError{StatusCode: 401, Message: "status 401", Attempts: 1},
		},
		"a longer wait than is bearable is left to the caller": {
			answers: []int{429}, header: "3600", attempts: 1,
			want: &inngest.SendError{StatusCode: 429, Message: "status 429", Retryable: true, RetryAfter: time.Hour, Attempts: 1},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newEventAPI(t, func(w http.ResponseWriter, attempt, events int) {
				status := tc.answers[min(attempt, len(tc.answers))-1]
				if status == 200 {
					answerIDs(w, events)
					return
				}
				if tc.header != "" {
					w.Header().Set("Retry-After", tc.header)
				}
				w.WriteHeader(status)
				_, _ = fmt.Fprintf(w, `{"error":"status %d","status":%[1]d}`, status)
			})
			client := newClient(t, inngest.Config{BaseURL: api.URL, HTTPClient: api.Client()})
			_, err := client.Send(t.Context(), event("e", `{}`))
			var got *inngest.SendError
			if err != nil && !errors.As(err, &got) {
				t.Fatalf("error is a %T: %v", err, err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if len(api.requests) != tc.attempts {
				t.Errorf("%d attempts, want %d", len(api.requests), tc.attempts)
			}
			// The server recognises attempts by their seed.
			for _, r := range api.requests {
				seed := r.Header.Get("X-Inngest-Event-Id-Seed")
				if seed == "" || seed != api.requests[0].Header.Get("X-Inngest-Event-Id-Seed") {
					t.Errorf("seed of an attempt is %q, of the first %q", seed, api.requests[0].Header.Get("X-Inngest-Event-Id-Seed"))
				}
			}
		})
	}
}

// Guard 9 of PROTOCOL.md: inngestgo would take seconds after the context is done.
func TestSendHonoursContext(t *testing.T) {
	t.Parallel()
	released := make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-r.Context().Done():
		case <-released:
		}
	}))
	t.Cleanup(hanging.Close)
	t.Cleanup(func() { close(released) })
	waiting := newEventAPI(t, func(w http.ResponseWriter, _, _ int) {
		w.Header().Set("Retry-After", "9")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	for name, url := range map[string]string{
		"a hanging server": hanging.URL, "a server that is down": "http://127.0.0.1:1", "a server that asks to wait": waiting.URL,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newClient(t, inngest.Config{BaseURL: url, HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}})
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			started := time.Now()
			_, err := client.Send(ctx, event("e", `{}`))
			if took := time.Since(started); took > 5*time.Second { // the server asks for 9
				t.Errorf("Send took %v after a deadline of 50ms", took)
			}
			var sendError *inngest.SendError
			if !errors.As(err, &sendError) || !errors.Is(err, context.DeadlineExceeded) || !sendError.Retryable {
				t.Errorf("error is %v (%#v)", err, sendError)
			}
		})
	}
	t.Run("a context that is done already", func(t *testing.T) {
		t.Parallel()
		api := newEventAPI(t, func(w http.ResponseWriter, _, n int) { answerIDs(w, n) })
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := newClient(t, inngest.Config{BaseURL: api.URL}).Send(ctx, event("e", `{}`))
		if !errors.Is(err, context.Canceled) || len(api.requests) != 0 {
			t.Errorf("error is %v after %d requests", err, len(api.requests))
		}
	})
}

func TestSendChecksEvents(t *testing.T) {
	t.Parallel()
	api := newEventAPI(t, func(w http.ResponseWriter, _, n int) { answerIDs(w, n) })
	client := newClient(t, inngest.Config{BaseURL: api.URL})
	big := `{"x":"` + strings.Repeat("x", inngest.MaxEventSize) + `"}`
	cases := map[string]struct {
		events []workflowkit.Event
		is     error
	}{
		"no name":          {[]workflowkit.Event{event("", `{}`)}, inngest.ErrInvalidEvent},
		"a long name":      {[]workflowkit.Event{event(strings.Repeat("x", 513), `{}`)}, inngest.ErrInvalidEvent},
		"data is an array": {[]workflowkit.Event{event("e", `[]`)}, inngest.ErrInvalidEvent},
		"data is broken":   {[]workflowkit.Event{event("e", `{`)}, inngest.ErrInvalidEvent},
		"user is a text":   {[]workflowkit.Event{{Name: "e", User: json.RawMessage(`"x"`)}}, inngest.ErrInvalidEvent},
		"too large":        {[]workflowkit.Event{event("ok", `{}`), event("e", big)}, inngest.ErrEventTooLarge},
		"one of many":      {append(make([]workflowkit.Event, 0), append(many(6000), event("", ""))...), inngest.ErrInvalidEvent},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := client.SendMany(t.Context(), tc.events); !errors.Is(err, tc.is) {
				t.Errorf("error is %v, want %v", err, tc.is)
			}
		})
	}
	if len(api.requests) != 0 {
		t.Errorf("%d requests were made", len(api.requests))
	}
	t.Run("cloud mode without an event key", func(t *testing.T) {
		client := newClient(t, inngest.Config{BaseURL: api.URL, SigningKey: testKey})
		if _, err := client.Send(t.Context(), event("e", `{}`)); !errors.Is(err, inngest.ErrNoEventKey) {
			t.Errorf("error is %v", err)
		}
	})
}

func TestSendRefusesAnswersOfOtherServers(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"text": "hello", "no ids": "{}", "too few ids": `{"ids":["a"]}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newEventAPI(t, func(w http.ResponseWriter, _, _ int) { _, _ = io.WriteString(w, body) })
			client := newClient(t, inngest.Config{BaseURL: api.URL})
			ids, err := client.SendMany(t.Context(), []workflowkit.Event{event("e", ""), event("f", "")})
			if err == nil {
				t.Errorf("no error, ids %v", ids)
			}
		})
	}
}

// bodies counts the response bodies that are open.
type bodies struct {
	base http.RoundTripper
	open atomic.Int64
}

func (b *bodies) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.base.RoundTrip(r)
	if err == nil {
		b.open.Add(1)
		resp.Body = &countedBody{ReadCloser: resp.Body, open: &b.open}
	}
	return resp, err
}

type countedBody struct {
	io.ReadCloser
	open *atomic.Int64
	once sync.Once
}

func (b *countedBody) Close() error {
	b.once.Do(func() { b.open.Add(-1) })
	return b.ReadCloser.Close()
}

// Guard 9 of PROTOCOL.md, its other half: inngestgo leaves the bodies of failed attempts open.
func TestSendClosesBodies(t *testing.T) {
	t.Parallel()
	api := newEventAPI(t, func(w http.ResponseWriter, attempt, events int) {
		if attempt < 3 {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, strings.Repeat("x", 2<<20))
			return
		}
		answerIDs(w, events)
	})
	transport := &bodies{base: api.Client().Transport}
	client := newClient(t, inngest.Config{BaseURL: api.URL, HTTPClient: &http.Client{Transport: transport}})
	if _, err := client.Send(t.Context(), event("e", "{}")); err != nil {
		t.Error(err)
	}
	if n := transport.open.Load(); n != 0 || len(api.requests) != 3 {
		t.Errorf("%d bodies are open after %d requests", n, len(api.requests))
	}
}
