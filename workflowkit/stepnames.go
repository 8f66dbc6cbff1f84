package workflowkit

import "sync/atomic"

// stepNames remembers the full ids of an action's steps: every pass of every run asks for the same ones. It is safe for
// concurrent use. A nil one remembers nothing.
type stepNames struct{ known atomic.Pointer[[]stepName] }

type stepName struct{ id, full string }

// mostStepNames is how many are remembered. A handler that makes its ids from data has more.
const mostStepNames = 16

// full returns the id of a step with that of its action (rule 12).
func (s *stepNames) full(action, id string) string {
	if s == nil {
		return action + "/" + id
	}
	known := s.known.Load()
	if known != nil {
		for i := range *known {
			if (*known)[i].id == id {
				return (*known)[i].full
			}
		}
	}
	full := action + "/" + id
	var names []stepName
	if known != nil {
		names = *known
	}
	if len(names) < mostStepNames {
		// Of two that are added at once one may get lost, and is added again by the next pass.
		names = append(names[:len(names):len(names)], stepName{id: id, full: full})
		s.known.CompareAndSwap(known, &names)
	}
	return full
}
