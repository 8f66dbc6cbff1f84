package local

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"
)

// returned handles a 200: the function has returned.
func (s *Server) returned(j *job, a answer) {
	r := j.run
	if j.target != "" && !r.goneOn(j) {
		s.fault(r, FaultTargetMissed, "call %d was to run step %q (%s), but the function returned %s without running it; "+
			"the code or its input has changed, or an operation was abandoned", j.call.Number, j.call.StepName, j.target, clip(a.body))
		return
	}
	output := json.RawMessage(bytes.TrimSpace(a.body))
	if len(output) > 0 && !json.Valid(output) {
		text, err := json.Marshal(string(a.body))
		if err != nil {
			text = nil
		}
		output = text
	}
	if unfinished := r.unfinished(len(output) == 0 || string(output) == "null"); unfinished != "" {
		s.fault(r, FaultUnfinished, "call %d returned %s although %s", j.call.Number, clip(a.body), unfinished)
		return
	}
	if r.raced && !r.closed {
		s.fault(r, FaultNoBarrier, "the function returned after steps in Race mode of which several were under way at the end; "+
			"close the group with one last planned step that waits for all others")
		return
	}
	s.finalize(r, Completed, output, nil)
	r.result, r.concluded = j, true
}

// unfinished describes the steps that make it wrong for the function to return: planned ones always, because somebody is
// about to run them or does already; waits only if the function has nothing to show instead.
func (r *run) unfinished(nothing bool) string {
	var names []string
	for _, id := range r.stepOrder {
		step := r.steps[id]
		switch step.Status {
		case Planned, Running, Retrying:
		case Waiting:
			if !nothing {
				continue
			}
		default:
			continue
		}
		names = append(names, fmt.Sprintf("%s %q is %s", step.Op, step.Name, strings.ToLower(string(step.Status))))
	}
	return strings.Join(names, ", ")
}

// answeredLate handles an answer to a call of a run that has ended meanwhile. After a failure or a cancellation nobody
// cares. After the function's result, two things are harmless: a repeated plan, which is what a discovery that was under
// way for long has to say, and the same result again if one last step has closed the run before, which is what a
// discovery says that was delivered late.
func (s *Server) answeredLate(j *job, a answer, ops []*operation) {
	r := j.run
	if !r.concluded || a.err != nil {
		return
	}
	same := r.result == j || r.result == j.twin && j.twin != nil || r.closed && sameResult(a.body, r.output)
	switch {
	case a.status == http.StatusPartialContent:
		for _, op := range ops {
			if !op.plans() || r.steps[op.ID] == nil {
				s.fault(r, FaultAfterEnd, "call %d answered %s %q after call %d had returned the function's result",
					j.call.Number, op.Op, op.label(), r.result.call.Number)
				return
			}
		}
	case a.status == http.StatusOK && same:
	default:
		s.fault(r, FaultAfterEnd, "call %d answered with status %d (%s) after call %d had returned the function's result: two "+
			"discoveries reached the end at once; close parallel branches with one last planned step",
			j.call.Number, a.status, clip(a.body), r.result.call.Number)
	}
}

// sameResult reports whether two results of a function say the same, but for times: two processes do not know the same
// ones of a run.
func sameResult(a, b []byte) bool {
	a, b = bytes.TrimSpace(a), bytes.TrimSpace(b)
	if bytes.Equal(a, b) {
		return true
	}
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	return reflect.DeepEqual(withoutTimes(x), withoutTimes(y))
}

// withoutTimes removes the members of objects that are points in time.
func withoutTimes(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			if text, ok := member.(string); ok {
				if _, err := time.Parse(time.RFC3339Nano, text); err == nil {
					delete(v, name)
				}
				continue
			}
			withoutTimes(member)
		}
	case []any:
		for _, item := range v {
			withoutTimes(item)
		}
	}
	return value
}

func clip(body []byte) string {
	const most = 200
	text := string(bytes.TrimSpace(body))
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}
