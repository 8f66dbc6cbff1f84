package local

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// Send accepts events as the event API does, and returns the ids by which the server knows them; [Server.EventRuns] takes
// them. What the events cause has been planned when Send returns, and happens in the background. The events before an
// invalid one are accepted; their ids are returned with the error.
func (s *Server) Send(ctx context.Context, events ...Event) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	body, err := json.Marshal(events)
	if err != nil {
		return nil, fmt.Errorf("encoding the events: %w", err)
	}
	return s.receive(body, "")
}

// Events returns the events that the server has accepted, its own included, oldest first.
func (s *Server) Events() []Event {
	var out []Event
	for _, e := range s.allEvents() {
		out = append(out, Event{ID: e.id, Name: e.name, Data: e.data, User: e.user, Timestamp: e.ts, Version: e.v})
	}
	return out
}

func (s *Server) allEvents() []*event {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*event, 0, len(s.events))
	for _, e := range s.events {
		all = append(all, e)
	}
	slices.SortFunc(all, func(x, y *event) int { return int(x.seq) - int(y.seq) })
	return all
}
