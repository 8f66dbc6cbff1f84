package local

import (
	"fmt"
	"slices"
)

// suspicious finds what the real server would take without a word.
func (s *Server) suspicious(j *job, ops []*operation) (FaultKind, string) {
	r := j.run
	given := r.stack[:j.snapshot]
	for _, op := range ops {
		switch {
		case op.Op == opNone || op.Op == opDiscoverRequest:
		case j.target != "" && op.ID != j.target && !r.goneOn(j):
			return FaultUnasked, fmt.Sprintf("was to run step %q but reports %s %q", j.call.StepName, op.Op, op.label())
		case j.target == "" && j.race && (op.Op == opStepRun || op.Op == opStep) && !op.race():
			return FaultNoBarrier, fmt.Sprintf("ran step %q serially after a group in Race mode; plan it inside the group, last", op.label())
		case slices.Contains(given, op.ID):
			return FaultRepeated, fmt.Sprintf("reports %s %q although it was given that step's result", op.Op, op.label())
		}
	}
	return "", ""
}

// noteClosing keeps track of whether all that the run has done so far is closed by one last step.
func (r *run) noteClosing(j *job, ops []*operation) {
	given := r.stack[:j.snapshot]
	fresh := 0
	reported := map[string]bool{}
	for _, op := range ops {
		r.raced = r.raced || op.race()
		reported[op.ID] = true
		if op.ID != "" && r.steps[op.ID] == nil {
			fresh++
		}
	}
	if fresh == 0 {
		return
	}
	r.closed = fresh == 1
	for _, id := range r.stepOrder {
		// A wait that the app no longer reports is one whose outcome it does not need any more.
		abandoned := r.steps[id].Status == Waiting && !reported[id]
		r.closed = r.closed && (abandoned || r.serial[id] || slices.Contains(given, id))
	}
}

// goneOn reports whether a call that was to run one step has stored its result while it was going on, and has then gone on
// with the run. That is what the real server makes of any answer to such a call.
func (r *run) goneOn(j *job) bool {
	return r.executed[j.target].checkpoint != ""
}
