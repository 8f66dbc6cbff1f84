package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
)

// finishID is the step that closes a group of concurrent branches.
const finishID = "$finish"

// execution is one pass of a run over its plan. Everything that it decides follows from the plan, the event and the
// results of steps, in a fixed order: every replay decides the same (rule 4).
type execution struct {
	engine *Engine
	tools  Tools
	in     RunInput
	plan   *plan
	info   RunInfo
	state  *state
	// view is that of the node or edge that is being worked on.
	view     view
	resolver resolver
	// text is the memory that inputs are written to.
	text []byte
	// spent counts the bytes of inputs with refs.
	spent int
	// held counts those that the results of this execution, and of the executions around it, hold.
	held *heldInputs
	// fresh are nodes that have been made and not been used.
	fresh []node

	nodes []nodeState
	edges []edgeState
	// errors are the texts of the errors of nodes that have failed, and found is what the refs in conditions of edges have
	// found. The reason for a decision is made of it; most passes never need its text.
	errors map[int]string
	found  map[int]any
	// ready holds the nodes that can start, in the order in which they became ready.
	ready []int
	// ran holds the nodes that have completed or failed, in the order in which they did.
	ran []int
	// concurrent says that the pass has come to a fork. Before, no step can be targeted.
	concurrent bool
	// never holds the kinds of actions that were known never to wait when the run began.
	never map[string]bool
	// passed counts the cuts of the plan that are behind the run.
	passed int
	// suspended says that a branch waits for a step in this pass.
	suspended bool
	failed    *ActionError
	// shown is what may be seen of the state. It is nil if that is all.
	shown *visibleState

	// witness sees what is new in the pass. It is nil if nobody wants to know.
	witness *witness
	// current is the node that is being executed. It is sourceIndex while the engine works for itself.
	current int
	// age is that of the edges that are being decided.
	age age
	// prefix stands before the ids of actions of a workflow that a for_each runs, and depth counts how many do.
	prefix string
	depth  int
	// retries are those of actions that have none of their own. Nil means the backend's.
	retries *int
	// failures tells which steps have failed. It is nil if the tools cannot.
	failures StepFailures
	// quiet says that there are no such steps, and that the pass was not made for a single one.
	quiet bool
	// results tells the results of steps. It is nil if the tools cannot.
	results StepResults
}

type nodeState struct {
	status Status
	// inputs are the resolved inputs as JSON.
	inputs json.RawMessage
	age    age
	// open counts the incoming edges that are not decided, taken those that are taken.
	open, taken int32
}

// heldInputs counts the bytes of resolved inputs that are held in memory to the end of a pass.
type heldInputs struct {
	bytes int
	// exceeded says that they are more than a run may have. Which action meets the limit can differ from pass to pass, so
	// nothing is decided by it but the end of the run.
	exceeded bool
}

// edgeState is the decision about an edge.
type edgeState struct{ decided, taken bool }

func newExecution(e *Engine, tools Tools, in RunInput, p *plan, info WorkflowInfo) *execution {
	x := &execution{
		engine: e, tools: tools, in: in, plan: p, state: newState(p, in.Event),
		info:  RunInfo{ID: in.RunID, Attempt: in.Attempt, Event: in.Event, Events: in.Events, Workflow: info},
		nodes: make([]nodeState, len(p.nodes)), edges: make([]edgeState, len(p.edges)),
		ran: make([]int, 0, len(p.nodes)), current: sourceIndex, held: &heldInputs{},
	}
	x.failures, _ = bare(tools).(StepFailures)
	x.quiet = x.failures != nil && x.failures.Quiet()
	x.results, _ = tools.(StepResults)
	if p.secrets {
		x.shown = newVisibleState(x)
	}
	for i := range p.nodes {
		x.nodes[i].open = int32(len(p.nodes[i].in)) //nolint:gosec // the number of edges is limited
	}
	return x
}

