package local

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

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
