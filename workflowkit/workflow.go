package workflowkit

import (
	"encoding/json"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/ordered"
)

// SourceID is the id under which edges and refs name the event that started the run.
const SourceID = "$source"

// SinkID is a target that the TypeScript editor has written for "the end". Edges to it are kept and have no effect.
const SinkID = "$sink"

// Workflow is a graph that a user has drawn: actions, and edges between them. It is the format of the TypeScript kit.
//
// Reading a workflow and writing it again loses nothing: members that this package does not know, their order, and
// the difference between a field that is absent, null and empty are kept for every field that was not changed in
// between. Workflow values are plain data and not safe for concurrent modification.
type Workflow struct {
	// Name and Description are what the author wrote. They may be empty.
	Name, Description string
	// Metadata is free for applications. Nil means none.
	Metadata json.RawMessage
	// Actions are the boxes.
	Actions []WorkflowAction
	// Edges are the arrows. Their order is the order in which branches start (rule 4).
	Edges []Edge

	members ordered.Object
}

// WorkflowAction is a box in a workflow: an action of some kind, configured.
type WorkflowAction struct {
	// ID is unique in the workflow. It must not be empty, start with "$" or hold "/".
	ID string
	// Kind names the [Action] that does the work.
	Kind string
	// Name and Description are what the author wrote. They may be empty.
	Name, Description string
	// Inputs is the JSON object of configured inputs; strings in it may hold refs. Nil means none.
	Inputs json.RawMessage
	// Retries is how often a step of the action is tried again, 0 to [MaxRetries]. Nil means as often as the backend is
	// configured.
	Retries *int
	// Timeout limits each attempt of the action, as [ParseDuration] reads it: "30s", "1d 12h". Empty means no limit.
	Timeout string

	members ordered.Object
}

// Edge is an arrow between two actions.
type Edge struct {
	// From is the id of an action, or [SourceID].
	From string
	// To is the id of an action. Edges to [SinkID] have no effect.
	To string
	// Name is what users see at the edge. It may be empty.
	Name string
	// Conditional says when the edge is taken. Nil means always.
	Conditional *Conditional

	members ordered.Object
}

// ID returns the edge's "id" member, which some editors write, or "from->to".
func (e Edge) ID() string {
	if id, ok := e.ownID(); ok {
		return id
	}
	return e.From + "->" + e.To
}

// ownID returns the edge's "id" member, if it has one.
func (e Edge) ownID() (string, bool) {
	raw, ok := e.members.Get("id")
	if !ok {
		return "", false
	}
	id := readText(raw)
	return id, id != ""
}

// Conditional is the condition of an edge (rule 7).
type Conditional struct {
	// Type is "if", "else", "match" or "error".
	Type string
	// Ref is what the condition looks at, for instance "!ref($.output.result)". An "error" needs none.
	Ref string
	// Value is what a "match" compares with, as JSON. Nil means that there is none.
	Value json.RawMessage

	members ordered.Object
}

// The types of conditions.
const (
	ConditionIf    = "if"
	ConditionElse  = "else"
	ConditionMatch = "match"
	// ConditionError is met if the action that the edge leaves has failed. The run then goes on (rule 13), and the error's
	// text is the failed action's $.output.error, which the inputs of the actions behind the edge name as any output, by the
	// action's id: !ref($.state.1.error). The TypeScript kit does not know this type.
	ConditionError = "error"
)
