package local

import (
	"slices"
)

// accept gives an event its ids and keeps it. The seed, if it is one, determines the id.
func (s *Server) accept(e *event, internalID string) {
	now := s.clock.Now()
	e.internalID, e.seq, e.received = internalID, s.sequence(), now
	if e.internalID == "" {
		e.internalID = s.newID()
	}
	if e.id == "" {
		e.id = e.internalID
	}
	if e.ts == 0 {
		e.ts = now.UnixMilli()
	}
	s.events[e.internalID] = e
	s.log.Debug("event received", "event", e.name, "id", e.id, "internal_id", e.internalID)
}

// process lets an event end waits, cancel runs and start runs, in this order, so that a run is neither cancelled nor
// resumed by the event that starts it.
func (s *Server) process(e *event) {
	s.match(e)
	switch e.name {
	case EventFunctionFinished:
		s.resumeInvoker(e)
	case EventFunctionInvoked:
		s.startInvoked(e)
	}
	for _, f := range s.sortedFunctions() {
		if f.triggeredBy(e) {
			s.trigger(f, e)
		}
	}
}

// sortedFunctions returns the functions in an order that does not change from test to test.
func (s *Server) sortedFunctions() []*function {
	all := make([]*function, 0, len(s.functions))
	for _, f := range s.functions {
		all = append(all, f)
	}
	slices.SortFunc(all, func(x, y *function) int {
		switch {
		case x.slug < y.slug:
			return -1
		case x.slug > y.slug:
			return 1
		}
		return 0
	})
	return all
}
