package access_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/access"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newAccess(t *testing.T, config access.Config) *access.Access {
	t.Helper()
	config.DB = loadertest.Open(t, loadertest.SQLite(t))
	config.Logger = slog.New(slog.DiscardHandler)
	a, err := access.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestLocalAdmin(t *testing.T) {
	t.Parallel()
	a := newAccess(t, access.Config{})
	cases := map[string]struct {
		remote, host string
		header       string
		here         bool
	}{
		"this machine":              {"127.0.0.1:50000", "localhost:3000", "", true},
		"this machine, by address":  {"127.0.0.1:50000", "127.0.0.1:3000", "", true},
		"this machine, by IPv6":     {"[::1]:50000", "[::1]:3000", "", true},
		"this machine, mapped":      {"[::ffff:127.0.0.1]:50000", "localhost", "", true},
		"another machine":           {"203.0.113.7:50000", "localhost:3000", "", false},
		"the same network":          {"192.168.0.7:50000", "192.168.0.1:3000", "", false},
		"a name that leads here":    {"127.0.0.1:50000", "evil.example:3000", "", false},
		"a proxy that says so":      {"127.0.0.1:50000", "localhost:3000", "X-Forwarded-For", false},
		"a proxy that says via":     {"127.0.0.1:50000", "localhost:3000", "Via", false},
		"a proxy in new words":      {"127.0.0.1:50000", "localhost:3000", "Forwarded", false},
		"a proxy that hides itself": {"127.0.0.1:50000", "blog.example.com", "", false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "http://"+tc.host+"/", http.NoBody)
			r.RemoteAddr = tc.remote
			if tc.header != "" {
				r.Header.Set(tc.header, "127.0.0.1")
			}
			person, err := a.Identify(r)
			if tc.here && (err != nil || !person.Local || person.Role != loader.RoleAdmin) {
				t.Errorf("%+v, %v; want the local admin", person, err)
			}
			if !tc.here && err == nil {
				t.Errorf("%+v is the local admin", person)
			}
		})
	}
}

func TestClientAddress(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		remote    string
		forwarded []string
		want      string
	}{
		"no proxy":                     {"203.0.113.7:1", nil, "203.0.113.7"},
		"no proxy, but a header":       {"203.0.113.7:1", []string{"198.51.100.1"}, "203.0.113.7"},
		"a proxy of ours":              {"10.0.0.1:1", []string{"198.51.100.1"}, "198.51.100.1"},
		"a proxy and a made-up header": {"127.0.0.1:1", []string{"192.0.2.1, 198.51.100.1"}, "198.51.100.1"},
		"two headers":                  {"127.0.0.1:1", []string{"192.0.2.1", "198.51.100.1"}, "198.51.100.1"},
		"a header that is none":        {"127.0.0.1:1", []string{"unknown"}, "127.0.0.1"},
		"IPv6":                         {"[2001:db8:1:2:3::4]:1", nil, "2001:db8:1:2::/64"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
			r.RemoteAddr = tc.remote
			for _, value := range tc.forwarded {
				r.Header.Add("X-Forwarded-For", value)
			}
			if got := access.ClientAddress(r); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

func TestConfigurations(t *testing.T) {
	t.Parallel()
	good := access.Provider{ID: "oidc", Name: "Company", Issuer: "https://issuer.example", ClientID: "c"}
	with := func(change func(*access.Provider)) []access.Provider {
		p := good
		change(&p)
		return []access.Provider{p}
	}
	cases := map[string]struct {
		config access.Config
		want   string // empty: accepted
	}{
		"https":               {access.Config{Providers: []access.Provider{good}, BaseURL: "https://blog.example.com"}, ""},
		"http on loopback":    {access.Config{Providers: []access.Provider{good}, BaseURL: "http://127.0.0.1:3000/"}, ""},
		"http elsewhere":      {access.Config{Providers: []access.Provider{good}, BaseURL: "http://blog.example.com"}, "must be https"},
		"no URL":              {access.Config{Providers: []access.Provider{good}}, "APP_URL"},
		"a URL with a path":   {access.Config{Providers: []access.Provider{good}, BaseURL: "https://example.com/blog"}, "no path"},
		"no URL at all":       {access.Config{Providers: []access.Provider{good}, BaseURL: "blog.example.com"}, "must be like"},
		"an issuer over http": {access.Config{Providers: with(func(p *access.Provider) { p.Issuer = "http://issuer.example" }), BaseURL: "https://blog.example.com"}, "https URL"},
		"no client id":        {access.Config{Providers: with(func(p *access.Provider) { p.ClientID = "" }), BaseURL: "https://blog.example.com"}, "no client id"},
		"an odd id":           {access.Config{Providers: with(func(p *access.Provider) { p.ID = "../x" }), BaseURL: "https://blog.example.com"}, "the id of a provider"},
	}
	db := loadertest.Open(t, loadertest.SQLite(t))
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.config.DB = db
			_, err := access.New(tc.config)
			if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("the error is %v, want %q", err, tc.want)
			}
		})
	}
	if _, err := access.New(access.Config{}); err == nil {
		t.Error("an Access without a database")
	}
}

func TestLocalPath(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"/posts/1?a=b#c": "/posts/1?a=b#c", "": "/", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/",
		"/%5Cevil.example": "/%5Cevil.example", "posts": "/", "/sign-out": "/", "/x/../sign-out": "/", "/a\nb": "/", "/\tx": "/",
	} {
		if got := access.LocalPath(to); got != want {
			t.Errorf("%q leads to %q, want %q", to, got, want)
		}
	}
}
