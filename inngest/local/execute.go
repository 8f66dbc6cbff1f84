package local

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gowebpki/jcs"
)

// begin starts a call that may be made now. The mutex is held.
func (s *Server) begin(j *job) {
	r := j.run
	// The real server decides by what it has read at this moment, not by what it then writes.
	j.planOnly = r.planOnly
	if j.kind == jobSleep && j.attempt == 0 && !j.duplicate {
		// A sleep ends by having a result, and then is the discovery that follows.
		pending, _ := s.save(r, j.after, json.RawMessage("null"), Completed)
		if pending && !j.race {
			j.free()
			s.done(j)
			return
		}
		r.planOnly = false
	}
	if len(r.memos) >= s.limits.Steps {
		j.free()
		s.finalize(r, Failed, nil, &RunError{
			Err: "InngestErrFunctionOverflowed", Name: "InngestErrFunctionOverflowed",
			Message: fmt.Sprintf("The function run exceeded the step limit of %d steps.", s.limits.Steps),
		})
		s.done(j)
		return
	}
	if r.started.IsZero() {
		s.markStarted(r)
	}
	s.call(j)
	if s.duplicates(j) {
		twin := *j
		twin.duplicate, twin.release, twin.twin = true, nil, j
		j.twin = &twin
		r.jobs++
		s.call(&twin)
	}
}

// duplicates reports whether a discovery is to be delivered twice.
func (s *Server) duplicates(j *job) bool {
	return s.cfg.Faults.DuplicateDiscoveries && j.target == "" && j.race && !j.duplicate && j.twin == nil
}

// call makes a call in a goroutine of its own. The mutex is held.
func (s *Server) call(j *job) {
	r := j.run
	j.generation++
	j.snapshot = len(r.stack)
	c := &Call{
		RunID: r.id, FunctionID: r.fn.slug, Number: len(r.calls) + 1, StepID: j.target, After: j.after,
		Attempt: j.attempt, Duplicate: j.duplicate, Steps: len(r.stack), Started: s.clock.Now(),
	}
	if step := r.steps[j.target]; step != nil {
		step.Status = Running
		c.StepName = step.Name
	}
	r.calls = append(r.calls, c)
	j.call = c
	request := s.request(j)
	body, err := s.encode(request)
	if err != nil {
		s.fault(r, FaultUnparsable, "the call cannot be encoded: %v", err)
		j.free()
		s.done(j)
		return
	}
	c.RequestBytes = len(body)
	c.UseAPI = request.UseAPI
	info := *c
	address, headers := s.address(j), s.headers(j, request)
	s.inflight++
	s.wg.Go(func() {
		a := s.deliver(info, address, headers, body)
		s.mu.Lock()
		defer s.unlock()
		s.inflight--
		j.free()
		if !s.closed {
			s.answered(j, a)
		}
		s.dispatch()
	})
}

func (j *job) free() {
	if j.release != nil {
		j.release()
		j.release = nil
	}
}

// request builds the body of a call from the present state of the run. The step to run is in the URL only; the context
// has "step" for every call.
func (s *Server) request(j *job) *callRequest {
	r := j.run
	current := 0
	for n, id := range r.stack {
		if id == j.after {
			current = n + 1
			break
		}
	}
	request := &callRequest{
		Steps: map[string]json.RawMessage{}, Defers: map[string]any{}, Version: r.version,
		Context: callContext{
			FunctionID: r.fn.id, RunID: r.id, StepID: "step", Attempt: j.attempt, MaxAttempts: r.fn.maxAttempts(),
			Stack: callStack{Stack: append([]string{}, r.stack...), Current: current}, QueueItemID: r.id + ":" + strconv.FormatUint(j.rank, 10),
			RequestID: s.newID(), GenerationID: j.generation, JobID: jobName(j), DisableImmediateExecution: j.planOnly,
		},
	}
	for _, e := range r.events {
		raw, err := json.Marshal(e.wire())
		if err != nil {
			continue // cannot happen: the payload was JSON
		}
		request.Events = append(request.Events, raw)
	}
	request.Event = request.Events[0]
	if r.stateSize > s.limits.RequestBody-1024 {
		request.UseAPI, request.Context.UseAPI = true, true
		return request
	}
	for _, id := range r.stack {
		request.Steps[id] = r.memos[id]
	}
	return request
}

