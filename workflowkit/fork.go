package workflowkit

import "context"

// ForkMode says how a backend goes on with branches that run concurrently.
type ForkMode int

// The modes of [Tools].Parallel.
const (
	// ForkRace goes on after each step, so that a wait in one branch holds up no other. The last branch is a barrier, whose
	// only step is executed when all other branches are done, and no tool is called after the group.
	ForkRace ForkMode = iota
	// ForkWait goes on when all steps that were asked for have a result. That takes fewer passes, and the run may go on
	// serially after the group. The actions in the branches have declared that they never wait.
	ForkWait
)

// fork executes what lies between here and the next node that certainly runs alone, if that is known never to wait, or
// else all that is left. The decision is that of every pass: what never waits is pinned with the workflow, and the states
// of nodes at a fork are the same in every pass that comes to it.
func (x *execution) fork(ctx context.Context) error {
	x.concurrent = true
	region := x.region()
	if x.plan.nodes[x.ready[0]].forks {
		region = x.ready // an action that works on several items at once, alone between others
	}
	for _, i := range region {
		if x.nodes[i].status == "" && !x.never[x.plan.nodes[i].action.Kind] {
			return x.group(ctx, ForkRace, x.work(x.plan.order), x.barrier)
		}
	}
	return x.group(ctx, ForkWait, x.work(region))
}

func (x *execution) group(ctx context.Context, mode ForkMode, branches ...func(ctx context.Context) error) error {
	x.witness.forks(mode)
	defer x.witness.joins()
	return x.tools.Parallel(ctx, mode, branches)
}

// region returns the nodes between the last node that has run alone for certain and the next one.
func (x *execution) region() []int {
	cuts, order := x.plan.cuts, x.plan.order
	for len(cuts) > x.passed && x.nodes[order[cuts[x.passed]]].status != "" {
		x.passed++
	}
	start, end := 0, len(order)
	if x.passed > 0 {
		start = cuts[x.passed-1] + 1
	}
	if x.passed < len(cuts) {
		end = cuts[x.passed]
	}
	return order[start:end]
}

// stillReady removes the nodes from ready that have run in a group.
func (x *execution) stillReady() {
	ready := x.ready[:0]
	for _, i := range x.ready {
		if x.nodes[i].status == "" {
			ready = append(ready, i)
		}
	}
	x.ready = ready
}
