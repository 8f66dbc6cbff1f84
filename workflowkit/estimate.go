package workflowkit

import (
	"encoding/json"
	"fmt"
)

// CostModel says how a backend executes steps, as far as it changes what a run costs. The zero value is the default of
// package inngest.
type CostModel struct {
	// NoCheckpoints says that each step of the serial part of a run is the answer to a call of its own.
	NoCheckpoints bool
	// Size returns how many bytes the backend stores of a result. Nil means its length.
	Size func(result json.RawMessage) int
}

// Estimate is what a run of a workflow costs, known before it runs. Where conditions decide, numbers lie in ranges.
//
// It holds for a run in which nothing fails and nothing is delivered twice, and in which no call goes on for longer than
// a backend permits.
type Estimate struct {
	// Calls are the passes of the run: the HTTP calls of the server to the app.
	Calls Range `json:"calls"`
	// Steps are the step functions that are executed, with the engine's own.
	Steps Range `json:"steps"`
	// Waits are the sleeps, waits for events and invocations.
	Waits Range `json:"waits"`
	// Checkpoints are the steps that the app stores at the server while a call goes on, by a request for each; the result
	// of loading the workflow mostly goes with that of the first step.
	Checkpoints Range `json:"checkpoints"`
	// Bytes are what the results of steps and waits take in the run's state, as JSON. Each call carries what is there so
	// far, and the event.
	Bytes Range `json:"bytes"`
	// Unknown lists the ids of the actions for which nobody has declared a cost, in the order of the document: they add
	// anything to the numbers. Never nil.
	Unknown []string `json:"unknown"`
	// Exact says that every path through the workflow was looked at. If there are too many, the ranges are wider than
	// they need be.
	Exact bool `json:"exact"`
}

// Estimate computes what a run of the definition costs on a backend, from what actions declare in Spec.Cost and
// Spec.NeverWaits. It executes nothing. The error is an *[InvalidError] if the workflow cannot run.
func (e *Engine) Estimate(definition Definition, model CostModel) (*Estimate, error) {
	pin := &pinned{Workflow: &WorkflowInfo{ID: definition.ID, Version: definition.Version}}
	var p *plan
	if isNull(definition.JSON) {
		pin.Reason = noDefinition(definition.ID)
	} else {
		var problems Problems
		if pin.Definition, p, problems = e.compileStored(definition.JSON); p == nil {
			return nil, &InvalidError{Problems: problems.Errors()}
		}
		pin.Workflow.Name, pin.Workflow.Hash, pin.NeverWaits = p.info.Name, p.info.Hash, p.neverWaiting()
	}
	loaded, err := pin.marshal()
	if err != nil {
		return nil, fmt.Errorf("estimate: %w", err)
	}
	t := &tally{plan: p, model: model}
	size := len(loaded)
	if model.Size != nil {
		size = model.Size(loaded)
	}
	t.step(Exactly(1), Exactly(size))
	if p == nil {
		return t.estimate(true), nil
	}
	t.unknown = p.undeclared()
	if paths, all := t.paths(); all {
		return paths.estimate(true), nil
	}
	return t.bounds().estimate(false), nil
}

// undeclared lists the actions without a cost.
func (p *plan) undeclared() []string {
	var ids []string
	for i := range p.nodes {
		if p.nodes[i].kind.spec.Cost == nil {
			ids = append(ids, p.nodes[i].action.ID)
		}
	}
	return ids
}

// cost returns what a node costs, which is anything if nobody has said so.
func (n *planNode) cost() Cost {
	if declared := n.kind.spec.Cost; declared != nil {
		return declared.with(n.notes(*declared))
	}
	anything := Cost{Steps: AtLeast(0), Waits: AtLeast(0), Announced: AtLeast(0), Bytes: AtLeast(0)}
	if n.kind.spec.NeverWaits {
		anything.Waits, anything.Announced = Exactly(0), Exactly(0)
	}
	return anything
}

// notes returns how many steps an action with a timeout needs to note when it has begun: one, and one before each further
// step that waits.
func (n *planNode) notes(c Cost) Range {
	switch {
	case n.timeout == 0 || c.Steps.Max == 0 && c.Waits.Max == 0:
		return Range{}
	case n.kind.single:
		return Between(0, 1)
	}
	notes := Range{Min: max(0, c.Waits.Min-1), Max: Unbounded}
	if c.Steps.Min+c.Waits.Min > 0 {
		notes.Min++
	}
	if c.Waits.Max != Unbounded {
		notes.Max = 1 + c.Waits.Max
	}
	return notes
}

// noteBytes is how long such a note is.
const noteBytes = len("1700000000000")

// with adds steps that the engine needs for an action.
func (c Cost) with(notes Range) Cost {
	c.Steps = c.Steps.plus(notes)
	bytes := Range{Min: notes.Min * noteBytes, Max: notes.Max * noteBytes}
	if notes.Max == Unbounded {
		bytes.Max = Unbounded
	}
	c.Bytes = c.Bytes.plus(bytes)
	return c
}

// tally adds up what a run costs.
type tally struct {
	plan    *plan
	model   CostModel
	unknown []string

	// more are the calls after the first.
	more, steps, waits, checkpoints, bytes Range
}

// estimate returns the sums.
func (t *tally) estimate(exact bool) *Estimate {
	out := &Estimate{
		Calls: t.more.plus(Exactly(1)), Steps: t.steps, Waits: t.waits, Checkpoints: t.checkpoints, Bytes: t.bytes,
		Unknown: t.unknown, Exact: exact,
	}
	if out.Unknown == nil {
		out.Unknown = []string{}
	}
	return out
}

// or makes the ranges cover those of another tally.
func (t *tally) or(other *tally) {
	t.more, t.steps, t.waits = t.more.or(other.more), t.steps.or(other.steps), t.waits.or(other.waits)
	t.checkpoints, t.bytes = t.checkpoints.or(other.checkpoints), t.bytes.or(other.bytes)
}

// step adds steps of the serial part.
func (t *tally) step(n, bytes Range) {
	t.steps, t.bytes = t.steps.plus(n), t.bytes.plus(bytes)
	if t.model.NoCheckpoints {
		t.more = t.more.plus(n)
	} else {
		t.checkpoints = t.checkpoints.plus(n)
	}
}

// serial adds an action that runs alone. A wait ends a call. One that is announced ends two, since the announcement is
// executed by a call of its own once the wait is there, unless it is answered at once: then that call goes on.
func (t *tally) serial(c Cost) {
	t.step(c.Steps.minus(c.Announced), c.Bytes)
	t.steps = t.steps.plus(c.Announced)
	t.waits = t.waits.plus(c.Waits)
	t.more = t.more.plus(c.Waits)
	if t.model.NoCheckpoints {
		t.more = t.more.plus(c.Announced)
		return
	}
	sometimes := Range{Max: c.Announced.Max}
	t.more, t.checkpoints = t.more.plus(sometimes), t.checkpoints.plus(sometimes)
}

// grouped adds an action in a group: each of its steps is planned in one call and executed in another.
func (t *tally) grouped(c Cost) {
	t.steps, t.waits, t.bytes = t.steps.plus(c.Steps), t.waits.plus(c.Waits), t.bytes.plus(c.Bytes)
	t.more = t.more.plus(c.Steps).plus(c.Waits)
}

// String returns the estimate in one line for people.
func (e *Estimate) String() string {
	return fmt.Sprintf("calls: %v; steps: %v; waits: %v; bytes: %v", e.Calls, e.Steps, e.Waits, e.Bytes)
}

// finishBytes is the result of the step that closes a group in race mode.
var finishBytes = len(json.RawMessage("null"))
