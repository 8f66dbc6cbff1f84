package editor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// Editor is the visual editor: an [http.Handler] for its page, its assets and its API. It is safe for concurrent use.
type Editor struct {
	config  Config
	bundle  *bundle
	router  *http.ServeMux
	streams streams
	// work bounds what is computed at once.
	work chan struct{}
	// life ends with Close.
	life context.Context
	end  context.CancelFunc
}

var _ http.Handler = (*Editor)(nil)

// Handler returns the editor. The error names everything that is wrong with the configuration.
func Handler(config Config) (*Editor, error) { return newEditor(config, dist()) }

// newEditor returns an editor with the files of a front end.
func newEditor(config Config, files fs.FS) (*Editor, error) {
	config, err := config.checked()
	if err != nil {
		return nil, fmt.Errorf("editor: %w", err)
	}
	bundle, err := newBundle(files)
	if err != nil {
		return nil, fmt.Errorf("editor: %w", err)
	}
	e := &Editor{config: config, bundle: bundle, work: make(chan struct{}, maxWork), streams: streams{free: config.MaxStreams}}
	e.life, e.end = context.WithCancel(context.Background())
	e.router = e.routes()
	return e, nil
}

// Close ends the streams of events that are open, so that a server can shut down: register it with
// [http.Server.RegisterOnShutdown]. New ones are refused from then on. It returns nil, and may be called again.
func (e *Editor) Close() error {
	e.end()
	return nil
}

// ServeHTTP implements [http.Handler].
func (e *Editor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := locate(e.config.Prefix, r)
	secure(w.Header())
	defer e.recovered(w, r, at)
	if err := e.config.Protection.Check(r); err != nil {
		e.refuse(w, r, at, forbidden("the request comes from another site"))
		return
	}
	// Which names there are is not for everybody, so this comes first.
	user, can, err := e.config.Authorize(r)
	if err == nil && !can.View {
		err = forbidden("you may not see workflows")
	}
	if err != nil {
		e.refuse(w, r, at, err)
		return
	}
	inner := withAccess(r, at, access{user: user, can: can})
	if at.path == "" {
		target := escapePath(at.prefix) + "/"
		if r.URL.RawQuery != "" {
			target += "?" + r.URL.RawQuery
		}
		w.Header().Set("Location", target)
		w.WriteHeader(http.StatusMovedPermanently)
		return
	}
	if !clean(inner.URL) {
		e.refuse(w, r, at, notFound("there is nothing at this address"))
		return
	}
	e.router.ServeHTTP(w, inner)
}

// access is who makes a request, and what that user may do.
type access struct {
	user User
	can  Permissions
}

type accessKey struct{}

// mountedKey is the key of what locate has found.
type mountedKey struct{}

// withAccess returns the request as the routes see it: without the prefix, and with what is known about it.
func withAccess(r *http.Request, at mounted, a access) *http.Request {
	ctx := context.WithValue(context.WithValue(r.Context(), accessKey{}, a), mountedKey{}, at)
	inner := r.WithContext(ctx)
	inner.URL = &url.URL{Path: unescapePath(at.path), RawPath: at.path, RawQuery: r.URL.RawQuery}
	return inner
}

func accessOf(r *http.Request) access {
	a, _ := r.Context().Value(accessKey{}).(access)
	return a
}

func mountedOf(r *http.Request) mounted {
	at, _ := r.Context().Value(mountedKey{}).(mounted)
	return at
}

// clean reports whether a path is what the router would make of it: it must not redirect, since it does not know the
// prefix.
func clean(u *url.URL) bool {
	escaped := u.EscapedPath()
	cleaned := path.Clean(escaped)
	if strings.HasSuffix(escaped, "/") && cleaned != "/" {
		cleaned += "/"
	}
	return escaped == cleaned
}

// isAPI reports whether a request is one for data, whatever it asks for.
func isAPI(at mounted) bool { return strings.HasPrefix(at.path, "/api/") || at.path == "/api" }

// refuse answers a request that cannot be served: with JSON for data, and with a page for people.
func (e *Editor) refuse(w http.ResponseWriter, r *http.Request, at mounted, err error) {
	if r.Context().Err() != nil {
		return // nobody is left to read an answer
	}
	shown := apiErrorOf(err)
	if shown.status >= http.StatusInternalServerError {
		e.config.Logger.LogAttrs(r.Context(), slog.LevelError, "workflow editor: request failed",
			slog.String("method", r.Method), slog.String("path", at.path), slog.Any("error", errors.Join(shown.cause, shown)))
	}
	if !isAPI(at) {
		e.bundle.writeFault(w, shown, e.config)
		return
	}
	e.send(w, r, shown.reply())
}

// send writes an answer.
func (e *Editor) send(w http.ResponseWriter, r *http.Request, answer *reply) {
	content, err := answer.encode()
	if err != nil {
		e.refuse(w, r, mountedOf(r), err)
		return
	}
	if err := answer.write(w, r, content); err != nil {
		e.config.Logger.LogAttrs(r.Context(), slog.LevelDebug, "workflow editor: answer not written", slog.Any("error", err))
	}
}

// recovered answers a request whose handler has panicked.
func (e *Editor) recovered(w http.ResponseWriter, r *http.Request, at mounted) {
	switch p := recover(); p {
	case nil:
	case http.ErrAbortHandler:
		panic(p)
	default:
		e.refuse(w, r, at, &apiError{
			status: http.StatusInternalServerError, code: codeInternal, message: "something went wrong", cause: fmt.Errorf("panic: %v", p),
		})
	}
}
