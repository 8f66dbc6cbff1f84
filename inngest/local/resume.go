package local

import (
	"encoding/json"
	"slices"
)

// match lets an event end the waits for it, and cancel runs.
func (s *Server) match(e *event) {
	async := e.payload()
	for _, p := range slices.Clone(s.pauses[e.name]) {
		if p.run.status != Running || p.expires.Before(s.clock.Now()) || p.run.events[0] == e {
			continue
		}
		if p.cond != nil && !p.cond.True(map[string]any{"event": p.run.events[0].payload(), "async": async}) {
			continue
		}
		if p.step == "" {
			s.log.Debug("event cancels run", "event", e.name, "run_id", p.run.id)
			s.finalize(p.run, Cancelled, nil, nil)
			continue
		}
		memo, err := json.Marshal(async)
		if err != nil {
			continue // cannot happen: the payload was JSON
		}
		s.resume(p, memo, Completed, "event")
	}
}

// resume ends a wait with a result.
func (s *Server) resume(p *pause, memo json.RawMessage, status Status, reason string) {
	r := p.run
	s.forget(p)
	s.drop(func(j *job) bool { return j.pause == p })
	pending, saved := s.save(r, p.step, memo, status)
	if step := r.steps[p.step]; saved && status != Failed {
		step.Output = memo
	}
	if pending && !p.race {
		return
	}
	r.planOnly = false
	id := p.step + "-" + reason
	if p.coalesce != "" && !p.race {
		id = p.coalesce + "-discover"
	}
	// The discovery is enqueued without a mode, as on the real server; it is one of several all the same.
	s.enqueue(&job{at: s.clock.Now(), kind: jobCall, run: r, id: id, after: p.step, race: p.race})
}

// pauseTimedOut ends a wait without what it has waited for.
func (s *Server) pauseTimedOut(p *pause) {
	if p.run.status != Running {
		return
	}
	memo, status := json.RawMessage("null"), TimedOut
	if p.op == opInvokeFunction {
		const name, message = "InngestInvokeTimeoutError", "Timed out waiting for invoked function to complete"
		memo, status = errorMemo(&RunError{Err: name + ": " + message, Name: name, Message: message}), Failed
	}
	s.resume(p, memo, status, "timeout")
}

func errorMemo(e *RunError) json.RawMessage {
	memo, err := json.Marshal(map[string]*RunError{"error": e})
	if err != nil {
		return json.RawMessage(`{"error":{"message":"the error cannot be encoded"}}`)
	}
	return memo
}
