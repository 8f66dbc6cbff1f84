package workflowkit

import (
	"context"
	"encoding/json"
	"time"
)

// Observer is told what runs do, for histories, logs, traces and metrics. It is told of each transition once, by the
// process that did the work, and not again by the passes that replay it, provided that the backend implements
// [Progress]. Where a process dies, or a call is made again in another process, a transition may be told twice:
// [Transition.Key] is the same then, and see [Transition.Recovered]. None is ever left out, except for what happens to a
// run while no process works on it: a server that cancels a run, or fails one whose process does not answer, tells nobody
// here. What a builtin:for_each does with its items is told as work of its own action: attempts and waits have the item's
// index in their StepID.
//
// Observe is called in the course of the run, in the order of the transitions, one at a time for a run, and at once for
// several runs. Branches that end at the same time may be executed by two processes, or by two calls which overtake each
// other, and then be told in either order; [Transition.Time] and what the transitions say is what counts. Observe should
// return soon, and must not execute the same run. It cannot stop a run: a panic is logged, and everything else that fails
// in an observer is its own business.
type Observer interface {
	Observe(ctx context.Context, t Transition)
}

// ObserverFunc is a function as an [Observer].
type ObserverFunc func(ctx context.Context, t Transition)

// Observe implements [Observer].
func (f ObserverFunc) Observe(ctx context.Context, t Transition) { f(ctx, t) }

// TransitionType says what has happened.
type TransitionType string

// What an [Observer] is told.
const (
	// RunStarted is told when the workflow has been loaded, before anything runs. It is not told of a run that has
	// nothing to do.
	RunStarted TransitionType = "run.started"
	// RunCompleted, RunFailed and RunSkipped are told when a run is over. Result is set. RunFailed is also told, without
	// RunStarted, if the workflow could not be loaded in any attempt.
	RunCompleted TransitionType = "run.completed"
	RunFailed    TransitionType = "run.failed"
	RunSkipped   TransitionType = "run.skipped"
	// ActionStarted is told when the inputs of an action are known, before its handler is called for the first time.
	ActionStarted TransitionType = "action.started"
	// ActionWaiting is told when an action begins to sleep or to wait. StepID and, where it is known, Until are set.
	ActionWaiting TransitionType = "action.waiting"
	// ActionRetrying is told when an attempt of an action has failed and there will be another one. Error is set, and
	// StepID unless the handler failed outside of its steps.
	ActionRetrying TransitionType = "action.retrying"
	// ActionCompleted, ActionFailed and ActionSkipped are told when it is known what became of an action.
	ActionCompleted TransitionType = "action.completed"
	ActionFailed    TransitionType = "action.failed"
	ActionSkipped   TransitionType = "action.skipped"
	// EdgeDecided is told when an edge is taken or not. Edge is set. When a run fails, its remaining edges and actions
	// are told as not taken and skipped.
	EdgeDecided TransitionType = "edge.decided"
)

// StepObserver is an [Observer] that wants to be around the work of steps, for spans and the time that they take. It is
// asked for each attempt of a step, before and after its function is called, and not for a step whose result is known.
type StepObserver interface {
	Observer
	// StartStep returns the context for the step's function, derived from ctx, and what to call with the function's
	// error when it has returned. The latter may be nil.
	StartStep(ctx context.Context, step StepInfo) (context.Context, func(err error))
}

// StepInfo names an attempt of a step.
type StepInfo struct {
	// RunID is the id of the run, and FunctionID that of the durable function that it is of. The latter may be empty.
	RunID, FunctionID string
	// Workflow is what the run executes. It is the zero value while that is being loaded.
	Workflow WorkflowInfo
	// Action is the action that the step belongs to. It is the zero value for steps of the engine's own.
	Action ActionInfo
	// StepID is the step's id without the action's. Those that start with $ are the engine's own.
	StepID string
	// Attempt counts the attempts, from 0.
	Attempt int
}

// Transition is something that a run has done. Values that their schemas mark as secret (writeOnly or x-secret) are
// replaced in it. The observer must not modify what it refers to.
type Transition struct {
	// Key identifies the transition: it is the same if the transition is told twice, and no other one has it.
	Key string
	// Type says what has happened.
	Type TransitionType
	// Time is when.
	Time time.Time
	// Recovered says that another process, or a call that was lost, should have told the transition, and probably has. The
	// pass that ends a run with branches tells such transitions, so that no history lacks what a process had to tell that
	// has died. Their Time is that of the end. Who counts or measures leaves them out; who keeps records knows them by
	// their Key.
	Recovered bool
	// RunID is the id of the run, and FunctionID that of the durable function that it is of. The latter may be empty.
	RunID, FunctionID string
	// Workflow is what the run executes. It is the zero value if no workflow was found.
	Workflow WorkflowInfo
	// Event is the event that started the run.
	Event Event
	// Action is the action that a transition of an action is about.
	Action ActionInfo
	// StepID is the step that an action waits in, or whose attempt has failed, without the action's id.
	StepID string
	// Attempt counts attempts from 0: of the step that has failed, or, for an action that is over, of its steps together,
	// as far as this process has seen them fail.
	Attempt int
	// Started is when the action, or the run, that is over now was started. It is zero if this process does not know.
	Started time.Time
	// Until is when a wait is over at the latest. It is zero if that is not known.
	Until time.Time
	// Inputs are the resolved inputs of an action that has started or is over.
	Inputs json.RawMessage
	// Output is what a completed action returned.
	Output json.RawMessage
	// Error is the text of the error of a failed attempt, action or run.
	Error string
	// Reason says why an action or a run was skipped.
	Reason string
	// Edge is the decided edge.
	Edge *EdgeResult
	// Result is the result of a run that is over.
	Result *Result
}
