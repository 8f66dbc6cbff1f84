package workflowkit

import (
	"context"
	"errors"
	"runtime"
	"time"
)

// grace is how long a pass waits for a handler that has been suspended to unwind. Only a handler that breaks the rules
// can need it: one that waits for a goroutine that has called a step and was ended by it.
const grace = 5 * time.Second

// runner executes nodes one after another on a goroutine of its own, because a handler that is suspended ends the
// goroutine on which it was called. As long as no handler is, one goroutine executes them all.
type runner struct {
	x   *execution
	ctx context.Context
	// next returns the node to execute, and whether there is one.
	next func() (node int, more bool)
	// suspended says what to do when a node is suspended: nil to go on with the next one.
	suspended func() error
	events    chan runnerEvent
}

// runnerEvent tells who has started the runner that a handler is being suspended, that it has come to its end, or that
// the runner has.
type runnerEvent struct {
	suspended *turn
	over      bool
	err       error
	// panicked is what tools have panicked with. It is passed on to the caller.
	panicked any
}

// turn is what one goroutine of a runner works on at the moment.
type turn struct {
	runner *runner
	index  int
	node   *node
}

// run executes nodes until there is no other one, or an error.
func (r *runner) run() error {
	// Two events at most come from a handler that is given up, and nobody may be left to receive them.
	r.events = make(chan runnerEvent, 2)
	go r.loop(&turn{runner: r}, false)
	for {
		event := <-r.events
		if event.suspended != nil {
			var err error
			if event, err = r.unwind(event.suspended); err != nil {
				return err
			}
		}
		switch {
		case event.panicked != nil:
			panic(event.panicked)
		case event.over:
			return event.err
		}
	}
}

// unwind waits until a handler that is suspended has come to its end, and returns the event that says so. A handler that
// does not is given up, and the runner goes on without it.
func (r *runner) unwind(t *turn) (runnerEvent, error) {
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case event := <-r.events:
		return event, nil
	case <-timer.C:
	}
	if !t.node.abandon() {
		return <-r.events, nil // it has come to its end in the last moment
	}
	if err := r.suspended(); err != nil {
		return runnerEvent{}, err
	}
	go r.loop(&turn{runner: r}, false)
	return runnerEvent{}, nil
}

// loop executes nodes. It is resumed on another goroutine when a handler has ended the one before.
func (r *runner) loop(t *turn, resumed bool) {
	over := false
	defer func() {
		if over {
			return
		}
		if value := recover(); value != nil {
			r.events <- runnerEvent{panicked: value}
			return
		}
		if t.node.claim() {
			go r.loop(t, true)
		}
	}()
	err := r.work(t, resumed)
	over = true
	r.events <- runnerEvent{over: true, err: err}
}

func (r *runner) work(t *turn, resumed bool) error {
	if resumed {
		if err := r.after(t, r.x.conclude(r.ctx, t.index, t.node)); err != nil {
			return err
		}
	}
	for {
		var more bool
		if t.index, more = r.next(); !more {
			return nil
		}
		t.node = nil
		if err := r.after(t, r.x.runNode(r.ctx, t.index, t)); err != nil {
			return err
		}
	}
}

// after judges the outcome of a node.
func (r *runner) after(t *turn, err error) error {
	if err == nil || !errors.Is(err, ErrSuspended) {
		return err
	}
	if err := r.suspended(); err != nil {
		return err
	}
	if t.node != nil && t.node.wasSuspended() {
		r.events <- runnerEvent{} // whoever waits for the handler need not any longer
	}
	return nil
}

// call implements caller.
func (t *turn) call(n *node) {
	t.node = n
	if !n.call() {
		runtime.Goexit() // it has been given up, and the runner goes on elsewhere
	}
}

// suspended implements caller.
func (t *turn) suspended() { t.runner.events <- runnerEvent{suspended: t} }
