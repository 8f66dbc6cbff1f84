package cms_test

import (
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"strings"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/access"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/access/issuertest"
	"github.com/workflowkit/workflowkit-go/loader"
)

// accounts has one for each role.
var accounts = []issuertest.Person{
	{Subject: "viewer", Email: "viewer@example.com", Name: "Vera Viewer"},
	{Subject: "editor", Email: "editor@example.com", Name: "Ed Editor"},
	{Subject: "admin", Email: "admin@example.com", Name: "Ada Admin"},
	{Subject: "new", Email: "new@example.com", Name: "Nina New"},
}

// issue starts an issuer with the accounts, gives them their roles, and returns how the site at the URL lets them in.
func (s *site) issue(url string) *access.Access {
	s.t.Helper()
	var err error
	if s.issuer, err = issuertest.New(accounts...); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(s.issuer.Close)
	for _, account := range accounts[:3] {
		_, err := s.db.SignIn(s.t.Context(), loader.Account{
			Issuer: s.issuer.URL, Subject: account.Subject, Email: account.Email, Name: account.Name,
		}, loader.SignInRule{New: loader.Role(account.Subject)})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	people, err := access.New(access.Config{
		DB: s.db, BaseURL: url, Logger: slog.New(slog.DiscardHandler),
		Providers: []access.Provider{{ID: "test", Name: "the test", Issuer: s.issuer.URL, ClientID: issuertest.ClientID, ClientSecret: issuertest.ClientSecret}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return people
}

// userID returns the id of the account with a name.
func (s *site) userID(subject string) string {
	s.t.Helper()
	users, err := s.db.Users(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, user := range users {
		if strings.HasPrefix(user.Email, subject+"@") {
			return user.ID
		}
	}
	s.t.Fatalf("there is no user %q", subject)
	return ""
}

// as returns the site as somebody sees it who has signed in, in a browser of their own.
func (s *site) as(role loader.Role) *site {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	out := *s
	out.http = &http.Client{Jar: jar, CheckRedirect: s.http.CheckRedirect, Transport: s.http.Transport}
	left := out.get("/sign-in/test?next=/")
	back, err := s.issuer.Answer(left.header.Get("Location"), string(role)+"@example.com")
	if err != nil {
		s.t.Fatalf("%v: %d %s", err, left.status, left.body)
	}
	if got := out.get(strings.TrimPrefix(back, s.base)); got.status != http.StatusSeeOther || got.header.Get("Location") != "/" {
		s.t.Fatalf("sign in as %s: %d to %q\n%s", role, got.status, got.header.Get("Location"), got.body)
	}
	return &out
}
