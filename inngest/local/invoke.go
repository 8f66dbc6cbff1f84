package local

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// invoke starts a run of another function, and makes the step wait for its end.
func (s *Server) invoke(j *job, op *operation, coalesce string) {
	var opts struct {
		FunctionID string `json:"function_id"`
		Payload    struct {
			ID   string         `json:"id"`
			Data map[string]any `json:"data"`
			User map[string]any `json:"user"`
			V    string         `json:"v"`
			TS   int64          `json:"ts"`
		} `json:"payload"`
		Timeout string `json:"timeout"`
	}
	if err := json.Unmarshal(op.Opts, &opts); err != nil {
		s.fault(j.run, FaultUnparsable, "the options of invocation %q: %v", op.label(), err)
		return
	}
	expires, ok := s.expiry(j, op, opts.Timeout)
	if !ok {
		return
	}
	correlation := j.run.id + "." + op.ID
	p := &pause{expires: expires, key: correlation}
	if !s.pauseStep(j, op, p, coalesce) {
		return
	}
	s.invokes[correlation] = p
	e := &event{
		id: opts.Payload.ID, name: EventFunctionInvoked, user: opts.Payload.User, ts: opts.Payload.TS, v: opts.Payload.V,
		data: withMetadata(opts.Payload.Data, map[string]any{
			"fn_id": opts.FunctionID, "correlation_id": correlation, "expire": float64(expires.UnixMilli()), "gid": "",
			"name": op.label(), "source_app_id": j.run.fn.app, "source_fn_id": j.run.fn.id, "source_fn_v": 1.0,
		}),
	}
	s.accept(e, "")
	s.process(e)
}

// startInvoked starts the run that an invocation event asks for.
func (s *Server) startInvoked(e *event) {
	wanted := e.metadata("fn_id")
	if f := s.functions[wanted]; f != nil {
		s.trigger(f, e)
		return
	}
	for _, f := range s.functions {
		if f.id == wanted {
			s.trigger(f, e)
			return
		}
	}
	s.invocationFailed(e, fmt.Sprintf("could not find function with ID: %s", wanted))
}

// invocationFailed tells the run that has invoked that there will be no run.
func (s *Server) invocationFailed(e *event, message string) {
	correlation := e.correlationID()
	if correlation == "" {
		return
	}
	s.send(EventFunctionFinished, "", map[string]any{
		"function_id": "", "run_id": "", "correlation_id": correlation,
		"error": map[string]any{"name": "Error", "message": message},
	})
}

// resumeInvoker gives the result of a run to the run that has invoked it.
func (s *Server) resumeInvoker(e *event) {
	p := s.invokes[e.correlationID()]
	if p == nil || p.run.status != Running || p.expires.Before(s.clock.Now()) {
		return
	}
	with, status := e.payload(), Completed
	if failure, ok := e.data["error"]; ok {
		with, status = map[string]any{"error": failure}, Failed
	} else if result, ok := e.data["result"]; ok {
		with = map[string]any{"data": result}
	}
	memo, err := json.Marshal(with)
	if err != nil {
		return // cannot happen: it was JSON
	}
	s.resume(p, memo, status, "event")
	if status == Failed {
		var failed struct{ Error StepError }
		if json.Unmarshal(memo, &failed) == nil {
			p.run.steps[p.step].Error = &failed.Error
		}
	}
}

// send publishes an event of the server's own.
func (s *Server) send(name, id string, data map[string]any) {
	e := &event{id: id, name: name, data: data}
	s.accept(e, "")
	s.process(e)
}

// handleInvoke starts a function directly, without anyone who waits for its result.
func (s *Server) handleInvoke(w http.ResponseWriter, r *http.Request) {
	var in rawEvent
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		writeError(w, http.StatusBadRequest, "Unable to read post data request")
		return
	}
	s.mu.Lock()
	e := &event{
		id: in.ID, name: EventFunctionInvoked, user: in.User, ts: in.Timestamp, v: in.Version,
		data: withMetadata(in.Data, map[string]any{"fn_id": r.PathValue("slug")}),
	}
	s.accept(e, "")
	s.process(e)
	s.dispatch()
	s.unlock()
	writeJSON(w, http.StatusOK, map[string]any{"id": e.internalID, "status": http.StatusOK})
}
