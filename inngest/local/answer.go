package local

import (
	"errors"
	"fmt"
	"net/http"
)

// answered handles the answer of a call. The mutex is held.
func (s *Server) answered(j *job, a answer) {
	r, c := j.run, j.call
	defer s.done(j)
	a = unwrapStream(a)
	c.Ended, c.HTTPStatus, c.ResponseBytes = s.clock.Now(), a.status, len(a.body)
	if a.err != nil {
		c.Error = a.err.Error()
	}
	s.log.Debug("call answered", "run_id", r.id, "call", c.Number, "step", c.StepName, "attempt", j.attempt, "status", a.status, "error", c.Error)
	var ops []*operation
	if a.err == nil && a.status == http.StatusPartialContent {
		var err error
		if ops, err = parseOperations(a.body, s.limits.StepOutput); err != nil {
			s.unreadable(j, err)
			return
		}
		for _, op := range ops {
			c.Operations = append(c.Operations, op.Op+" "+op.label())
		}
	}
	if r.status != Running {
		s.answeredLate(j, a, ops)
		return
	}
	isSDK := a.header.Get("X-Inngest-Sdk") != ""
	success := a.status >= 200 && a.status < 300
	noRetry := a.header.Get("X-Inngest-No-Retry") == "true"
	switch {
	case a.lost:
		j.rerun(s, s.clock.Now(), j.attempt)
	case a.err != nil:
		text := a.err.Error()
		if errors.Is(a.err, errUnreachable) {
			text = errUnreachable.Error()
		}
		s.failedCall(j, a, &RunError{Err: text, Name: "Error", Message: text})
	case success && !isSDK:
		s.failedCall(j, a, &RunError{
			Err: "not_sdk", Name: "not_sdk", Message: "The answer did not come from an Inngest SDK: it has no X-Inngest-SDK header.",
		})
	case a.status == http.StatusPartialContent:
		s.operations(j, a, ops)
	case noRetry:
		s.failedCall(j, a, standardError(a.body, "NonRetriableError"))
	case !success:
		s.failedCall(j, a, standardError(a.body, fmt.Sprintf("invalid status code: %d", a.status)))
	case a.status == http.StatusNoContent:
		s.finalize(r, Failed, nil, standardError(nil, "the answer is empty"))
	default:
		s.returned(j, a)
	}
}

// unreadable handles a 206 whose body is not a list of operations. A result that is too large is an ordinary, if
// hopeless, failure of the attempt; anything else is a fault.
func (s *Server) unreadable(j *job, err error) {
	j.call.Error = err.Error()
	if j.run.status != Running {
		return
	}
	var large *tooLargeError
	if errors.As(err, &large) {
		s.failedCall(j, answer{}, &RunError{Err: err.Error(), Name: "Error", Message: err.Error()})
		return
	}
	s.fault(j.run, FaultUnparsable, "call %d: %v", j.call.Number, err)
}
