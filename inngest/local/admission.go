package local

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest/local/internal/expr"
)

// slot names the count that the limit refers to for a run.
func (l limit) slot(f *function, vars map[string]any) string {
	owner := l.scope
	if l.scope == "fn" {
		owner = f.id
	}
	if l.key == nil {
		return owner
	}
	return fmt.Sprintf("%s/%s/%v", owner, l.hash, l.key.Value(vars))
}

// admit takes the places that a call needs, and reports false if one of them is not free.
func (s *Server) admit(j *job, now time.Time) bool {
	r := j.run
	if s.cfg.Faults.ShuffleSteps && j.target != "" && r.active >= max(r.slots, 1) {
		return false
	}
	takesRun := j.kind == jobStart && !r.holding
	for i, l := range r.fn.stepLimits {
		if i < len(r.stepKeys) && s.slots[r.stepKeys[i]] >= l.max {
			return false
		}
	}
	if takesRun {
		for i, l := range r.fn.runLimits {
			if i < len(r.runKeys) && s.slots[r.runKeys[i]] >= l.max {
				return false
			}
		}
		if !s.throttle(j, now) {
			return false
		}
		r.holding = true
		for _, key := range r.runKeys {
			s.slots[key]++
		}
	}
	for _, key := range r.stepKeys {
		s.slots[key]++
	}
	if j.target != "" {
		r.active++
	}
	j.release = func() {
		for _, key := range r.stepKeys {
			s.slots[key]--
		}
		if j.target != "" {
			r.active--
		}
	}
	return true
}

// orderReady puts the jobs that could start into the order in which they get their places: by time, where the start of a
// run counts as earlier by its priority.
func (s *Server) orderReady() {
	slices.SortStableFunc(s.ready, func(x, y *job) int { return x.effective().Compare(y.effective()) })
}

func (j *job) effective() time.Time {
	if j.kind == jobStart {
		return j.at.Add(-j.run.priority)
	}
	return j.at
}

// priorityOf turns the value of a priority expression into a lead in time, at most half a day.
func priorityOf(value any) time.Duration {
	const most = 12 * 60 * 60
	var seconds float64
	switch v := value.(type) {
	case int64:
		seconds = float64(v)
	case float64:
		if v != math.Trunc(v) {
			return 0
		}
		seconds = v
	}
	return time.Duration(min(max(seconds, -most), most)) * time.Second
}

// singleton makes room for a run of a function of which there must be only one, and returns the key that the run then
// has to hold (empty for none), or reports that the run has to be skipped.
func (s *Server) singleton(f *function, e *event, vars map[string]any) (key string, skipped bool) {
	config := f.singleton
	if config == nil {
		return "", false
	}
	key = f.id
	if config.key != nil {
		value := config.key.Value(vars)
		if value == false {
			return "", false // not a singleton for this event
		}
		key = fmt.Sprintf("%s/%v", f.id, value)
	}
	holder := s.singletons[key]
	switch {
	case holder == nil:
	case !config.cancel:
		return "", true
	case s.repeated(f, e):
		s.fault(holder, FaultLostRun, "event %q (id %q) came again; the real server then cancels the run that holds the singleton "+
			"and starts no other one, because the event was handled before", e.name, e.id)
	default:
		s.finalize(holder, Cancelled, nil, nil)
	}
	return key, false
}

// bucket is the state of a rate: the theoretical arrival time of the generic cell rate algorithm.
type bucket struct{ tat time.Time }

// take asks a rate for one place, and returns when there will be one if there is none now.
func (s *Server) take(key string, r rate, now time.Time) (ok bool, at time.Time) {
	b := s.rates[key]
	if b == nil {
		b = &bucket{tat: now}
		s.rates[key] = b
	}
	emission := r.period / time.Duration(r.limit)
	next := b.tat
	if now.After(next) {
		next = now
	}
	next = next.Add(emission)
	allowed := next.Add(-emission * time.Duration(r.burst+1))
	if allowed.After(now) {
		return false, allowed
	}
	b.tat = next
	return true, now
}

func rateKey(kind string, f *function, key *expr.Program, vars map[string]any) (string, bool) {
	if key == nil {
		return kind + f.id, true
	}
	value := key.Value(vars)
	if value == false {
		return "", false // not limited for this event
	}
	return fmt.Sprintf("%s%s/%v", kind, f.id, value), true
}

// rateLimited reports whether the function must not run for the event.
func (s *Server) rateLimited(f *function, vars map[string]any) bool {
	for _, r := range f.rateLimits {
		if key, limited := rateKey("rate/", f, r.key, vars); limited {
			if ok, _ := s.take(key, r, s.clock.Now()); !ok {
				return true
			}
		}
	}
	return false
}

// throttle reports whether a run may start now; if not, the start is put off until it may.
func (s *Server) throttle(j *job, now time.Time) bool {
	t := j.run.fn.throttle
	if t == nil || j.run.throttled {
		return true
	}
	key, limited := rateKey("throttle/", j.run.fn, t.key, map[string]any{"event": j.run.events[0].payload()})
	if !limited {
		return true
	}
	ok, at := s.take(key, *t, now)
	if ok {
		j.run.throttled = true
		return true
	}
	if !j.wakes.Equal(at) {
		// Being ready, the job is tried at each dispatch; make sure that there is one when there may be a place.
		j.wakes = at
		s.at(at, j.run, func() {})
	}
	return false
}

// debounced is an event that waits for others of its kind to stop coming.
type debounced struct {
	event *event
	first time.Time
	job   *job
}

// debounce puts the start of a run off until no event has come for a while.
func (s *Server) debounce(f *function, e *event, vars map[string]any) {
	now := s.clock.Now()
	key := f.id
	if f.debounce.key != nil {
		key = fmt.Sprintf("%s/%v", f.id, f.debounce.key.Value(vars))
	}
	d := s.debounces[key]
	if d == nil {
		d = &debounced{event: e, first: now}
		s.debounces[key] = d
	} else {
		s.drop(func(j *job) bool { return j == d.job })
		if e.ts >= d.event.ts {
			d.event = e
		}
	}
	at := now.Add(f.debounce.period)
	if most := d.first.Add(f.debounce.timeout); f.debounce.timeout > 0 && at.After(most) {
		at = most
	}
	d.job = s.at(at, nil, func() {
		delete(s.debounces, key)
		s.start(f, d.event)
	})
}
