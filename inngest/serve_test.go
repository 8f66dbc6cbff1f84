package inngest_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/mux"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// returnEvent is a function without steps.
func returnEvent(_ context.Context, _ workflowkit.Tools, in workflowkit.RunInput) (json.RawMessage, error) {
	return in.Event.Data, nil
}

// sign signs a body as a server does.
func sign(key string, at time.Time, body []byte) http.Header {
	secret := key[strings.LastIndex(key, "-")+1:]
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(mac, "%s%d", body, at.Unix())
	return http.Header{"X-Inngest-Signature": {fmt.Sprintf("t=%d&s=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil)))}}
}

func TestCallReturnsResult(t *testing.T) {
	t.Parallel()
	got := newApp(t, inngest.Config{}).with(returnEvent).call(request{})
	if got.status != 200 || got.body != `{"id":"1"}` {
		t.Errorf("answer is %d %s", got.status, got.body)
	}
	for name, want := range map[string]string{
		"X-Inngest-Sdk": "go:v0.16.0", "X-Inngest-Req-Version": "2", "X-Inngest-Framework": "workflowkit-go", "Content-Type": "application/json",
		"User-Agent": "",
	} {
		if value := got.header.Get(name); value != want {
			t.Errorf("header %s is %q, want %q", name, value, want)
		}
	}
}

// Numbers beyond 2^53 survive on their way to the function (rule 8).
func TestCallKeepsDigitsOfEvent(t *testing.T) {
	t.Parallel()
	got := newApp(t, inngest.Config{}).with(returnEvent).call(request{event: `{"name":"e","data":{"n":9007199254740993,"f":1.10}}`})
	if want := `{"n":9007199254740993,"f":1.10}`; got.body != want {
		t.Errorf("event data is %s, want %s", got.body, want)
	}
}

func TestCallRefusesMalformedRequests(t *testing.T) {
	t.Parallel()
	executed := false
	app := newApp(t, inngest.Config{MaxBodySize: 4000}).with(func(context.Context, workflowkit.Tools, workflowkit.RunInput) (json.RawMessage, error) {
		executed = true
		return nil, nil
	})
	cases := map[string]struct {
		request request
		status  int
		message string
	}{
		"an empty object":             {request{body: `{}`}, 400, "bad request: ctx is missing"},
		"no JSON":                     {request{body: `hello`}, 400, "bad request: invalid character"},
		"an array":                    {request{body: `[]`}, 400, "bad request: json: cannot unmarshal"},
		"no event":                    {request{body: `{"ctx":{"run_id":"r"}}`}, 400, "bad request: event is missing"},
		"a null event":                {request{body: `{"ctx":{"run_id":"r"},"event":null}`}, 400, "bad request: event is missing"},
		"no run":                      {request{body: `{"ctx":{},"event":{"name":"e"}}`}, 400, "bad request: ctx.run_id is missing"},
		"a function id that is no id": {request{ctx: map[string]any{"fn_id": "x"}}, 400, "bad request"},
		"a body that is too large":    {request{event: `{"name":"` + strings.Repeat("x", 4000) + `"}`}, 413, "request body too large: more than 4000 bytes"},
		"an unknown function":         {request{function: "app-other"}, 500, "function not found: app-other"},
		"a method that is not served": {request{method: "DELETE"}, 405, ""},
		"HEAD":                        {request{method: "HEAD"}, 405, ""},
		"OPTIONS":                     {request{method: "OPTIONS"}, 405, ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := app.call(tc.request)
			if got.status != tc.status || !strings.Contains(got.body, tc.message) {
				t.Errorf("answer is %d %s, want %d with %q", got.status, got.body, tc.status, tc.message)
			}
		})
	}
	if executed {
		t.Error("the function was executed")
	}
}

// Guard 2 of PROTOCOL.md: a run is not reported as finished when the step that the server wants does not exist.
func TestCallForMissingStepIsAnError(t *testing.T) {
	t.Parallel()
	programs := map[string]program{
		"the function ends without it": returnEvent,
		"the function has other steps": func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
			return tools.Run(ctx, "other", func(context.Context) (json.RawMessage, error) { t.Error("executed"); return nil, nil })
		},
		"the function has other branches": func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
			return nil, tools.Parallel(ctx, workflowkit.ForkRace, []func(context.Context) error{func(ctx context.Context) error {
				_, err := tools.Run(ctx, "other", func(context.Context) (json.RawMessage, error) { t.Error("executed"); return nil, nil })
				return err
			}})
		},
	}
	for name, run := range programs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := newApp(t, inngest.Config{}).with(run).call(request{target: "gone"})
			if got.status != 500 || !strings.Contains(got.body, "step "+hash("gone")+" not found") {
				t.Errorf("answer is %d %s", got.status, got.body)
			}
			if got.header.Get("X-Inngest-No-Retry") == "true" {
				t.Error("the server is told not to try again, though another replica may have the step")
			}
		})
	}
}

