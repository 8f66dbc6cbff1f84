package editor

import (
	"io/fs"
	"net/http"
)

// HandlerWith is Handler with the files of another front end.
func HandlerWith(config Config, files fs.FS) (*Editor, error) { return newEditor(config, files) }

// Dist returns the files of the embedded front end.
func Dist() fs.FS { return dist() }

// Operation is a method and a path of the API.
type Operation struct {
	Method, Path, Need string
	Stream             bool
}

// Operations lists the operations of the API.
func (e *Editor) Operations() []Operation {
	var out []Operation
	for _, r := range e.api() {
		need := r.need
		if need == "" {
			need = mayView
		}
		out = append(out, Operation{Method: r.method, Path: r.path, Need: string(need), Stream: r.stream != nil})
	}
	return out
}

// OpenStreams returns how many streams are open.
func (e *Editor) OpenStreams() int {
	e.streams.mu.Lock()
	defer e.streams.mu.Unlock()
	return e.config.MaxStreams - e.streams.free
}

// Locate returns the prefix and the path that are found in a request.
func Locate(configured string, r *http.Request) (prefix, path string) {
	at := locate(configured, r)
	return at.prefix, at.path
}
