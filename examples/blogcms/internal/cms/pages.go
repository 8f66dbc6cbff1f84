package cms

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/markdown"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

//go:embed web
var web embed.FS

// assets are the files that pages load, by their paths, with their types.
var assets = map[string]string{
	"/assets/style.css": "text/css; charset=utf-8",
	"/assets/icon.svg":  "image/svg+xml",
}

// pages are the templates of the application, and what they need.
type pages struct {
	templates map[string]*template.Template // by name, each with the layout
	assets    map[string][]byte             // by path
}

func parsePages() (*pages, error) {
	p := &pages{templates: map[string]*template.Template{}, assets: map[string][]byte{}}
	for name := range assets {
		var err error
		if p.assets[name], err = fs.ReadFile(web, "web/"+path.Base(name)); err != nil {
			return nil, err
		}
	}
	names, err := fs.Glob(web, "web/page_*.html")
	if err != nil {
		return nil, err
	}
	functions := template.FuncMap{
		"markdown": markdown.New().HTML,
		"asset":    p.assetURL,
		"text":     orEmpty,
		"problems": problemsOf,
		"badge":    func(status string) string { return "status-" + strings.ReplaceAll(status, " ", "-") },
	}
	for _, name := range names {
		t, err := template.New("layout.html").Funcs(functions).Option("missingkey=error").
			ParseFS(web, "web/layout.html", "web/part_*.html", name)
		if err != nil {
			return nil, err
		}
		p.templates[strings.TrimSuffix(strings.TrimPrefix(path.Base(name), "page_"), ".html")] = t
	}
	return p, nil
}

// assetURL returns the URL of a file, which changes with the file, so that browsers can keep it.
func (p *pages) assetURL(name string) string {
	sum := sha256.Sum256(p.assets[name])
	return name + "?v=" + hex.EncodeToString(sum[:6])
}

// problemsOf returns the findings among the details of an error, if that is what they are.
func problemsOf(details any) workflowkit.Problems {
	problems, _ := details.(workflowkit.Problems)
	return problems
}

// page is what every page has.
type page struct {
	// Title is that of the window.
	Title string
	// Section is the part of the application: "posts" or "workflows".
	Section string
	// Message tells what has just been done. Empty means nothing.
	Message string
	// Refresh is the URL to which the page goes by itself after a moment. Empty means that it stays.
	Refresh string
	// Data is what the page is about.
	Data any
}

// show writes a page. It is rendered completely before anything is sent, so that a fault gives an error and not half a page.
func (a *App) show(w http.ResponseWriter, r *http.Request, status int, name string, content page) {
	var buffer bytes.Buffer
	if err := a.pages.templates[name].Execute(&buffer, content); err != nil {
		a.logger.ErrorContext(r.Context(), "page could not be rendered", "page", name, "error", err)
		http.Error(w, "the page could not be rendered", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(buffer.Bytes()) // a reader that has gone away
}

// view answers a request with a page, or says why it cannot.
type view func(w http.ResponseWriter, r *http.Request) error

// page makes a handler of a view. The body of a request is a form.
func (a *App) page(f view) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		err := readForm(r)
		if err == nil {
			err = f(w, r)
		}
		if err != nil {
			a.failPage(w, r, err)
		}
	})
}

// failPage answers a request for a page with an error.
func (a *App) failPage(w http.ResponseWriter, r *http.Request, err error) {
	shown := failureOf(err)
	a.logFailure(r, shown)
	a.show(w, r, shown.Status, "error", page{
		Title: fmt.Sprintf("%d %s", shown.Status, http.StatusText(shown.Status)),
		Data:  shown,
	})
}

func (a *App) serveAsset(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", assets[name])
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		_, _ = w.Write(a.pages.assets[name])
	})
}

func (a *App) pageRoutes() map[string]methods {
	routes := map[string]methods{
		"/":                       {http.MethodGet: a.page(a.viewPosts)},
		"/posts":                  {http.MethodPost: a.page(a.submitNewPost)},
		"/posts/new":              {http.MethodGet: a.page(a.viewNewPost)},
		"/posts/{id:[0-9]+}":      {http.MethodGet: a.page(a.viewPost), http.MethodPost: a.page(a.submitPost)},
		"/posts/{id}/edit":        {http.MethodGet: a.page(a.viewPostForm)},
		"/workflows":              {http.MethodGet: a.page(a.viewWorkflows), http.MethodPost: a.page(a.submitNewWorkflow)},
		"/workflows/new":          {http.MethodGet: a.page(a.viewNewWorkflow)},
		"/workflows/check":        {http.MethodPost: a.page(a.checkNewWorkflow)},
		"/workflows/{id:[0-9]+}":  {http.MethodGet: a.page(a.viewWorkflow), http.MethodPost: a.page(a.submitWorkflow)},
		"/workflows/{id}/check":   {http.MethodPost: a.page(a.checkWorkflow)},
		"/workflows/{id}/enable":  {http.MethodPost: a.page(a.submitEnabled(true))},
		"/workflows/{id}/disable": {http.MethodPost: a.page(a.submitEnabled(false))},
	}
	for name := range assets {
		routes[name] = methods{http.MethodGet: a.serveAsset(name)}
	}
	for _, d := range decisions {
		routes["/posts/{id}/"+string(d)] = methods{http.MethodPost: a.page(a.submitDecision(d))}
	}
	return routes
}
