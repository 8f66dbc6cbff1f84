package local

import (
	"context"
	"slices"
	"sync"
	"time"
)

// VirtualClock is a [Clock] that stands still until it is moved, so that a workflow that waits for a day is tested in
// milliseconds. It is safe for concurrent use; only one goroutine should move it.
type VirtualClock struct {
	mu      sync.Mutex
	now     time.Time
	seq     int
	timers  []*virtualTimer
	servers []*Server
	auto    bool
	wanted  bool // jump was called
	jumping bool // jump is running
}

type virtualTimer struct {
	at  time.Time
	seq int
	f   func()
	// background is set for what recurs for ever, and so is no reason to move the clock automatically.
	background bool
}

var _ Clock = (*VirtualClock)(nil)

// NewVirtualClock returns a clock that shows the time start. The zero time stands for the first of January 2026, UTC.
func NewVirtualClock(start time.Time) *VirtualClock {
	if start.IsZero() {
		start = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	return &VirtualClock{now: start}
}

// Now implements [Clock].
func (c *VirtualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// AfterFunc implements [Clock]. A function that is due now or earlier is called when the clock is moved next, even by
// nothing.
func (c *VirtualClock) AfterFunc(d time.Duration, f func()) func() {
	return c.after(&virtualTimer{f: f}, d)
}

// afterBackground is like AfterFunc for something that recurs for ever.
func (c *VirtualClock) afterBackground(d time.Duration, f func()) func() {
	return c.after(&virtualTimer{f: f, background: true}, d)
}

func (c *VirtualClock) after(t *virtualTimer, d time.Duration) func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	t.at, t.seq = c.now.Add(d), c.seq
	c.timers = append(c.timers, t)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.timers = slices.DeleteFunc(c.timers, func(other *virtualTimer) bool { return other == t })
	}
}

// Advance moves the clock forward by d. Whatever falls due on the way happens in order, each at its own time, and before
// each move the clock waits until every server that uses it is idle. So after Advance has returned nil, everything
// that could happen up to the new time has happened. A call that hangs in a step holds it up; ctx bounds that.
func (c *VirtualClock) Advance(ctx context.Context, d time.Duration) error {
	target := c.Now().Add(d)
	for {
		if err := c.settle(ctx); err != nil {
			return err
		}
		if !c.fireNext(target, false) {
			break
		}
	}
	c.mu.Lock()
	if c.now.Before(target) {
		c.now = target
	}
	c.mu.Unlock()
	return c.settle(ctx)
}

// AdvanceToNext waits until all is idle and then moves the clock to the next moment at which something is due, however
// far away, and lets it happen. It reports false if nothing is due ever.
func (c *VirtualClock) AdvanceToNext(ctx context.Context) (bool, error) {
	if err := c.settle(ctx); err != nil {
		return false, err
	}
	if !c.fireNext(time.Time{}, false) {
		return false, nil
	}
	return true, c.settle(ctx)
}

// AutoAdvance switches to a mode in which the clock jumps to the next moment at which something is due whenever all
// servers that use it are idle. Sleeps and time-outs then take no time at all: do not use it where a test still has to
// send an event that a run waits for. Schedules recur for ever, so they alone do not make the clock jump.
func (c *VirtualClock) AutoAdvance(on bool) {
	c.mu.Lock()
	c.auto = on
	servers := slices.Clone(c.servers)
	c.mu.Unlock()
	for _, s := range servers {
		s.wake()
	}
}

// fireNext moves the clock to the earliest timer that is not after the limit (zero: no limit) and fires it. With
// foreground, the limit is the earliest timer that is not in the background.
func (c *VirtualClock) fireNext(limit time.Time, foreground bool) bool {
	c.mu.Lock()
	var next *virtualTimer
	for _, t := range c.timers {
		if foreground && !t.background && (limit.IsZero() || t.at.Before(limit)) {
			limit = t.at
		}
		if next == nil || t.at.Before(next.at) || t.at.Equal(next.at) && t.seq < next.seq {
			next = t
		}
	}
	if next == nil || foreground && limit.IsZero() || !limit.IsZero() && next.at.After(limit) {
		c.mu.Unlock()
		return false
	}
	c.timers = slices.DeleteFunc(c.timers, func(t *virtualTimer) bool { return t == next })
	if next.at.After(c.now) {
		c.now = next.at
	}
	c.mu.Unlock()
	next.f()
	return true
}
