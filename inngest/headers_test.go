package inngest_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Specification 3.2 and 4.1.1: the platform is recognised, and told in answers, in requests and when functions are registered.
func TestPlatform(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		env  []string
		want string
	}{
		"none":          {nil, ""},
		"Vercel":        {[]string{"VERCEL", "1"}, "vercel"},
		"Netlify":       {[]string{"NETLIFY", "true"}, "netlify"},
		"Cloudflare":    {[]string{"CF_PAGES", "1"}, "cloudflare-pages"},
		"Render":        {[]string{"RENDER", "true"}, "render"},
		"Railway":       {[]string{"RAILWAY_ENVIRONMENT", "production"}, "railway"},
		"AWS":           {[]string{"AWS_REGION", "eu-central-1"}, "aws-eu-central-1"},
		"not Vercel":    {[]string{"VERCEL", "0"}, ""},
		"Vercel on AWS": {[]string{"AWS_REGION", "eu-central-1", "VERCEL", "1"}, "vercel"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newRegisterAPI(t)
			app := newApp(t, inngest.Config{APIBaseURL: api.URL, Dev: new(true), SigningKey: testKey, Getenv: environment(tc.env...)}).with(returnEvent)
			if got := app.call(request{}).header.Get("X-Inngest-Platform"); got != tc.want {
				t.Errorf("header of the answer is %q, want %q", got, tc.want)
			}
			if err := app.Sync(t.Context(), app.url); err != nil {
				t.Fatal(err)
			}
			if got := api.headers[0].Get("X-Inngest-Platform"); got != tc.want {
				t.Errorf("header of the request is %q, want %q", got, tc.want)
			}
			if got := api.bodies[0]["headers"].(map[string]any)["platform"]; got != tc.want {
				t.Errorf("platform of the registration is %q, want %q", got, tc.want)
			}
			body := `{"url":"http://app.example"}`
			got := app.call(request{method: "PUT", body: body, header: sign(testKey, time.Now(), []byte(body))})
			var answer struct{ Platform *string }
			if err := json.Unmarshal([]byte(got.body), &answer); err != nil {
				t.Fatal(err)
			}
			if answer.Platform == nil && tc.want != "" || answer.Platform != nil && *answer.Platform != tc.want {
				t.Errorf("platform of the in-band sync is %v, want %q", answer.Platform, tc.want)
			}
		})
	}
}

// Specification 4.1.2 and 4.1.4: what every answer and every request of ours says.
func TestHeaders(t *testing.T) {
	t.Parallel()
	api := newRegisterAPI(t)
	app := newApp(t, inngest.Config{APIBaseURL: api.URL, Env: "branch", SigningKey: testKey}).with(returnEvent)
	signed := func(body string) http.Header { return sign(testKey, time.Now(), []byte(body)) }
	call := string(request{}.bytes())
	for name, got := range map[string]answer{
		"a call":               app.call(request{header: signed(call), body: call}),
		"a call that fails":    app.call(request{header: signed(call), body: call, function: "app-other"}),
		"a malformed call":     app.call(request{header: signed("{}"), body: "{}"}),
		"a sync":               app.call(request{method: "PUT", header: signed(`{"url":"http://a"}`), body: `{"url":"http://a"}`}),
		"a trust probe":        app.call(request{query: "probe=trust", header: signed("{}"), body: "{}"}),
		"an introspection":     app.call(request{method: "GET"}),
		"a signed one of them": app.call(request{method: "GET", header: signed("x"), body: "x"}),
	} {
		for header, want := range map[string]string{
			"X-Inngest-Sdk": "go:v0.16.0", "X-Inngest-Req-Version": "2", "X-Inngest-Framework": "workflowkit-go", "Content-Type": "application/json",
		} {
			if value := got.header.Get(header); value != want {
				t.Errorf("%s (%d): header %s is %q, want %q", name, got.status, header, value, want)
			}
		}
	}
	if err := app.Sync(t.Context(), app.url); err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]string{
		"X-Inngest-Sdk": "go:v0.16.0", "X-Inngest-Framework": "workflowkit-go", "X-Inngest-Env": "branch", "Authorization": hashedKey,
		"Content-Type": "application/json", "User-Agent": "go:v0.16.0", "X-Inngest-Req-Version": "2",
	} {
		if value := api.headers[len(api.headers)-1].Get(header); value != want {
			t.Errorf("registration: header %s is %q, want %q", header, value, want)
		}
	}
}

// Specification 4.3.2: the id and the kind of the server that has asked go back to it, and stay out of the app's URL.
func TestSyncForwards(t *testing.T) {
	t.Parallel()
	api := newRegisterAPI(t)
	app := newApp(t, inngest.Config{APIBaseURL: api.URL, Dev: new(true)}).with(returnEvent)
	got := app.call(request{method: "PUT", query: "deployId=d1&tenant=7", body: " ", header: http.Header{"X-Inngest-Server-Kind": {"dev"}}})
	if want := `{"message":"Successfully synced.","modified":true}`; got.status != 200 || got.body != want {
		t.Errorf("answer is %d %s, want %s", got.status, got.body, want)
	}
	if diff := cmp.Diff([]string{"deployId=d1"}, api.queries); diff != "" {
		t.Errorf("queries of the registration (-want +got):\n%s", diff)
	}
	if kind := api.headers[0].Get("X-Inngest-Expected-Server-Kind"); kind != "dev" {
		t.Errorf("expected server kind is %q", kind)
	}
	if url := api.bodies[0]["url"]; url != app.url+"/?tenant=7" {
		t.Errorf("URL of the app is %q", url)
	}
}

