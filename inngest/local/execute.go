package local

import (
	"encoding/json"
	"fmt"
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
		if step.Ended.IsZero() { // otherwise an earlier attempt of the call has stored the result and gone on
			step.Status = Running
		}
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
