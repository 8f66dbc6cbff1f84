package inngest

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Limits of the Inngest server for triggers.
const (
	maxTriggers    = 10
	maxTriggerName = 255
	maxCron        = 255
	minJitter      = time.Second
	maxJitter      = 5 * time.Minute
)

// Trigger starts runs: an event, under a condition if there is one, or a schedule. Exactly one of Event and Cron is
// required.
//
// A schedule has no event of its own, so its runs get one from Inngest: its name is [CronEvent], its id the time for
// which the run was planned, and its data {"cron": the schedule, "scheduledAt": that time, "fireAt": the same with the
// jitter}, both as RFC 3339 in UTC. A loader that chooses workflows by event name finds those for CronEvent.
type Trigger struct {
	// Event is the name of the event.
	Event string
	// If is an expression over event. Empty means always. A schedule has none.
	If string
	// Cron is a schedule with the five fields minute, hour, day of the month, month and day of the week, for instance
	// "0 9 * * MON-FRI". The times are UTC unless the schedule begins with another zone: "TZ=Europe/Zurich 0 9 * * *".
	Cron string
	// Jitter delays each run of a schedule by a random time, up to this one, from 1 second to 5 minutes. Zero means none.
	Jitter time.Duration
}

// CronEvent is the name of the event of runs that a schedule has started.
const CronEvent = "inngest/scheduled.timer"

func (f *Function) checkTriggers(fail func(string, ...any)) {
	triggers := f.triggers()
	if len(triggers) == 0 {
		fail("no event starts the function")
	}
	if len(triggers) > maxTriggers {
		fail("%d events start a run, at most %d are possible", len(triggers), maxTriggers)
	}
	events, schedules := map[Trigger]bool{}, map[string]bool{}
	for i, trigger := range triggers {
		what := fmt.Sprintf("trigger %d", i)
		switch {
		case trigger.Cron == "":
			checkEventName(fail, what, trigger.Event)
			checkExpression(fail, what+": if", trigger.If)
			if trigger.Jitter != 0 {
				fail("%s: jitter is for schedules, %q is an event", what, trigger.Event)
			}
			if events[trigger] {
				fail("%s: event %q is there twice and would start two runs", what, trigger.Event)
			}
			events[trigger] = true
		case trigger.Event != "":
			fail("%s: event %q and schedule %q exclude each other, write two triggers", what, trigger.Event, trigger.Cron)
		default:
			checkSchedule(fail, what, trigger)
			if schedules[trigger.Cron] {
				fail("%s: schedule %q is there twice", what, trigger.Cron)
			}
			schedules[trigger.Cron] = true
		}
	}
}

func checkSchedule(fail func(string, ...any), what string, trigger Trigger) {
	if trigger.If != "" {
		fail("%s: a schedule has no event for the condition %q", what, trigger.If)
	}
	if len(trigger.Cron) > maxCron {
		fail("%s: schedule is %d bytes long, at most %d are possible", what, len(trigger.Cron), maxCron)
	} else if err := parseCron(trigger.Cron); err != nil {
		fail("%s: schedule %q: %w", what, trigger.Cron, err)
	}
	if j := trigger.Jitter; j != 0 && (j < minJitter || j > maxJitter) {
		fail("%s: jitter is %v, %v to %v are possible", what, j, minJitter, maxJitter)
	}
}

// parseCron checks a schedule with the parser that the server uses, too.
func parseCron(schedule string) error {
	// The parser panics when a zone is not followed by anything.
	if strings.HasPrefix(schedule, "TZ=") || strings.HasPrefix(schedule, "CRON_TZ=") {
		if !strings.Contains(schedule, " ") {
			return fmt.Errorf("five fields must follow the time zone")
		}
	}
	_, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(schedule)
	return err
}

// triggers returns the events of both fields.
func (f *Function) triggers() []Trigger {
	triggers := make([]Trigger, 0, len(f.Events)+len(f.Triggers))
	for _, name := range f.Events {
		triggers = append(triggers, Trigger{Event: name})
	}
	return append(triggers, f.Triggers...)
}

func checkEventName(fail func(string, ...any), what, name string) {
	switch {
	case strings.TrimSpace(name) == "":
		fail("%s: event name is empty", what)
	case strings.TrimSpace(name) != name:
		fail("%s: event name %q has spaces around it", what, name)
	case len(name) > maxTriggerName:
		fail("%s: event name is %d bytes long, at most %d are possible", what, len(name), maxTriggerName)
	}
}
