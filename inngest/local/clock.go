package local

import "time"

// Clock is where a [Server] takes the time from. [NewVirtualClock] makes one that only moves when told to; a nil Clock in
// [Config] is the time of the machine.
type Clock interface {
	// Now returns the current time.
	Now() time.Time
	// AfterFunc calls f in its own time once d has passed, and returns a function that prevents this.
	AfterFunc(d time.Duration, f func()) (stop func())
}

type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }

func (realClock) AfterFunc(d time.Duration, f func()) func() {
	timer := time.AfterFunc(d, f)
	return func() { timer.Stop() }
}
