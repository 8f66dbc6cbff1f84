package cms_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestRefusedRequests(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true})
	huge := `{"title":"` + strings.Repeat("x", 5<<20) + `"}`
	cases := map[string]struct {
		method, path, body string
		headers            []string
		status             int
		code               string
	}{
		"a path of nobody":         {"GET", "/api/nothing", "", nil, 404, "NOT_FOUND"},
		"a path below a post":      {"GET", "/api/blog-posts/1/2/3", "", nil, 404, "NOT_FOUND"},
		"a method of nobody":       {"DELETE", "/api/blog-posts/1", "", nil, 405, "METHOD_NOT_ALLOWED"},
		"a decision by GET":        {"GET", "/api/blog-posts/1/review", "", nil, 405, "METHOD_NOT_ALLOWED"},
		"a body that is too large": {"POST", "/api/blog-posts", huge, nil, 413, "BODY_TOO_LARGE"},
		"a form":                   {"POST", "/api/blog-posts", "title=a", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "UNSUPPORTED_MEDIA_TYPE"},
		"no type":                  {"POST", "/api/blog-posts", "{}", []string{"Content-Type", ""}, 415, "UNSUPPORTED_MEDIA_TYPE"},
		"a page of another site":   {"POST", "/api/blog-posts/1/review", "", []string{"Sec-Fetch-Site", "cross-site"}, 403, "CROSS_SITE_REQUEST"},
		"another origin":           {"POST", "/api/blog-posts/1/review", "", []string{"Origin", "https://evil.example"}, 403, "CROSS_SITE_REQUEST"},
		"another port of the host": {"PUT", "/api/workflows/1", "{}", []string{"Origin", "http://127.0.0.1:1"}, 403, "CROSS_SITE_REQUEST"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := s.request(tc.method, tc.path, tc.body, tc.headers...)
			got.fails(t, tc.status, tc.code, "")
			if allow := got.header.Get("Allow"); (allow == "") == (tc.status == http.StatusMethodNotAllowed) {
				t.Errorf("Allow is %q", allow)
			}
		})
	}
}

// TestCrossSiteForm is what another site could make a browser send.
func TestCrossSiteForm(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true})
	got := s.request(http.MethodPost, "/posts/1/publish", "", "Sec-Fetch-Site", "cross-site", "Content-Type", "application/x-www-form-urlencoded")
	if got.status != http.StatusForbidden || !strings.Contains(got.header.Get("Content-Type"), "text/html") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if post := s.post(1); post.Status != "draft" {
		t.Errorf("the post is %q", post.Status)
	}
}

// TestServeEndpoint is reachable by Inngest and, since it is in dev mode that nobody asked for, by nobody else.
func TestServeEndpoint(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	if got := s.get("/api/inngest"); got.status != http.StatusOK || !strings.Contains(got.body, "function_count") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := s.request(http.MethodGet, "/api/inngest", "", "X-Forwarded-For", "203.0.113.1"); got.status != http.StatusUnauthorized {
		t.Errorf("through a proxy: %d %s", got.status, got.body)
	}
	if got := s.request(http.MethodPut, "/api/inngest", "", "Sec-Fetch-Site", "cross-site"); got.status == http.StatusOK {
		t.Errorf("for a page of another site: %d %s", got.status, got.body)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	if got := s.get("/healthz"); got.status != http.StatusOK || got.body != `{"status":"ok"}`+"\n" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := s.request(http.MethodHead, "/healthz", ""); got.status != http.StatusOK || got.body != "" {
		t.Errorf("HEAD: %d %s", got.status, got.body)
	}
}

// TestBrokenDatabase shows that something is wrong, and nothing of what.
func TestBrokenDatabase(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true})
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	s.get("/healthz").fails(t, http.StatusServiceUnavailable, "DATABASE_ERROR", "does not answer")
	for _, path := range []string{"/api/blog-posts", "/api/blog-posts/1", "/api/workflows", "/api/workflows/1"} {
		got := s.get(path)
		got.fails(t, http.StatusInternalServerError, "DATABASE_ERROR", "see the log")
		if strings.Contains(got.body, "closed") {
			t.Errorf("%s tells what is wrong: %s", path, got.body)
		}
	}
	s.request(http.MethodPost, "/api/blog-posts/1/review", "").fails(t, http.StatusInternalServerError, "DATABASE_ERROR", "see the log")
	for _, path := range []string{"/", "/posts/1", "/automations", "/automations/1"} {
		if got := s.get(path); got.status != http.StatusInternalServerError || !strings.Contains(got.body, "DATABASE_ERROR") {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	if !s.log.contains("database is closed") {
		t.Error("the log does not tell what is wrong")
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true})
	for _, path := range []string{"/", "/posts/1", "/api/blog-posts", "/nothing", "/api/nothing", "/healthz"} {
		got := s.get(path).header
		if policy := got.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; style-src 'self'; script-src 'self';") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
		} {
			if got.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, got.Get(name))
			}
		}
	}
}
