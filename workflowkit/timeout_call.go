package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// lateness is how long a function whose time is over may take to notice.
const lateness = 250 * time.Millisecond

// called is what a function has returned.
type called struct {
	raw json.RawMessage
	err error
}

// within calls the function of a step with a context that ends when the time is over. A function that does not care is
// left to itself then, and its result is lost.
func (l *limited) within(
	ctx context.Context, id string, left time.Duration, fn func(ctx context.Context) (json.RawMessage, error),
) (json.RawMessage, error) {
	timeout := l.err()
	if left <= 0 {
		return nil, timeout
	}
	ctx, cancel := context.WithTimeoutCause(ctx, left, timeout)
	defer cancel()
	done := make(chan called, 1)
	go func() {
		result := called{err: NoRetryError(errors.New("function ended its goroutine without returning"))}
		defer func() {
			if value := recover(); value != nil {
				result = called{err: l.n.panicked(l.n.run.Logger().With("step_id", id), "step "+id, value)}
			}
			done <- result
		}()
		result.raw, result.err = fn(ctx)
	}()
	timer := time.NewTimer(left + lateness)
	defer timer.Stop()
	select {
	case result := <-done:
		if result.err != nil && context.Cause(ctx) == timeout { //nolint:errorlint // this very one
			return nil, timeout
		}
		return result.raw, result.err
	case <-timer.C:
	}
	began := time.Now()
	l.n.run.Logger().Error("function of a step goes on after its timeout; nobody waits for it any more", "step_id", id, "timeout", l.timeout)
	go func() {
		<-done
		l.n.run.Logger().Warn("function of a step has ended after its timeout", "step_id", id, "late", time.Since(began))
	}()
	return nil, timeout
}