// Server-Timing says how long a call took, and how much of that the state that had to be fetched.
func TestServerTiming(t *testing.T) {
	t.Parallel()
	api := newStateAPI(t, "", `{}`, `[{"name":"e","data":{}}]`)
	app := newApp(t, inngest.Config{APIBaseURL: api.URL}).with(returnEvent)
	for pattern, r := range map[string]request{
		`^call;dur=\d+\.\d{3}$`:                       {},
		`^call;dur=\d+\.\d{3}, state;dur=\d+\.\d{3}$`: {ctx: map[string]any{"use_api": true}},
	} {
		if got := app.call(r); got.status != 200 || !regexp.MustCompile(pattern).MatchString(got.header.Get("Server-Timing")) {
			t.Errorf("%d %s: Server-Timing is %q, want %s", got.status, got.body, got.header.Get("Server-Timing"), pattern)
		}
	}
}

// logBuffer keeps what is logged.
type logBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func TestLogLevel(t *testing.T) {
	t.Parallel()
	const debug, info, failed = "inngest call", "inngest client", "inngest function failed"
	cases := map[string]struct {
		level string
		want  []string
	}{
		"the logger decides":  {"", []string{info, failed}},
		"more than it shows":  {"debug", []string{debug, info, failed}},
		"as much as it shows": {"INFO", []string{info, failed}},
		"less than it shows":  {"error", []string{failed}},
		"nothing":             {"silent", nil},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log logBuffer
			app := newApp(t, inngest.Config{
				Logger: slog.New(slog.NewTextHandler(&log, nil)).With("a", 1).WithGroup("g"), Getenv: environment("INNGEST_LOG_LEVEL", tc.level),
			}).with(func(context.Context, workflowkit.Tools, workflowkit.RunInput) (json.RawMessage, error) {
				return nil, http.ErrAbortHandler
			})
			app.call(request{})
			var got []string
			for _, line := range []string{debug, info, failed} {
				if strings.Contains(log.String(), `msg="`+line+`"`) {
					got = append(got, line)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("lines (-want +got):\n%s\n%s", diff, log.String())
			}
		})
	}
	if _, err := inngest.NewClient(inngest.Config{AppID: "app", Getenv: environment("INNGEST_LOG_LEVEL", "loud")}); err == nil {
		t.Error("a level that does not exist is accepted")
	}
}

// Specification 4.1.3: somebody who expects a dev server hears that something else has called.
func TestServerKindIsNoted(t *testing.T) {
	t.Parallel()
	kind := func(kind string) http.Header { return http.Header{"X-Inngest-Server-Kind": {kind}} }
	cases := map[string]struct {
		config  inngest.Config
		request request
		want    bool
	}{
		"a dev server":                        {inngest.Config{}, request{header: kind("dev")}, false},
		"one that does not say":               {inngest.Config{}, request{}, false},
		"the cloud":                           {inngest.Config{}, request{header: kind("cloud")}, true},
		"a sync by one that does not say":     {inngest.Config{}, request{method: "PUT", body: " "}, true},
		"a health check":                      {inngest.Config{}, request{method: "GET"}, false},
		"cloud mode, which expects the cloud": {inngest.Config{SigningKey: testKey}, request{header: kind("cloud")}, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log logBuffer
			tc.config.Logger, tc.config.BaseURL = slog.New(slog.NewTextHandler(&log, nil)), "http://127.0.0.1:1"
			app := newApp(t, tc.config).with(returnEvent)
			app.call(tc.request)
			app.call(tc.request)
			n := strings.Count(log.String(), "did not come from a dev server")
			if want := map[bool]int{true: 1}[tc.want]; n != want {
				t.Errorf("%d warnings after two requests, want %d", n, want)
			}
		})
	}
}

// What a server says of itself opens no door (specification 4.1.1, X-Inngest-Server-Kind).
func TestServerKindDoesNotTurnVerificationOff(t *testing.T) {
	t.Parallel()
	app := newApp(t, inngest.Config{SigningKey: testKey}).with(returnEvent)
	if got := app.call(request{header: http.Header{"X-Inngest-Server-Kind": {"dev"}}}); got.status != http.StatusUnauthorized {
		t.Errorf("answer is %d %s", got.status, got.body)
	}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/?fnId=app-fn", strings.NewReader(string(request{}.bytes())))
	r.Header.Set("X-Inngest-Server-Kind", "dev")
	w := httptest.NewRecorder()
	app.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized {
		t.Errorf("answer is %d %s", w.Code, w.Body)
	}
}
