package local

import (
	"slices"
)

// finalize ends a run: nothing of it is left in the queue, waiting or holding a place, and the world is told.
func (s *Server) finalize(r *run, status Status, output rawJSON, failure *RunError) {
	if r.status != Running {
		return
	}
	r.status, r.output, r.err, r.ended = status, output, failure, s.clock.Now()
	s.drop(func(j *job) bool { return j.run == r })
	for _, p := range slices.Clone(r.pauses) {
		s.forget(p)
	}
	if r.holding {
		r.holding = false
		for _, key := range r.runKeys {
			s.slots[key]--
		}
	}
	if s.singletons[r.single] == r {
		delete(s.singletons, r.single)
	}
	s.log.Debug("run ended", "run_id", r.id, "function_id", r.fn.slug, "status", status, "error", failure)
	s.announceEnd(r)
}

// announceEnd sends the events about the end of a run.
func (s *Server) announceEnd(r *run) {
	first := r.events[0]
	if first.name == EventFunctionFailed || first.name == EventFunctionFinished {
		return // or a function that listens to them would start itself for ever
	}
	var all []any
	for _, e := range r.events {
		all = append(all, e.stored())
	}
	data := map[string]any{
		"function_id": r.fn.slug, "run_id": r.id, "event": first.payload(), "events": all,
		metadataKey: map[string]any{"status": string(r.status)},
	}
	if r.err != nil {
		data["error"] = decode(r.err.encode())
	}
	if len(r.output) > 0 {
		data["result"] = decode(r.output)
	}
	if correlation := first.metadata("correlation_id"); correlation != "" {
		data["correlation_id"] = correlation
	}
	s.send(EventFunctionFinished, "", data)
	switch r.status {
	case Failed:
		s.send(EventFunctionFailed, r.id, data)
	case Cancelled:
		s.send(EventFunctionCancelled, r.id, data)
	}
}
