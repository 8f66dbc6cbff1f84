// Package limit bounds how often somebody may do something.
package limit

import (
	"math"
	"sync"
	"time"
)

// Rate is how often something may be done.
type Rate struct {
	// Burst is how often it may be done at once. Below 1 means that there is no limit.
	Burst int
	// Every is after how long it may be done once more. It must be positive if there is a limit.
	Every time.Duration
}

// maxKeys bounds the memory of a Limiter. Whoever would be the next has to wait as if the limit were used up.
const maxKeys = 100_000

// Limiter applies a rate to each key by itself. It counts in this process: several replicas permit as many times as much.
// It is safe for concurrent use.
type Limiter struct {
	rate Rate
	now  func() time.Time

	mu sync.Mutex
	// full is when each key may do Burst times what is limited again. Keys that may already are forgotten.
	full  map[string]time.Time
	swept time.Time
}

// New returns a limiter. A nil clock means time.Now.
func New(rate Rate, now func() time.Time) *Limiter {
	if now == nil {
		now = time.Now
	}
	return &Limiter{rate: rate, now: now, full: map[string]time.Time{}}
}

// Allow reports whether the key may do it now, which then counts, or after how long.
func (l *Limiter) Allow(key string) (ok bool, wait time.Duration) {
	if l.rate.Burst < 1 {
		return true, 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.sweep(now)
	full, known := l.full[key]
	if !known || full.Before(now) {
		full = now
	}
	after := full.Add(l.rate.Every)
	if excess := after.Sub(now) - time.Duration(l.rate.Burst)*l.rate.Every; excess > 0 {
		return false, excess
	}
	if !known && len(l.full) >= maxKeys {
		return false, l.rate.Every
	}
	l.full[key] = after
	return true, 0
}

// sweep forgets the keys that nobody has to remember, once for each time in which all could have been used up.
func (l *Limiter) sweep(now time.Time) {
	interval := time.Duration(l.rate.Burst) * l.rate.Every
	if len(l.full) >= maxKeys {
		interval = min(interval, time.Second)
	}
	if now.Sub(l.swept) < interval {
		return
	}
	l.swept = now
	for key, full := range l.full {
		if !full.After(now) {
			delete(l.full, key)
		}
	}
}

// Seconds is a time to wait in whole seconds, for the header Retry-After. It is at least 1.
func Seconds(wait time.Duration) int {
	return max(1, int(math.Ceil(wait.Seconds())))
}