// Guard 2 of PROTOCOL.md, its other half: a context that is over.
func TestStepWithDeadContextIsAnError(t *testing.T) {
	t.Parallel()
	got := newApp(t, inngest.Config{}).with(func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		return tools.Run(ctx, "s", func(context.Context) (json.RawMessage, error) { return nil, nil })
	}).call(request{})
	if got.status != 500 || !strings.Contains(got.body, "context canceled") {
		t.Errorf("answer is %d %s", got.status, got.body)
	}
}

// A function that claims to go on later, without having asked for anything, would be a run that ends as completed.
func TestSuspendedWithoutStepIsAnError(t *testing.T) {
	t.Parallel()
	got := newApp(t, inngest.Config{}).with(func(context.Context, workflowkit.Tools, workflowkit.RunInput) (json.RawMessage, error) {
		return nil, workflowkit.ErrSuspended
	}).call(request{})
	if got.status != 500 || !strings.Contains(got.body, "without asking for a step") {
		t.Errorf("answer is %d %s", got.status, got.body)
	}
}

// Guard 13 of PROTOCOL.md: the server gets the message of a panic, the log gets the stack.
func TestPanicsAreReportedWithoutStack(t *testing.T) {
	t.Parallel()
	programs := map[string]program{
		"in the function": func(context.Context, workflowkit.Tools, workflowkit.RunInput) (json.RawMessage, error) {
			panic("oh no")
		},
		"in a step": func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
			return tools.Run(ctx, "s", func(context.Context) (json.RawMessage, error) { panic("oh no") })
		},
		"in a branch": func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
			return nil, tools.Parallel(ctx, workflowkit.ForkRace, []func(context.Context) error{func(context.Context) error { panic("oh no") }})
		},
	}
	for name, run := range programs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var log strings.Builder
			logger := slog.New(slog.NewTextHandler(writerFunc(func(b []byte) {
				mu.Lock()
				defer mu.Unlock()
				log.Write(b)
			}), nil))
			got := newApp(t, inngest.Config{Logger: logger}).with(run).call(request{})
			if !strings.Contains(got.body, `"panic: oh no"`) || strings.Contains(got.body, "goroutine") || strings.Contains(got.body, ".go:") {
				t.Errorf("answer is %d %s", got.status, got.body)
			}
			mu.Lock()
			defer mu.Unlock()
			if !strings.Contains(log.String(), "serve_test.go") || !strings.Contains(log.String(), "run_id=run-1") {
				t.Errorf("the log does not hold the stack and the run:\n%s", log.String())
			}
		})
	}
}