// encode writes the canonical JSON of a request, and leaves out the state if it turns out to be too large. The canonical
// form, which the real server uses too, writes every number as a float64: integers beyond 2^53 lose precision.
func (s *Server) encode(request *callRequest) ([]byte, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	if len(body) > s.limits.RequestBody {
		request.Events, request.Steps = []json.RawMessage{}, map[string]json.RawMessage{}
		request.UseAPI, request.Context.UseAPI = true, true
		if body, err = json.Marshal(request); err != nil {
			return nil, err
		}
	}
	return jcs.Transform(body)
}

func jobName(j *job) string {
	if j.id != "" {
		return j.run.id + "-" + j.id
	}
	return j.run.id
}

// address is the URL of the function with the step to run.
func (s *Server) address(j *job) string {
	u, err := url.Parse(j.run.fn.url)
	if err != nil {
		return j.run.fn.url // was parsed at sync
	}
	query := u.Query()
	query.Set("stepId", "step")
	if j.target != "" {
		query.Set("stepId", j.target)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

func (s *Server) headers(j *job, request *callRequest) http.Header {
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set("X-Run-ID", j.run.id)
	h.Set("X-Request-Id", request.Context.RequestID)
	h.Set("X-Inngest-Job-Id", request.Context.JobID)
	h.Set("X-Inngest-Generation-Id", strconv.Itoa(j.generation))
	h.Set("X-Inngest-Req-Version", strconv.Itoa(j.run.version))
	h.Set("X-Inngest-Step-ID", "step")
	if j.target != "" {
		h.Set("X-Inngest-Step-ID", j.target)
	}
	// The trace id is constant for a run, so that spans of all its calls join one trace.
	h.Set("Traceparent", fmt.Sprintf("00-%s-%016x-01", j.run.traceID, s.rng.Uint64()|1))
	h.Set("Tracestate", fmt.Sprintf("inngest@app=%s,inngest@fn=%s", j.run.fn.app, j.run.fn.id))
	return h
}

// answer is what came back of a call.
type answer struct {
	err    error // there was no answer
	lost   bool  // the server died before it could note the answer
	status int
	header http.Header
	body   []byte
}

// errUnreachable has the text by which the real server fails runs whose app is down.
var errUnreachable = errors.New("Unable to reach SDK URL") //nolint:staticcheck // the real server's text

// deliver makes the call, as far as the faults let it. No mutex is held.
func (s *Server) deliver(c Call, address string, headers http.Header, body []byte) answer {
	crash := NoCrash
	if s.cfg.Faults.Crash != nil {
		crash = s.cfg.Faults.Crash(c)
	}
	if crash == CrashBefore {
		return answer{err: fmt.Errorf("%w: the app is down (injected)", errUnreachable)}
	}
	a := s.post(s.ctx, address, headers, body)
	switch crash {
	case CrashAfter:
		return answer{err: fmt.Errorf("%w: the app has died before it could answer (injected)", errUnreachable)}
	case ServerCrash:
		return answer{lost: true, err: fmt.Errorf("the server has died before it could note the answer of %s (injected)", address)}
	}
	return a
}

func (s *Server) post(ctx context.Context, address string, headers http.Header, body []byte) answer {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return answer{err: err}
	}
	request.Header = headers
	if s.key.set() {
		request.Header.Set(headerSignature, s.key.sign(body))
	}
	response, err := s.client.Do(request)
	if err != nil {
		return answer{err: fmt.Errorf("%w: %w", errUnreachable, err)}
	}
	defer response.Body.Close()
	limit := int64(s.limits.ResponseBody)
	read, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	switch {
	case err != nil:
		return answer{err: fmt.Errorf("%w: reading the answer: %w", errUnreachable, err)}
	case int64(len(read)) > limit:
		return answer{err: fmt.Errorf("output_too_large: the answer exceeds the limit of %d bytes", limit)}
	}
	return answer{status: response.StatusCode, header: response.Header, body: read}
}
