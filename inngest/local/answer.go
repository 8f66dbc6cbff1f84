package local

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
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

// unwrapStream reads the answer of an app that streams: its status, body and headers are in the body.
func unwrapStream(a answer) answer {
	if a.err != nil || a.status != http.StatusCreated {
		return a
	}
	var inner struct {
		Error   *string           `json:"error"`
		Status  int               `json:"status"`
		Body    json.RawMessage   `json:"body"`
		Headers map[string]string `json:"headers"`
	}
	if err := json.Unmarshal(a.body, &inner); err != nil {
		return answer{err: fmt.Errorf("reading the streamed answer: %w", err), header: a.header}
	}
	if inner.Error != nil {
		return answer{err: errors.New(*inner.Error), header: a.header}
	}
	var text string
	if json.Unmarshal(inner.Body, &text) == nil {
		inner.Body = json.RawMessage(text)
	}
	a.status, a.body = inner.Status, inner.Body
	for name, value := range inner.Headers {
		a.header.Set(name, value)
	}
	return a
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

// failedCall handles a call without a usable answer, or whose answer is an error of the function. A call is tried again
// as long as there are attempts left and the app does not object.
func (s *Server) failedCall(j *job, a answer, failure *RunError) {
	r := j.run
	if j.duplicate {
		return // the other delivery is the one that counts
	}
	if a.header.Get("X-Inngest-No-Retry") != "true" && j.attempt+1 < r.fn.maxAttempts() {
		j.rerun(s, s.retryTime(j, a), j.attempt+1)
		return
	}
	output := errorMemo(failure)
	if json.Valid(a.body) {
		output = bytes.TrimSpace(a.body)
	}
	s.finalize(r, Failed, output, failure)
}

// rerun puts the job back.
func (j *job) rerun(s *Server, at time.Time, attempt int) {
	j.at, j.attempt, j.twin = at, attempt, nil
	if step := j.run.steps[j.target]; step != nil {
		step.Status = Retrying
	}
	j.run.jobs++ // its present execution is forgotten by done
	s.requeue(j)
}

// retryTime is when the next attempt is made: when the app wants it, else after the back-off.
func (s *Server) retryTime(j *job, a answer) time.Time {
	now := s.clock.Now()
	if delay, ok := retryAfter(a.header.Get("Retry-After")); ok {
		return now.Add(min(max(delay, minRetryDelay), maxRetryDelay))
	}
	return now.Add(s.backoff(j.attempt + 1))
}

// retryAfter reads the header, which is a number of seconds or a time. Times are compared with the real one, since the app
// lives in it, whatever clock the server has.
func retryAfter(value string) (time.Duration, bool) {
	if value == "" {
		return 0, false
	}
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 && len(value) <= 7 {
		return time.Duration(seconds) * time.Second, true
	}
	for _, layout := range []string{time.RFC3339Nano, http.TimeFormat, time.RFC1123Z} {
		if at, err := time.Parse(layout, value); err == nil {
			return time.Until(at), true
		}
	}
	return 0, false
}

// returned handles a 200: the function has returned.
func (s *Server) returned(j *job, a answer) {
	r := j.run
	if j.target != "" {
		s.fault(r, FaultTargetMissed, "call %d was to run step %q (%s), but the function returned %s without running it; "+
			"the code or its input has changed, or an operation was abandoned", j.call.Number, j.call.StepName, j.target, clip(a.body))
		return
	}
	output := json.RawMessage(bytes.TrimSpace(a.body))
	if len(output) > 0 && !json.Valid(output) {
		text, err := json.Marshal(string(a.body))
		if err != nil {
			text = nil
		}
		output = text
	}
	if unfinished := r.unfinished(len(output) == 0 || string(output) == "null"); unfinished != "" {
		s.fault(r, FaultUnfinished, "call %d returned %s although %s", j.call.Number, clip(a.body), unfinished)
		return
	}
	if r.raced && !r.closed {
		s.fault(r, FaultNoBarrier, "the function returned after steps in Race mode of which several were under way at the end; "+
			"close the group with one last planned step that waits for all others")
		return
	}
	s.finalize(r, Completed, output, nil)
	r.result, r.concluded = j, true
}

// unfinished describes the steps that make it wrong for the function to return: planned ones always, because somebody is
// about to run them or does already; waits only if the function has nothing to show instead.
func (r *run) unfinished(nothing bool) string {
	var names []string
	for _, id := range r.stepOrder {
		step := r.steps[id]
		switch step.Status {
		case Planned, Running, Retrying:
		case Waiting:
			if !nothing {
				continue
			}
		default:
			continue
		}
		names = append(names, fmt.Sprintf("%s %q is %s", step.Op, step.Name, strings.ToLower(string(step.Status))))
	}
	return strings.Join(names, ", ")
}

// answeredLate handles an answer to a call of a run that has ended meanwhile. After a failure or a cancellation nobody
// cares. After the function's result, two things are harmless: a repeated plan, which is what a discovery that was under
// way for long has to say, and the same result again if one last step has closed the run before, which is what a
// discovery says that was delivered late.
func (s *Server) answeredLate(j *job, a answer, ops []*operation) {
	r := j.run
	if !r.concluded || a.err != nil {
		return
	}
	same := r.result == j || r.result == j.twin && j.twin != nil || r.closed && bytes.Equal(bytes.TrimSpace(a.body), r.output)
	switch {
	case a.status == http.StatusPartialContent:
		for _, op := range ops {
			if !op.plans() || r.steps[op.ID] == nil {
				s.fault(r, FaultAfterEnd, "call %d answered %s %q after call %d had returned the function's result",
					j.call.Number, op.Op, op.label(), r.result.call.Number)
				return
			}
		}
	case a.status == http.StatusOK && same:
	default:
		s.fault(r, FaultAfterEnd, "call %d answered with status %d (%s) after call %d had returned the function's result: two "+
			"discoveries reached the end at once; close parallel branches with one last planned step",
			j.call.Number, a.status, clip(a.body), r.result.call.Number)
	}
}

func clip(body []byte) string {
	const most = 200
	text := string(bytes.TrimSpace(body))
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}
