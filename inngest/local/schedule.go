package local

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// accept gives an event its ids and keeps it. The seed, if it is one, determines the id.
func (s *Server) accept(e *event, internalID string) {
	now := s.clock.Now()
	e.internalID, e.seq, e.received = internalID, s.sequence(), now
	if e.internalID == "" {
		e.internalID = s.newID()
	}
	if e.id == "" {
		e.id = e.internalID
	}
	if e.ts == 0 {
		e.ts = now.UnixMilli()
	}
	s.events[e.internalID] = e
	s.log.Debug("event received", "event", e.name, "id", e.id, "internal_id", e.internalID)
}

// process lets an event end waits, cancel runs and start runs, in this order, so that a run is neither cancelled nor
// resumed by the event that starts it.
func (s *Server) process(e *event) {
	s.match(e)
	switch e.name {
	case EventFunctionFinished:
		s.resumeInvoker(e)
	case EventFunctionInvoked:
		s.startInvoked(e)
	}
	for _, f := range s.sortedFunctions() {
		if f.triggeredBy(e) {
			s.trigger(f, e)
		}
	}
}

// sortedFunctions returns the functions in an order that does not change from test to test.
func (s *Server) sortedFunctions() []*function {
	all := make([]*function, 0, len(s.functions))
	for _, f := range s.functions {
		all = append(all, f)
	}
	slices.SortFunc(all, func(x, y *function) int {
		switch {
		case x.slug < y.slug:
			return -1
		case x.slug > y.slug:
			return 1
		}
		return 0
	})
	return all
}

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
	if f.debounce != nil {
		s.debounce(f, e, vars)
		return
	}
	s.start(f, e)
}

// start creates a run and plans its first call, unless the function is busy, or has had the event before.
func (s *Server) start(f *function, e *event) {
	now := s.clock.Now()
	vars := map[string]any{"event": e.payload()}
	single, skipped := s.singleton(f, e, vars)
	if !skipped && s.repeated(f, e) {
		s.log.Debug("event was seen before", "event", e.name, "id", e.id, "function_id", f.slug)
		return
	}
	r := &run{
		id: s.newID(), seq: s.sequence(), fn: f, events: []*event{e}, status: Running, queued: now, version: -1,
		memos: map[string]rawJSON{}, executed: map[string]operation{}, pending: map[string]bool{}, seen: map[string]bool{},
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
	s.dedupe[f.id+"/"+e.id] = now
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

// cancelOn makes a run listen to the events that cancel it.
func (s *Server) cancelOn(r *run) {
	now := s.clock.Now()
	for _, c := range r.fn.cancel {
		p := &pause{run: r, seq: s.sequence(), event: c.event, cond: c.cond, expires: now.AddDate(1, 0, 0)}
		if c.timeout != "" {
			expires, err := deadline(c.timeout, now)
			if err != nil {
				continue // was checked at sync
			}
			p.expires = expires
		}
		r.pauses = append(r.pauses, p)
		s.pauses[p.event] = append(s.pauses[p.event], p)
	}
}

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