// Guards 10 and 11 of PROTOCOL.md, and the rest of what is known about signatures.
func TestSignatures(t *testing.T) {
	t.Parallel()
	// The time is taken when a case runs, which may be long after the table is made.
	signed := func(key string, age time.Duration, body []byte) func() string {
		return func() string { return sign(key, time.Now().Add(-age), body).Get("X-Inngest-Signature") }
	}
	text := func(signature string) func() string { return func() string { return signature } }
	var parsed any
	if err := json.Unmarshal(request{}.bytes(), &parsed); err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(parsed) // sorted, and so canonical
	if err != nil {
		t.Fatal(err)
	}
	spaced := strings.Replace(string(body), ":", " : ", 1)
	cloud := inngest.Config{SigningKey: testKey, SigningKeyFallback: testFallback}
	dev := inngest.Config{SigningKey: testKey, Dev: new(true)}
	cases := map[string]struct {
		config    inngest.Config
		signature func() string
		body      string
		want      int
	}{
		"signed":                                   {cloud, signed(testKey, 0, body), "", 200},
		"signed with the fallback key":             {cloud, signed(testFallback, 0, body), "", 200},
		"signed raw, though not canonical":         {cloud, signed(testKey, 0, []byte(spaced)), spaced, 200},
		"signed in canonical form":                 {cloud, signed(testKey, 0, body), spaced, 200},
		"four minutes old":                         {cloud, signed(testKey, 4*time.Minute, body), "", 200},
		"four minutes ahead":                       {cloud, signed(testKey, -4*time.Minute, body), "", 200},
		"six minutes old":                          {cloud, signed(testKey, 6*time.Minute, body), "", 401},
		"a day ahead":                              {cloud, signed(testKey, -24*time.Hour, body), "", 401},
		"unsigned":                                 {cloud, nil, "", 401},
		"signed for another body":                  {cloud, signed(testKey, 0, []byte("{}")), "", 401},
		"signed with another key":                  {cloud, signed("signkey-test-abcd", 0, body), "", 401},
		"signed with an empty key":                 {cloud, signed("signkey-test-", 0, body), "", 401},
		"a truncated signature":                    {cloud, text(signed(testKey, 0, body)()[:40]), "", 401},
		"an empty signature":                       {cloud, text(fmt.Sprintf("t=%d&s=", time.Now().Unix())), "", 401},
		"a signature without a time":               {cloud, text("s=abc"), "", 401},
		"a time that is no number":                 {cloud, text("t=now&s=abc"), "", 401},
		"a time beyond all clocks":                 {cloud, text("t=9223372036854775807&s=abc"), "", 401},
		"text that is no query":                    {cloud, text("%%%"), "", 401},
		"dev mode, unsigned":                       {dev, nil, "", 200},
		"dev mode with a key, signed":              {dev, signed(testKey, 0, body), "", 200},
		"dev mode with a key, signed wrongly":      {dev, signed("signkey-test-abcd", 0, body), "", 401},
		"dev mode without a key, signed by others": {inngest.Config{Dev: new(true)}, signed("signkey-test-abcd", 0, body), "", 200},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tc.body == "" {
				tc.body = string(body)
			}
			header := http.Header{}
			if tc.signature != nil {
				header.Set("X-Inngest-Signature", tc.signature())
			}
			got := newApp(t, tc.config).with(returnEvent).call(request{header: header, body: tc.body})
			if got.status != tc.want {
				t.Errorf("answer is %d %s, want %d", got.status, got.body, tc.want)
			}
			if tc.want == 401 && got.header.Get("X-Inngest-Sdk") != "" {
				t.Error("a stranger learns what serves the app")
			}
		})
	}
}

// Guard 11 of PROTOCOL.md: INNGEST_DEV=0 is not dev mode. Guard 12 is in TestNewClientRefuses.
func TestDevSwitchedOffChecksSignatures(t *testing.T) {
	t.Parallel()
	for _, off := range []string{"0", "false"} {
		app := newApp(t, inngest.Config{Getenv: environment("INNGEST_DEV", off, "INNGEST_SIGNING_KEY", testKey)}).with(returnEvent)
		if got := app.call(request{}); got.status != 401 {
			t.Errorf("INNGEST_DEV=%s: an unsigned call is answered with %d %s", off, got.status, got.body)
		}
	}
}

