package local

import (
	"fmt"
	"slices"
	"strconv"
)

// operations handles an answer that reports operations. The mutex is held.
func (s *Server) operations(j *job, a answer, ops []*operation) {
	r := j.run
	if version, err := strconv.Atoi(a.header.Get("X-Inngest-Req-Version")); err == nil && r.version == -1 {
		r.version = version
	}
	if len(ops) == 0 || !slices.ContainsFunc(ops, func(op *operation) bool { return op.Op != opNone || op.ID != "" }) {
		// Nothing was reported, which happens after a checkpoint; look again.
		s.discover(j, "redrive-"+s.newID(), false, false, "")
		return
	}
	if kind, message := s.suspicious(j, ops); kind != "" {
		s.fault(r, kind, "call %d %s", j.call.Number, message)
		return
	}
	if len(ops) > s.limits.Steps {
		s.finalize(r, Failed, nil, &RunError{
			Err: "InngestErrFunctionOverflowed", Name: "InngestErrFunctionOverflowed",
			Message: fmt.Sprintf("The function run exceeded the step limit of %d steps.", s.limits.Steps),
		})
		return
	}
	coalesce := ""
	if len(ops) > 1 {
		r.planOnly = r.planOnly || !j.planOnly
		if r.version >= 2 && slices.ContainsFunc(ops, (*operation).plans) {
			coalesce = coalesceKey(ops)
			r.pending = map[string]bool{}
			for _, op := range ops {
				r.pending[op.ID] = true
			}
		}
	}
	// Waits come first, so that an invalid expression fails the run before anything else is planned.
	ordered := slices.Clone(ops)
	slices.SortStableFunc(ordered, func(x, y *operation) int { return waitRank(x) - waitRank(y) })
	if s.cfg.Faults.ShuffleSteps && len(ops) > 1 {
		r.rng.Shuffle(len(ordered), func(x, y int) { ordered[x], ordered[y] = ordered[y], ordered[x] })
		slices.SortStableFunc(ordered, func(x, y *operation) int { return waitRank(x) - waitRank(y) })
		r.slots = 1 + r.rng.IntN(len(ops))
	}
	r.noteClosing(j, ops)
	retry := false
	for _, op := range ordered {
		if r.status != Running {
			return
		}
		retry = s.operation(j, a, op, coalesce) || retry
	}
	if retry && !j.duplicate && r.status == Running {
		j.rerun(s, s.retryTime(j, a), j.attempt+1)
	}
}

func waitRank(op *operation) int {
	if op.Op == opWaitForEvent {
		return 0
	}
	return 1
}

// operation handles one operation and reports whether the call is to be tried again.
func (s *Server) operation(j *job, a answer, op *operation, coalesce string) (retry bool) {
	r := j.run
	step := s.note(r, op)
	switch op.Op {
	case opNone:
	case opStep, opStepRun:
		s.stepRan(j, op, step)
	case opStepError:
		return s.stepErred(j, a, op, step)
	case opStepFailed:
		s.stepFailed(j, op, step)
	case opStepPlanned:
		s.stepPlanned(j, op, coalesce)
	case opSleep:
		s.sleep(j, op)
	case opWaitForEvent:
		s.waitForEvent(j, op, coalesce)
	case opInvokeFunction:
		s.invoke(j, op, coalesce)
	case opDiscoverRequest:
		s.discover(j, op.ID, op.race(), false, j.coalesce)
	case opRunComplete:
		s.finalize(r, Completed, op.Data, nil)
		r.result, r.concluded = j, true
	default:
		s.fault(r, FaultUnsupported, "call %d reports %s %q, which the in-process server does not implement", j.call.Number, op.Op, op.label())
	}
	return false
}

// note keeps the record of the step that an operation is about.
func (s *Server) note(r *run, op *operation) *Step {
	if op.Op == opNone || op.Op == opDiscoverRequest || op.Op == opRunComplete {
		return nil
	}
	step := r.steps[op.ID]
	if step == nil {
		step = &Step{ID: op.ID, Name: op.label(), Op: op.Op, Status: Planned, Reported: s.clock.Now()}
		if op.Userland != nil {
			step.UserID, step.Index = op.Userland.ID, op.Userland.Index
		}
		r.steps[op.ID] = step
		r.stepOrder = append(r.stepOrder, op.ID)
	}
	if step.Ended.IsZero() && op.Op != opStepPlanned {
		step.Op = op.Op
	}
	return step
}
