package actions

import (
	"net/http"
	"strconv"
	"time"
)

// maxRetryAfter bounds how long a service can make a run wait.
const maxRetryAfter = 24 * time.Hour

// retryAfter returns how long a service asks to wait, from the headers Retry-After-Ms and Retry-After, which holds
// seconds or a date. It returns zero if it does not say, or nothing that makes sense.
func retryAfter(header http.Header, now time.Time) time.Duration {
	if wait, ok := parseWait(header.Get("Retry-After-Ms"), time.Millisecond); ok {
		return wait
	}
	value := header.Get("Retry-After")
	if wait, ok := parseWait(value, time.Second); ok {
		return wait
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), maxRetryAfter)
	}
	return 0
}

func parseWait(value string, unit time.Duration) (time.Duration, bool) {
	n, err := strconv.ParseFloat(value, 64)
	// The comparison is false for what is not a number.
	if err != nil || !(n >= 0) {
		return 0, false
	}
	if n > float64(maxRetryAfter/unit) {
		return maxRetryAfter, true
	}
	return time.Duration(n * float64(unit)), true
}
