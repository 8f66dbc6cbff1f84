package workflowkit

import "time"

// timed calls a handler on a goroutine of its own. If the action has a timeout it gives the handler up when that computes,
// or waits for something that is no step, for longer than the action may take.
type timed struct {
	events chan timedEvent
}

type timedEvent int

const (
	timedSuspended timedEvent = iota
	timedEnded
)

var _ caller = (*timed)(nil)

func newTimed() *timed {
	// Two events at most, and nobody may be left to receive them.
	return &timed{events: make(chan timedEvent, 2)}
}

// suspended implements caller.
func (t *timed) suspended() { t.events <- timedSuspended }

// call implements caller.
func (t *timed) call(n *node) {
	if n.limited != nil {
		n.limited.outside = time.Now()
	}
	go func() {
		defer func() {
			t.events <- timedEnded
			n.endedLate()
		}()
		n.call()
	}()
	if n.limited == nil {
		if <-t.events == timedEnded || t.ends(grace) {
			n.claim()
		} else {
			n.abandon()
		}
		return
	}
	timeout := n.limited.timeout
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	for {
		select {
		case event := <-t.events:
			if event == timedEnded || t.ends(grace) {
				n.claim()
			} else {
				n.abandon()
			}
			return
		case <-timer.C:
		}
		if left := n.patience(timeout); left > 0 {
			timer.Reset(left)
			continue
		}
		n.ctx.end() // the handler may notice
		if !t.ends(lateness) || n.failed() {
			n.giveUp(n.limited.err())
		}
		return
	}
}

// ends reports whether the handler's goroutine ends within some time.
func (t *timed) ends(within time.Duration) bool {
	timer := time.NewTimer(within)
	defer timer.Stop()
	for {
		select {
		case event := <-t.events:
			if event == timedEnded {
				return true
			}
		case <-timer.C:
			return false
		}
	}
}

// patience returns how much longer the handler may stay outside of its steps. If that is no time at all no step is served
// any more.
func (n *node) patience(timeout time.Duration) time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.busy || n.suspended {
		return timeout
	}
	left := timeout - time.Since(n.limited.outside)
	n.over = n.over || left <= 0
	return left
}

// failed reports whether the handler has returned an error.
func (n *node) failed() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.err != nil
}

// giveUp makes an error the outcome of the node, whatever its handler will return.
func (n *node) giveUp(err error) {
	n.mu.Lock()
	late := !n.returned
	n.out, n.err, n.returned, n.abandoned = nil, err, true, true
	n.mu.Unlock()
	if late {
		n.run.Logger().Error("handler goes on after its timeout; nobody waits for it any more", "timeout", n.limited.timeout)
	}
}

// endedLate logs that a handler has ended which had been given up.
func (n *node) endedLate() {
	n.mu.Lock()
	late := n.limited != nil && n.limited.late
	n.mu.Unlock()
	if late {
		n.run.Logger().Warn("handler has ended after its timeout")
	}
}