func TestDevModeAdmits(t *testing.T) {
	t.Parallel()
	byDefault, chosen := inngest.Config{}, inngest.Config{Dev: new(true)}
	cases := map[string]struct {
		config inngest.Config
		remote string
		host   string
		header http.Header
		want   int
	}{
		"IPv4 loopback":                   {byDefault, "127.0.0.1:5", "localhost:3000", nil, 200},
		"all of 127/8":                    {byDefault, "127.9.9.9:5", "127.0.0.1:3000", nil, 200},
		"IPv6 loopback":                   {byDefault, "[::1]:5", "[::1]:3000", nil, 200},
		"IPv4 in IPv6":                    {byDefault, "[::ffff:127.0.0.1]:5", "app.localhost", nil, 200},
		"another machine":                 {byDefault, "10.0.0.1:5", "localhost:3000", nil, 401},
		"an address that cannot be read":  {byDefault, "@", "localhost:3000", nil, 401},
		"through a proxy":                 {byDefault, "127.0.0.1:5", "localhost:3000", http.Header{"X-Forwarded-For": {"8.8.8.8"}}, 401},
		"a proxy that claims loopback":    {byDefault, "127.0.0.1:5", "localhost:3000", http.Header{"X-Forwarded-For": {"127.0.0.1"}}, 401},
		"another machine claims loopback": {byDefault, "10.0.0.1:5", "localhost", http.Header{"X-Forwarded-For": {"127.0.0.1"}}, 401},
		"the standard header":             {byDefault, "127.0.0.1:5", "localhost:3000", http.Header{"Forwarded": {"for=127.0.0.1"}}, 401},
		"an empty forwarding header":      {byDefault, "127.0.0.1:5", "localhost:3000", http.Header{"X-Forwarded-Proto": {""}}, 401},
		"a foreign name for this machine": {byDefault, "127.0.0.1:5", "rebound.example:3000", nil, 401},
		"a name that was configured":      {inngest.Config{ServeOrigin: "http://my.example:3000"}, "127.0.0.1:5", "my.example:3000", nil, 200},
		"a page of another site":          {byDefault, "127.0.0.1:5", "localhost:3000", http.Header{"Sec-Fetch-Site": {"cross-site"}}, 401},
		"chosen: another machine":         {chosen, "10.0.0.1:5", "app:3000", nil, 200},
		"chosen: through a proxy":         {chosen, "10.0.0.1:5", "app:3000", http.Header{"X-Forwarded-For": {"8.8.8.8"}}, 200},
		"chosen: a page of another site":  {chosen, "127.0.0.1:5", "localhost:3000", http.Header{"Origin": {"https://evil.example"}}, 401},
		"chosen by the environment":       {inngest.Config{Getenv: environment("INNGEST_DEV", "1")}, "10.0.0.1:5", "app", nil, 200},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t, tc.config).with(returnEvent)
			r := httptest.NewRequestWithContext(t.Context(), "POST", "/?fnId=app-fn&stepId=step", strings.NewReader(string(request{}.bytes())))
			r.RemoteAddr, r.Host = tc.remote, tc.host
			for name, values := range tc.header {
				r.Header[name] = values
			}
			w := httptest.NewRecorder()
			app.Handler().ServeHTTP(w, r)
			if w.Code != tc.want {
				t.Errorf("answer is %d %s, want %d", w.Code, w.Body, tc.want)
			}
			if name == "another machine" && !strings.Contains(w.Body.String(), "INNGEST_DEV=1") {
				t.Errorf("the answer does not say what to set: %s", w.Body)
			}
		})
	}
}

// stateAPI serves the state of runs as the server does.
type stateAPI struct {
	*httptest.Server
	mu     sync.Mutex
	tokens []string
}

func newStateAPI(t *testing.T, accept, actions, batch string) *stateAPI {
	api := &stateAPI{}
	api.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		api.mu.Lock()
		defer api.mu.Unlock()
		token := r.Header.Get("Authorization")
		api.tokens = append(api.tokens, token)
		body := map[string]string{"/v0/runs/run-1/actions": actions, "/v0/runs/run-1/batch": batch}[r.URL.Path]
		switch {
		case accept != "" && token != accept:
			w.WriteHeader(http.StatusUnauthorized)
		case body == "":
			w.WriteHeader(http.StatusNotFound)
		default:
			_, _ = io.WriteString(w, body)
		}
	}))
	t.Cleanup(api.Close)
	return api
}

// hashedKey is testKey as a bearer token, and hashedFallback testFallback: the SHA-256 of the bytes behind the prefix.
const (
	hashedKey      = "Bearer signkey-test-b2ed992186a5cb19f6668aade821f502c1d00970dfd0e35128d51bac4649916c"
	hashedFallback = "Bearer signkey-test-"
)

