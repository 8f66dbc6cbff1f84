package workflowkit

import (
	"strings"
	"sync/atomic"
)

// stepIDs are the ids of the steps of an action, which begin with its own (rule 12). They are remembered: every pass of
// every run asks for the same ones. They are safe for concurrent use.
type stepIDs struct {
	action string
	known  atomic.Pointer[stepID]
	failed atomic.Pointer[errorSteps]
}

// stepID is the id of a step as the handler calls it, and in full. Those that are remembered are a list.
type stepID struct {
	id, full string
	next     *stepID
	// number counts those behind it in the list.
	number int
}

// mostStepIDs is how many are remembered. A handler that makes its ids from data has more.
const mostStepIDs = 16

// full returns the full id of a step. It is an error if handlers must not use the id.
func (s *stepIDs) full(id string) (string, error) {
	first := s.known.Load()
	for known := first; known != nil; known = known.next {
		if known.id == id {
			return known.full, nil
		}
	}
	if err := checkStepID(id); err != nil {
		return "", err
	}
	known := &stepID{id: id, full: s.action + "/" + id, next: first}
	if first != nil {
		known.number = first.number + 1
	}
	if known.number < mostStepIDs {
		s.known.CompareAndSwap(first, known) // another one that is added at once is added again by the next pass
	}
	return known.full, nil
}

// errorSteps make the errors of a handler, raised outside of its steps, part of the run's state. They share the memory of
// their ids: most are never used.
type errorSteps struct {
	// attempts are steps whose attempts are calls of the handler.
	attempts [maxErrorSteps]string
	// noted says that there has been an error. Where branches are executed concurrently, only calls that are made for the
	// attempts call the handler from then on: another one, in which it happens not to fail, would go ahead of them.
	noted [maxErrorSteps]string
}

// errors returns the steps for the errors of the action's handler.
func (s *stepIDs) errors() *errorSteps {
	if steps := s.failed.Load(); steps != nil {
		return steps
	}
	numbers := [maxErrorSteps]string{"", ".1", ".2"}
	var text strings.Builder
	for _, number := range numbers {
		text.WriteString(s.action + "/$error" + number + s.action + "/" + failedStep + number)
	}
	rest := text.String()
	next := func(suffix string) (id string) {
		n := len(s.action) + len(suffix)
		id, rest = rest[:n], rest[n:]
		return id
	}
	steps := &errorSteps{}
	for i, number := range numbers {
		steps.attempts[i], steps.noted[i] = next("/$error"+number), next("/"+failedStep+number)
	}
	s.failed.Store(steps)
	return steps
}
