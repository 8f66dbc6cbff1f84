package cms_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/loader"
)

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true, people: true})
	nina := s.as("new") // who is nobody yet
	if got := nina.get("/"); got.status != http.StatusOK || !strings.Contains(got.body, "Nina New") || !strings.Contains(got.body, "viewer") {
		t.Errorf("%d %s", got.status, got.body)
	}
	for _, header := range []string{"", "cross-site"} {
		got := nina.request(http.MethodPost, "/sign-out", "", "Sec-Fetch-Site", header)
		if header != "" {
			if got.status != http.StatusForbidden {
				t.Errorf("signed out by another site: %d", got.status)
			}
			continue
		}
		if got.status != http.StatusSeeOther || got.header.Get("Location") != "/sign-in?done=out" {
			t.Errorf("%d to %q", got.status, got.header.Get("Location"))
		}
	}
	if got := nina.get("/"); got.status != http.StatusSeeOther {
		t.Errorf("after signing out: %d", got.status)
	}
	if got := s.get("/sign-in?done=out"); !strings.Contains(got.body, "You are signed out") {
		t.Error("the page does not say so")
	}
	if got := s.get("/sign-in/nobody"); got.status != http.StatusNotFound {
		t.Errorf("a provider that there is not: %d", got.status)
	}
	if got := s.get("/sign-in/test/callback?state=x&code=y"); got.status != http.StatusForbidden || !strings.Contains(got.body, "sign in again") || !strings.Contains(got.body, `href="/sign-in/test"`) {
		t.Errorf("a made-up answer: %d %s", got.status, got.body)
	}
}

// TestIssuerIsDown tells whose fault it is.
func TestIssuerIsDown(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{people: true})
	s.issuer.Close()
	if got := s.get("/sign-in/test"); got.status != http.StatusBadGateway || !strings.Contains(got.body, "EXTERNAL_SERVICE_ERROR") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestRoles(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true, people: true})
	admin, viewer := s.as("admin"), s.as("viewer")
	id := s.userID("viewer")
	page := admin.get("/users").body
	for _, want := range []string{"Vera Viewer", "viewer@example.com", "(you)", `action="/users/` + id + `"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	if got := admin.submit("/users/"+id, "role", "editor"); got.header.Get("Location") != "/users?done=role" {
		t.Errorf("%d %s", got.status, got.body)
	}
	viewer.decide(1, "review") // at once, in the session that they have
	var body struct{ User loader.User }
	admin.request(http.MethodPut, "/api/users/"+id, `{"role":"viewer"}`).into(t, http.StatusOK, &body)
	if body.User.Role != loader.RoleViewer {
		t.Errorf("%+v", body.User)
	}
	viewer.request(http.MethodPost, "/api/blog-posts/1/revert", "").fails(t, http.StatusForbidden, "FORBIDDEN", "takes the role editor")

	self := s.userID("admin")
	admin.request(http.MethodPut, "/api/users/"+self, `{"role":"viewer"}`).fails(t, http.StatusConflict, "LAST_ADMIN", "last admin")
	if got := admin.submit("/users/"+self, "role", "editor"); got.status != http.StatusConflict || !strings.Contains(got.body, "last admin") {
		t.Errorf("%d %s", got.status, got.body)
	}
	admin.request(http.MethodPut, "/api/users/"+id, `{"role":"owner"}`).fails(t, http.StatusBadRequest, "VALIDATION_ERROR", "viewer, editor or admin")
	admin.request(http.MethodPut, "/api/users/nobody", `{"role":"viewer"}`).fails(t, http.StatusNotFound, "NOT_FOUND", "")
	if got := admin.submit("/users/"+id, "role", ""); got.status != http.StatusBadRequest {
		t.Errorf("no role: %d", got.status)
	}
	if got := admin.submit("/users/" + id + "/sign-out"); got.header.Get("Location") != "/users?done=signed-out" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := viewer.get("/"); got.status != http.StatusSeeOther {
		t.Errorf("somebody who was signed out: %d", got.status)
	}
}

// TestVersionsHaveAuthors says who has drawn what.
func TestVersionsHaveAuthors(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true, people: true})
	editor := s.as("editor")
	if got := editor.request(http.MethodPut, "/api/workflows/1", `{"workflow":`+reviewWorkflow+`}`); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if page := editor.get("/automations/1/versions").body; !strings.Contains(page, "<td>Ed Editor</td>") {
		t.Errorf("the version has no author:\n%s", page)
	}
}
