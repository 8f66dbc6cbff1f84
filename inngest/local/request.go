package local

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gowebpki/jcs"
)

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
			Stack: callStack{Stack: append([]string{}, r.stack...), Current: current}, QueueItemID: queueItem(j),
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

func queueItem(j *job) string { return j.run.id + ":" + strconv.FormatUint(j.rank, 10) }

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