// run executes the plan as far as it gets in this pass. Where only one node can run, it runs serially (rule 6); from a
// fork on, nodes run as branches that make progress independently (rule 5).
func (x *execution) run(ctx context.Context) error {
	x.decide(x.plan.start, sourceIndex)
	for len(x.ready) > 0 && x.failed == nil {
		advance := x.serially
		if len(x.ready) > 1 || x.plan.nodes[x.ready[0]].forks {
			advance = x.fork
		}
		if err := advance(ctx); err != nil {
			return err
		}
		x.stillReady()
	}
	if x.failed != nil {
		return x.failed
	}
	return nil
}

// serially executes nodes as long as exactly one is ready.
func (x *execution) serially(ctx context.Context) error {
	r := &runner{
		x: x, ctx: ctx,
		next: func() (int, bool) {
			if len(x.ready) != 1 || x.plan.nodes[x.ready[0]].forks || x.failed != nil {
				return 0, false
			}
			node := x.ready[0]
			x.ready = x.ready[:0]
			return node, true
		},
		suspended: func() error { return ErrSuspended },
	}
	return r.run()
}

// work returns a branch that executes nodes, given in topological order, so that each gets as far as it can in this pass.
// They share one branch: what makes them independent is that the next one is called when one is suspended. A parent that
// has not run in this pass keeps a node from starting.
func (x *execution) work(order []int) func(ctx context.Context) error {
	return func(ctx context.Context) error { return x.workOn(ctx, order) }
}

func (x *execution) workOn(ctx context.Context, order []int) error {
	suspended := false
	r := &runner{
		x: x, ctx: ctx,
		next: func() (int, bool) {
			for len(order) > 0 {
				i := order[0]
				order = order[1:]
				if n := &x.nodes[i]; n.status == "" && n.open == 0 && n.taken > 0 {
					return i, true
				}
			}
			return 0, false
		},
		suspended: func() error { suspended = true; return nil },
	}
	err := r.run()
	if err == nil && suspended {
		err = ErrSuspended
	}
	x.suspended = err != nil
	return err
}

// barrier is the last step of a run with branches. All of them end in it: if several could end the run, a server would
// see it end twice.
func (x *execution) barrier(ctx context.Context) error {
	if x.suspended {
		return ErrSuspended
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	x.current = sourceIndex
	_, err := x.tools.Run(ctx, finishID, func(context.Context) (json.RawMessage, error) { return jsonNull, nil })
	return err
}

// decide decides the edges that leave a node that has run, or the source. Nodes whose last incoming edge is decided
// become ready, or are skipped, which decides their edges in turn (rule 2).
func (x *execution) decide(edges []int, source int) {
	x.view = view{state: x.state, node: source, edge: true}
	var skipped []int
	for _, i := range edges {
		x.edges[i].taken = true
		if condition := x.plan.edges[i].condition; condition != nil {
			var found any
			if x.edges[i].taken, found = condition.holds(&x.view); found != nil {
				note(&x.found, i, found)
			}
		}
		skipped = x.decided(i, skipped)
	}
	x.skip(skipped)
}

// note notes what few nodes or edges have.
func note[T any](notes *map[int]T, i int, value T) {
	if *notes == nil {
		*notes = map[int]T{}
	}
	(*notes)[i] = value
}

// skip decides the edges that leave nodes which are skipped: none is taken.
func (x *execution) skip(skipped []int) {
	for len(skipped) > 0 {
		node := skipped[0]
		skipped = skipped[1:]
		x.age = x.nodes[node].age
		for _, i := range x.plan.nodes[node].out {
			skipped = x.decided(i, skipped)
		}
	}
}

// decided notes that an edge is decided, and appends the node that it leads to if that is skipped now.
func (x *execution) decided(edge int, skipped []int) []int {
	e := &x.edges[edge]
	e.decided = true
	to := x.plan.edges[edge].to
	node := &x.nodes[to]
	node.open--
	node.age = node.age.with(x.age)
	x.witness.edge(edge)
	if e.taken {
		node.taken++
	}
	switch {
	case node.open > 0:
	case node.taken > 0:
		x.ready = append(x.ready, to)
	default:
		node.status = StatusSkipped
		x.witness.skipped(to)
		skipped = append(skipped, to)
	}
	return skipped
}

// runNode executes a node. It returns an error only if the pass is over: ErrSuspended, or a cancelled context. A node
// that fails is noted in failed.
func (x *execution) runNode(ctx context.Context, i int, by caller) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	x.current = i
	if logic := x.plan.nodes[i].logic; logic != nil && x.replacement(i) == nil {
		out, err := x.evaluate(i, logic)
		return x.complete(ctx, i, out, err)
	}
	if x.plan.nodes[i].each != nil && x.replacement(i) == nil {
		out, err := x.forEach(ctx, i)
		var again *passError
		if errors.As(err, &again) {
			return again.error
		}
		return x.complete(ctx, i, out, err)
	}
	n, err := x.prepare(ctx, i)
	if err != nil {
		return x.complete(ctx, i, nil, err)
	}
	if err := x.decidedBefore(ctx, n); err != nil {
		return x.complete(ctx, i, nil, err)
	}
	x.witness.started(i)
	if timeout := x.plan.nodes[i].timeout; timeout > 0 {
		x.limit(n, timeout)
		by = newTimed()
	}
	n.caller = by
	by.call(n)
	return x.conclude(ctx, i, n)
}

