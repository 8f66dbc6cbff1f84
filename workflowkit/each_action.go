package workflowkit

import (
	"context"
	"encoding/json"
	"time"
)

// executeAction executes the action for an item. It is a node of its own, whose steps have the index in their ids (rule
// 12), with retries and timeouts of its own.
func (e *each) executeAction(ctx context.Context, id string, item *eachItem) (json.RawMessage, error) {
	x, planned := e.x, *e.planned.inner
	planned.action.ID = id
	var inputs callInputs
	x.view = view{state: x.state, node: e.i, item: item}
	if err := x.resolveFor(&planned, &inputs); err != nil {
		return nil, err
	}
	n := &node{kind: planned.kind, steps: &stepIDs{action: id}, handler: planned.kind.call, inputs: inputs, retries: planned.retries}
	if replaced := x.replacementOf(planned.action.info()); replaced != nil {
		n.handler = replaced
	}
	x.place(ctx, n, planned.action.info(), e.i)
	if x.shown != nil {
		n.secrets.inputs = appendHidden(n.secrets.inputs, inputs.text, x.shown.resolve(&planned, view{node: e.i, item: item}))
		x.shown.note(n.secrets.inputs)
	}
	out, err := x.executeAside(ctx, n, planned.timeout)
	return out, n.secrets.hide(err)
}

// place puts a node into its run.
func (x *execution) place(ctx context.Context, n *node, action ActionInfo, i int) {
	n.ctx.Context, n.ctx.node = ctx, n
	// Field by field: a whole value would be made elsewhere and copied.
	run := &n.run
	run.RunInfo, run.Action = &x.info, action
	run.node, run.index, run.execution = n, i, x
	if x.shown != nil {
		n.secrets = x.shown.secrets(i)
	}
}

// executeAside executes a node on a goroutine of its own and makes its outcome durable.
func (x *execution) executeAside(ctx context.Context, n *node, timeout time.Duration) (json.RawMessage, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err := x.decidedBefore(ctx, n); err != nil {
		return nil, err
	}
	if timeout > 0 {
		x.limit(n, timeout)
	}
	n.caller = newTimed()
	n.caller.call(n)
	return x.settled(ctx, n)
}

// settled returns the outcome of a node whose handler has come to an end, once that is durable.
func (x *execution) settled(ctx context.Context, n *node) (json.RawMessage, error) {
	out, err := n.outcome()
	if n.limited != nil {
		out, err = n.limited.outcome(out, err)
	}
	return x.settle(ctx, n, out, err)
}
