package workflowkit

import (
	"strconv"
	"sync/atomic"
)

// stepIDs are the ids of the steps of an action, which begin with its own (rule 12). They are remembered: every pass of
// every run asks for the same ones. They are safe for concurrent use.
type stepIDs struct {
	action string
	known  atomic.Pointer[[]stepID]
	failed atomic.Pointer[errorSteps]
}

// stepID is the id of a step as the handler calls it, and in full.
type stepID struct{ id, full string }

// mostStepIDs is how many are remembered. A handler that makes its ids from data has more.
const mostStepIDs = 16

// full returns the full id of a step. It is an error if handlers must not use the id.
func (s *stepIDs) full(id string) (string, error) {
	known := s.known.Load()
	if known != nil {
		for i := range *known {
			if (*known)[i].id == id {
				return (*known)[i].full, nil
			}
		}
	}
	if err := checkStepID(id); err != nil {
		return "", err
	}
	full := s.action + "/" + id
	var ids []stepID
	if known != nil {
		ids = *known
	}
	if len(ids) < mostStepIDs {
		// Of two that are added at once one may get lost, and is added again by the next pass.
		ids = append(ids[:len(ids):len(ids)], stepID{id: id, full: full})
		s.known.CompareAndSwap(known, &ids)
	}
	return full, nil
}

// errorSteps make the errors of a handler, raised outside of its steps, part of the run's state.
type errorSteps [maxErrorSteps]struct {
	// attempts is a step whose attempts are calls of the handler.
	attempts string
	// noted says that there has been an error. Where branches are executed concurrently, only calls that are made for the
	// attempts call the handler from then on: another one, in which it happens not to fail, would go ahead of them.
	noted string
}

// errors returns the steps for the errors of the action's handler.
func (s *stepIDs) errors() *errorSteps {
	if steps := s.failed.Load(); steps != nil {
		return steps
	}
	steps := &errorSteps{}
	for i := range steps {
		suffix := ""
		if i > 0 {
			suffix = "." + strconv.Itoa(i)
		}
		steps[i].attempts, steps[i].noted = s.action+"/$error"+suffix, s.action+"/"+failedStep+suffix
	}
	s.failed.Store(steps)
	return steps
}
