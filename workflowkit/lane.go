package workflowkit

import "time"

// grace is how long a pass waits for a handler that has been suspended to unwind. Only a handler that breaks the rules
// can need it: one that waits for a goroutine that has called a step and was ended by it.
const grace = 5 * time.Second

// lane is a goroutine that calls handlers, one after another. A handler that is suspended ends it. It is used by one
// goroutine at a time.
type lane struct {
	work   chan func()
	events chan laneEvent
	// dead says that the goroutine has ended. It is valid after an event.
	dead bool
}

type laneEvent int

const (
	laneReturned laneEvent = iota
	laneSuspended
)

func newLane() *lane {
	// Two events at most come from a call, and nobody may be left to receive them.
	l := &lane{work: make(chan func()), events: make(chan laneEvent, 2)}
	go l.loop()
	return l
}

func (l *lane) loop() {
	calling := false
	defer func() {
		if calling {
			l.dead = true
			l.events <- laneReturned
		}
	}()
	for f := range l.work {
		calling = true
		f()
		calling = false
		l.events <- laneReturned
	}
}

// suspended tells the caller that its handler will not be served any more.
func (l *lane) suspended() { l.events <- laneSuspended }

// do calls f on the lane. It returns false if f does not come to an end although it was suspended: then the lane is
// lost.
func (l *lane) do(f func()) bool {
	l.work <- f
	if <-l.events == laneReturned {
		return true
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-l.events:
		return true
	case <-timer.C:
		return false
	}
}

// close ends the goroutine, at once or when its last call ends.
func (l *lane) close() { close(l.work) }
