package local

import (
	"time"
)

type jobKind int

const (
	jobStart   jobKind = iota // the first call of a run
	jobCall                   // a discovery, or a planned step
	jobSleep                  // the end of a sleep, then a discovery
	jobTimeout                // a pause that nothing has ended
	jobFunc                   // anything else that happens at a time
)

// job is something to be done at a time.
type job struct {
	at   time.Time
	rank uint64 // order among jobs of the same time
	kind jobKind
	run  *run // nil for some jobFunc
	id   string

	target   string // the planned step
	after    string // the step whose end has caused this
	attempt  int
	race     bool
	coalesce string
	pause    *pause
	do       func() // for jobFunc

	generation int
	duplicate  bool
	twin       *job      // the other delivery of a duplicated discovery
	snapshot   int       // length of the stack that the call was given
	planOnly   bool      // the run's planOnly when the call was prepared
	call       *Call     // the call being made
	release    func()    // gives back the concurrency slots
	wakes      time.Time // when a throttled start is tried again
}

// continues reports whether the job is one that can lead to the next call of its run.
func (j *job) continues() bool { return j.run != nil && j.kind != jobFunc }
