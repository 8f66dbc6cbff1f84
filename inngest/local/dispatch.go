package local

import (
	"container/heap"
	"slices"
)

// dispatch starts everything that is due and allowed, and sets the timer for the rest. Whatever changes the state calls
// it before it gives up the mutex.
func (s *Server) dispatch() {
	for !s.closed && s.dispatchOnce() {
	}
	s.setTimer()
	s.broadcast()
}

// dispatchOnce moves due jobs to the ready list and starts what may run. It reports whether anything happened.
func (s *Server) dispatchOnce() bool {
	now := s.clock.Now()
	progress := false
	for len(s.queue) > 0 && !s.queue[0].at.After(now) {
		j := heap.Pop(&s.queue).(*job)
		progress = true
		switch j.kind {
		case jobFunc:
			j.do()
			s.done(j)
		case jobTimeout:
			s.pauseTimedOut(j.pause)
			s.done(j)
		default:
			s.ready = append(s.ready, j)
		}
	}
	s.orderReady()
	for i := 0; i < len(s.ready); {
		j := s.ready[i]
		if !s.admit(j, now) {
			i++
			continue
		}
		progress = true
		s.ready = slices.Delete(s.ready, i, i+1)
		s.begin(j)
		i = 0 // begin may have changed the list
	}
	return progress
}

// done forgets a job, and notices a run for which nothing is left that could ever continue it.
func (s *Server) done(j *job) {
	if !j.continues() {
		return
	}
	r := j.run
	r.jobs--
	if r.jobs == 0 && r.status == Running {
		s.fault(r, FaultStuck, "nothing is left that could continue the run; the real server would show it as running for ever")
	}
}
