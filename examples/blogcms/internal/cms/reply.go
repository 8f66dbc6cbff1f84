package cms

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/limit"
)

// reply is a successful answer of the API.
type reply struct {
	status   int // zero means 200
	body     any
	etag     string // without its quotes
	location string
}

// endpoint answers a request to the API, or says why it cannot.
type endpoint func(r *http.Request) (reply, error)

// api makes a handler of an endpoint.
func (a *App) api(f endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		answer, err := f(r)
		if err != nil {
			a.fail(w, r, err)
			return
		}
		if answer.etag != "" {
			w.Header().Set("ETag", `"`+answer.etag+`"`)
		}
		if answer.location != "" {
			w.Header().Set("Location", answer.location)
		}
		if answer.status == 0 {
			answer.status = http.StatusOK
		}
		a.writeJSON(w, r, answer.status, answer.body)
	})
}

// fail answers a request to the API with an error.
func (a *App) fail(w http.ResponseWriter, r *http.Request, err error) {
	shown := failureOf(err)
	a.logFailure(r, shown)
	shown.writeHeader(w)
	a.writeJSON(w, r, shown.Status, map[string]any{"error": shown})
}

// writeHeader says when to try again.
func (f *failure) writeHeader(w http.ResponseWriter) {
	if f.wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(limit.Seconds(f.wait)))
	}
}

func (a *App) logFailure(r *http.Request, shown *failure) {
	if shown.Status >= http.StatusInternalServerError {
		a.logger.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "status", shown.Status,
			"code", shown.Code, "error", shown.Error())
	}
}

func (a *App) writeJSON(w http.ResponseWriter, r *http.Request, status int, body any) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false) // browsers are told not to guess the type
	if err := encoder.Encode(body); err != nil {
		a.logger.ErrorContext(r.Context(), "answer could not be encoded", "path", r.URL.Path, "error", err)
		http.Error(w, `{"error":{"code":"`+codeInternal+`","message":"the answer could not be encoded"}}`, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(buffer.Bytes()) // a reader that has gone away
}
