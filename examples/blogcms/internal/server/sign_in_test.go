package server_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/access/issuertest"
)

// TestSignIn uses an issuer that is named by the environment, as a browser does.
func TestSignIn(t *testing.T) {
	t.Parallel()
	issuer, err := issuertest.New(issuertest.Person{Subject: "1", Email: "ann@example.com", Name: "Ann"}, issuertest.Person{Subject: "2", Email: "eve@evil.example"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(issuer.Close)
	p := start(t, sqlite(t), "OIDC_ISSUER="+issuer.URL, "OIDC_CLIENT_ID="+issuertest.ClientID, "OIDC_CLIENT_SECRET="+issuertest.ClientSecret,
		"OIDC_NAME=The company", "AUTH_ADMINS= ann@example.com,", "AUTH_ALLOWED=example.com")
	if status, body := request(t, http.MethodPost, p.url+"/api/blog-posts/1/review"); status != http.StatusUnauthorized {
		t.Errorf("without a sign-in: %d %s", status, body)
	}
	if status, body := request(t, http.MethodGet, p.url+"/sign-in"); status != http.StatusOK || !strings.Contains(body, "Continue with The company") {
		t.Errorf("the sign-in page: %d %s", status, body)
	}
	signIn := func(email string) (*http.Client, string) {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		browser := &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}
		browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
			if strings.HasPrefix(r.URL.String(), issuer.URL) { // where a person clicks
				q := r.URL.Query()
				q.Set("login_hint", email)
				r.URL.RawQuery = q.Encode()
			}
			return nil
		}
		response, err := browser.Get(strings.Replace(p.url, "127.0.0.1", "localhost", 1) + "/sign-in/oidc?next=/users")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return browser, string(body)
	}
	ann, page := signIn("ann@example.com")
	if !strings.Contains(page, "<h1>Users</h1>") || !strings.Contains(page, "ann@example.com") {
		t.Errorf("after the sign-in:\n%s", page)
	}
	response, err := ann.Post(p.url+"/api/blog-posts/1/review", "application/json", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("the admin's review: %s", response.Status)
	}
	if _, page := signIn("eve@evil.example"); !strings.Contains(page, "eve@evil.example may not sign in here") {
		t.Errorf("somebody of another domain:\n%s", page)
	}
	p.end()
}
