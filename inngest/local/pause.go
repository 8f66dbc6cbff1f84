package local

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest/local/internal/expr"
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

func (s *Server) sleep(j *job, op *operation) {
	var opts struct {
		Duration string `json:"duration"`
	}
	_ = json.Unmarshal(op.Opts, &opts) // then the name is the duration, as in old SDKs
	if opts.Duration == "" {
		opts.Duration = op.Name
	}
	until, err := deadline(opts.Duration, s.clock.Now())
	if err != nil {
		s.invalid(j, "InvalidSleep", fmt.Sprintf("Step %q: %v", op.label(), err))
		return
	}
	if until.Sub(s.clock.Now()) > maxWait {
		s.invalid(j, "InngestErrTimeoutTooLong", fmt.Sprintf("The sleep %q ends more than one year in the future; sleeps may last at most one year.", opts.Duration))
		return
	}
	if s.enqueue(&job{at: until, kind: jobSleep, run: j.run, id: op.ID, after: op.ID, race: op.race()}) {
		j.run.steps[op.ID].Status = Waiting
	}
}

func (s *Server) waitForEvent(j *job, op *operation, coalesce string) {
	var opts struct {
		Event   string  `json:"event"`
		Timeout string  `json:"timeout"`
		If      *string `json:"if"`
	}
	if err := json.Unmarshal(op.Opts, &opts); err != nil {
		s.fault(j.run, FaultUnparsable, "the options of wait %q: %v", op.label(), err)
		return
	}
	if opts.Event == "" {
		s.invalid(j, "InvalidWait", "An event name must be provided when waiting for an event")
		return
	}
	cond, err := compileOptional(opts.If)
	if err != nil {
		s.invalid(j, "InvalidExpression", fmt.Sprintf("Wait for event If expression failed to compile: %v", err))
		return
	}
	expires, ok := s.expiry(j, op, opts.Timeout)
	if !ok {
		return
	}
	p := &pause{event: opts.Event, cond: cond, expires: expires}
	if s.pauseStep(j, op, p, coalesce) {
		s.pauses[p.event] = append(s.pauses[p.event], p)
	}
}

// expiry reads the time-out of a wait, a year if it has none.
func (s *Server) expiry(j *job, op *operation, timeout string) (time.Time, bool) {
	now := s.clock.Now()
	if timeout == "" {
		return now.AddDate(1, 0, 0), true
	}
	expires, err := deadline(timeout, now)
	if err != nil {
		s.invalid(j, "InvalidTimeout", fmt.Sprintf("Step %q: %v", op.label(), err))
		return time.Time{}, false
	}
	if expires.Sub(now) > maxWait {
		s.invalid(j, "InngestErrTimeoutTooLong", fmt.Sprintf("The timeout %q of step %q is more than one year.", timeout, op.label()))
		return time.Time{}, false
	}
	return expires, true
}

// invalid fails the run at once because of an operation that can never work.
func (s *Server) invalid(j *job, name, message string) {
	failure := &RunError{Err: name, Name: name, Message: message}
	s.finalize(j.run, Failed, errorMemo(failure), failure)
}

// match lets an event end the waits for it, and cancel runs.
func (s *Server) match(e *event) {
	async := e.payload()
	for _, p := range slices.Clone(s.pauses[e.name]) {
		if p.run.status != Running || p.expires.Before(s.clock.Now()) || p.run.events[0] == e {
			continue
		}
		if p.cond != nil && !p.cond.True(map[string]any{"event": p.run.events[0].payload(), "async": async}) {
			continue
		}
		if p.step == "" {
			s.log.Debug("event cancels run", "event", e.name, "run_id", p.run.id)
			s.finalize(p.run, Cancelled, nil, nil)
			continue
		}
		memo, err := json.Marshal(async)
		if err != nil {
			continue // cannot happen: the payload was JSON
		}
		s.resume(p, memo, Completed, "event")
	}
}

// resume ends a wait with a result.
func (s *Server) resume(p *pause, memo json.RawMessage, status Status, reason string) {
	r := p.run
	s.forget(p)
	s.drop(func(j *job) bool { return j.pause == p })
	pending, saved := s.save(r, p.step, memo, status)
	if step := r.steps[p.step]; saved && status != Failed {
		step.Output = memo
	}
	if pending && !p.race {
		return
	}
	r.planOnly = false
	id := p.step + "-" + reason
	if p.coalesce != "" && !p.race {
		id = p.coalesce + "-discover"
	}
	// The discovery is enqueued without a mode, as on the real server; it is one of several all the same.
	s.enqueue(&job{at: s.clock.Now(), kind: jobCall, run: r, id: id, after: p.step, race: p.race})
}

// pauseTimedOut ends a wait without what it has waited for.
func (s *Server) pauseTimedOut(p *pause) {
	if p.run.status != Running {
		return
	}
	memo, status := json.RawMessage("null"), TimedOut
	if p.op == opInvokeFunction {
		const name, message = "InngestInvokeTimeoutError", "Timed out waiting for invoked function to complete"
		memo, status = errorMemo(&RunError{Err: name + ": " + message, Name: name, Message: message}), Failed
	}
	s.resume(p, memo, status, "timeout")
}

func errorMemo(e *RunError) json.RawMessage {
	memo, err := json.Marshal(map[string]*RunError{"error": e})
	if err != nil {
		return json.RawMessage(`{"error":{"message":"the error cannot be encoded"}}`)
	}
	return memo
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
