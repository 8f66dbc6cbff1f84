package local

import (
	"encoding/json"
	"fmt"
	"time"
)

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
