package inngest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/inngest/inngestgo"
)

// serveCall executes a function for a caller who has been let through.
func (h *handler) serveCall(w http.ResponseWriter, r *http.Request, body []byte) {
	e, err := parseEnvelope(body)
	if err != nil {
		w.Header().Set(inngestgo.HeaderKeyNoRetry, "false")
		respondError(w, http.StatusBadRequest, "BadRequest", "bad request: "+err.Error())
		return
	}
	if h.settings.streaming {
		h.streamCall(w, r, e, body)
		return
	}
	h.execute(r, e, body).send(w)
}

// execute lets inngestgo execute the function, with what it does not look after itself, and returns the answer, which
// never reports a run as finished when it is not. It does not panic.
func (h *handler) execute(r *http.Request, e *envelope, body []byte) (answer *recorder) {
	started := time.Now()
	c := newCall(r.URL.Query(), e, started)
	answer = newRecorder()
	ctx, ended := h.observe(r.Context(), r.Header, c, len(e.Context.Stack.Stack))
	r = r.WithContext(ctx)
	defer func() { ended(answer) }()
	defer func() {
		if p := recover(); p != nil {
			h.logger.Error("inngest handler panicked", "run_id", c.runID, "function_id", c.functionID, "panic", p, "stack", string(debug.Stack()))
			answer = newRecorder()
			respondError(answer, http.StatusInternalServerError, "Error", "internal error")
		}
		h.finish(c, answer, time.Since(started))
	}()
	rewrite := e.useAPI()
	if rewrite {
		if err := h.hydrate(r.Context(), e); err != nil {
			h.logger.Error("inngest run state could not be fetched", "run_id", c.runID, "function_id", c.functionID, "error", err)
			respondError(answer, http.StatusInternalServerError, "StateUnavailable", err.Error())
			return answer
		}
		c.fetching = time.Since(started)
	}
	rewrite = e.repairErrors() || rewrite
	untarget := e.wentOn(c.target)
	for {
		var err error
		switch {
		case untarget:
			e.discover(c.next)
			r, body, err = e.untarget(r, body)
		case rewrite:
			body, err = e.rewrite(body)
		}
		if err != nil {
			respondError(answer, http.StatusInternalServerError, "Error", "rewrite request: "+err.Error())
			return answer
		}
		if untarget {
			before := *c
			*c = *newCall(r.URL.Query(), e, started)
			c.fetching, c.stored, c.notStored = before.fetching, before.stored, before.notStored
		}
		h.pass(r, e, c, body, answer)
		if untarget = c.next != nil; !untarget {
			return answer
		}
		answer = newRecorder()
	}
}

// pass lets inngestgo execute the function once.
func (h *handler) pass(r *http.Request, e *envelope, c *call, body []byte, answer *recorder) {
	c.event, c.events, c.steps = e.Event, e.Events, e.Steps
	c.stack, c.current = e.Context.Stack.Stack, e.Context.Stack.Current
	h.logger.DebugContext(r.Context(), "inngest call", "run_id", c.runID, "function_id", c.functionID,
		"attempt", c.attempt, "target", c.target, "steps", len(c.steps))
	r = withBody(r, body)
	h.calls.ServeHTTP(answer, r.WithContext(withCall(r.Context(), c)))
}

// finish gives the answer of inngestgo to a call the form that the protocol asks for.
func (h *handler) finish(c *call, answer *recorder, took time.Duration) {
	answer.header.Del(inngestgo.HeaderKeyUserAgent) // is a header of requests
	switch {
	case answer.status != http.StatusOK:
	case c.target != "":
		// The server wants one step, and the function, or the workflow, no longer has it. Operation StepNotFound would
		// say so, but servers do not know it.
		answer.replace("StepNotFound", "step "+c.target+" not found: the function has changed since it was planned")
		answer.final(c.last(c.retries))
	case c.suspended:
		// For instance the caller went away while a step was about to start.
		answer.replace("Suspended", "the function stopped without asking for a step")
		answer.final(c.last(c.retries))
	}
	if answer.status >= http.StatusBadRequest {
		h.finishError(c, answer)
	}
	if answer.header.Get(inngestgo.HeaderKeyRetryAfter) != "" {
		answer.header.Set(inngestgo.HeaderKeyNoRetry, "false")
	}
	timing := fmt.Sprintf("call;dur=%.3f", float64(took.Microseconds())/1000)
	if c.fetching > 0 {
		timing += fmt.Sprintf(", state;dur=%.3f", float64(c.fetching.Microseconds())/1000)
	}
	answer.header.Set(headerTiming, timing)
}

// finishError says whether to try again, by the status too: 400 for never, 500 otherwise.
func (h *handler) finishError(c *call, answer *recorder) {
	problem := answer.problem()
	switch {
	case answer.header.Get(inngestgo.HeaderKeyNoRetry) == "true":
		answer.status = http.StatusBadRequest
	case answer.status == http.StatusGone:
		// Another replica may have the function, so this says nothing about the run.
		answer.status, problem.Name = http.StatusInternalServerError, "FunctionNotFound"
	case answer.status == http.StatusBadRequest:
		problem.Name = "BadRequest"
	}
	if answer.header.Get(inngestgo.HeaderKeyNoRetry) != "true" {
		answer.header.Set(inngestgo.HeaderKeyNoRetry, "false")
	}
	if !c.failed {
		h.logger.Error("inngest call could not be executed", "run_id", c.runID, "function_id", c.functionID,
			"status", answer.status, "message", problem.Message)
	}
	status := answer.status
	answer.status = 0
	answer.body.Reset()
	respond(answer, status, problem)
}

// withBody returns a copy of r with another body.
func withBody(r *http.Request, body []byte) *http.Request {
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return r
}
