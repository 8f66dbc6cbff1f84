package local

import (
	"container/heap"
	"slices"
	"time"
)

type jobHeap []*job

func (h jobHeap) Len() int { return len(h) }

func (h jobHeap) Less(i, j int) bool {
	if !h[i].at.Equal(h[j].at) {
		return h[i].at.Before(h[j].at)
	}
	return h[i].rank < h[j].rank
}

func (h jobHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

func (h *jobHeap) Push(x any) { *h = append(*h, x.(*job)) }

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
	if s.cfg.Faults.ReorderDiscoveries && j.kind == jobCall && j.race && j.target == "" {
		j.at = j.at.Add(time.Duration(j.run.rng.Int64N(int64(maxReorderDelay))))
	}
	s.requeue(j)
	return true
}

// maxReorderDelay bounds the delay of discoveries that are reordered.
const maxReorderDelay = time.Second

// requeue puts a job that exists already back into the queue.
func (s *Server) requeue(j *job) {
	s.nextRank++
	j.rank = s.nextRank
	heap.Push(&s.queue, j)
}

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
