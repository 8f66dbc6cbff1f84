package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

// ItemError is the error of a builtin:for_each in which an item has failed.
type ItemError struct {
	// Index is the place of the item in the list, from 0. It is the first of those that have failed.
	Index int
	// Failed is how many have failed.
	Failed int
	// Err is the error of that item.
	Err error
}

// Error implements error.
func (e *ItemError) Error() string {
	if e.Failed > 1 {
		return fmt.Sprintf("item %d: %v (%d items have failed)", e.Index, e.Err, e.Failed)
	}
	return fmt.Sprintf("item %d: %v", e.Index, e.Err)
}

// Unwrap returns the error of the item.
func (e *ItemError) Unwrap() error { return e.Err }

// eachItem is an item of a list, as refs see it.
type eachItem struct {
	value any
	index int
}

// each executes a for_each in one pass. Items that can make progress do so one after another, and each gets as far as it
// can.
type each struct {
	x       *execution
	i       int
	planned *plannedEach
	id      string
	input   eachInput
	items   []any
	// workflow is what is run for each item, if that is no action.
	workflow *pinned
	plan     *plan

	results []json.RawMessage
	errors  []eachError
	failed  *ItemError
	// occupied are the places that are not free for another item.
	occupied int
	// suspended says that an item waits for a step.
	suspended bool
}

// forEach executes an action for each item of a list.
func (x *execution) forEach(ctx context.Context, i int) (json.RawMessage, error) {
	var inputs callInputs
	if err := x.resolveInputs(i, &inputs); err != nil {
		return nil, err
	}
	x.witness.started(i)
	planned := &x.plan.nodes[i]
	e := &each{x: x, i: i, planned: planned.each, id: x.prefix + planned.action.ID}
	if err := e.read(inputs.text); err != nil {
		return nil, NoRetryError(err)
	}
	if e.planned.inner == nil {
		if err := e.load(ctx); err != nil {
			return nil, err
		}
	}
	if err := e.run(ctx); err != nil {
		return nil, err
	}
	return marshalOutput(eachOutput{Results: e.results, Errors: e.errors})
}

// read reads the inputs.
func (e *each) read(inputs json.RawMessage) error {
	if err := json.Unmarshal(inputs, &e.input); err != nil {
		return fmt.Errorf("read the inputs: %w", err)
	}
	n := len(e.input.Items)
	if n > e.input.Limit {
		return fmt.Errorf("the list has %d items, at most %d are allowed: raise the limit (up to %d), or split the list", n, e.input.Limit, maxEachItems)
	}
	decoded, err := jsonvalue.Decode(inputs, &e.x.state.order)
	if err != nil {
		return fmt.Errorf("read the items: %w", err)
	}
	object, _ := decoded.(map[string]any)
	e.items, _ = object["items"].([]any)
	e.results, e.errors = make([]json.RawMessage, n), []eachError{}
	return nil
}

// run executes the items. Which of them have been started must follow from the results of steps, and no further result
// may take that back: an item, once started, occupies a place until it has completed, and for ever if it fails and that
// stops the rest. So the next one is started when a completed one has left its place, in every pass.
func (e *each) run(ctx context.Context) error {
	for k := range e.items {
		if e.occupied >= e.input.Concurrency {
			break
		}
		if err := e.item(ctx, k); err != nil {
			return err
		}
	}
	switch {
	case e.suspended:
		return ErrSuspended
	case e.failed != nil:
		return NoRetryError(e.failed)
	}
	return nil
}

// item executes an item as far as it gets. It returns an error only if the pass is over.
func (e *each) item(ctx context.Context, k int) error {
	start, err := e.starts(ctx, k)
	switch {
	case errors.Is(err, ErrSuspended):
		e.occupied++
		e.suspended = true
		return nil
	case err != nil:
		return err
	case !start:
		e.occupied++
		return nil
	}
	out, err := e.execute(ctx, k)
	switch {
	case err == nil:
		e.results[k] = out
	case errors.Is(err, ErrSuspended):
		e.occupied++
		e.suspended = true
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, new(*passError)):
		return err
	case e.input.Errors == eachErrorsCollect && !e.x.held.exceeded:
		e.results[k] = jsonNull
		e.errors = append(e.errors, eachError{Index: k, Error: e.x.hide(e.i, err).Error()})
	default:
		e.occupied++
		if e.failed == nil {
			e.failed = &ItemError{Index: k, Err: err}
		}
		e.failed.Failed++
	}
	return nil
}

// starts reports whether an item is to be started, now that there is a place for it. After an error none is, but whether
// the error was there before the item was started is a matter of time, so it is written down. The first items are all
// started at once, and with one place there is none left after an error.
func (e *each) starts(ctx context.Context, k int) (bool, error) {
	if e.input.Errors == eachErrorsCollect || e.input.Concurrency == 1 || k < e.input.Concurrency {
		return true, nil
	}
	raw, err := e.x.tools.Run(ctx, e.itemID(k)+"/$go", func(context.Context) (json.RawMessage, error) {
		return strconv.AppendBool(nil, e.failed == nil), nil
	})
	return string(raw) == "true", err
}

func (e *each) itemID(k int) string { return e.id + "/" + strconv.Itoa(k) }

// execute executes an item, or lets somebody stand in for it.
func (e *each) execute(ctx context.Context, k int) (json.RawMessage, error) {
	item := &eachItem{value: e.items[k], index: k}
	if e.planned.inner != nil {
		return e.executeAction(ctx, e.itemID(k), item)
	}
	return e.executeWorkflow(ctx, e.itemID(k), item)
}
