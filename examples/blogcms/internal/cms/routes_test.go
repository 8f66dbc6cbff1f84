package cms_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/cms"
	"github.com/workflowkit/workflowkit-go/loader"
)

// wantRoutes says for every route which role it takes. Empty means that everybody may, signed in or not. A route that is
// not in it fails the test, so nobody adds one without having thought about it.
var wantRoutes = map[string]loader.Role{
	"GET /healthz": "", "GET /assets/app.js": "", "GET /assets/icon.svg": "", "GET /assets/style.css": "",
	"GET /sign-in": "", "GET /sign-in/{id}": "", "GET /sign-in/{id}/callback": "", "POST /sign-out": "",

	"GET /": "viewer", "GET /live": "viewer", "GET /posts/{id:[0-9]+}": "viewer",
	"GET /automations": "viewer", "GET /automations/{id:[0-9]+}": "viewer", "GET /automations/{id}/versions": "viewer",
	"GET /automations/{id}/runs": "viewer", "GET /runs/{id}": "viewer", "GET /workflows": "viewer", "GET /workflows/{id:[0-9]+}": "viewer",
	"POST /automations/check": "viewer", "POST /automations/{id}/check": "viewer",
	"GET /api/blog-posts": "viewer", "GET /api/blog-posts/{id}": "viewer", "GET /api/workflows": "viewer",
	"GET /api/workflows/{id:[0-9]+}": "viewer", "GET /api/actions": "viewer", "POST /api/workflows/validate": "viewer",

	"POST /posts": "editor", "GET /posts/new": "editor", "POST /posts/preview": "editor", "POST /posts/{id:[0-9]+}": "editor",
	"GET /posts/{id}/edit": "editor", "POST /posts/{id}/review": "editor", "POST /posts/{id}/revert": "editor",
	"POST /posts/{id}/approve": "editor", "POST /posts/{id}/discard": "editor", "POST /posts/{id}/publish": "editor",
	"POST /posts/{id}/unpublish": "editor", "POST /automations": "editor", "GET /automations/new": "editor",
	"POST /automations/{id:[0-9]+}": "editor", "POST /automations/{id}/enable": "editor", "POST /automations/{id}/disable": "editor",
	"POST /api/blog-posts": "editor", "PUT /api/blog-posts/{id}": "editor", "POST /api/blog-posts/{id}/review": "editor",
	"POST /api/blog-posts/{id}/revert": "editor", "POST /api/blog-posts/{id}/approve": "editor", "POST /api/blog-posts/{id}/discard": "editor",
	"POST /api/blog-posts/{id}/publish": "editor", "POST /api/blog-posts/{id}/unpublish": "editor", "POST /api/workflows": "editor",
	"PUT /api/workflows/{id:[0-9]+}": "editor", "POST /api/workflows/{id}/enable": "editor", "POST /api/workflows/{id}/disable": "editor",

	"GET /users": "admin", "POST /users/{id}": "admin", "POST /users/{id}/sign-out": "admin",
	"GET /api/users": "admin", "PUT /api/users/{id}": "admin",
}

var placeholder = regexp.MustCompile(`\{id[^}]*\}`)

// TestEveryRouteForEveryRole makes each request as nobody, as a viewer, as an editor and as an admin.
func TestEveryRouteForEveryRole(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true, people: true})
	got := map[string]loader.Role{}
	for _, route := range cms.Routes(s.app) {
		got[route.Method+" "+route.Path] = route.Need
	}
	if diff := cmp.Diff(wantRoutes, got); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}
	clients := map[loader.Role]*site{"": s, "viewer": s.as("viewer"), "editor": s.as("editor"), "admin": s.as("admin")}
	for _, route := range slices.Sorted(maps.Keys(wantRoutes)) {
		need := wantRoutes[route]
		method, path, _ := strings.Cut(route, " ")
		if path == "/live" || path == "/sign-out" || strings.HasPrefix(path, "/sign-in/") {
			continue // a stream has no end, and the others change who is signed in: they have tests of their own
		}
		path = placeholder.ReplaceAllString(path, "1")
		for role, client := range clients {
			answer := client.try(method, path)
			allowed := need == "" || role.Includes(need)
			refused := answer.status == http.StatusUnauthorized || answer.status == http.StatusForbidden ||
				answer.status == http.StatusSeeOther && strings.HasPrefix(answer.header.Get("Location"), "/sign-in")
			if refused == allowed {
				t.Errorf("%s as %q: %d to %q, want allowed: %v", route, role, answer.status, answer.header.Get("Location"), allowed)
			}
			if want := http.StatusForbidden; !allowed && role != "" && answer.status != want {
				t.Errorf("%s as %q: %d, want %d", route, role, answer.status, want)
			}
			if isAPI := strings.HasPrefix(path, "/api/"); !allowed && isAPI {
				code, status := "FORBIDDEN", http.StatusForbidden
				if role == "" {
					code, status = "UNAUTHENTICATED", http.StatusUnauthorized
				}
				answer.fails(t, status, code, "")
			}
		}
	}
}

