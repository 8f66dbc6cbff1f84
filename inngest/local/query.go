package local

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// ErrNoRun is returned for the id of a run that does not exist.
var ErrNoRun = errors.New("no such run")

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
