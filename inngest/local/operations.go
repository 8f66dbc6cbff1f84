package local

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
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

// coalesceKey identifies a set of steps that were planned together, in whatever order.
func coalesceKey(ops []*operation) string {
	ids := make([]string, len(ops))
	for i, op := range ops {
		ids[i] = op.ID
	}
	slices.Sort(ids)
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(strings.Join(ids, "\x00"))) // never fails
	return fmt.Sprintf("%016x", sum.Sum64())
}

// suspicious finds what the real server would take without a word.
func (s *Server) suspicious(j *job, ops []*operation) (FaultKind, string) {
	r := j.run
	given := r.stack[:j.snapshot]
	for _, op := range ops {
		switch {
		case op.Op == opNone || op.Op == opDiscoverRequest:
		case j.target != "" && op.ID != j.target:
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
	for _, op := range ops {
		r.raced = r.raced || op.race()
		if op.ID != "" && r.steps[op.ID] == nil {
			fresh++
		}
	}
	if fresh == 0 {
		return
	}
	r.closed = fresh == 1
	for _, id := range r.stepOrder {
		r.closed = r.closed && slices.Contains(given, id)
	}
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

func (s *Server) stepRan(j *job, op *operation, step *Step) {
	r := j.run
	step.Attempts++
	memo, err := op.memo()
	if err != nil {
		s.fault(r, FaultUnparsable, "the result of step %q: %v", op.label(), err)
		return
	}
	if earlier, ok := r.executed[op.ID]; ok && earlier.Timing != op.Timing {
		s.fault(r, FaultExecutedTwice, "the body of step %q has run twice; call %d reports the second result, which is dropped", op.label(), j.call.Number)
		return
	}
	if r.stateSize+len(memo) > s.limits.RunState {
		s.finalize(r, Failed, nil, &RunError{
			Err: "InngestErrStateOverflowed", Name: "InngestErrStateOverflowed",
			Message: fmt.Sprintf("The function run exceeded the state size limit of %d bytes.", s.limits.RunState),
		})
		return
	}
	r.executed[op.ID] = *op
	step.Output, step.Error = op.Data, nil
	pending, _ := s.save(r, op.ID, memo, Completed)
	s.discover(j, op.ID, op.race(), pending, j.coalesce)
}

func (s *Server) stepErred(j *job, a answer, op *operation, step *Step) (retry bool) {
	if a.header.Get("X-Inngest-No-Retry") != "true" && j.attempt+1 < j.run.fn.maxAttempts() {
		if step.Ended.IsZero() {
			step.Attempts++
			step.Status, step.Error = Retrying, op.Error
		}
		return true
	}
	op.Error.NoRetry = a.header.Get("X-Inngest-No-Retry") == "true"
	s.stepFailed(j, op, step)
	return false
}

func (s *Server) stepFailed(j *job, op *operation, step *Step) {
	r := j.run
	step.Attempts++
	memo, err := op.memo()
	if err != nil {
		s.fault(r, FaultUnparsable, "the error of step %q: %v", op.label(), err)
		return
	}
	pending, saved := s.save(r, op.ID, memo, Failed)
	if saved {
		step.Error = op.Error
	}
	// The mode is that of the job here, not of the operation, as on the real server.
	if pending && !j.race {
		return
	}
	j.endPlanning()
	s.enqueue(&job{at: s.clock.Now(), kind: jobCall, run: r, id: op.ID + "-failure", after: op.ID, race: op.race()})
}

func (s *Server) stepPlanned(j *job, op *operation, coalesce string) {
	s.enqueue(&job{
		at: s.clock.Now(), kind: jobCall, run: j.run, id: op.ID + "-plan", target: op.ID, after: j.after,
		race: op.race(), coalesce: coalesce,
	})
}

// discover plans the discovery that follows the end of a step, unless other steps have to end first, or another step that
// was planned together with this one has planned it already.
func (s *Server) discover(j *job, after string, race, pending bool, coalesce string) {
	if pending && !race {
		return
	}
	id := after
	if coalesce != "" && !race {
		id = coalesce + "-discover"
	}
	j.endPlanning()
	s.enqueue(&job{at: s.clock.Now(), kind: jobCall, run: j.run, id: id, after: after, race: race})
}

// endPlanning lets the next calls execute steps at once again, if the call was one that had to plan them.
func (j *job) endPlanning() {
	if j.planOnly {
		j.run.planOnly = false
	}
}

// save gives a step its result, once. It reports whether other steps of its group are pending, and whether this is the
// result that counts.
func (s *Server) save(r *run, id string, memo json.RawMessage, status Status) (pending, saved bool) {
	if _, ok := r.memos[id]; ok {
		return false, false
	}
	r.memos[id] = memo
	r.stack = append(r.stack, id)
	r.stateSize += len(memo)
	delete(r.pending, id)
	if step := r.steps[id]; step != nil {
		step.Status, step.Ended = status, s.clock.Now()
	}
	return len(r.pending) > 0, true
}
