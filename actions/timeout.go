package actions

import (
	"fmt"
	"strings"
	"time"
)

// MaxTimeout is the longest time that a run can wait: 366 days.
const MaxTimeout = 366 * 24 * time.Hour

var timeoutUnits = map[string]time.Duration{
	"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour,
}

// ParseTimeout reads how long to wait: whole numbers, each with a unit of w, d, h, m or s, for instance "90m", "1d" or
// "1d 12h". A day has 24 hours. Empty means [DefaultApprovalTimeout]. The result is at least a second and at most
// [MaxTimeout].
func ParseTimeout(s string) (time.Duration, error) {
	fault := func(problem string) (time.Duration, error) {
		return 0, fmt.Errorf("time to wait %q %s", clip(s, 40), problem)
	}
	rest := strings.TrimSpace(s)
	if rest == "" {
		rest = DefaultApprovalTimeout
	}
	var total time.Duration
	for rest != "" {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		if digits == 0 || digits == len(rest) {
			return fault(`is not a number with a unit, such as "90m", "24h" or "1d"`)
		}
		unit, ok := timeoutUnits[rest[digits:digits+1]]
		if !ok {
			return fault(`has a unit other than w, d, h, m and s`)
		}
		var n int64
		for _, c := range rest[:digits] {
			if n = n*10 + int64(c-'0'); n > int64(MaxTimeout/time.Second) {
				return fault("is more than 366 days")
			}
		}
		if n > int64(MaxTimeout/unit) {
			return fault("is more than 366 days")
		}
		if total += time.Duration(n) * unit; total > MaxTimeout {
			return fault("is more than 366 days")
		}
		rest = strings.TrimLeft(rest[digits+1:], " ")
	}
	if total <= 0 {
		return fault("is no time at all")
	}
	return total, nil
}

func describeTimeout(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return DefaultApprovalTimeout
	}
	return s
}
