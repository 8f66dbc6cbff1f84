package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/mask"
)

// WorkflowLoader is a [Loader] that also finds workflows by their ids, which builtin:for_each needs to run one for each item
// of a list.
type WorkflowLoader interface {
	Loader
	// LoadWorkflowByID returns the workflow with an id, or nil without an error if there is none. It is called in a step,
	// so an error is retried as any step's is, unless it is marked by [NoRetryError].
	LoadWorkflowByID(ctx context.Context, id string) (*Definition, error)
}

// passError is an error that says nothing about an action: the pass can be repeated.
type passError struct{ error }

// maxNesting is how deeply workflows may run workflows.
const maxNesting = 4

// load finds the workflow to run, once for all items: they all run the same one, whoever edits it meanwhile (rule 10).
func (e *each) load(ctx context.Context) error {
	x := e.x
	if x.replacementOf(e.standIn(0)) != nil {
		return nil
	}
	if x.depth >= maxNesting {
		return NoRetryError(fmt.Errorf("workflows run each other more than %d deep: does %q run itself?", maxNesting, e.input.Workflow))
	}
	raw, err := x.tools.Run(ctx, e.id+"/"+LoadStepID, func(ctx context.Context) (json.RawMessage, error) {
		pin, err := x.engine.loadByID(ctx, e.input.Workflow, x.in)
		if err != nil {
			return nil, err
		}
		return pin.marshal()
	})
	if err != nil {
		if errors.Is(err, ErrSuspended) || ctx.Err() != nil {
			return err
		}
		return fmt.Errorf("load workflow %q: %w", e.input.Workflow, err)
	}
	if e.workflow, e.plan, err = x.engine.unpin(raw); err != nil {
		return &passError{err} // another process may know what this one does not
	}
	if len(e.workflow.Problems) > 0 {
		return NoRetryError(fmt.Errorf("workflow %q: %w", e.input.Workflow, &InvalidError{Problems: e.workflow.Problems}))
	}
	return nil
}

// loadByID asks the loader for a workflow and judges what it returns.
func (e *Engine) loadByID(ctx context.Context, id string, in RunInput) (pin *pinned, err error) {
	defer func() {
		if r := recover(); r != nil {
			pin, err = nil, panicked(e.logger.With("run_id", in.RunID), "loader", r)
		}
	}()
	loader, ok := e.loader.(WorkflowLoader)
	if !ok {
		return nil, NoRetryError(errors.New("the engine's loader finds no workflows by their ids; it has to be a WorkflowLoader"))
	}
	definition, err := loader.LoadWorkflowByID(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case definition == nil:
		return nil, NoRetryError(errors.New("there is no workflow with this id"))
	}
	return e.judge(definition)
}

// standIn names an item to those who may replace what is run for it.
func (e *each) standIn(k int) ActionInfo {
	return ActionInfo{ID: e.itemID(k), Kind: KindForEach, Name: e.input.Workflow}
}

// executeWorkflow executes the workflow for an item. Its result is that of the item.
func (e *each) executeWorkflow(ctx context.Context, id string, item *eachItem) (json.RawMessage, error) {
	event, err := e.event(id, item)
	if err != nil {
		return nil, err
	}
	x := e.x
	if replaced := x.replacementOf(e.standIn(item.index)); replaced != nil {
		return replaced(ctx, &Run{RunInfo: &RunInfo{ID: x.in.RunID, Event: event, Workflow: x.info.Workflow}, Action: e.standIn(item.index)}, callInputs{text: event.Data})
	}
	if e.plan == nil {
		return marshalOutput(&Result{Status: StatusSkipped, Workflow: e.workflow.Workflow, Reason: e.workflow.Reason})
	}
	in := x.in
	in.Event, in.Events = event, nil
	inner := newExecution(x.engine, x.tools, in, e.plan, *e.workflow.Workflow)
	inner.prefix, inner.depth, inner.concurrent, inner.retries = id+"/", x.depth+1, true, x.plan.nodes[e.i].retries
	if x.shown != nil {
		inner.shown = e.visible(inner, item)
	}
	inner.held = x.held
	inner.decide(e.plan.start, sourceIndex)
	if err := inner.workOn(ctx, e.plan.order); err != nil {
		return nil, err
	}
	if inner.failed != nil {
		return nil, inner.failed
	}
	return marshalOutput(inner.result(nil))
}

// visible returns what may be seen of a workflow that is run for an item: the secrets of this one that came to it in its
// event are as secret there.
func (e *each) visible(inner *execution, item *eachItem) *visibleState {
	shown, event := e.x.shown, inner.in.Event
	data, err := e.data(shown.known(), shown.item(e.i, item), growth)
	if err != nil {
		data = jsonvalue.AppendString(nil, mask.Secret)
	}
	inside := &visibleState{x: inner, inputs: map[int]json.RawMessage{}}
	texts := appendHidden(nil, event.Data, data)
	inside.note(texts)
	// Nothing but what came in is known there. Other secrets may be those of branches beside, which have got how far in this
	// pass must not show (rule 4).
	for _, secret := range shown.hidden {
		if slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, secret) }) {
			inside.note([]string{secret})
		}
	}
	event.Data = data
	inside.state = newState(inner.plan, event)
	return inside
}

// growth is how many times longer data may become where something stands for its secrets.
const growth = 2

// data makes the data of the event that the workflow of an item sees, from what is known in a state.
func (e *each) data(s *state, item *eachItem, times int) (json.RawMessage, error) {
	limit := e.x.engine.limits.Inputs
	var value any = map[string]any{"item": item.value, "index": json.Number(formatInt(int64(item.index)))}
	if e.planned.data != nil {
		r := resolver{view: &view{state: s, node: e.i, item: item}, left: limit}
		if value = e.planned.data.resolve(&r); r.err != nil {
			return nil, r.err
		}
	}
	return jsonvalue.Append(nil, value, &s.order, times*limit)
}

// event makes the event that the workflow of an item sees.
func (e *each) event(id string, item *eachItem) (Event, error) {
	x := e.x
	data, err := e.data(x.state, item, 1)
	if err != nil {
		return Event{}, NoRetryError(fmt.Errorf("data: %w", err))
	}
	event := x.in.Event
	event.Data = data
	if event.ID != "" {
		event.ID += "/" + id
	}
	return event, nil
}

// nest gives a node of a workflow that is run for an item the ids that belong to it.
func (x *execution) nest(n *node, planned *planNode) {
	id := x.prefix + planned.action.ID
	n.steps, n.run.Action.ID = &stepIDs{action: id}, id
	if n.retries == nil {
		n.retries = x.retries
	}
}

// isItem reports whether an action is what a for_each runs for an item.
func (a ActionInfo) isItem() bool { return strings.Contains(a.ID, "/") }
