package workflowkit

import (
	"fmt"
	"strings"
	"time"
)

// MaxDuration is the longest time that a run can sleep or wait: 366 days, the limit of Inngest.
const MaxDuration = 366 * 24 * time.Hour

// ParseDuration reads a duration as people write it in workflows: whole numbers, each with a unit of w, d, h, m or s,
// for instance "90m", "1d" or "1d 12h". A day has 24 hours. The result is at least a second and at most [MaxDuration].
func ParseDuration(text string) (time.Duration, error) {
	fault := func(problem string) (time.Duration, error) {
		return 0, fmt.Errorf("%s %s", brief(text), problem)
	}
	rest, total := strings.TrimSpace(text), time.Duration(0)
	if rest == "" {
		return fault(`is no duration; write for instance "90m" or "1d"`)
	}
	for rest != "" {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		if digits == 0 || digits == len(rest) {
			return fault(`is not a number with a unit, such as "90m", "24h" or "1d"`)
		}
		unit := durationUnit(rest[digits])
		if unit == 0 {
			return fault("has a unit other than w, d, h, m and s")
		}
		var n time.Duration
		for _, c := range rest[:digits] {
			if n = n*10 + time.Duration(c-'0'); n > MaxDuration/unit {
				return fault("is more than 366 days")
			}
		}
		if total += n * unit; total > MaxDuration {
			return fault("is more than 366 days")
		}
		rest = strings.TrimLeft(rest[digits+1:], " ")
	}
	if total == 0 {
		return fault("is no time at all")
	}
	return total, nil
}

func durationUnit(c byte) time.Duration {
	switch c {
	case 's':
		return time.Second
	case 'm':
		return time.Minute
	case 'h':
		return time.Hour
	case 'd':
		return 24 * time.Hour
	case 'w':
		return 7 * 24 * time.Hour
	default:
		return 0
	}
}
