package editor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
)

// page is the page of the front end, cut where each mount of the editor puts something else.
type page struct{ before, after []byte }

var (
	headTag   = regexp.MustCompile(`(?i)<head[^>]*>`)
	baseTag   = regexp.MustCompile(`(?i)<base\b[^>]*>`)
	configTag = regexp.MustCompile(`(?is)<script\b[^>]*\bid="editor-config"[^>]*>.*?</script>`)
)

// newPage cuts the page that Vite has built. Elements that are there already are replaced.
func newPage(index []byte) *page {
	index = baseTag.ReplaceAll(configTag.ReplaceAll(index, nil), nil)
	at := 0
	if head := headTag.FindIndex(index); head != nil {
		at = head[1]
	}
	// The base must come before anything that is loaded, and so both are put in front.
	return &page{before: index[:at], after: index[at:]}
}

// pageConfig is what the page knows from the start.
type pageConfig struct {
	Prefix  string `json:"prefix"`
	Title   string `json:"title"`
	HomeURL string `json:"homeURL"`
}

// render returns the page for a prefix.
func (p *page) render(c pageConfig) ([]byte, error) {
	data, err := json.Marshal(c) // with < and > escaped: it cannot close the element that it stands in
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.Write(p.before)
	fmt.Fprintf(&out, `<base href="%s/">`, html.EscapeString(c.Prefix))
	fmt.Fprintf(&out, `<script type="application/json" id="editor-config">%s</script>`, data)
	out.Write(p.after)
	return out.Bytes(), nil
}

// servePage serves the page for every address that is one of the front end's.
func (e *Editor) servePage(w http.ResponseWriter, r *http.Request) {
	at := mountedOf(r)
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		e.refuse(w, r, at, &apiError{status: http.StatusMethodNotAllowed, code: codeMethod, message: "only GET is allowed here"})
		return
	case r.URL.Path == "/favicon.ico" || r.URL.Path == "/robots.txt":
		http.NotFound(w, r)
		return
	}
	content, err := e.bundle.page.render(pageConfig{Prefix: escapePath(at.prefix), Title: e.config.Title, HomeURL: e.config.HomeURL})
	if err != nil {
		e.refuse(w, r, at, &apiError{status: http.StatusInternalServerError, code: codeInternal, message: "something went wrong", cause: err})
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if r.Method == http.MethodHead {
		return
	}
	if _, err := w.Write(content); err != nil {
		e.config.Logger.LogAttrs(r.Context(), slog.LevelDebug, "workflow editor: page not written", slog.Any("error", err))
	}
}

// faultPage is what a person sees who cannot have the page.
var faultPage = template.Must(template.New("fault").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title></head>
<body><main><h1>{{.Title}}</h1><p>{{.Message}}.</p>{{with .HomeURL}}<p><a href="{{.}}">Back to the application</a></p>{{end}}</main></body></html>
`))

// writeFault answers a request for a page with an error that a person can read.
func (b *bundle) writeFault(w http.ResponseWriter, fault *apiError, c Config) {
	var out bytes.Buffer
	message := strings.ToUpper(fault.message[:1]) + fault.message[1:]
	if err := faultPage.Execute(&out, map[string]string{"Title": c.Title, "Message": message, "HomeURL": c.HomeURL}); err != nil {
		http.Error(w, fault.message, fault.status)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(fault.status)
	w.Write(out.Bytes()) //nolint:errcheck // a page that cannot be written has no reader any more
}