// try makes a request with a body that is right for nothing.
func (s *site) try(method, path string) answer {
	s.t.Helper()
	if strings.HasPrefix(path, "/api/") && method != http.MethodGet {
		return s.request(method, path, `{"nothing":1}`)
	}
	if method == http.MethodPost {
		return s.submit(path, "nothing", "1")
	}
	return s.get(path)
}

// TestEditorForEveryRole looks at the visual editor, which asks the application who may.
func TestEditorForEveryRole(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true, people: true})
	cases := map[loader.Role]struct{ page, list, save int }{
		"":       {http.StatusUnauthorized, http.StatusUnauthorized, http.StatusUnauthorized},
		"viewer": {http.StatusOK, http.StatusOK, http.StatusForbidden},
		"editor": {http.StatusOK, http.StatusOK, http.StatusOK},
		"admin":  {http.StatusOK, http.StatusOK, http.StatusOK},
	}
	for role, want := range cases {
		client := s
		if role != "" {
			client = s.as(role)
		}
		if got := client.get("/automations/editor/"); got.status != want.page {
			t.Errorf("the page for %q: %d", role, got.status)
		}
		if got := client.get("/automations/editor/api/workflows"); got.status != want.list {
			t.Errorf("the list for %q: %d", role, got.status)
		}
		if got := client.request(http.MethodPatch, "/automations/editor/api/workflows/1", `{"description":"new"}`); got.status != want.save {
			t.Errorf("a change by %q: %d %s", role, got.status, got.body)
		}
	}
}

// TestNobodyIsLedToTheSignIn comes back to the page that somebody wanted to see.
func TestNobodyIsLedToTheSignIn(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true, people: true})
	for path, want := range map[string]string{
		"/": "/sign-in", "/posts/1?x=1": "/sign-in?next=" + url.QueryEscape("/posts/1?x=1"), "/users": "/sign-in?next=%2Fusers",
	} {
		if got := s.get(path); got.status != http.StatusSeeOther || got.header.Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", path, got.status, got.header.Get("Location"), want)
		}
	}
	page := s.get("/sign-in?next=/posts/1").body
	if !strings.Contains(page, `href="/sign-in/test?next=%2fposts%2f1"`) && !strings.Contains(page, `href="/sign-in/test?next=/posts/1"`) {
		t.Errorf("the sign-in page forgets where to go:\n%s", page)
	}
	if strings.Contains(page, "Automations</a>") {
		t.Error("the sign-in page shows the menu")
	}
}

// TestExpiredSessionKeepsWhatWasWritten sends a form after the session has ended.
func TestExpiredSessionKeepsWhatWasWritten(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true, people: true})
	editor := s.as("editor")
	if _, err := s.db.DeleteUserSessions(t.Context(), s.userID("editor")); err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("Hours of work. ", 20)
	got := editor.submit("/posts", "title", "My <b>post</b>", "subtitle", "", "markdown", text)
	for _, want := range []string{text, `value="My &lt;b&gt;post&lt;/b&gt;"`, `action="/posts"`, "Sign in in a new window", `href="/sign-in"`} {
		if !strings.Contains(got.body, want) {
			t.Errorf("%d: the page does not have %q:\n%s", got.status, want, got.body)
		}
	}
	if got.status != http.StatusUnauthorized {
		t.Errorf("%d", got.status)
	}
	again := s.as("editor").submit("/posts", "title", "My post", "markdown", text)
	if again.status != http.StatusSeeOther {
		t.Errorf("sent again: %d", again.status)
	}
}

// TestReadersSeeNoButtons holds pages to offer nobody what would be refused.
func TestReadersSeeNoButtons(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true, people: true})
	for role, want := range map[loader.Role]bool{"viewer": false, "editor": true} {
		client := s.as(role)
		for _, path := range []string{"/", "/posts/1", "/automations", "/automations/1", "/automations/1/versions", "/automations/1/runs"} {
			found := 0
			for _, e := range elements(t, client.get(path).body) {
				if e.name == "form" && e.attrs["method"] == "post" && e.attrs["action"] != "/sign-out" || strings.HasSuffix(e.attrs["href"], "/new") || strings.HasSuffix(e.attrs["href"], "/edit") {
					found++
				}
			}
			if wants := want && !strings.HasSuffix(path, "s/1/versions") && !strings.HasSuffix(path, "s/1/runs"); (found > 0) != wants {
				t.Errorf("%s on %s: %d forms and links that change something", role, path, found)
			}
		}
	}
	for role, want := range map[loader.Role]bool{"viewer": false, "editor": false, "admin": true} {
		if got := strings.Contains(s.as(role).get("/").body, `href="/users"`); got != want {
			t.Errorf("%s sees the link to the users: %v", role, got)
		}
	}
	if got := fmt.Sprint(s.as("viewer").get("/posts/new").status); got != "403" {
		t.Errorf("the form for a viewer: %s", got)
	}
}
