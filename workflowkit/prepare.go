package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

// prepare resolves the inputs of a node, checks them, and returns its handler with the node to call it for.
func (x *execution) prepare(ctx context.Context, i int) (handlerFunc, *node, error) {
	planned := &x.plan.nodes[i]
	inputs, err := x.resolveInputs(i)
	if err != nil {
		return nil, nil, err
	}
	x.nodes[i].inputs = inputs
	n := &node{id: planned.action.ID, runID: x.in.RunID, tools: x.tools}
	n.idle.L = &n.mu
	n.ctx.Context, n.ctx.node = ctx, n
	run := &Run{
		ID: x.in.RunID, Attempt: x.in.Attempt, Event: x.in.Event, Workflow: x.info, Action: planned.action.info(),
		node: n, state: x.state, index: i, runLogger: x.logger(),
	}
	n.log = run.Logger
	call := planned.kind.call
	if replaced := x.replacement(i); replaced != nil {
		call = replaced
	}
	return func(ctx context.Context) (json.RawMessage, error) { return call(ctx, run, inputs) }, n, nil
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

// resolveInputs returns the inputs of a node as a JSON object, and holds those that were not known before to their
// schemas (rule 9).
func (x *execution) resolveInputs(i int) (json.RawMessage, error) {
	planned := &x.plan.nodes[i]
	if planned.constant != nil {
		return planned.constant, nil
	}
	most := x.engine.limits.Inputs
	r := resolver{view: &view{state: x.state, node: i}, left: most}
	out := append(make([]byte, 0, 128), '{')
	var problems Problems
	for k := range planned.inputs {
		input := &planned.inputs[k]
		if k > 0 {
			out = append(out, ',')
		}
		out = append(out, input.key...)
		if literal, ok := input.value.(literalProgram); ok {
			out = append(out, literal.text...)
			continue
		}
		value := input.value.resolve(&r)
		if input.check != nil && r.err == nil {
			problems = input.check.appendProblems(problems, planned.action.ID, value)
		}
		if r.err == nil {
			out, r.err = jsonvalue.Append(out, value, &x.state.order, most)
		}
		if r.err != nil {
			problems = append(problems, x.inputsProblem(planned, input.name, r.err))
			break
		}
	}
	if problems != nil {
		return nil, &InputError{ActionID: planned.action.ID, Kind: planned.action.Kind, Problems: problems}
	}
	return append(out, '}'), nil
}

// inputsProblem is the finding about inputs that cannot be written down.
func (x *execution) inputsProblem(planned *planNode, input string, err error) Problem {
	p := Problem{
		Code: CodeInputType, Severity: SeverityError, Path: "/" + escapePointer(input), ID: planned.action.ID,
		Message: fmt.Sprintf("input %q: %v", input, err),
	}
	if errors.Is(err, jsonvalue.ErrTooLong) {
		p.Code = CodeTooLarge
		p.Message = fmt.Sprintf("the inputs have more than %d bytes once their refs are resolved", x.engine.limits.Inputs)
		p.Hint = "refer to less of the event or of earlier outputs"
	}
	return p
}

// appendProblems judges the resolved value of an input.
func (in *compiledInput) appendProblems(problems Problems, actionID string, value any) Problems {
	for _, f := range in.schema.check(value) {
		found := value
		if f.pointer != "" {
			found = at(value, f.pointer)
		}
		problems = append(problems, Problem{
			Code: CodeInputType, Severity: SeverityError, Path: "/" + escapePointer(in.Name) + f.pointer,
			ID: actionID, Message: fmt.Sprintf("input %q: %s, found %s", in.Name+f.pointer, f.message, brief(found)),
			Hint: typeHint(in.schema, value),
		})
	}
	return problems
}

// evaluate runs an action that is a pure function of its inputs and of what has run before it.
func (x *execution) evaluate(i int, logic *plannedLogic) (json.RawMessage, error) {
	planned := &x.plan.nodes[i]
	v := &view{state: x.state, node: i}
	inputs, err := x.resolveInputs(i)
	if err != nil {
		return nil, err
	}
	x.nodes[i].inputs = inputs
	return logic.evaluate(planned, v, x.engine.limits.Inputs)
}

// Logger returns a logger that carries the run, the workflow and the action. It is never nil. A line that is logged
// outside of steps appears once for every pass of the run.
func (r *Run) Logger() *slog.Logger {
	if r.runLogger == nil {
		return slog.New(slog.DiscardHandler)
	}
	r.loggerOnce.Do(func() { r.logger = r.runLogger.With("action_id", r.Action.ID, "kind", r.Action.Kind) })
	return r.logger
}
