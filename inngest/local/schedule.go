package local

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"time"
)

// repeated reports whether the function has run for an event with the same id within a day.
func (s *Server) repeated(f *function, e *event) bool {
	at, ok := s.dedupe[f.id+"/"+e.id]
	return ok && s.clock.Now().Sub(at) < dedupePeriod
}

// trigger starts a run of the function for the event, unless the function's settings are against it.
func (s *Server) trigger(f *function, e *event) {
	vars := map[string]any{"event": e.payload()}
	if !s.repeated(f, e) && s.rateLimited(f, vars) {
		s.log.Debug("function is rate limited", "event", e.name, "function_id", f.slug)
		if e.name == EventFunctionInvoked {
			s.invocationFailed(e, "invoked function is rate limited")
		}
		return
	}
	if s.collect(f, e, vars) {
		return
	}
	if f.debounce != nil {
		s.debounce(f, e, vars)
		return
	}
	s.start(f, e)
}

// start creates a run and plans its first call, unless the function is busy, or has had the event before. Of a batch the
// first event decides.
func (s *Server) start(f *function, events ...*event) {
	e := events[0]
	now := s.clock.Now()
	vars := map[string]any{"event": e.payload()}
	single, skipped := s.singleton(f, e, vars)
	if !skipped && s.repeated(f, e) {
		s.log.Debug("event was seen before", "event", e.name, "id", e.id, "function_id", f.slug)
		return
	}
	r := &run{
		id: s.newID(), seq: s.sequence(), fn: f, events: events, status: Running, queued: now, version: -1,
		memos: map[string]rawJSON{}, executed: map[string]executed{}, serial: map[string]bool{}, pending: map[string]bool{}, seen: map[string]bool{},
		steps: map[string]*Step{}, traceID: fmt.Sprintf("%016x%016x", s.rng.Uint64(), s.rng.Uint64()|1),
	}
	for _, e := range r.events {
		if raw, err := json.Marshal(e.stored()); err == nil {
			r.stateSize += len(raw) // events count as state on the real server
		}
	}
	r.rng = rand.New(rand.NewPCG(uint64(s.cfg.Faults.Seed), runSeed(f, e, len(s.order))))
	s.runs[r.id] = r
	s.order = append(s.order, r)
	if skipped {
		r.status, r.ended = Skipped, now
		s.log.Debug("run skipped, another one is running", "run_id", r.id, "function_id", f.slug)
		if p := s.invokes[e.correlationID()]; p != nil {
			s.fault(p.run, FaultStuck, "the invoked function %q was skipped because its singleton is busy; the real server does not "+
				"say so to the run that has invoked it, which then waits until its time-out", f.slug)
		}
		return
	}
	for _, e := range events {
		s.dedupe[f.id+"/"+e.id] = now
	}
	if single != "" {
		r.single = single
		s.singletons[single] = r
	}
	for _, l := range f.stepLimits {
		r.stepKeys = append(r.stepKeys, l.slot(f, vars))
	}
	for _, l := range f.runLimits {
		r.runKeys = append(r.runKeys, "run/"+l.slot(f, vars))
	}
	if f.priority != nil {
		r.priority = priorityOf(f.priority.Value(vars))
	}
	s.cancelOn(r)
	if f.startLimit > 0 {
		s.at(now.Add(f.startLimit), r, func() {
			if r.started.IsZero() {
				s.finalize(r, Cancelled, nil, nil)
			}
		})
	}
	at := now
	if from := time.UnixMilli(e.ts); from.After(at) {
		at = from
	}
	s.enqueue(&job{at: at, kind: jobStart, run: r, id: "start"})
	s.log.Debug("run created", "run_id", r.id, "function_id", f.slug, "event", e.name)
}

// runSeed makes the random choices of a run depend on the function and on how manieth run it is, not on other runs.
func runSeed(f *function, e *event, number int) uint64 {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(f.slug + "/" + e.name + "/" + strconv.Itoa(number))) // never fails
	return sum.Sum64()
}

// markStarted notes the first call of a run.
func (s *Server) markStarted(r *run) {
	r.started = s.clock.Now()
	if limit := r.fn.runLimit; limit > 0 {
		s.at(r.started.Add(limit), r, func() { s.finalize(r, Cancelled, nil, nil) })
	}
}
