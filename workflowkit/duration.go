package workflowkit

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// maxDuration is the longest time that Inngest sleeps or waits.
const maxDuration = 366 * 24 * time.Hour

// ParseDuration reads a duration as people write it in workflows: whole numbers, each with a unit of w, d, h, m or s,
// for instance "90m", "1d" or "1d 12h". A day has 24 hours. The result is positive and at most 366 days, the longest
// time that Inngest waits.
func ParseDuration(text string) (time.Duration, error) {
	units := map[byte]time.Duration{
		's': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour,
	}
	rest, total := strings.TrimSpace(text), time.Duration(0)
	if rest == "" {
		return 0, errors.New("a duration is needed, such as 90m or 1d")
	}
	for rest != "" {
		n, digits := time.Duration(0), 0
		for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
			if n = n*10 + time.Duration(rest[digits]-'0'); n > maxDuration/time.Second {
				return 0, fmt.Errorf("%s is more than 366 days", brief(text))
			}
			digits++
		}
		if digits == 0 || digits == len(rest) || units[rest[digits]] == 0 {
			return 0, fmt.Errorf("%s is not a duration such as 90m or 1d 12h", brief(text))
		}
		unit := units[rest[digits]]
		if n > maxDuration/unit || total+n*unit > maxDuration {
			return 0, fmt.Errorf("%s is more than 366 days", brief(text))
		}
		total += n * unit
		rest = strings.TrimLeft(rest[digits+1:], " ")
	}
	if total == 0 {
		return 0, fmt.Errorf("%s is no time at all", brief(text))
	}
	return total, nil
}
