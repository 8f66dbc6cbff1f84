package inngest

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/inngest/inngestgo"
)

// Handler returns the handler that the Inngest server calls: GET tells what is configured, PUT registers the functions
// with the server, POST executes them. It is to be mounted at one path, for instance /api/inngest, in front of which
// any middleware may be that leaves bodies and query strings alone. It is safe for concurrent use.
//
// Functions that are registered later are served as well, but the server learns of them with the next sync.
func (c *Client) Handler() http.Handler { return c.handler }

// handler decides who may do what, and hands on to inngestgo what remains.
type handler struct {
	*Client
	browsers *http.CrossOriginProtection
}

func newHandler(c *Client) http.Handler {
	return &handler{Client: c, browsers: http.NewCrossOriginProtection()}
}

// ServeHTTP implements [http.Handler].
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler { //nolint:errorlint // a panic's value, which is this one or another
				panic(p)
			}
			h.logger.Error("inngest handler panicked", "panic", p, "stack", string(debug.Stack()))
			respondError(w, http.StatusInternalServerError, "Error", "internal error")
		}
	}()
	w.Header().Set(headerFramework, framework)
	switch r.Method {
	case http.MethodGet, http.MethodPost, http.MethodPut:
	default:
		w.Header().Set("Allow", "GET, POST, PUT")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if err := h.admit(r); err != nil {
		h.logger.Warn("inngest request refused", "method", r.Method, "remote", r.RemoteAddr, "reason", err)
		refuse(w, err.Error())
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.maxBody))
	if err != nil {
		h.respondUnreadable(w, err)
		return
	}
	key, err := h.verify(r, body)
	switch {
	case r.Method == http.MethodGet:
		h.serveGet(w, r, err)
	case err != nil:
		h.logger.Warn("inngest request refused", "method", r.Method, "remote", r.RemoteAddr, "reason", err)
		refuse(w, err.Error())
	case r.Method == http.MethodPut:
		h.serveSync(w, r, body, key)
	case r.URL.Query().Get("probe") == "trust":
		h.serveTrustProbe(w, key)
	default:
		h.serveCall(w, r, body)
	}
}

// admit refuses who must not even be asked for a signature.
func (h *handler) admit(r *http.Request) error {
	if !h.settings.dev {
		return nil
	}
	if !h.settings.chosen && !fromLoopback(r, h.settings.serveOrigin) {
		return errNotLoopback
	}
	return h.browsers.Check(r)
}

// verify checks the signature of a request and returns the key that made it. The key is empty, without an error, where
// none is needed: in dev mode for a request without a signature, and for a sync if that is configured. A signature that
// is there must be right whenever there is a key to check it with.
func (h *handler) verify(r *http.Request, body []byte) (string, error) {
	keys, signature := h.settings.signingKeys(), r.Header.Get(inngestgo.HeaderKeySignature)
	switch {
	case signature == "" && (h.settings.dev || h.unsigned && r.Method == http.MethodPut):
		return "", nil
	case len(keys) == 0 && r.Method == http.MethodPost:
		return "", nil // dev mode: other dev servers may sign with keys that are none of ours
	}
	return verifySignature(r.Context(), signature, body, keys, time.Now())
}

func (h *handler) respondUnreadable(w http.ResponseWriter, err error) {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		// The same body would come again.
		w.Header().Set(inngestgo.HeaderKeyNoRetry, "true")
		respondError(w, http.StatusRequestEntityTooLarge, "BodyTooLarge", "request "+err.Error())
		return
	}
	respondError(w, http.StatusBadRequest, "BadRequest", "bad request: body could not be read")
}

func (h *handler) serveGet(w http.ResponseWriter, r *http.Request, err error) {
	signed := r.Header.Get(inngestgo.HeaderKeySignature) != ""
	ok := signed && err == nil
	switch {
	case signed:
		h.introspect(w, &ok)
	default:
		h.introspect(w, nil)
	}
}

// serveTrustProbe proves to the server that the app has the signing key.
func (h *handler) serveTrustProbe(w http.ResponseWriter, key string) {
	if key != "" {
		// The signature is that of the text without the end of the line.
		w.Header().Set(inngestgo.HeaderKeySignature, signatureHeader(key, time.Now(), []byte("{}")))
	}
	respond(w, http.StatusOK, struct{}{})
}

// serveCall lets inngestgo execute the function, with what it does not look after itself.
func (h *handler) serveCall(w http.ResponseWriter, r *http.Request, body []byte) {
	e, err := parseEnvelope(body)
	if err != nil {
		respondError(w, http.StatusBadRequest, "BadRequest", "bad request: "+err.Error())
		return
	}
	query := r.URL.Query()
	c := &call{
		functionID: query.Get("fnId"), runID: e.Context.RunID, attempt: e.Context.Attempt, maxAttempts: e.Context.Max,
		started: time.Now(), planOnly: e.Context.PlanOnly, functionUUID: e.Context.FunctionID,
		queueItem: e.Context.QueueItem, requestID: e.Context.RequestID, generation: e.Context.Generation,
	}
	if target := query.Get("stepId"); target != "step" {
		c.target = target
	}
	rewrite := e.useAPI()
	if rewrite {
		if err := h.hydrate(r.Context(), e); err != nil {
			h.logger.Error("inngest run state could not be fetched", "run_id", c.runID, "function_id", c.functionID, "error", err)
			respondError(w, http.StatusInternalServerError, "StateUnavailable", err.Error())
			return
		}
	}
	if e.repairErrors() || rewrite {
		if body, err = e.rewrite(body); err != nil {
			respondError(w, http.StatusInternalServerError, "Error", "rewrite request: "+err.Error())
			return
		}
	}
	c.event, c.events, c.steps = e.Event, e.Events, e.Steps
	c.stack, c.current = e.Context.Stack.Stack, e.Context.Stack.Current
	h.logger.Log(r.Context(), slog.LevelDebug, "inngest call", "run_id", c.runID, "function_id", c.functionID,
		"attempt", c.attempt, "target", c.target, "steps", len(c.steps))
	r = withBody(r, body)
	r = r.WithContext(withCall(r.Context(), c))
	guarded := &guardedWriter{ResponseWriter: w, call: c}
	h.calls.ServeHTTP(guarded, r)
	if guarded.status >= http.StatusBadRequest && !c.failed {
		h.logger.Error("inngest call could not be executed", "run_id", c.runID, "function_id", c.functionID,
			"status", guarded.status, "message", strings.TrimSpace(string(guarded.message)))
	}
}

// withBody returns a copy of r with another body.
func withBody(r *http.Request, body []byte) *http.Request {
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return r
}
