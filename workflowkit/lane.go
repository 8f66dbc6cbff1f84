package workflowkit

import "time"

// grace is how long a pass waits for a handler that has been suspended to unwind. Only a handler that breaks the rules
// can need it: one that waits for a goroutine that has called a step and was ended by it.
const grace = 5 * time.Second

// lane is a goroutine that calls handlers, one after another. A handler that is suspended ends it. It is used by one
// goroutine at a time.
type lane struct {
	x      *execution
	work   chan *node
	events chan laneEvent
	// dead says that the goroutine has ended. It is valid after an event.
	dead bool
}

type laneEvent int

const (
	laneReturned laneEvent = iota
	laneSuspended
)

func newLane(x *execution) *lane {
	// Two events at most come from a call, and nobody may be left to receive them.
	l := &lane{x: x, work: make(chan *node), events: make(chan laneEvent, 2)}
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
	for n := range l.work {
		calling = true
		n.call()
		calling = false
		l.events <- laneReturned
	}
}

// suspended implements caller.
func (l *lane) suspended() { l.events <- laneSuspended }

// call implements caller. A handler that does not come to an end although it was suspended is given up, and the lane
// with it.
func (l *lane) call(n *node) {
	l.work <- n
	if <-l.events == laneSuspended {
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-l.events:
		case <-timer.C:
			n.abandon()
			l.close()
			l.x.lane = nil
			return
		}
	}
	if l.dead {
		l.x.lane = nil
	}
}

// close ends the goroutine, at once or when its last call ends.
func (l *lane) close() { close(l.work) }
