package local

import (
	"fmt"
	"time"

	"github.com/xhit/go-str2duration/v2"
)

// deadline reads a duration such as "1d" or "100ms", or a time in RFC 3339, as a time from now.
func deadline(text string, now time.Time) (time.Time, error) {
	duration, err := str2duration.ParseDuration(text)
	if err == nil {
		return now.Add(duration), nil
	}
	if at, timeErr := time.Parse(time.RFC3339, text); timeErr == nil {
		// Times come from the app, which lives in real time.
		return now.Add(time.Until(at)), nil
	}
	return time.Time{}, fmt.Errorf("invalid duration %q: %w", text, err)
}

// positiveDuration reads a duration that must be more than nothing.
func positiveDuration(text string) (time.Duration, error) {
	d, err := str2duration.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("invalid duration %q: %w", text, err)
	}
	if d <= 0 {
		return 0, fmt.Errorf("the duration %q is not positive", text)
	}
	return d, nil
}

func optionalDuration(text *string) (time.Duration, error) {
	if text == nil || *text == "" {
		return 0, nil
	}
	return positiveDuration(*text)
}
