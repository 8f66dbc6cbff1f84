package soak

import (
	"context"
	"fmt"
	"slices"
)

// Report is what became of the runs.
type Report struct {
	Seed int64 `json:"seed"`
	// Started and Finished count runs.
	Started  int `json:"started"`
	Finished int `json:"finished"`
	// Effects is how many steps had their effect, and Expected how many the workflows ask for.
	Effects  int `json:"effects"`
	Expected int `json:"expected"`
	// Repeated is how many executions of steps there were beyond that: of processes that died before their result was
	// stored. Their effects have idempotency keys.
	Repeated int `json:"repeated"`
	// Killed and Replaced count the replicas that died without notice, and those that were asked to stop.
	Killed   int `json:"killed"`
	Replaced int `json:"replaced"`
	// Resent counts events that had no effect for a while and were sent again: a server that is stopped can lose those that
	// it has just acknowledged.
	Resent int `json:"resent"`
	// Seconds is how long it took.
	Seconds float64 `json:"seconds"`
	// Faults say what is wrong, run by run.
	Faults []string `json:"faults"`
}

// OK reports whether nothing was lost, doubled or left over.
func (r *Report) OK() bool {
	return len(r.Faults) == 0 && r.Started == r.Finished && r.Effects == r.Expected
}

// judge holds what is written down to what the workflows say.
func (r *Report) judge(ctx context.Context, l *ledger, runs int) error {
	for number := range runs {
		want := newGraph(r.Seed, number).effects()
		r.Expected += len(want)
		got, ids, err := l.effectsOf(ctx, number)
		if err != nil {
			return err
		}
		if len(ids) != 1 {
			r.fault("run %d: executed as %d runs %v, want 1", number, len(ids), ids)
		}
		for _, step := range want {
			if !slices.Contains(got, step) {
				r.fault("run %d: step %s had no effect", number, step)
			}
		}
		for _, step := range got {
			if !slices.Contains(want, step) {
				r.fault("run %d: step %s had an effect, and should not have run", number, step)
			}
		}
	}
	effects, executions, err := l.counts(ctx)
	r.Effects, r.Repeated = effects, executions-effects
	return err
}

func (r *Report) fault(format string, args ...any) {
	r.Faults = append(r.Faults, fmt.Sprintf(format, args...))
}
