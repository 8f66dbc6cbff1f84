package local

import (
	"time"
)

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
