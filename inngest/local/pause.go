package local

import (
	"slices"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest/internal/expr"
)

// pause is something that waits for an event: a step, or the cancellation of a run.
type pause struct {
	run      *run
	seq      uint64
	event    string
	cond     *expr.Program // nil: any event of that name
	expires  time.Time
	step     string // empty: cancels the run
	op       string
	race     bool
	coalesce string
	key      string // correlation id of an invocation
}

// pauseStep makes a step wait, at most until the given time.
func (s *Server) pauseStep(j *job, op *operation, p *pause, coalesce string) bool {
	p.run, p.seq, p.step, p.op, p.race, p.coalesce = j.run, s.sequence(), op.ID, op.Op, op.race(), coalesce
	if j.run.memos[op.ID] != nil || !s.enqueue(&job{at: p.expires, kind: jobTimeout, run: j.run, id: op.ID, pause: p}) {
		return false // reported again by another discovery
	}
	j.run.pauses = append(j.run.pauses, p)
	j.run.steps[op.ID].Status = Waiting
	return true
}

// forget removes a pause from where events find it.
func (s *Server) forget(p *pause) {
	same := func(other *pause) bool { return other == p }
	s.pauses[p.event] = slices.DeleteFunc(s.pauses[p.event], same)
	p.run.pauses = slices.DeleteFunc(p.run.pauses, same)
	if s.invokes[p.key] == p {
		delete(s.invokes, p.key)
	}
}
