package local

import (
	"fmt"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest/internal/expr"
)

type debounce struct {
	key     *expr.Program // nil: all events of the function
	period  time.Duration
	timeout time.Duration // zero: none
}

func newDebounce(key *string, period string, timeout *string) (*debounce, error) {
	program, err := compileOptional(key)
	if err != nil {
		return nil, err
	}
	d := &debounce{key: program}
	if d.period, err = positiveDuration(period); err != nil {
		return nil, err
	}
	if d.period < time.Second || d.period > 7*24*time.Hour {
		return nil, fmt.Errorf("the period %q is not between a second and a week", period)
	}
	d.timeout, err = optionalDuration(timeout)
	return d, err
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
