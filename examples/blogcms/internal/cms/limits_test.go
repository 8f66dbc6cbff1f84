package cms_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/cms"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/limit"
	"github.com/workflowkit/workflowkit-go/loader"
)

func TestTooManyReviews(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{people: true, limits: cms.Limits{Starts: limit.Rate{Burst: 2, Every: time.Minute}}})
	for range 3 {
		s.newPost("A post", "text")
	}
	editor, admin := s.as("editor"), s.as("admin")
	editor.decide(1, "review")
	if got := editor.submit("/posts/2/publish"); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, got.body)
	}
	got := editor.request(http.MethodPost, "/api/blog-posts/3/review", "")
	got.fails(t, http.StatusTooManyRequests, "RATE_LIMITED", "try again in 60 seconds")
	if seconds, err := strconv.Atoi(got.header.Get("Retry-After")); err != nil || seconds < 55 || seconds > 60 {
		t.Errorf("Retry-After is %q", got.header.Get("Retry-After"))
	}
	page := editor.submit("/posts/3/review")
	if page.status != http.StatusTooManyRequests || page.header.Get("Retry-After") == "" || !strings.Contains(page.body, "Please wait a moment") {
		t.Errorf("%d %s", page.status, page.body)
	}
	if post := editor.post(3); post.Status != loader.StatusDraft {
		t.Errorf("the post is %q", post.Status)
	}
	editor.decide(1, "revert") // which starts nothing
	admin.decide(3, "review")  // and others have bounds of their own
}

func TestTooManySignIns(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{people: true, limits: cms.Limits{SignIns: limit.Rate{Burst: 3, Every: time.Minute}}})
	for i := range 4 {
		got := s.get("/sign-in/test")
		if want := i < 3; (got.status == http.StatusSeeOther) != want {
			t.Errorf("attempt %d: %d", i+1, got.status)
		}
		if i == 3 && (got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "") {
			t.Errorf("%d, Retry-After %q", got.status, got.header.Get("Retry-After"))
		}
	}
	if got := s.get("/sign-in/test/callback?state=x"); got.status != http.StatusTooManyRequests {
		t.Errorf("guessing states: %d", got.status)
	}
	if got := s.get("/sign-in"); got.status != http.StatusOK {
		t.Errorf("the page itself: %d", got.status)
	}
}

// TestLocalAdmin is who uses the application on its machine, and nobody who only seems to.
func TestLocalAdmin(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true, limits: cms.Limits{LocalStarts: limit.Rate{Burst: 1, Every: time.Minute}}})
	if got := s.get("/"); got.status != http.StatusOK || !strings.Contains(got.body, "No sign-in is set up") {
		t.Errorf("%d, without a notice", got.status)
	}
	if got := s.get("/users"); got.status != http.StatusOK || !strings.Contains(got.body, "OIDC_ISSUER") {
		t.Errorf("the page of users does not tell how to set up the sign-in: %d", got.status)
	}
	for _, header := range []string{"X-Forwarded-For", "Forwarded", "Via"} {
		if got := s.request(http.MethodGet, "/", "", header, "for=127.0.0.1"); got.status != http.StatusForbidden || !strings.Contains(got.body, "OIDC_ISSUER") {
			t.Errorf("through a proxy (%s): %d", header, got.status)
		}
		s.request(http.MethodPost, "/api/blog-posts/1/review", "", header, "127.0.0.1").fails(t, http.StatusForbidden, "FORBIDDEN", "OIDC_ISSUER")
		if got := s.request(http.MethodGet, "/automations/editor/api/workflows", "", header, "127.0.0.1"); got.status != http.StatusForbidden {
			t.Errorf("the editor through a proxy (%s): %d", header, got.status)
		}
	}
	s.decide(1, "review")
	s.request(http.MethodPost, "/api/blog-posts/2/review", "").fails(t, http.StatusTooManyRequests, "RATE_LIMITED", "")
	if got := s.get("/sign-in?next=/users"); got.status != http.StatusSeeOther || got.header.Get("Location") != "/users" {
		t.Errorf("the sign-in page: %d to %q", got.status, got.header.Get("Location"))
	}
}