// Guard 1 of PROTOCOL.md: state above 4 MiB is fetched.
func TestCallFetchesState(t *testing.T) {
	t.Parallel()
	memo := `{"` + hash("big") + `":{"data":"` + strings.Repeat("x", 1<<10) + `"}}`
	run := func(ctx context.Context, tools workflowkit.Tools, in workflowkit.RunInput) (json.RawMessage, error) {
		big, err := tools.Run(ctx, "big", func(context.Context) (json.RawMessage, error) {
			return nil, errors.New("executed again")
		})
		if err != nil {
			return nil, err
		}
		return json.Marshal(fmt.Sprint(len(big), string(in.Event.Data)))
	}
	useAPI := request{ctx: map[string]any{"use_api": true, "stack": map[string]any{"stack": []string{hash("big")}}}}
	event := `[{"name":"e","data":{"from":"api"}}]`
	sum := sha256.Sum256([]byte{0x87, 0x65, 0x43, 0x21})
	fallback := hashedFallback + hex.EncodeToString(sum[:])
	cases := map[string]struct {
		accept, actions, batch string
		status                 int
		message                string
		tokens                 []string
	}{
		"with the key": {hashedKey, memo, event, 200, `{\"from\":\"api\"}`, []string{hashedKey, hashedKey}},
		"with the fallback key": {
			fallback, memo, event, 200, `{\"from\":\"api\"}`, []string{hashedKey, fallback, fallback}, // which the API has accepted, so it is asked with that first
		},
		"no key is accepted": {"Bearer other", memo, event, 500, "answered 401", []string{hashedKey, fallback}},
		"no steps":           {hashedKey, "", event, 500, "/v0/runs/run-1/actions answered 404", []string{hashedKey, hashedKey}},
		"no events":          {hashedKey, memo, `[]`, 500, "there are none", []string{hashedKey}},
		"a step is missing":  {hashedKey, `{}`, event, 500, "step " + hash("big") + " is missing", []string{hashedKey, hashedKey}},
		"no JSON":            {hashedKey, "oops", event, 500, "fetch steps of the run", []string{hashedKey, hashedKey}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newStateAPI(t, tc.accept, tc.actions, tc.batch)
			app := newApp(t, inngest.Config{
				APIBaseURL: api.URL, SigningKey: testKey, SigningKeyFallback: testFallback, HTTPClient: api.Client(),
			}).with(run)
			r := useAPI
			r.header = sign(testKey, time.Now(), r.bytes())
			got := app.call(r)
			if got.status != tc.status || !strings.Contains(got.body, tc.message) {
				t.Errorf("answer is %d %.300s, want %d with %s", got.status, got.body, tc.status, tc.message)
			}
			if diff := cmp.Diff(tc.tokens, api.tokens); diff != "" {
				t.Errorf("tokens (-want +got):\n%s", diff)
			}
			if got.header.Get("X-Inngest-No-Retry") == "true" {
				t.Error("the server is told not to try again")
			}
		})
	}
}

func TestIntrospection(t *testing.T) {
	t.Parallel()
	config := inngest.Config{
		SigningKey: testKey, EventKey: "event-key", BaseURL: "http://inngest:8288", Env: "branch", ServePath: "/api/inngest",
	}
	app := newApp(t, config).with(returnEvent)
	get := func(header http.Header) map[string]any {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", http.NoBody)
		for name, values := range header {
			r.Header[name] = values
		}
		w := httptest.NewRecorder()
		app.Handler().ServeHTTP(w, r)
		var got map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
			t.Fatalf("answer is %d %s", w.Code, w.Body)
		}
		return got
	}
	public := map[string]any{
		"authentication_succeeded": nil, "function_count": 1.0, "has_event_key": true, "has_signing_key": true,
		"has_signing_key_fallback": false, "mode": "cloud", "schema_version": "2024-05-24",
	}
	if diff := cmp.Diff(public, get(nil)); diff != "" {
		t.Errorf("unsigned (-want +got):\n%s", diff)
	}
	public["authentication_succeeded"] = false
	if diff := cmp.Diff(public, get(sign("signkey-test-abcd", time.Now(), nil))); diff != "" {
		t.Errorf("signed wrongly (-want +got):\n%s", diff)
	}
	full := get(sign(testKey, time.Now(), nil))
	var names []string
	for name := range full {
		names = append(names, name)
	}
	slices.Sort(names)
	// Specification 4.5: these and no others.
	allowed := strings.Fields("api_origin app_id authentication_succeeded capabilities env event_api_origin event_key_hash framework function_count " +
		"has_event_key has_signing_key has_signing_key_fallback mode schema_version sdk_language sdk_version serve_origin serve_path " +
		"signing_key_fallback_hash signing_key_hash")
	if diff := cmp.Diff(allowed, names); diff != "" {
		t.Errorf("signed: names (-want +got):\n%s", diff)
	}
	for name, want := range map[string]any{
		"authentication_succeeded": true, "api_origin": "http://inngest:8288", "event_api_origin": "http://inngest:8288",
		"app_id": "app", "env": "branch", "serve_path": "/api/inngest", "serve_origin": nil,
		"signing_key_hash": strings.TrimPrefix(hashedKey, "Bearer "), "signing_key_fallback_hash": nil,
	} {
		if diff := cmp.Diff(want, full[name]); diff != "" {
			t.Errorf("signed: %s (-want +got):\n%s", name, diff)
		}
	}
}

