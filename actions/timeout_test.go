package actions_test

import (
	"strings"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/actions"
)

func TestParseTimeout(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]time.Duration{
		"": 24 * time.Hour, " ": 24 * time.Hour, "1d": 24 * time.Hour, "24h": 24 * time.Hour, "90m": 90 * time.Minute,
		"30s": 30 * time.Second, "2w": 14 * 24 * time.Hour, "1d12h": 36 * time.Hour, " 1d 12h  5m ": 36*time.Hour + 5*time.Minute,
		"366d": actions.MaxTimeout, "0d1s": time.Second,
	} {
		if got, err := actions.ParseTimeout(in); err != nil || got != want {
			t.Errorf("ParseTimeout(%q) is %v, %v, want %v", in, got, err, want)
		}
	}
	for in, text := range map[string]string{
		"tomorrow": "is not a number with a unit", "1": "is not a number with a unit", "d": "is not a number with a unit",
		"-1d": "is not a number with a unit", "1.5h": "has a unit other than", "1y": "has a unit other than", "1µs": "has a unit other than",
		"0h": "is no time at all", "367d": "more than 366 days", "366d 1s": "more than 366 days",
		"99999999999999999999999999d": "more than 366 days", "1000000000w": "more than 366 days", "1d,2h": "is not a number with a unit",
	} {
		if got, err := actions.ParseTimeout(in); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("ParseTimeout(%q) is %v, %v, want an error about %q", in, got, err, text)
		}
	}
}

func FuzzParseTimeout(f *testing.F) {
	for _, seed := range []string{"1d", "90m", "1d 12h", "", "366d", "0s", "9w9d9h9m9s", "1\u00b5s"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := actions.ParseTimeout(s)
		if err == nil && (got < time.Second || got > actions.MaxTimeout) {
			t.Errorf("ParseTimeout(%q) is %v", s, got)
		}
		if err != nil && (got != 0 || len(err.Error()) > 250) {
			t.Errorf("ParseTimeout(%q) is %v, %v", s, got, err)
		}
	})
}
