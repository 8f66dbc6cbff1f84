package editor_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/mux"

	"github.com/workflowkit/workflowkit-go/workflowkit/editor"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/memory"
)

// TestMounted mounts the editor in every way that the manual names, and asks for its page, its API and its redirect.
func TestMounted(t *testing.T) {
	t.Parallel()
	stdlib := func(pattern string, wrap func(http.Handler) http.Handler) func(http.Handler) http.Handler {
		return func(h http.Handler) http.Handler {
			m := http.NewServeMux()
			m.Handle(pattern, wrap(h))
			return m
		}
	}
	asItIs := func(h http.Handler) http.Handler { return h }
	strip := func(prefix string) func(http.Handler) http.Handler {
		return func(h http.Handler) http.Handler { return http.StripPrefix(prefix, h) }
	}
	cases := map[string]struct {
		prefix string // configured
		mount  func(http.Handler) http.Handler
		at     string
		// sees is what browsers see, if a proxy changes it.
		sees string
		// elsewhere says that the router in front redirects by itself, and does not know where it is mounted.
		elsewhere bool
	}{
		"at the root, alone":                    {mount: asItIs, at: ""},
		"at the root of a net/http mux":         {mount: stdlib("/", asItIs), at: ""},
		"on a net/http mux":                     {mount: stdlib("/editor/", asItIs), at: "/editor"},
		"deep on a net/http mux":                {mount: stdlib("/a/b%20c/editor/", asItIs), at: "/a/b%20c/editor"},
		"on a net/http mux, stripped":           {mount: stdlib("/editor/", strip("/editor")), at: "/editor"},
		"on a net/http mux, with the slash too": {mount: stdlib("/editor/", strip("/editor/")), at: "/editor"},
		"on a mux below another one":            {mount: stdlib("/admin/", func(h http.Handler) http.Handler { return http.StripPrefix("/admin", stdlib("/editor/", asItIs)(h)) }), at: "/admin/editor", elsewhere: true},
		"for every method and host":             {mount: stdlib("/editor/", asItIs), at: "/editor"},
		"stripped, and configured":              {prefix: "/editor/", mount: stdlib("/editor/", strip("/editor")), at: "/editor"},
		"on gorilla/mux, configured":            {prefix: "/editor", mount: func(h http.Handler) http.Handler { r := mux.NewRouter(); r.PathPrefix("/editor").Handler(h); return r }, at: "/editor"},
		"on gorilla/mux, stripped": {mount: func(h http.Handler) http.Handler {
			r := mux.NewRouter()
			r.PathPrefix("/editor").Handler(http.StripPrefix("/editor", h))
			return r
		}, at: "/editor"},
		"on a router of gorilla/mux below another": {mount: func(h http.Handler) http.Handler {
			r := mux.NewRouter()
			r.PathPrefix("/a").Subrouter().PathPrefix("/b").Handler(http.StripPrefix("/a/b", h))
			return r
		}, at: "/a/b"},
		"behind a proxy that removes what is known": {prefix: "/outside", mount: asItIs, at: "", sees: "/outside"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := editor.Handler(editor.Config{
				Engine: newEngine(t), Store: memory.New(), Prefix: tc.prefix,
				Authorize: func(*http.Request) (editor.User, editor.Permissions, error) {
					return editor.User{ID: "u"}, editor.Permissions{View: true}, nil
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			server := tc.mount(e)
			get := func(path string) *http.Response {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
				w := httptest.NewRecorder()
				server.ServeHTTP(w, r)
				return w.Result()
			}
			sees := tc.at
			if tc.sees != "" {
				sees = tc.sees
			}
			for _, path := range []string{"/", "/workflows/7", "/workflows/a%2Fb/versions", "/runs/01J.x"} {
				response := get(tc.at + path)
				body, err := io.ReadAll(response.Body)
				if err != nil {
					t.Fatal(err)
				}
				if want := `<base href="` + sees + `/">`; response.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
					t.Errorf("GET %s: status %d, no %s in %s", path, response.StatusCode, want, body)
				}
			}
			if response := get(tc.at + "/api/session"); response.StatusCode != http.StatusOK {
				t.Errorf("GET api/session: status %d", response.StatusCode)
			}
			for _, path := range []string{"/api/workflows/", "/api//session", "/api/nothing", "/api"} {
				response := get(tc.at + path)
				if response.StatusCode/100 == 3 { // the router in front cleans the path
					continue
				}
				if response.StatusCode != http.StatusNotFound || !strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
					t.Errorf("GET %s: status %d, %s", path, response.StatusCode, response.Header.Get("Content-Type"))
				}
			}
			if tc.at == "" || tc.elsewhere {
				return
			}
			if response := get(tc.at + "?a=b"); response.StatusCode/100 != 3 || response.Header.Get("Location") != tc.at+"/?a=b" {
				t.Errorf("GET %s: status %d to %q", tc.at, response.StatusCode, response.Header.Get("Location"))
			}
		})
	}
}

func TestLocateTrustsNoStrangePath(t *testing.T) {
	t.Parallel()
	for target, path := range map[string]string{"//evil.example/x": "/x", "/a/../b/x": "/x", "/%2e%2e/x": "/x", "/a%5Cb/x": "/x", "/a%3Fb/x": "/x"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RequestURI, r.URL.Path = target, path
		if prefix, _ := editor.Locate("", r); prefix != "" && strings.ContainsAny(prefix, `\?`) || strings.HasPrefix(prefix, "//") || strings.Contains(prefix, "..") {
			t.Errorf("%s has the prefix %q", target, prefix)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	engine, workflows := newEngine(t), memory.New()
	cases := map[string]struct {
		config editor.Config
		want   []string
	}{
		"nothing":              {want: []string{"Engine is nil", "Store is nil"}},
		"a prefix with a host": {config: editor.Config{Engine: engine, Store: workflows, Prefix: "//host/x"}, want: []string{`Prefix "//host/x"`}},
		"a relative prefix":    {config: editor.Config{Engine: engine, Store: workflows, Prefix: "editor"}, want: []string{`Prefix "editor"`}},
		"a script for a home":  {config: editor.Config{Engine: engine, Store: workflows, HomeURL: "javascript:alert(1)"}, want: []string{"HomeURL"}},
		"a home without http":  {config: editor.Config{Engine: engine, Store: workflows, HomeURL: "//host"}, want: []string{"HomeURL"}},
		"a negative limit":     {config: editor.Config{Engine: engine, Store: workflows, MaxStreams: -1}, want: []string{"must not be negative"}},
		"a path for a home":    {config: editor.Config{Engine: engine, Store: workflows, HomeURL: "/posts", Prefix: "/editor/"}},
		"a site for a home":    {config: editor.Config{Engine: engine, Store: workflows, HomeURL: "https://example.com/"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := editor.Handler(tc.config)
			if (err != nil) != (tc.want != nil) || (e != nil) != (err == nil) {
				t.Fatalf("error is %v", err)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not have %q", err, want)
				}
			}
		})
	}
}
