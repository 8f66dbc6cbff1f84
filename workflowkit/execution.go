package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
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
	info   WorkflowInfo
	state  *state
	logger *slog.Logger

	nodes []nodeState
	edges []edgeState
	// ready holds the nodes that can start, in the order in which they became ready.
	ready []int
	// ran holds the nodes that have completed or failed, in the order in which they did.
	ran []int
	// suspended counts the nodes that wait for a step in this pass.
	suspended int
	failed    *ActionError
}

type nodeState struct {
	status Status
	reason string
	inputs json.RawMessage
	err    string
	// open counts the incoming edges that are not decided, taken those that are taken.
	open, taken int
}

type edgeState struct {
	decided, taken bool
	reason         string
}

func newExecution(e *Engine, tools Tools, in RunInput, p *plan, info WorkflowInfo) *execution {
	x := &execution{
		engine: e, tools: tools, in: in, plan: p, info: info, state: newState(in.Event),
		logger: e.logger.With("run_id", in.RunID, "workflow_id", info.ID),
		nodes:  make([]nodeState, len(p.nodes)), edges: make([]edgeState, len(p.edges)),
	}
	for i := range p.nodes {
		x.nodes[i].open = len(p.nodes[i].in)
	}
	return x
}

// run executes the plan as far as it gets in this pass. Where only one node can run, it runs serially (rule 6); from
// the first fork on, all remaining nodes run as branches that make progress independently (rule 5).
func (x *execution) run(ctx context.Context) error {
	x.decide(x.plan.start, &edgeView{x.state, SourceID}, "")
	for len(x.ready) == 1 {
		i := x.ready[0]
		x.ready = x.ready[:0]
		if err := x.runNode(ctx, i); err != nil {
			return err
		}
		if x.failed != nil {
			return x.failed
		}
	}
	if len(x.ready) > 1 {
		if err := x.tools.Parallel(ctx, x.branches()); err != nil {
			return err
		}
	}
	if x.failed != nil {
		return x.failed
	}
	return nil
}

// branches returns a branch for each node that has not run, in topological order, and the barrier.
func (x *execution) branches() []func(ctx context.Context) error {
	branches := make([]func(ctx context.Context) error, 0, len(x.plan.order)+1)
	for _, i := range x.plan.order {
		if x.nodes[i].status != "" {
			continue
		}
		branches = append(branches, func(ctx context.Context) error {
			// A parent that has not run in this pass, or has failed, keeps the node from starting.
			if n := &x.nodes[i]; n.status != "" || n.open > 0 || n.taken == 0 {
				return nil
			}
			err := x.runNode(ctx, i)
			if errors.Is(err, ErrSuspended) {
				x.suspended++
			}
			return err
		})
	}
	return append(branches, func(ctx context.Context) error {
		// All branches end in this one step: if several could end the run, a server would see it end twice.
		if x.suspended > 0 {
			return ErrSuspended
		}
		_, err := x.tools.Run(ctx, finishID, func(context.Context) (json.RawMessage, error) { return jsonNull, nil })
		return err
	})
}

// decide decides edges whose source has run, or was skipped: then the view is nil and why says so. Nodes whose last
// incoming edge is decided become ready, or are skipped, which decides their edges in turn (rule 2).
func (x *execution) decide(edges []int, view *edgeView, why string) {
	type step struct {
		edges []int
		view  *edgeView
		why   string
	}
	for work := []step{{edges, view, why}}; len(work) > 0; work = work[1:] {
		s := work[0]
		for _, i := range s.edges {
			e, edge := &x.edges[i], &x.plan.edges[i]
			e.decided, e.reason = true, s.why
			if s.view != nil {
				e.taken, e.reason = edge.condition.holds(s.view)
			}
			to := &x.nodes[edge.to]
			to.open--
			if e.taken {
				to.taken++
			}
			switch {
			case to.open > 0:
			case to.taken > 0:
				x.ready = append(x.ready, edge.to)
			default:
				to.status, to.reason = StatusSkipped, "no edge to it was taken"
				id := x.plan.nodes[edge.to].action.ID
				work = append(work, step{x.plan.nodes[edge.to].out, nil, fmt.Sprintf("action %q was skipped", id)})
			}
		}
	}
}

// runNode executes a node. It returns an error only if the pass is over: ErrSuspended, or a cancelled context. A node
// that fails is noted in failed.
func (x *execution) runNode(ctx context.Context, i int) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	planned := &x.plan.nodes[i]
	out, err := x.execute(ctx, i)
	if err != nil && (errors.Is(err, ErrSuspended) || ctx.Err() != nil) {
		return err
	}
	x.ran = append(x.ran, i)
	if err != nil {
		x.fail(i, err)
		return nil
	}
	x.nodes[i].status = StatusCompleted
	x.state.set(planned.action.ID, out)
	x.decide(planned.out, &edgeView{x.state, planned.action.ID}, "")
	return nil
}

