package local

import (
	"errors"
	"fmt"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest/internal/expr"
)

type rate struct {
	limit, burst int
	period       time.Duration
	key          *expr.Program // nil: one count for the function
}

type wireRate struct {
	Limit  int     `json:"limit"`
	Burst  int     `json:"burst"`
	Period string  `json:"period"`
	Key    *string `json:"key"`
}

func newRate(in *wireRate) (*rate, error) {
	key, err := compileOptional(in.Key)
	if err != nil {
		return nil, err
	}
	period, err := positiveDuration(in.Period)
	if err != nil {
		return nil, err
	}
	if in.Limit < 1 {
		return nil, errors.New("the limit must be at least 1")
	}
	return &rate{limit: in.Limit, burst: max(in.Burst, 0), period: period, key: key}, nil
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
