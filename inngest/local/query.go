package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// ErrNoRun is returned for the id of a run that does not exist.
var ErrNoRun = errors.New("no such run")

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

// Run returns the run with the id as it is now.
func (s *Server) Run(id string) (Run, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.runs[id]
	if r == nil {
		return Run{}, false
	}
	return r.snapshot(), true
}

// Filter selects runs. The zero value selects all.
type Filter struct {
	// FunctionID is the id of a function with its app's ("app-function"), or without; empty is any.
	FunctionID string
	// Status is a status; empty is any.
	Status Status
}

// Runs returns the runs that the filter selects, oldest first.
func (s *Server) Runs(filter Filter) []Run {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Run
	for _, r := range s.order {
		id := r.fn.slug
		if filter.FunctionID != "" && filter.FunctionID != id && r.fn.app+"-"+filter.FunctionID != id {
			continue
		}
		if filter.Status == "" || filter.Status == r.status {
			out = append(out, r.snapshot())
		}
	}
	return out
}

// EventRuns returns the runs that the event with the id has started, oldest first. The id is one that [Server.Send] has
// returned, or the event's own.
func (s *Server) EventRuns(eventID string) []Run {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Run
	for _, r := range s.eventRuns(eventID) {
		out = append(out, r.snapshot())
	}
	return out
}

func (s *Server) eventRuns(eventID string) []*run {
	var out []*run
	for _, r := range s.order {
		if slices.ContainsFunc(r.events, func(e *event) bool { return e.internalID == eventID || e.id == eventID }) {
			out = append(out, r)
		}
	}
	return out
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

// WaitRun waits until the run has ended and returns it. With a virtual clock, somebody has to move the clock meanwhile if
// the run waits for time. If ctx ends first, the run is returned as it is, together with an error.
func (s *Server) WaitRun(ctx context.Context, id string) (Run, error) {
	var out Run
	err := s.until(ctx, func() (bool, error) {
		r := s.runs[id]
		if r == nil {
			return true, fmt.Errorf("run %q: %w", id, ErrNoRun)
		}
		out = r.snapshot()
		// Calls that are still being made can show that a completed run was none.
		return r.status.Ended() && (r.status != Completed || r.jobs == 0), nil
	})
	if err != nil {
		return out, fmt.Errorf("waiting for run %s (%s): %w", id, out.Status, err)
	}
	return out, nil
}

// Idle waits until no call is being made and nothing is due before the clock moves.
func (s *Server) Idle(ctx context.Context) error {
	return s.until(ctx, func() (bool, error) { return s.idleLocked(), nil })
}

// until waits for a condition, which is asked with the mutex held whenever something has changed.
func (s *Server) until(ctx context.Context, condition func() (bool, error)) error {
	for {
		s.mu.Lock()
		ok, err := condition()
		changed, closed := s.changed, s.closed
		s.mu.Unlock()
		switch {
		case err != nil || ok:
			return err
		case closed:
			return ErrClosed
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Cancel cancels a run. A run that has ended stays as it is.
func (s *Server) Cancel(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.unlock()
	r := s.runs[id]
	if r == nil {
		return fmt.Errorf("run %q: %w", id, ErrNoRun)
	}
	s.finalize(r, Cancelled, nil, nil)
	s.dispatch()
	return nil
}
