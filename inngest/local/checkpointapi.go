package local

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// handleCheckpoint stores the results of steps while the call that runs them is still open.
func (s *Server) handleCheckpoint(w http.ResponseWriter, r *http.Request) {
	var in struct {
		QueueItemID string       `json:"qi_id"`
		Steps       []*operation `json:"steps"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		writeError(w, http.StatusBadRequest, "Invalid request body")
		return
	}
	s.mu.Lock()
	defer s.unlock()
	defer s.dispatch()
	found := s.runs[r.PathValue("id")]
	if found == nil || found.status != Running {
		writeError(w, http.StatusBadRequest, "run not found") // as on the real server
		return
	}
	for _, op := range in.Steps {
		if op == nil || op.Op != opStepRun && op.Op != opStep {
			writeError(w, http.StatusInternalServerError, "cannot checkpoint async steps")
			return
		}
	}
	found.stored++
	for _, op := range in.Steps {
		if err := s.checkpoint(found, op, in.QueueItemID); err != nil {
			writeError(w, http.StatusInternalServerError, err.Error())
			return
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{})
}

func (s *Server) checkpoint(r *run, op *operation, queueItem string) error {
	memo, err := op.memo()
	if err != nil {
		return err
	}
	if len(memo) > s.limits.StepOutput {
		return fmt.Errorf("step %s output too large", op.ID)
	}
	if r.stateSize+len(memo) > s.limits.RunState {
		return fmt.Errorf("run state size limit exceeded")
	}
	step := s.note(r, op)
	step.Attempts++
	if earlier, ok := r.executed[op.ID]; ok {
		if earlier.op.Timing != op.Timing {
			s.fault(r, FaultExecutedTwice, "the body of step %q has run twice; a checkpoint reports the second result, which is dropped", op.label())
		}
		return nil
	}
	r.executed[op.ID], r.serial[op.ID] = executed{*op, queueItem}, true
	step.Output = op.Data
	s.save(r, op.ID, memo, Completed)
	return nil
}
