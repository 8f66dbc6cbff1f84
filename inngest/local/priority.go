package local

import (
	"math"
	"slices"
	"time"
)

// orderReady puts the jobs that could start into the order in which they get their places: by time, where the start of a
// run counts as earlier by its priority.
func (s *Server) orderReady() {
	slices.SortStableFunc(s.ready, func(x, y *job) int { return x.effective().Compare(y.effective()) })
}

func (j *job) effective() time.Time {
	if j.kind == jobStart {
		return j.at.Add(-j.run.priority)
	}
	return j.at
}

// priorityOf turns the value of a priority expression into a lead in time, at most half a day.
func priorityOf(value any) time.Duration {
	const most = 12 * 60 * 60
	var seconds float64
	switch v := value.(type) {
	case int64:
		seconds = float64(v)
	case float64:
		if v != math.Trunc(v) {
			return 0
		}
		seconds = v
	}
	return time.Duration(min(max(seconds, -most), most)) * time.Second
}
