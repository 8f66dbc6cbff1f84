package local

import (
	"context"
	"fmt"
)

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
