package local

import (
	"container/heap"
	"slices"
	"time"
)

type jobKind int

const (
	jobStart   jobKind = iota // the first call of a run
	jobCall                   // a discovery, or a planned step
	jobSleep                  // the end of a sleep, then a discovery
	jobTimeout                // a pause that nothing has ended
	jobFunc                   // anything else that happens at a time
)

// job is something to be done at a time.
type job struct {
	at   time.Time
	rank uint64 // order among jobs of the same time
	kind jobKind
	run  *run // nil for some jobFunc
	id   string

	target   string // the planned step
	after    string // the step whose end has caused this
	attempt  int
	race     bool
	coalesce string
	pause    *pause
	do       func() // for jobFunc

	generation int
	duplicate  bool
	twin       *job      // the other delivery of a duplicated discovery
	snapshot   int       // length of the stack that the call was given
	planOnly   bool      // the run's planOnly when the call was prepared
	call       *Call     // the call being made
	release    func()    // gives back the concurrency slots
	wakes      time.Time // when a throttled start is tried again
}

type jobHeap []*job

func (h jobHeap) Len() int { return len(h) }
func (h jobHeap) Less(i, j int) bool {
	if !h[i].at.Equal(h[j].at) {
		return h[i].at.Before(h[j].at)
	}
	return h[i].rank < h[j].rank
}
func (h jobHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *jobHeap) Push(x any)   { *h = append(*h, x.(*job)) }
func (h *jobHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}

// enqueue adds a job unless one with its id was added to the run before, and reports whether it did.
func (s *Server) enqueue(j *job) bool {
	if j.run != nil && j.id != "" {
		if j.run.seen[j.id] {
			return false
		}
		j.run.seen[j.id] = true
	}
	if j.continues() {
		j.run.jobs++
	}
	s.requeue(j)
	return true
}

// requeue puts a job that exists already back into the queue.
func (s *Server) requeue(j *job) {
	s.nextRank++
	j.rank = s.nextRank
	heap.Push(&s.queue, j)
}

// continues reports whether the job is one that can lead to the next call of its run.
func (j *job) continues() bool { return j.run != nil && j.kind != jobFunc }

// at calls do at the given time, unless the run, if there is one, has ended by then.
func (s *Server) at(at time.Time, r *run, do func()) *job {
	j := &job{at: at, kind: jobFunc, do: do, run: r}
	s.enqueue(j)
	return j
}

// drop removes the jobs for which the condition holds from the queue.
func (s *Server) drop(condition func(*job) bool) {
	remove := func(j *job) bool {
		if !condition(j) {
			return false
		}
		if j.continues() {
			j.run.jobs--
		}
		return true
	}
	before := len(s.queue)
	s.queue = slices.DeleteFunc(s.queue, remove)
	if len(s.queue) != before {
		heap.Init(&s.queue)
	}
	s.ready = slices.DeleteFunc(s.ready, remove)
}

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

func (s *Server) setTimer() {
	if s.stopTimer != nil {
		s.stopTimer()
		s.stopTimer = nil
	}
	if s.closed || len(s.queue) == 0 {
		return
	}
	s.stopTimer = s.clock.AfterFunc(s.queue[0].at.Sub(s.clock.Now()), s.tick)
}

// tick is called by the clock when something may be due.
func (s *Server) tick() {
	s.mu.Lock()
	s.dispatch()
	s.unlock()
}

// unlock gives up the mutex, and tells a virtual clock if there is nothing left to do at its present time.
func (s *Server) unlock() {
	idle := s.idleLocked()
	s.mu.Unlock()
	if idle && s.virtual != nil {
		s.virtual.jump()
	}
}

func (s *Server) wake() {
	s.mu.Lock()
	s.dispatch()
	s.unlock()
}

// idleLocked reports whether nothing is being done and nothing can be before the clock moves.
func (s *Server) idleLocked() bool {
	return s.closed || s.inflight == 0 && (len(s.queue) == 0 || s.queue[0].at.After(s.clock.Now()))
}

func (s *Server) idleNow() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.idleLocked()
}

// broadcast wakes all who wait for a change.
func (s *Server) broadcast() {
	close(s.changed)
	s.changed = make(chan struct{})
}
