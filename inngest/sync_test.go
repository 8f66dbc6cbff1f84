package inngest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/inngest"
)

// registerAPI takes registrations as a server does.
type registerAPI struct {
	*httptest.Server
	mu      sync.Mutex
	bodies  []map[string]any
	tokens  []string
	headers []http.Header
	queries []string
}

func newRegisterAPI(t *testing.T) *registerAPI {
	api := &registerAPI{}
	api.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		api.mu.Lock()
		defer api.mu.Unlock()
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.URL.Path != "/fn/register" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		api.bodies, api.tokens = append(api.bodies, body), append(api.tokens, r.Header.Get("Authorization"))
		api.headers, api.queries = append(api.headers, r.Header), append(api.queries, r.URL.RawQuery)
		_, _ = io.WriteString(w, `{"ok":true,"modified":true}`)
	}))
	t.Cleanup(api.Close)
	return api
}

// urls returns the URLs of all functions that were registered.
func (api *registerAPI) urls() []string {
	api.mu.Lock()
	defer api.mu.Unlock()
	var urls []string
	for _, body := range api.bodies {
		for _, f := range body["functions"].([]any) {
			runtime := f.(map[string]any)["steps"].(map[string]any)["step"].(map[string]any)["runtime"].(map[string]any)
			urls = append(urls, runtime["url"].(string))
		}
	}
	return urls
}

func put(t *testing.T, server *httptest.Server, path string, header http.Header, body string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "PUT", server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{status: resp.StatusCode, body: string(raw), header: resp.Header}
}

func TestSync(t *testing.T) {
	t.Parallel()
	body := `{"url":"https://app.example/api/inngest"}`
	signed := func(ahead time.Duration, body []byte) func() http.Header {
		return func() http.Header { return sign(testKey, time.Now().Add(ahead), body) }
	}
	cases := map[string]struct {
		config     inngest.Config
		header     func() http.Header
		body       string
		status     int
		kind       string
		registered int
	}{
		"dev mode, unsigned":          {config: inngest.Config{}, status: 200, kind: "out_of_band", registered: 1},
		"cloud mode, unsigned":        {config: inngest.Config{SigningKey: testKey}, status: 401},
		"cloud mode, allowed":         {config: inngest.Config{SigningKey: testKey, AllowUnsignedSync: true}, status: 200, kind: "out_of_band", registered: 1},
		"cloud mode, signed":          {config: inngest.Config{SigningKey: testKey}, header: signed(0, []byte(body)), body: body, status: 200, kind: "in_band"},
		"signed with spaces":          {config: inngest.Config{SigningKey: testKey}, header: signed(0, []byte(body+"  ")), body: body + "  ", status: 200, kind: "in_band"},
		"signed in the far future":    {config: inngest.Config{SigningKey: testKey}, header: signed(time.Hour, []byte(body)), body: body, status: 401},
		"signed wrongly":              {config: inngest.Config{SigningKey: testKey}, header: signed(0, []byte("{}")), body: body, status: 401},
		"signed wrongly, and allowed": {config: inngest.Config{SigningKey: testKey, AllowUnsignedSync: true}, header: signed(0, []byte("{}")), body: body, status: 401},
		"signed, without a URL":       {config: inngest.Config{SigningKey: testKey}, header: signed(0, []byte(`{}`)), body: `{}`, status: 400},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newRegisterAPI(t)
			tc.config.APIBaseURL = api.URL
			app := newApp(t, tc.config).with(returnEvent)
			server := httptest.NewServer(app.Handler())
			t.Cleanup(server.Close)
			var header http.Header
			if tc.header != nil {
				header = tc.header()
			}
			got := put(t, server, "/api/inngest", header, tc.body)
			if got.status != tc.status || got.header.Get("X-Inngest-Sync-Kind") != tc.kind {
				t.Errorf("answer is %d (%s) %s", got.status, got.header.Get("X-Inngest-Sync-Kind"), got.body)
			}
			if tc.kind == "in_band" && !strings.Contains(got.body, "https://app.example/api/inngest?fnId=app-fn") {
				t.Errorf("the answer does not hold the function's URL: %s", got.body)
			}
			if len(api.bodies) < tc.registered {
				t.Errorf("%d registrations, want %d", len(api.bodies), tc.registered)
			}
			for _, token := range api.tokens {
				want := ""
				if tc.config.SigningKey != "" {
					want = hashedKey
				}
				if diff := cmp.Diff(want, token); diff != "" {
					t.Errorf("token (-want +got):\n%s", diff)
				}
			}
		})
	}
}