func (x *execution) fail(i int, err error) {
	action := x.plan.nodes[i].action
	x.nodes[i].status, x.nodes[i].err = StatusFailed, err.Error()
	if x.failed != nil {
		return
	}
	x.failed = &ActionError{ActionID: action.ID, Kind: action.Kind, Name: action.Name, Err: err, Completed: x.completed()}
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

// execute resolves the inputs of a node, checks them and calls its handler.
func (x *execution) execute(ctx context.Context, i int) (json.RawMessage, error) {
	planned := &x.plan.nodes[i]
	replaced := x.replacement(i)
	if planned.kind.logic != nil && replaced == nil {
		return x.executeLogic(i)
	}
	values, _ := planned.inputs.resolve(x.state, false).(map[string]any)
	if err := x.checkInputs(planned, values); err != nil {
		return nil, err
	}
	inputs, err := marshalValue(values)
	if err != nil {
		return nil, NoRetryError(fmt.Errorf("inputs: %w", err))
	}
	x.nodes[i].inputs = inputs
	action := planned.action
	logger := x.logger.With("action_id", action.ID, "kind", action.Kind)
	run := &Run{
		ID: x.in.RunID, Attempt: x.in.Attempt, Event: x.in.Event, Workflow: x.info,
		Action: action.info(),
		logger: logger, state: x.state,
	}
	n := &node{id: action.ID, runID: x.in.RunID, tools: x.tools, logger: logger}
	out, err := n.execute(ctx, func(ctx context.Context) (json.RawMessage, error) {
		if replaced != nil {
			return replaced(ctx, run, inputs)
		}
		return planned.kind.call(ctx, run, inputs)
	})
	return x.settle(ctx, action.ID, out, err)
}

// replacement returns the handler that stands in for an action's own, if there is one.
func (x *execution) replacement(i int) callFunc {
	if x.in.Replace == nil {
		return nil
	}
	handler := x.in.Replace(x.plan.nodes[i].action.info())
	if handler == nil {
		return nil
	}
	return handler.call
}

// executeLogic evaluates an action that is a pure function of its inputs and the state.
func (x *execution) executeLogic(i int) (json.RawMessage, error) {
	planned := &x.plan.nodes[i]
	marked, _ := planned.inputs.resolve(x.state, true).(map[string]any)
	inputs, err := marshalValue(unmark(marked))
	if err != nil {
		return nil, NoRetryError(fmt.Errorf("inputs: %w", err))
	}
	x.nodes[i].inputs = inputs
	out, err := planned.kind.logic(marked, x.state.All)
	if err != nil {
		return nil, err
	}
	return marshalOutput(out)
}

// errorID is the step that makes the error of a handler, raised outside of its steps, part of the run's state.
func errorID(actionID string) string { return actionID + "/$error" }

// settle makes the outcome of a handler durable. The error of a step has had its attempts. An error that was raised
// outside of steps is passed through a step of its own, so it is retried as any step's is, and every replay agrees on
// when the attempts were used up.
func (x *execution) settle(ctx context.Context, actionID string, out json.RawMessage, err error) (json.RawMessage, error) {
	id := errorID(actionID)
	switch {
	case err == nil:
		if !x.tools.Targeted(id) {
			return out, nil
		}
		// This pass was made to try again what failed before, and it has succeeded.
		if _, err := x.tools.Run(ctx, id, func(context.Context) (json.RawMessage, error) { return jsonNull, nil }); err != nil {
			return nil, err
		}
		return out, nil
	case errors.Is(err, ErrSuspended), ctx.Err() != nil, IsNoRetryError(err):
		return nil, err
	}
	_, stepErr := x.tools.Run(ctx, id, func(context.Context) (json.RawMessage, error) { return nil, err })
	var final *StepError
	switch {
	case stepErr == nil:
		// The state says that a later attempt succeeded, and now it fails again: the handler is not deterministic.
		return nil, NoRetryError(fmt.Errorf("handler failed in a replay after it had succeeded: %w", err))
	case errors.As(stepErr, &final):
		return nil, &StepError{StepID: "$error", Name: final.Name, Message: final.Message, Data: final.Data}
	}
	return nil, stepErr
}

// checkInputs holds the inputs that were not known before to their schemas (rule 9).
func (x *execution) checkInputs(planned *planNode, values map[string]any) error {
	var problems Problems
	for _, i := range planned.checks {
		input := &planned.kind.inputs.list[i]
		value := values[input.Name]
		for _, f := range input.schema.check(value) {
			problems = append(problems, Problem{
				Code: CodeInputType, Severity: SeverityError, Path: "/" + escapePointer(input.Name) + f.pointer,
				ID: planned.action.ID, Message: fmt.Sprintf("input %q: %s, found %s", input.Name, f.message, brief(value)),
				Hint: typeHint(input.schema, value),
			})
		}
	}
	if problems == nil {
		return nil
	}
	return &InputError{ActionID: planned.action.ID, Kind: planned.action.Kind, Problems: problems}
}