// conclude completes a node whose handler has come to an end.
func (x *execution) conclude(ctx context.Context, i int, n *node) error {
	out, err := x.settled(ctx, n)
	return x.complete(ctx, i, out, err)
}

// complete notes the outcome of a node and decides the edges that leave it.
func (x *execution) complete(ctx context.Context, i int, out json.RawMessage, err error) error {
	switch {
	case err == nil:
	case errors.Is(err, ErrSuspended):
		return ErrSuspended
	case ctx.Err() != nil:
		// A handler whose context ends has not failed: the pass can be repeated.
		return context.Cause(ctx)
	}
	x.age = x.nodes[i].age
	if err != nil {
		return x.fail(i, err)
	}
	x.ran = append(x.ran, i)
	x.nodes[i].status = StatusCompleted
	x.state.set(i, out)
	x.witness.ended(i)
	x.decide(x.plan.nodes[i].out, i)
	return nil
}

// fail notes that a node has failed. Its error edges are taken then; without any, the run fails (rule 13).
func (x *execution) fail(i int, err error) error {
	planned, err := &x.plan.nodes[i], x.hide(i, err)
	handled := planned.handled && !x.held.exceeded
	if handled {
		out, err := marshalOutput(failedOutput{Error: err.Error()})
		if err != nil {
			return err
		}
		x.state.set(i, out)
	}
	// From here on the node is one of those that have run, whose outputs may be looked at.
	x.ran = append(x.ran, i)
	x.nodes[i].status = StatusFailed
	note(&x.errors, i, err.Error())
	x.witness.ended(i)
	if handled {
		x.decideFailed(planned.out)
		return nil
	}
	if x.failed == nil {
		action := &planned.action
		x.failed = &ActionError{ActionID: action.ID, Kind: action.Kind, Name: action.Name, Err: err, Completed: x.completed()}
	}
	return nil
}

// failedMember is the member of [failedOutput] that refs look for.
const failedMember = "error"

// failedOutput is the output of an action that has failed, for what its error edges lead to.
type failedOutput struct {
	Error string `json:"error"`
}

// decideFailed decides the edges that leave a node that has failed: those for errors are taken, and no others.
func (x *execution) decideFailed(edges []int) {
	var skipped []int
	for _, i := range edges {
		x.edges[i].taken = x.plan.edges[i].condition.onError()
		skipped = x.decided(i, skipped)
	}
	x.skip(skipped)
}

func (x *execution) completed() []string {
	var ids []string
	for _, i := range x.ran {
		if x.nodes[i].status == StatusCompleted {
			ids = append(ids, x.plan.nodes[i].action.ID)
		}
	}
	return ids
}
