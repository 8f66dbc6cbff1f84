package browsertest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take for what a test waits for: machines are busy.
const patience = time.Minute

// Page is a page in a browser of its own. Its methods fail the test if the page does not do in a minute what they wait for.
type Page struct {
	t   testing.TB
	ctx context.Context

	mu sync.Mutex
	// faults are what has gone wrong on the console.
	faults []string
	// allowed are parts of messages that are no faults in this test.
	allowed []string
}

// Option changes how a page is opened.
type Option func(*settings)

type settings struct {
	width, height int
	dark          bool
	allowed       []string
	header        map[string]string
}

// Size sets the size of the page in pixels. It is 1400 by 900 without it.
func Size(width, height int) Option {
	return func(s *settings) { s.width, s.height = width, height }
}

// Dark asks for dark colours.
func Dark() Option { return func(s *settings) { s.dark = true } }

// Header sends a field of the header with every request.
func Header(name, value string) Option { return func(s *settings) { s.header[name] = value } }

// Allow lets messages on the console pass that have the text in them: a request that a test wants to be refused is one.
func Allow(text string) Option { return func(s *settings) { s.allowed = append(s.allowed, text) } }

// Without is the variable that, when it is "1", skips all tests that need a browser: a server with the race detector in it
// is so slow that people would not wait for it either.
const Without = "WORKFLOWKIT_WITHOUT_BROWSER"

// Chromium returns the path of the browser. Without one the test is skipped, or fails if nothing may be skipped.
func Chromium(t testing.TB) string {
	t.Helper()
	if os.Getenv(Without) == "1" {
		t.Skip(Without + " is set")
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const message = "there is no chromium; on Debian: apt-get install chromium"
	if os.Getenv("WORKFLOWKIT_REQUIRE_ALL") == "1" {
		t.Fatal(message)
	}
	t.Skip(message)
	return ""
}

// Open starts a browser and opens a page in it. Both end with the test: before servers that the test has started earlier.
func Open(t testing.TB, url string, options ...Option) *Page {
	t.Helper()
	s := settings{width: 1400, height: 900, header: map[string]string{}}
	for _, option := range options {
		option(&s)
	}
	path := Chromium(t)
	profile := filepath.Join(t.TempDir(), "profile")
	flags := append([]chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.WindowSize(s.width, s.height),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("force-prefers-reduced-motion", true),
	}, chromedp.DefaultExecAllocatorOptions[:]...)
	allocator, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), flags...)
	p := &Page{t: t, allowed: s.allowed}
	ctx, cancel := chromedp.NewContext(allocator, chromedp.WithListener(p.listen))
	p.ctx = ctx
	t.Cleanup(func() {
		if t.Failed() {
			p.keep()
		}
		if err := chromedp.Cancel(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Logf("close the browser: %v", err)
		}
		cancel()
		stop()
		p.check()
	})
	// The first run must not have a context that ends before the page does.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open the browser: %v", err)
	}
	p.Resize(s.width, s.height)
	p.Colours(s.dark)
	if len(s.header) > 0 {
		headers := network.Headers{}
		for name, value := range s.header {
			headers[name] = value
		}
		if _, err := chromedp.Call(ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: headers}); err != nil {
			t.Fatalf("set header: %v", err)
		}
	}
	p.Go(url)
	return p
}

// Go opens another address in the page.
func (p *Page) Go(url string) {
	p.t.Helper()
	p.do("open "+url, chromedp.Navigate(url))
}

// do runs actions, and fails the test if they do not succeed in time.
func (p *Page) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// Eval evaluates an expression in the page and returns its value.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil && !errors.Is(err, chromedp.ErrJSNull) && !errors.Is(err, chromedp.ErrJSUndefined) {
		p.t.Fatalf("evaluate %.200s: %v", expression, err)
	}
	return value
}

// keep saves a picture of a page whose test has failed, if WORKFLOWKIT_SCREENSHOTS names a folder.
func (p *Page) keep() {
	if folder := os.Getenv("WORKFLOWKIT_SCREENSHOTS"); folder != "" {
		p.Screenshot(filepath.Join(folder, "failed-"+strings.NewReplacer("/", "-", " ", "-").Replace(p.t.Name())+".png"))
	}
}

// Screenshot writes a picture of the page to a file.
func (p *Page) Screenshot(file string) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.MkdirAll(filepath.Dir(file), 0o755)
	}
	if err == nil {
		err = os.WriteFile(file, picture, 0o644)
	}
	if err != nil {
		p.t.Logf("screenshot: %v", err)
	}
}
