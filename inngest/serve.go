package inngest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"sync/atomic"

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
	browsers    *http.CrossOriginProtection
	warnedOther atomic.Bool // about a server that is none for development
}

func newHandler(c *Client) *handler {
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
	h.describeItself(w.Header())
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
	h.noteServerKind(r)
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

// noteServerKind warns, once, of a server that does not say it is one for development where one is expected. Whether a
// request is verified does not depend on what it says: anybody can say anything.
func (h *handler) noteServerKind(r *http.Request) {
	kind := r.Header.Get(inngestgo.HeaderKeyServerKind)
	if !h.settings.dev || kind == "dev" || kind == "" && r.Method != http.MethodPut || r.Method == http.MethodGet {
		return // dev servers name themselves when they ask for a sync, and not in calls
	}
	if !h.warnedOther.Swap(true) {
		h.logger.Warn("inngest client is in dev mode, but a request did not come from a dev server", "method", r.Method,
			"server_kind", kind, "mode_reason", h.settings.reason)
	}
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
	return verifySignature(signature, body, keys, h.now())
}

func (h *handler) respondUnreadable(w http.ResponseWriter, err error) {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		// The same body would come again.
		w.Header().Set(inngestgo.HeaderKeyNoRetry, "true")
		respondError(w, http.StatusRequestEntityTooLarge, "BodyTooLarge", fmt.Sprintf(
			"request body too large: more than %d bytes, which Config.MaxBodySize or something in front of the handler allows at most", tooLarge.Limit))
		return
	}
	w.Header().Set(inngestgo.HeaderKeyNoRetry, "false")
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
		w.Header().Set(inngestgo.HeaderKeySignature, signatureHeader(key, h.now(), []byte("{}")))
	}
	respond(w, http.StatusOK, struct{}{})
}
