package workflowkit

import (
	"encoding/json"
	"slices"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/mask"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/ordered"
)

// plannedEach is what a for_each runs for each item.
type plannedEach struct {
	// inner is the action. It is nil if a workflow is run.
	inner *planNode
	// data makes the data of the event that a workflow sees. It is nil if that is the usual.
	data program
}

// compileEach judges what a for_each runs and prepares it. forks says that items may be worked on at once.
func (c *compiler) compileEach(n int, action place, in *inputsCompiler, values map[string]any) {
	node, at := &c.plan.nodes[n], action.in("inputs")
	node.each = &plannedEach{}
	_, hasAction := values[eachAction]
	_, hasWorkflow := values[eachWorkflow]
	switch {
	case hasAction && hasWorkflow:
		c.error(CodeInputUnknown, at.in(eachWorkflow), "remove one of them", "action %q has both an action and a workflow to run", at.id)
	case hasAction:
		c.compileEachAction(n, at.in(eachAction))
	case !hasWorkflow:
		c.error(CodeInputMissing, at, "set action, or workflow", "action %q (kind %q) needs an action or a workflow to run", at.id, KindForEach)
	case node.timeout > 0:
		c.error(CodeTimeout, action.in(memberTimeout), "give timeouts to the actions of the workflow",
			"action %q runs a workflow for each item, which has no timeout as a whole", at.id)
	}
	if data, ok := values[eachData]; ok {
		if hasAction {
			c.error(CodeInputUnknown, at.in(eachData), "remove it, or run a workflow", "action %q has data for a workflow, and no workflow", at.id)
		}
		node.each.data = in.values.compile(data, at.in(eachData).path)
		inner := inputsCompiler{compiler: c, node: n, at: at, item: true}
		inner.noteReads(node.each.data, at.in(eachData), nil)
	}
	concurrency, set := values["concurrency"]
	node.forks = hasWorkflow || set && concurrency != json.Number("1")
}

// compileEachAction judges the action that is run for each item.
func (c *compiler) compileEachAction(n int, at place) {
	node := &c.plan.nodes[n]
	members, err := ordered.Parse(node.action.Inputs)
	raw, ok := members.Get(eachAction)
	if err != nil || !ok || jsonKind(raw) != "object" {
		return // reported
	}
	p := &parser{}
	inner := &planNode{action: p.action(at.path, raw)}
	for _, problem := range p.problems {
		problem.ID = clip(at.id, maxID)
		c.problems = append(c.problems, problem)
		c.shaped[problem.Path] = true
	}
	inner.action.ID = node.action.ID
	if inner.kind = c.kind(inner.action.Kind, at); inner.kind == nil {
		return
	}
	if inner.kind.each || inner.kind.logic != nil {
		c.error(CodeKindUnknown, at.in("kind"), "run a workflow that has it", "action %q: %s cannot be run for each item", at.id, inner.action.Kind)
		return
	}
	if inner.retries, inner.timeout = c.failureHandling(inner.action, at); inner.retries == nil {
		inner.retries = node.retries
	}
	if inner.timeout == 0 {
		inner.timeout = node.timeout
	}
	c.compileInputs(inner, n, at, true)
	node.each.inner = inner
	node.kind = node.kind.eachOf(inner.kind)
}

// eachOf describes a for_each that runs actions of a kind: the results are outputs of it.
func (r *registered) eachOf(inner *registered) *registered {
	out := *r
	shape := *r.outputs
	shape.properties = map[string]*typeShape{}
	for name, property := range r.outputs.properties {
		shape.properties[name] = property
	}
	results := typeShape{types: typeArray}
	if inner.outputs != nil {
		// An item that has failed is null.
		item := *inner.outputs
		if item.types != 0 {
			item.types |= typeNull
		}
		results.items = &item
	}
	shape.properties["results"] = &results
	out.outputs = &shape
	if inner.secret != nil {
		out.secret = mask.Properties(map[string]*mask.Mask{"results": mask.Items(inner.secret)})
	}
	secrets := map[string]*mask.Mask{}
	for i := range inner.inputs.list {
		if secret := inner.inputs.list[i].secret; secret != nil {
			secrets[inner.inputs.list[i].Name] = secret
		}
	}
	if len(secrets) > 0 {
		inputs := *r.inputs
		inputs.list = slices.Clone(r.inputs.list)
		inputs.list[inputs.byName[eachAction]].secret = mask.Properties(map[string]*mask.Mask{"inputs": mask.Properties(secrets)})
		out.inputs = &inputs
	}
	return &out
}

// addTemplate adds an input whose refs are resolved for each item, and not before.
func (c *inputsCompiler) addTemplate(input *compiledInput, value any) {
	at := c.at.in(escapePointer(input.Name))
	c.judge(input, at, value, nil)
	p := literalProgram{value: value}
	p.text, _ = jsonvalue.Append(nil, value, c.values.order, maxLiteral)
	c.inputs = append(c.inputs, newPlannedInput(input.Name, p, nil))
}

// isTemplate reports whether an input of a kind is resolved for each item.
func (r *registered) isTemplate(name string) bool {
	return r.each && (name == eachAction || name == eachData)
}