func TestTrustProbe(t *testing.T) {
	t.Parallel()
	app := newApp(t, inngest.Config{SigningKey: testKey})
	if got := app.call(request{query: "probe=trust", body: "{}"}); got.status != 401 {
		t.Errorf("unsigned: answer is %d %s", got.status, got.body)
	}
	got := app.call(request{query: "probe=trust", body: "{}", header: sign(testKey, time.Now(), []byte("{}"))})
	if got.status != 200 || got.body != "{}" {
		t.Errorf("signed: answer is %d %s", got.status, got.body)
	}
	at := time.Now()
	var unix int64
	if _, err := fmt.Sscanf(got.header.Get("X-Inngest-Signature"), "t=%d&s=", &unix); err == nil {
		at = time.Unix(unix, 0)
	}
	if want := sign(testKey, at, []byte(got.body)).Get("X-Inngest-Signature"); got.header.Get("X-Inngest-Signature") != want {
		t.Errorf("signature of the answer is %q, want %q", got.header.Get("X-Inngest-Signature"), want)
	}
}

func TestHandlerWorksWhereItIsMounted(t *testing.T) {
	t.Parallel()
	serve := func(config inngest.Config, mount func(c *inngest.Client) http.Handler) (*httptest.Server, *registerAPI) {
		api := newRegisterAPI(t)
		config.BaseURL = api.URL
		client := newClient(t, config)
		if err := inngest.RegisterProgram(client, inngest.Function{ID: "fn", Events: []string{"e"}}, returnEvent); err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(mount(client))
		t.Cleanup(server.Close)
		return server, api
	}
	mounted := func(c *inngest.Client) http.Handler {
		router := mux.NewRouter()
		inngest.Mount(router, "/api/inngest/", c)
		return router
	}
	cases := map[string]struct {
		config inngest.Config
		mount  func(c *inngest.Client) http.Handler
		path   string
		url    string // that is registered, without the origin
	}{
		"gorilla/mux":                     {mount: mounted, path: "/api/inngest", url: "/api/inngest"},
		"gorilla/mux, a slash at the end": {mount: mounted, path: "/api/inngest/", url: "/api/inngest/"},
		"gorilla/mux under a prefix": {
			mount: func(c *inngest.Client) http.Handler {
				router := mux.NewRouter()
				inngest.Mount(router.PathPrefix("/cms").Subrouter(), "/api/inngest", c)
				return router
			}, path: "/cms/api/inngest", url: "/cms/api/inngest",
		},
		"at the root": {mount: func(c *inngest.Client) http.Handler { return c.Handler() }, path: "/", url: "/"},
		"behind StripPrefix with a serve path": {
			config: inngest.Config{ServePath: "/outer/inngest"},
			mount:  func(c *inngest.Client) http.Handler { return http.StripPrefix("/outer", c.Handler()) },
			path:   "/outer/inngest", url: "/outer/inngest",
		},
		"behind middleware": {
			mount: func(c *inngest.Client) http.Handler {
				return http.TimeoutHandler(http.MaxBytesHandler(c.Handler(), 1<<20), time.Minute, "")
			}, path: "/x", url: "/x",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, api := serve(tc.config, tc.mount)
			put(t, server, tc.path, nil, "")
			want := server.URL + tc.url + "?fnId=app-fn&stepId=step"
			if diff := cmp.Diff([]string{want}, api.urls()); diff != "" {
				t.Errorf("registered URLs (-want +got):\n%s", diff)
			}
			req, err := http.NewRequestWithContext(t.Context(), "POST", want, strings.NewReader(string(request{}.bytes())))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := server.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			if body, _ := io.ReadAll(resp.Body); resp.StatusCode != 200 {
				t.Errorf("a call at the registered URL is answered with %d %s", resp.StatusCode, body)
			}
		})
	}
}
