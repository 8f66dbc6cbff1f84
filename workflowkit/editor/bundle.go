package editor

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// embedded is what Vite has built from the sources in web. See .ci/editor.
//
//go:embed all:dist
var embedded embed.FS

func dist() fs.FS {
	sub, err := fs.Sub(embedded, "dist")
	if err != nil {
		return embedded // unreachable: the name is valid
	}
	return sub
}

// bundle is the front end: a page, and the files that it loads.
type bundle struct {
	page   *page
	assets map[string]*asset
}

// asset is a file of the front end. Its name has a hash of its content in it.
type asset struct {
	content, zipped []byte
	kind, tag       string
	zip             sync.Once
}

func newBundle(files fs.FS) (*bundle, error) {
	index, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return nil, fmt.Errorf("embedded page: %w", err)
	}
	b := &bundle{page: newPage(index), assets: map[string]*asset{}}
	err = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasPrefix(name, "assets/") {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		b.assets[name] = &asset{content: content, kind: contentType(name), tag: base64.RawURLEncoding.EncodeToString(sum[:12])}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("embedded assets: %w", err)
	}
	return b, nil
}

// contentType does not ask the system, which may know less.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".json", ".map":
		return "application/json; charset=utf-8"
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

// gzipped returns the compressed content, or nil if that is not smaller.
func (a *asset) gzipped() []byte {
	a.zip.Do(func() {
		if zipped := compressed(a.content, gzip.BestCompression); len(zipped) < len(a.content) {
			a.zipped = zipped
		}
	})
	return a.zipped
}

// serveAsset serves a file for ever: another content has another name.
func (e *Editor) serveAsset(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET is allowed here", http.StatusMethodNotAllowed)
		return
	}
	found, ok := e.bundle.assets[strings.TrimPrefix(r.URL.Path, "/")]
	if !ok {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "there is no such file", http.StatusNotFound)
		return
	}
	header := w.Header()
	header.Set("Content-Type", found.kind)
	header.Set("Cache-Control", "private, max-age=31536000, immutable")
	header.Set("Vary", "Accept-Encoding")
	content, tag := found.content, found.tag
	if acceptsGzip(r) {
		if zipped := found.gzipped(); zipped != nil {
			content, tag = zipped, tag+"-gzip"
			header.Set("Content-Encoding", "gzip")
		}
	}
	header.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}
