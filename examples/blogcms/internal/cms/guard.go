package cms

import (
	"errors"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// contentPolicy lets pages load nothing but the application's own style sheet and script, and send forms to nobody else.
// Nothing in a page itself is a script. So whatever a post, a revision or a workflow holds, it stays text.
const contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard is what every request goes through: a log line, headers, protection from other sites, and from panics.
func (a *App) guard(next http.Handler) http.Handler {
	browsers := http.NewCrossOriginProtection()
	browsers.AddInsecureBypassPattern(ServePath) // calls of Inngest prove by other means who makes them
	browsers.AddInsecureBypassPattern(ServePath + "/")
	browsers.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.failFor(r)(w, r, &failure{
			Status: http.StatusForbidden, Code: codeCrossSite, Message: "the request comes from a page of another site",
		})
	}))
	protected := browsers.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		answer := &statusWriter{ResponseWriter: w}
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Content-Security-Policy", contentPolicy)
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", "same-origin")
		header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		if a.access.Secure() {
			header.Set("Strict-Transport-Security", "max-age=31536000")
		}
		defer func() {
			if p := recover(); p != nil {
				if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(p)
				}
				a.logger.ErrorContext(r.Context(), "request panicked", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
				if answer.status == 0 {
					a.failFor(r)(answer, r, &failure{Status: http.StatusInternalServerError, Code: codeInternal, Message: "internal error"})
				}
			}
			a.logger.DebugContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path, "status", answer.status,
				"duration", time.Since(started))
		}()
		protected.ServeHTTP(answer, r)
	})
}

// failFor chooses how errors are shown to whoever made the request.
func (a *App) failFor(r *http.Request) failing {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		return a.fail
	}
	return a.failPage
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the writer below.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
