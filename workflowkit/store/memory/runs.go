package memory

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// maxRuns is how many runs are kept.
const maxRuns = 1000

// history is what is known about runs.
type history struct {
	byID map[string]*run
	// list has the runs in the order in which they became known.
	list []*run
	// sequence counts changes, and newest has the last change of each workflow's runs.
	sequence int64
	newest   map[string]int64
	// changed is closed at the next change.
	changed chan struct{}
}

// run is a run with what must not be told twice.
type run struct {
	store.Run
	// place is the run's place among all runs there have been, from 1: the cursor of a list.
	place int
	// told has the keys of the transitions that are in the run.
	told map[string]bool
}

const (
	defaultLimit = 50
	maxLimit     = 200
)

// ListRuns implements [store.Runs].
func (s *Store) ListRuns(ctx context.Context, query store.RunQuery) (store.RunPage, error) {
	if err := ctx.Err(); err != nil {
		return store.RunPage{}, err
	}
	limit := query.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	limit = min(limit, maxLimit)
	after := 0
	if query.After != "" {
		var err error
		if after, err = strconv.Atoi(query.After); err != nil {
			return store.RunPage{}, fmt.Errorf("page of runs after %q: %w", query.After, store.ErrNotFound)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	page := store.RunPage{Runs: []store.Run{}}
	last := 0
	for _, r := range slices.Backward(s.runs.list) {
		if query.After != "" && r.place >= after || query.WorkflowID != "" && r.WorkflowID != query.WorkflowID ||
			query.Status != "" && r.Status != query.Status {
			continue
		}
		if len(page.Runs) == limit {
			page.Next = strconv.Itoa(last)
			break
		}
		shown := r.Run
		shown.EventData, shown.Actions, shown.Edges = nil, nil, nil
		page.Runs = append(page.Runs, shown)
		last = r.place
	}
	return page, nil
}

// GetRun implements [store.Runs].
func (s *Store) GetRun(ctx context.Context, id string) (store.Run, error) {
	if err := ctx.Err(); err != nil {
		return store.Run{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.runs.byID[id]
	if !ok {
		return store.Run{}, fmt.Errorf("run %q: %w", id, store.ErrNotFound)
	}
	shown := r.Run
	shown.Actions, shown.Edges = slices.Clone(r.Actions), slices.Clone(r.Edges)
	return shown, nil
}

// AwaitChange implements [store.Runs].
func (s *Store) AwaitChange(ctx context.Context, workflowID string, after int64) (int64, error) {
	for {
		s.mu.Lock()
		newest, changed := s.runs.sequence, s.runs.changed
		if workflowID != "" {
			newest = s.runs.newest[workflowID]
		}
		s.mu.Unlock()
		if newest > after {
			return newest, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
}

// note enters a change of a run and wakes those who wait for one. The caller holds the lock.
func (h *history) note(r *run) {
	h.sequence++
	r.Sequence = h.sequence
	h.newest[r.WorkflowID] = h.sequence
	close(h.changed)
	h.changed = make(chan struct{})
}

// get returns the run with an id, which is a new one if the id is not known. The caller holds the lock.
func (h *history) get(id string) *run {
	if r, ok := h.byID[id]; ok {
		return r
	}
	place := 1
	if n := len(h.list); n > 0 {
		place = h.list[n-1].place + 1
	}
	r := &run{Run: store.Run{ID: id, Status: store.StatusRunning}, place: place, told: map[string]bool{}}
	h.byID[id] = r
	h.list = append(h.list, r)
	if len(h.list) > maxRuns {
		delete(h.byID, h.list[0].ID)
		h.list = slices.Delete(h.list, 0, 1)
	}
	return r
}
