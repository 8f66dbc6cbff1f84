package local

import (
	"time"
)

// backoffTable holds the delays of the real server after the first, second, ... failed attempt, without jitter.
var backoffTable = [...]time.Duration{
	15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute,
	20 * time.Minute, 40 * time.Minute, time.Hour, 2 * time.Hour,
}

// backoff returns the delay after a number of failed attempts. The server's mutex is held.
func (s *Server) backoff(failed int) time.Duration {
	if s.cfg.Backoff != nil {
		return max(0, s.cfg.Backoff(failed))
	}
	index := min(max(failed-1, 0), len(backoffTable)-1)
	return backoffTable[index] + time.Duration(s.rng.Int64N(int64(retryJitter)))
}
