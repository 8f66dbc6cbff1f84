package inngest_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Whatever a dev server sends, the answer is one that the server can deal with, and no step of nothing is executed.
func FuzzCall(f *testing.F) {
	f.Add(string(request{}.bytes()), "step", "app-fn")
	f.Add(string(request{steps: map[string]string{"s": `{"data":1}`}}.bytes()), "step", "fn")
	f.Add(string(request{steps: map[string]string{"s": `{"error":{"message":"x"}}`}}.bytes()), hash("s"), "app-fn")
	f.Add(`{"ctx":{"run_id":"r"},"event":{"name":"e"},"steps":{"a":null}}`, "", "app-fn")
	f.Add(`{}`, "step", "app-fn")
	client, err := inngest.NewClient(inngest.Config{AppID: "app", BaseURL: "http://127.0.0.1:1", Getenv: environment(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	err = inngest.RegisterProgram(client, inngest.Function{ID: "fn", Events: []string{"e"}},
		func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
			return tools.Run(ctx, "s", value("1"))
		})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body, step, function string) {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/", strings.NewReader(body))
		r.RemoteAddr, r.Host = "127.0.0.1:1", "localhost"
		query := r.URL.Query()
		query.Set("fnId", function)
		query.Set("stepId", step)
		r.URL.RawQuery = query.Encode()
		w := httptest.NewRecorder()
		client.Handler().ServeHTTP(w, r)
		switch w.Code {
		case 200, 206, 400, 410, 413, 500:
		default:
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
		if w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
			t.Errorf("the answer is no JSON: %q", w.Body)
		}
		if w.Code == 200 && step != "" && step != "step" {
			t.Errorf("a call for a step is answered with the end of the run: %q", w.Body)
		}
	})
}

// No text is a signature, except the right one.
func FuzzSignature(f *testing.F) {
	now := time.Now()
	body := request{}.bytes()
	right := sign(testKey, now, body).Get("X-Inngest-Signature")
	for _, seed := range []string{right, right + "&s=x", "s=&t=", "t=1&s=1", "%", strings.ToUpper(right), right + " "} {
		f.Add(seed)
	}
	client, err := inngest.NewClient(inngest.Config{AppID: "app", SigningKey: testKey, Getenv: environment(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	if err := inngest.RegisterProgram(client, inngest.Function{ID: "fn", Events: []string{"e"}}, returnEvent); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, signature string) {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/?fnId=app-fn&stepId=step", strings.NewReader(string(body)))
		r.Header["X-Inngest-Signature"] = []string{signature}
		w := httptest.NewRecorder()
		client.Handler().ServeHTTP(w, r)
		if w.Code == 200 && !strings.Contains(signature, strings.Split(right, "s=")[1]) {
			t.Errorf("%q is accepted", signature)
		}
	})
}

// No schedule makes the registration panic, and those that are accepted are what a server accepts.
func FuzzSchedule(f *testing.F) {
	for _, seed := range []string{"0 9 * * MON-FRI", "TZ=UTC", "CRON_TZ=Europe/Zurich */5 * * * *", "*/0 * * * *", "@every 1s", "TZ= * * * * *"} {
		f.Add(seed)
	}
	client, err := inngest.NewClient(inngest.Config{AppID: "app", Getenv: environment(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, schedule string) {
		err := inngest.RegisterProgram(client, inngest.Function{ID: "!", Triggers: []inngest.Trigger{{Cron: schedule}}}, returnEvent)
		if err == nil || !strings.Contains(err.Error(), "function id") {
			t.Fatalf("error is %v", err)
		}
		accepted := !strings.Contains(err.Error(), "trigger 0")
		if fields := len(strings.Fields(schedule)); accepted && fields != 5 && fields != 6 {
			t.Errorf("%q is accepted", schedule)
		}
	})
}
