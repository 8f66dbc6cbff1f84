package workflowkit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/mask"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// prepare resolves the inputs of a node, checks them, and returns the node with its handler.
func (x *execution) prepare(ctx context.Context, i int) (*node, error) {
	planned := &x.plan.nodes[i]
	n := x.newNode()
	if err := x.resolveInputs(i, &n.inputs); err != nil {
		return nil, err
	}
	n.kind, n.steps, n.retries, n.handler = planned.kind, planned.steps, planned.retries, planned.kind.call
	x.place(ctx, n, planned.action.info(), i)
	if x.prefix != "" {
		x.nest(n, planned)
	}
	if replaced := x.replacement(i); replaced != nil {
		n.handler = replaced
	}
	return n, nil
}

// newNode returns an empty node. Nodes are made several at a time. None is used twice: a handler may keep its context.
func (x *execution) newNode() *node {
	const most = 24 // they fill what Go allocates for them
	if len(x.fresh) == 0 {
		x.fresh = make([]node, min(most, len(x.nodes)-len(x.ran)))
	}
	n := &x.fresh[0]
	x.fresh = x.fresh[1:]
	return n
}

// replacement returns the handler that stands in for an action's own, if there is one.
func (x *execution) replacement(i int) callFunc {
	if x.in.Replace == nil {
		return nil
	}
	action := x.plan.nodes[i].action.info()
	action.ID = x.prefix + action.ID
	return x.replacementOf(action)
}

func (x *execution) replacementOf(action ActionInfo) callFunc {
	if x.in.Replace == nil {
		return nil
	}
	handler := x.in.Replace(action)
	if handler == nil {
		return nil
	}
	return handler.call
}

// resolveInputs resolves the inputs of a node, and holds those that were not known before to their schemas (rule 9).
func (x *execution) resolveInputs(i int, inputs *callInputs) error {
	x.view = view{state: x.state, node: i}
	planned := &x.plan.nodes[i]
	if err := x.resolveFor(planned, inputs); err != nil {
		return err
	}
	if len(planned.making.dynamic) > 0 {
		x.held.bytes += len(inputs.text)
	}
	if most := x.engine.limits.Run; x.held.bytes > most {
		x.held.exceeded = true
		return tooMuchHeld(planned, most)
	}
	x.nodes[i].inputs = inputs.text
	return nil
}

// tooMuchHeld is the error of the action whose inputs are too much, together with those of all actions before it.
func tooMuchHeld(planned *planNode, most int) error {
	return &InputError{ActionID: planned.action.ID, Kind: planned.action.Kind, Problems: Problems{{
		Code: CodeTooLarge, Severity: SeverityError, ID: planned.action.ID, Hint: "refer to less of the event or of earlier outputs",
		Message: fmt.Sprintf("the inputs of all actions so far have more than %d bytes once their refs are resolved", most),
	}}}
}

// resolveFor resolves the inputs of a node, or of what a node runs for each item of a list, with the view of the execution.
func (x *execution) resolveFor(planned *planNode, inputs *callInputs) error {
	making := &planned.making
	fill := making.fill(planned.kind)
	if len(making.dynamic) == 0 {
		inputs.text, inputs.typed = making.tail, fill.target
		return nil
	}
	x.resolver = resolver{view: &x.view, left: x.engine.limits.Inputs}
	r := &x.resolver
	start := len(x.text)
	var problems Problems
	for k := range making.dynamic {
		input := &making.dynamic[k]
		x.text = append(x.text, input.before...)
		value := len(x.text)
		if problems = x.resolveInput(problems, planned, input, r, start); r.err != nil {
			problems = append(problems, x.inputsProblem(planned, planned.inputs[input.input].name, r.err))
			break
		}
		fill.set(input.field, x.text[value:])
	}
	if problems != nil {
		x.text = x.text[:start]
		return &InputError{ActionID: planned.action.ID, Kind: planned.action.Kind, Problems: problems}
	}
	x.text = append(x.text, making.tail...)
	if x.spent += len(x.text) - start; x.in.budget > 0 && x.spent > x.in.budget {
		x.text = x.text[:start]
		return tooMuchHeld(planned, x.in.budget)
	}
	out := x.text[start:len(x.text):len(x.text)]
	if cap(x.text) > textChunk {
		out = bytes.Clone(out) // the memory has grown, and would be kept with what was written before
	}
	if cap(x.text) > textChunk || cap(x.text)-len(x.text) < minTextChunk {
		x.text = make([]byte, 0, textChunk)
	}
	inputs.text, inputs.typed = out, fill.target
	return nil
}

// Inputs are written one after another into chunks of memory: most are small, and there are many.
const textChunk, minTextChunk = 8 << 10, 256

// resolveInput writes one input with refs. What is at hand as text, and of the right type, is not decoded.
func (x *execution) resolveInput(problems Problems, planned *planNode, input *dynamicInput, r *resolver, start int) Problems {
	most := start + x.engine.limits.Inputs
	if input.whole != nil {
		if text, ok := input.whole.Scalar(r.view); ok && (input.check == nil || input.check.schema.accepts(text)) {
			x.text = append(x.text, text...)
			return problems
		}
	} else if input.text != nil && (input.check == nil || input.check.schema.accepts(someText)) {
		var text []byte
		if text, r.err = input.text.AppendString(x.text, r.view, most); r.err == nil {
			x.text = text
		}
		return problems
	}
	value := planned.inputs[input.input].value.resolve(r)
	if r.err != nil {
		return problems
	}
	if input.check != nil {
		problems = input.check.appendProblems(problems, planned.action.ID, value, func() any { return x.visible(r.view, planned, &planned.inputs[input.input], value) })
	}
	x.text, r.err = jsonvalue.Append(x.text, value, &x.state.order, most)
	return problems
}

var someText = []byte(`""`)

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
// What is seen of it is what visible returns.
func (in *compiledInput) appendProblems(problems Problems, actionID string, value any, visible func() any) Problems {
	faults := in.schema.check(value)
	if len(faults) == 0 {
		return problems
	}
	seen := visible()
	for _, f := range faults {
		found, message, hint := at(value, f.pointer), f.message, typeHint(in.schema, value)
		if isHidden(value, seen, f.pointer) {
			found, message, hint = mask.Secret, hiddenFault, ""
		}
		problems = append(problems, Problem{
			Code: CodeInputType, Severity: SeverityError, Path: "/" + escapePointer(in.Name) + f.pointer,
			ID: actionID, Message: fmt.Sprintf("input %q: %s, found %s", in.Name+f.pointer, message, brief(found)),
			Hint: hint,
		})
	}
	return problems
}

// hiddenFault is what is said about a secret that does not fit: most messages quote what they are about.
const hiddenFault = "does not fit the schema"

// visible returns the value of an input as it may be seen.
func (x *execution) visible(v refs.View, planned *planNode, input *plannedInput, value any) any {
	own, ok := v.(*view)
	if x.shown == nil || !ok {
		return value
	}
	seen, err := jsonvalue.Decode(x.shown.input(planned, *own, input), nil)
	if err != nil {
		return mask.Secret
	}
	return seen
}

// evaluate runs an action that is a pure function of its inputs and of what has run before it.
func (x *execution) evaluate(i int, logic *plannedLogic) (json.RawMessage, error) {
	planned := &x.plan.nodes[i]
	if err := x.resolveInputs(i, &callInputs{}); err != nil {
		return nil, err
	}
	x.witness.started(i)
	x.view = view{state: x.state, node: i}
	return logic.evaluate(planned, &x.view, x.engine.limits.Inputs)
}
