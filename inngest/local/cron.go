package local

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// schedule starts runs at certain times.
type schedule struct {
	text   string
	jitter time.Duration
	times  cron.Schedule
}

func newSchedule(text, jitter string) (schedule, error) {
	if strings.HasPrefix(text, "TZ=") || strings.HasPrefix(text, "CRON_TZ=") {
		if !strings.Contains(text, " ") { // the parser panics
			return schedule{}, fmt.Errorf("'%s' isn't a valid cron schedule", text)
		}
	}
	times, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(text)
	if err != nil {
		return schedule{}, fmt.Errorf("'%s' isn't a valid cron schedule: %w", text, err)
	}
	sc := schedule{text: text, times: times}
	if jitter != "" {
		if sc.jitter, err = positiveDuration(jitter); err != nil {
			return schedule{}, err
		}
		if sc.jitter < time.Second || sc.jitter > 5*time.Minute {
			return schedule{}, errors.New("cron jitter must be between 1s and 5m0s")
		}
	}
	return sc, nil
}

// plan sets the clock for the next run of a schedule after the given time. The mutex is held.
func (s *Server) plan(f *function, sc schedule, after time.Time) {
	next := sc.times.Next(after)
	if next.IsZero() {
		return // never, such as the 30th of February
	}
	fire := next
	if sc.jitter > 0 {
		fire = fire.Add(time.Second + time.Duration(s.rng.Int64N(int64(sc.jitter-time.Second+1))))
	}
	fired := func() {
		s.mu.Lock()
		defer s.unlock()
		if s.closed || s.functions[f.slug] != f {
			return // another sync has taken over
		}
		defer s.dispatch()
		s.plan(f, sc, next)
		e := &event{id: next.UTC().Format(time.RFC3339), name: EventScheduled, ts: fire.UnixMilli(), data: map[string]any{
			"cron": sc.text, "scheduledAt": next.UTC().Format(time.RFC3339), "fireAt": fire.UTC().Format(time.RFC3339),
		}}
		s.accept(e, "")
		s.match(e)
		s.trigger(f, e)
	}
	wait := fire.Sub(s.clock.Now())
	start := s.clock.AfterFunc
	if s.virtual != nil {
		start = s.virtual.afterBackground
	}
	s.timers[sc.key(f)] = start(wait, fired)
}

func (sc schedule) key(f *function) string { return f.slug + "/" + sc.text }

// unplan stops the schedules of a function.
func (s *Server) unplan(f *function) {
	for _, sc := range f.cron {
		if stop := s.timers[sc.key(f)]; stop != nil {
			stop()
		}
		delete(s.timers, sc.key(f))
	}
}
