package local

import (
	"fmt"
)

func (s *Server) stepRan(j *job, op *operation, step *Step) {
	r := j.run
	step.Attempts++
	memo, err := op.memo()
	if err != nil {
		s.fault(r, FaultUnparsable, "the result of step %q: %v", op.label(), err)
		return
	}
	earlier, again := r.executed[op.ID]
	again = again && earlier.op.Timing != op.Timing && (earlier.checkpoint == "" || earlier.checkpoint != queueItem(j))
	if again {
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
	r.executed[op.ID] = executed{op: *op}
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
