package browsertest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/workflowkit/editor/browsertest"
)

const form = `<!doctype html><html lang="en"><head><title>Form</title><link rel="icon" href="data:,"></head><body><main><h1>Form</h1>
<label>Name <input id="name" value="old"></label>
<button onclick="say.textContent = 'Hello ' + field.value">Greet</button>
<div id="box" role="img" aria-label="Box" style="width:50px;height:50px;background:blue;position:absolute;left:300px;top:200px"></div>
<p id="say" role="status"></p>
<script>
const field = document.getElementById('name'), say = document.getElementById('say'), box = document.getElementById('box');
let held = false;
box.onmousedown = () => held = true;
document.onmousemove = e => { if (held) { box.style.left = e.clientX - 25 + 'px'; } };
document.onmouseup = () => held = false;
document.onkeydown = e => { if (e.ctrlKey && e.shiftKey && e.key === 'Z') say.textContent = 'Redone'; };
%s
</script></main></body></html>`

func serve(t *testing.T, script string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, form, script) }))
	t.Cleanup(server.Close)
	return server.URL
}

func TestAPageIsUsedAsAPersonDoes(t *testing.T) {
	t.Parallel()
	page := browsertest.Open(t, serve(t, ""), browsertest.Size(800, 600))
	page.Fill("textbox", "Name", "Ada")
	page.Click("button", "Greet")
	page.Read("Hello Ada")
	page.Focus("button", "Greet")
	page.Fill("textbox", "Na…", "Bob")
	page.Press("Tab", "Enter")
	page.Read("Hello Bob")
	page.Press("Control+Shift+Z")
	page.Read("Redone")
	x, y := page.Place("image", "Box")
	page.Drag(x, y, x+100, y)
	page.Until("the box has moved", `box.style.left === "400px"`)
	page.Gone("button", "…Delete")
	if !page.Has("heading", "Form") || browsertest.Eval[int](page, "1+1") != 2 || browsertest.Eval[float64](page, "innerWidth") != 800 {
		t.Error("the page is another one")
	}
}

func TestAPageThatAsksCanBeLeft(t *testing.T) {
	t.Parallel()
	page := browsertest.Open(t, serve(t, "window.onbeforeunload = e => { e.preventDefault(); return 'unsaved'; };"))
	page.Fill("textbox", "Name", "Ada") // a page that nobody has touched does not ask
	page.Click("button", "Greet")
	page.Go(serve(t, "say.textContent = 'Another page'"))
	page.Read("Another page")
}

// recorder is a test that is expected to fail.
type recorder struct {
	testing.TB
	cleanups []func()
	errors   []string
}

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func (r *recorder) end() string {
	for i := len(r.cleanups) - 1; i >= 0; i-- {
		r.cleanups[i]()
	}
	return strings.Join(r.errors, "\n")
}

func TestTheConsoleFailsTests(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ script, want string }{
		"nothing":             {script: "console.log('fine')"},
		"an error":            {script: "console.error('broken', 7)", want: `console.error: "broken" 7`},
		"an exception":        {script: "setTimeout(() => { throw new Error('thrown') })", want: "thrown"},
		"a promise":           {script: "Promise.reject(new Error('rejected'))", want: "rejected"},
		"a file that is gone": {script: "fetch('http://127.0.0.1:1/').catch(() => {})", want: "Failed to load"},
		"what is allowed":     {script: "console.error('expected')"},
	} {
		r := &recorder{TB: t}
		page := browsertest.Open(r, serve(t, tc.script), browsertest.Allow("expected"))
		page.See("button", "Greet")
		page.Until("the script has run", "document.readyState === 'complete'")
		browsertest.Eval[bool](page, "new Promise(done => setTimeout(() => done(true), 50))")
		if got := r.end(); (got == "") != (tc.want == "") || !strings.Contains(got, tc.want) {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestHeadersAndPictures(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<!doctype html><title>x</title><link rel="icon" href="data:,"><p>`+r.Header.Get("X-User")) //nolint:errcheck // see above
	}))
	t.Cleanup(server.Close)
	page := browsertest.Open(t, server.URL, browsertest.Header("X-User", "Ada"), browsertest.Dark())
	page.Read("Ada")
	if !browsertest.Eval[bool](page, "matchMedia('(prefers-color-scheme: dark)').matches") {
		t.Error("the page is not dark")
	}
	page.Screenshot(t.TempDir() + "/sub/picture.png")
}
