package editor_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/workflowkit/workflowkit-go/workflowkit/editor"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/memory"
)

func TestAssets(t *testing.T) {
	t.Parallel()
	script := strings.Repeat("console.log('hello');", 100)
	files := fstest.MapFS{
		"index.html":          {Data: []byte(`<!doctype html><html><head lang="en"><base href="/wrong/"><script id="editor-config" type="application/json">{"old":1}</script><script type="module" src="./assets/index-abc.js"></script></head><body></body></html>`)},
		"assets/index-abc.js": {Data: []byte(script)}, "assets/x-1.css": {Data: []byte("a{}")}, "secret.txt": {Data: []byte("no asset")},
	}
	e, err := editor.HandlerWith(editor.Config{
		Engine: newEngine(t), Store: memory.New(), Title: `A </script><script>alert("1")</script> title`, HomeURL: "/home?a=1&b=2",
		Authorize: func(*http.Request) (editor.User, editor.Permissions, error) {
			return editor.User{}, editor.Permissions{View: true}, nil
		},
	}, files)
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string, header ...string) *http.Response {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		return w.Result()
	}
	read := func(r io.Reader) string {
		t.Helper()
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}

	plain := get("/assets/index-abc.js")
	if plain.Header.Get("Cache-Control") != "private, max-age=31536000, immutable" || plain.Header.Get("Content-Type") != "text/javascript; charset=utf-8" || plain.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("header %v", plain.Header)
	}
	if read(plain.Body) != script {
		t.Error("the script is another one")
	}
	zipped := get("/assets/index-abc.js", "Accept-Encoding", "gzip, deflate, br")
	unzipped, err := gzip.NewReader(zipped.Body)
	if err != nil || zipped.Header.Get("Content-Encoding") != "gzip" || read(unzipped) != script {
		t.Errorf("compressed: %v, header %v", err, zipped.Header)
	}
	if zipped.Header.Get("ETag") == plain.Header.Get("ETag") {
		t.Error("two encodings have one tag")
	}
	if again := get("/assets/index-abc.js", "If-None-Match", plain.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("known content: status %d", again.StatusCode)
	}
	if small := get("/assets/x-1.css", "Accept-Encoding", "gzip"); small.Header.Get("Content-Encoding") != "" || small.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("a small file: %v", small.Header)
	}
	for _, path := range []string{"/assets/", "/assets/none.js", "/assets/../secret.txt", "/secret.txt"} {
		if r := get(path); r.StatusCode == http.StatusOK && strings.Contains(read(r.Body), "no asset") {
			t.Errorf("%s is served", path)
		}
	}

	page := read(get("/").Body)
	for _, want := range []string{`<base href="/">`, `<script type="application/json" id="editor-config">{"prefix":"","title":"A \u003c/script\u003e`, `"homeURL":"/home?a=1\u0026b=2"}</script>`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in %s", want, page)
		}
	}
	if strings.Contains(page, "/wrong/") || strings.Contains(page, "old") || strings.Index(page, "<base") > strings.Index(page, "src=") {
		t.Errorf("page %s", page)
	}
	if r := get("/favicon.ico"); r.StatusCode != http.StatusNotFound {
		t.Errorf("an icon that is not there: status %d", r.StatusCode)
	}
	if _, err := editor.HandlerWith(editor.Config{Engine: newEngine(t), Store: memory.New()}, fstest.MapFS{}); err == nil {
		t.Error("an editor without a page is made")
	}
}

// TestEmbeddedPage holds the page that is embedded to its policy: no script and no style is written into it, and what it
// loads is there.
func TestEmbeddedPage(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	page := string(b.get("/").want(http.StatusOK).body)
	for part := range strings.SplitSeq(page, "<script") {
		tag, _, _ := strings.Cut(part, ">")
		if part != page && strings.HasPrefix(part, " ") && !strings.Contains(tag, "src=") && !strings.Contains(tag, "application/json") {
			t.Errorf("a script is written into the page: %s", tag)
		}
	}
	if strings.Contains(page, "<style") || strings.Contains(page, " style=") {
		t.Errorf("a style is written into the page: %s", page)
	}
	for _, attribute := range []string{`src="`, `href="`} {
		for _, part := range strings.Split(page, attribute)[1:] {
			target, _, _ := strings.Cut(part, `"`)
			if name, ok := strings.CutPrefix(strings.TrimPrefix(target, "./"), "assets/"); ok {
				b.get("/assets/" + name).want(http.StatusOK)
			} else if strings.Contains(target, "//") && !strings.HasPrefix(target, "data:") {
				t.Errorf("the page loads %s", target)
			}
		}
	}
}
