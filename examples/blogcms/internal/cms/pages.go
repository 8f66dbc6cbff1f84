package cms

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/access"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/markdown"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

//go:embed web
var web embed.FS

// assets are the files that pages load, by their paths, with their types.
var assets = map[string]string{
	"/assets/style.css": "text/css; charset=utf-8",
	"/assets/app.js":    "text/javascript; charset=utf-8",
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
	functions := p.functions()
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

// functions are what templates can call.
func (p *pages) functions() template.FuncMap {
	return template.FuncMap{
		"markdown": markdown.New().HTML,
		"asset":    p.assetURL,
		"text":     orEmpty,
		"problems": problemsOf,
		"badge":    func(status string) string { return "status-" + strings.ReplaceAll(status, " ", "-") },
		"state":    stateOf,
		"starts":   startsOn,
		"date":     date,
		"stamp":    stamp,
		"took":     took,
		"initials": initials,
		"pretty":   pretty,
	}
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
	// Section is the part of the application: "posts", "automations" or "users".
	Section string
	// Message tells what has just been done. Empty means nothing.
	Message string
	// Live says that the page's regions change while it is open.
	Live bool
	// Data is what the page is about.
	Data any

	// Person is who looks at the page, or nil if nobody is signed in.
	Person *access.Person
	// Writes and Manages say what the person may do beside looking.
	Writes, Manages bool
	// Runs says that there is a history of runs.
	Runs bool
}

// about completes a page with who looks at it.
func (a *App) about(r *http.Request, content page) page {
	content.Runs = a.runs != nil
	if person, ok := personOf(r); ok {
		content.Person = &person
		content.Writes, content.Manages = person.May(loader.RoleEditor), person.May(loader.RoleAdmin)
	}
	return content
}

// show writes a page. It is rendered completely before anything is sent, so that a fault gives an error and not half a page.
func (a *App) show(w http.ResponseWriter, r *http.Request, status int, name string, content page) {
	var buffer bytes.Buffer
	if err := a.pages.templates[name].Execute(&buffer, a.about(r, content)); err != nil {
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

func (a *App) serveAsset(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", assets[name])
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		_, _ = w.Write(a.pages.assets[name])
	})
}
