package editor_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/workflowkit/editor"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/memory"
)

// TestEveryRouteChecksPermissions asks for every operation as everybody. Nobody must get beyond what they may do, and
// those who may must get beyond the check.
func TestEveryRouteChecksPermissions(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.create("Sample", one("a"), one("b"))
	for _, op := range b.editor.Operations() {
		if op.Stream {
			op.Path += "?unknown=1" // a stream that is allowed would not end
		}
		path := strings.NewReplacer("{id}", "1", "{number}", "1").Replace(op.Path)
		var body any
		if op.Method != http.MethodGet {
			body = map[string]any{"nonsense": true}
		}
		for _, as := range []string{"", "-", "v", "ve", "vp", "vep", "ep"} {
			b.as = as
			if op.Stream && strings.Contains(as, "v") {
				continue
			}
			got := b.do(op.Method, path, body)
			switch {
			case as == "":
				got.refused(http.StatusUnauthorized, "unauthenticated", "sign in")
			case !strings.Contains(as, "v"):
				got.refused(http.StatusForbidden, "forbidden", "may not see")
			case !strings.Contains(as, op.Need[:1]):
				got.refused(http.StatusForbidden, "forbidden", "permission to "+op.Need)
			case got.status == http.StatusForbidden || got.status == http.StatusUnauthorized || got.status >= http.StatusInternalServerError:
				t.Errorf("%s %s as %q: status %d: %s", op.Method, op.Path, as, got.status, got.body)
			}
		}
	}
	b.as = ""
	for _, path := range []string{"/", "/workflows/1", "/assets/x.js", "/api/nothing"} {
		b.get(path).want(http.StatusUnauthorized)
	}
	if page := b.get("/"); strings.Contains(string(page.body), "editor-config") {
		t.Errorf("nobody sees the page: %s", page.body)
	}
}

func TestWhatRunsTakesThePermissionToPublish(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.create("Sample")
	b.as = "ve"
	b.post("/api/workflows", map[string]any{"name": "On", "enabled": true}).refused(http.StatusForbidden, "forbidden", "publish")
	b.post("/api/workflows", map[string]any{"name": "Off", "enabled": false, "trigger": "x"}).want(http.StatusCreated)
	for field, value := range map[string]any{"enabled": true, "trigger": "x"} {
		b.do(http.MethodPatch, "/api/workflows/1", map[string]any{field: value}).refused(http.StatusForbidden, "forbidden", "publish")
	}
	b.do(http.MethodPatch, "/api/workflows/1", map[string]any{"name": "New", "description": "two\nlines"}).want(http.StatusOK)
	b.as = "vep"
	b.do(http.MethodPatch, "/api/workflows/1", map[string]any{"enabled": true, "trigger": "y"}).want(http.StatusOK)
}

func TestWithoutAuthorizeNobodyMayDoAnything(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(c *editor.Config) { c.Authorize = nil })
	b.get("/api/workflows").refused(http.StatusForbidden, "forbidden", "set Authorize")
	if page := b.get("/").want(http.StatusForbidden); !strings.Contains(string(page.body), "Set Authorize") && !strings.Contains(string(page.body), "set Authorize") {
		t.Errorf("the page does not say why: %s", page.body)
	}
}

func TestRequestsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	for name, header := range map[string][]string{
		"fetch metadata": {"Sec-Fetch-Site", "cross-site"}, "same site": {"Sec-Fetch-Site", "same-site"}, "origin": {"Origin", "https://evil.example"},
	} {
		b.do(http.MethodPost, "/api/workflows", map[string]any{"name": name}, header...).refused(http.StatusForbidden, "forbidden", "another site")
	}
	b.do(http.MethodPost, "/api/workflows", map[string]any{"name": "own"}, "Sec-Fetch-Site", "same-origin").want(http.StatusCreated)

	trusting := http.NewCrossOriginProtection()
	if err := trusting.AddTrustedOrigin("https://app.example"); err != nil {
		t.Fatal(err)
	}
	b = newBed(t, func(c *editor.Config) { c.Protection = trusting })
	b.do(http.MethodPost, "/api/workflows", map[string]any{"name": "x"}, "Origin", "https://app.example").want(http.StatusCreated)
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	e, err := editor.Handler(editor.Config{Engine: newEngine(t), Store: memory.New(), Authorize: editor.Loopback})
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		from, host string
		header     string
		want       int
	}{
		"this machine":             {from: "127.0.0.1:5000", host: "localhost:3000", want: 200},
		"this machine, IPv6":       {from: "[::1]:5000", host: "[::1]:3000", want: 200},
		"mapped":                   {from: "[::ffff:127.0.0.1]:5000", host: "127.0.0.1", want: 200},
		"another machine":          {from: "192.0.2.1:5000", host: "localhost:3000", want: 403},
		"a name that was rebound":  {from: "127.0.0.1:5000", host: "evil.example:3000", want: 403},
		"a name that looks right":  {from: "127.0.0.1:5000", host: "localhost.evil.example", want: 403},
		"a proxy on this machine":  {from: "127.0.0.1:5000", host: "localhost:3000", header: "X-Forwarded-For", want: 403},
		"a proxy with a new field": {from: "127.0.0.1:5000", host: "localhost:3000", header: "Forwarded", want: 403},
		"no address":               {from: "@", host: "localhost:3000", want: 403},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/session", nil)
			r.RemoteAddr, r.Host = tc.from, tc.host
			if tc.header != "" {
				r.Header.Set(tc.header, "192.0.2.1")
			}
			w := httptest.NewRecorder()
			e.ServeHTTP(w, r)
			if w.Code != tc.want {
				t.Errorf("status %d, want %d: %s", w.Code, tc.want, w.Body)
			}
		})
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	for _, path := range []string{"/", "/api/session", "/api/nothing", "/assets/none.js", "/workflows/1"} {
		header := b.get(path).header
		policy := header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'self'", "script-src 'self'", "object-src 'none'", "base-uri 'self'", "frame-ancestors 'self'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: policy %q does not have %s", path, policy, want)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
			t.Errorf("%s: policy %q is loose", path, policy)
		}
		if header.Get("X-Content-Type-Options") != "nosniff" || header.Get("X-Frame-Options") == "" || header.Get("Referrer-Policy") == "" {
			t.Errorf("%s: header %v", path, header)
		}
	}
}
