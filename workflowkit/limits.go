package workflowkit

import (
	"encoding/json"
	"fmt"
)

// Limits bound what a workflow, which is untrusted input, can make the engine do. A zero field means the default.
type Limits struct {
	// Bytes is the largest definition. The default is 3 MiB: the definition is pinned as the result of a step, and
	// Inngest refuses step results above 4 MiB.
	Bytes int
	// Actions is the largest number of actions. The default is 20,000.
	Actions int
	// Edges is the largest number of edges. The default is 100,000.
	Edges int
	// Depth is how deeply lists and objects of a definition may be nested. The default is 100.
	Depth int
	// Queries is the largest number of refs that are more than a path of names and indexes: with wildcards, filters,
	// slices and the like. The default is 500. Each of them looks at everything that it is pointed at.
	Queries int
	// Inputs is the largest size of the inputs of an action once their refs are resolved, in bytes of JSON. The default
	// is 8 MiB. An action that exceeds it fails: texts that quote each other could grow without end.
	Inputs int
	// Run is the largest size of the resolved inputs of all actions of a run together, in bytes of JSON: the result holds
	// them all. The default is 256 MiB. A run that exceeds it fails, whatever its error edges say.
	Run int
}

const (
	defaultMaxBytes   = 3 << 20
	defaultMaxActions = 20_000
	defaultMaxEdges   = 100_000
	defaultMaxDepth   = 100
	defaultMaxQueries = 500
	defaultMaxInputs  = 8 << 20
	defaultMaxRun     = 256 << 20

	// maxID is the length of the longest id.
	maxID = 200
)

func (l Limits) withDefaults() Limits {
	if l.Bytes == 0 {
		l.Bytes = defaultMaxBytes
	}
	if l.Actions == 0 {
		l.Actions = defaultMaxActions
	}
	if l.Edges == 0 {
		l.Edges = defaultMaxEdges
	}
	if l.Depth == 0 {
		l.Depth = defaultMaxDepth
	}
	if l.Queries == 0 {
		l.Queries = defaultMaxQueries
	}
	if l.Inputs == 0 {
		l.Inputs = defaultMaxInputs
	}
	if l.Run == 0 {
		l.Run = defaultMaxRun
	}
	return l
}

// checkDocument judges a definition before it is parsed.
func (l Limits) checkDocument(definition json.RawMessage) Problems {
	tooLarge := func(format string, args ...any) Problems {
		return Problems{{Code: CodeTooLarge, Severity: SeverityError, Message: fmt.Sprintf(format, args...), Hint: "split the workflow"}}
	}
	if len(definition) > l.Bytes {
		return tooLarge("the definition has %d bytes, at most %d are allowed", len(definition), l.Bytes)
	}
	if depth := nesting(definition); depth > l.Depth {
		return tooLarge("the definition is nested %d levels deep, at most %d are allowed", depth, l.Depth)
	}
	return nil
}

// checkSize judges the number of actions and edges.
func (c *compiler) checkSize() bool {
	ok := true
	if n := len(c.workflow.Actions); n > c.limits.Actions {
		c.error(CodeTooLarge, place{path: "/actions"}, "split the workflow", "the workflow has %d actions, at most %d are allowed", n, c.limits.Actions)
		ok = false
	}
	if n := len(c.workflow.Edges); n > c.limits.Edges {
		c.error(CodeTooLarge, place{path: "/edges"}, "split the workflow", "the workflow has %d edges, at most %d are allowed", n, c.limits.Edges)
		ok = false
	}
	return ok
}

// nesting returns how deeply lists and objects are nested in JSON text, valid or not.
func nesting(raw []byte) int {
	depth, deepest, quoted := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}
