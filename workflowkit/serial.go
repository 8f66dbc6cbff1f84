package workflowkit

import (
	"context"
	"time"
)

// serial is the goroutine on which nodes run one after another. Handlers are called on it directly, so a run without
// forks needs no other goroutine. A handler that is suspended ends it.
type serial struct {
	x      *execution
	ctx    context.Context
	events chan serialEvent
	// current and node are what runs at the moment.
	current int
	node    *node
}

// serialEvent tells the caller that a handler was suspended, or that the goroutine has come to its end.
type serialEvent struct {
	suspended bool
	err       error
	// panicked is what tools have panicked with. It is passed on to the caller.
	panicked any
}

// serially executes nodes as long as exactly one is ready.
func (x *execution) serially(ctx context.Context) error {
	// Two events at most, and nobody may be left to receive them.
	s := &serial{x: x, ctx: ctx, events: make(chan serialEvent, 2)}
	go s.loop(false)
	event := <-s.events
	if event.suspended {
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case event = <-s.events:
		case <-timer.C:
			// The goroutine ends when the handler does, and touches nothing: the pass is over for a suspended node.
			s.node.abandon()
			return ErrSuspended
		}
	}
	if event.panicked != nil {
		panic(event.panicked)
	}
	return event.err
}

func (s *serial) loop(resumed bool) {
	over := false
	defer func() {
		if over {
			return
		}
		if r := recover(); r != nil {
			s.events <- serialEvent{panicked: r}
			return
		}
		// The handler has ended the goroutine. Whatever has to be done about it is done on another one.
		go s.loop(true)
	}()
	err := s.run(resumed)
	over = true
	s.events <- serialEvent{err: err}
}

func (s *serial) run(resumed bool) error {
	x := s.x
	if resumed {
		if err := x.conclude(s.ctx, s.current, s.node); err != nil {
			return err
		}
	}
	for len(x.ready) == 1 && x.failed == nil {
		s.current = x.ready[0]
		x.ready = x.ready[:0]
		if err := x.runNode(s.ctx, s.current, s); err != nil {
			return err
		}
	}
	return nil
}

// call implements caller.
func (s *serial) call(n *node) {
	s.node = n
	n.call()
}

// suspended implements caller.
func (s *serial) suspended() { s.events <- serialEvent{suspended: true} }
