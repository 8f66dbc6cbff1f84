package local

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

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
	if step := j.run.steps[j.target]; step != nil && step.Ended.IsZero() {
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
