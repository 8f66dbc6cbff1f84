package actions

import (
	"fmt"
	"strings"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// MaxTimeout is the longest time that a run can wait: 366 days.
const MaxTimeout = workflowkit.MaxDuration

// ParseTimeout reads how long to wait: whole numbers, each with a unit of w, d, h, m or s, for instance "90m", "1d" or
// "1d 12h". A day has 24 hours. Empty means [DefaultApprovalTimeout]. The result is at least a second and at most
// [MaxTimeout].
func ParseTimeout(s string) (time.Duration, error) {
	if strings.TrimSpace(s) == "" {
		s = DefaultApprovalTimeout
	}
	d, err := workflowkit.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("time to wait %w", err)
	}
	return d, nil
}

func describeTimeout(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return DefaultApprovalTimeout
	}
	return s
}
