package workflowkit

import (
	"encoding/json"
	"fmt"
	"strings"
)

// compiler turns a definition into a plan and collects everything that is wrong with it.
type compiler struct {
	kinds    *kinds
	limits   Limits
	workflow *Workflow
	plan     *plan
	// reads lists the refs of the workflow, for the checks that need the whole graph.
	reads []read
	// queries counts the refs that are more than a list of members.
	queries int
	// sinks lists the conditions of the edges to $sink that leave an action. These edges have no other effect.
	sinks   map[int][]*Conditional
	suggest suggester
	// shaped are the places that do not have the format's shape: nothing more is said about them.
	shaped map[string]bool
	// started says that an edge leaves $source, wherever it leads.
	started bool
	// excused are actions to which no path may lead, for a reason that is reported elsewhere.
	excused []int
	// branches are those that leave each action, and last those that leave $source, once they are asked for.
	branches [][]branch
	problems Problems
}

// compile parses and checks a definition. The plan is nil if a problem is an error. The definition must not be changed
// later.
func compile(kinds *kinds, limits Limits, definition json.RawMessage) (*plan, Problems) {
	if problems := limits.checkDocument(definition); problems != nil {
		return nil, problems
	}
	workflow, problems := parseWorkflow(definition)
	if workflow == nil {
		return nil, problems.inOrder(definition)
	}
	c := &compiler{
		kinds: kinds, limits: limits, workflow: workflow, problems: problems, sinks: map[int][]*Conditional{}, shaped: map[string]bool{},
	}
	for i := range problems {
		c.shaped[problems[i].Path] = true
	}
	c.plan = &plan{info: WorkflowInfo{Name: workflow.Name}, index: make(map[string]int, len(workflow.Actions))}
	if c.checkSize() {
		c.compileActions()
		c.compileEdges()
		c.checkGraph()
		c.checkRefs()
	}
	if c.problems.failed() {
		return nil, c.problems.inOrder(definition)
	}
	c.plan.findCuts()
	c.plan.pack()
	c.plan.info.Hash = ContentHash(definition)
	return c.plan, c.problems.inOrder(definition)
}

func (c *compiler) error(code Code, at place, hint, format string, args ...any) {
	c.add(SeverityError, code, at, hint, format, args...)
}

func (c *compiler) warn(code Code, at place, hint, format string, args ...any) {
	c.add(SeverityWarning, code, at, hint, format, args...)
}

// maxShown is how much of a name from the document a message shows.
const maxShown = 120

func (c *compiler) add(severity Severity, code Code, at place, hint, format string, args ...any) {
	for path := at.path; len(c.shaped) > 0 && path != ""; path = path[:strings.LastIndexByte(path, '/')] {
		if c.shaped[path] {
			return
		}
	}
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			args[i] = clip(v, maxShown)
		case fmt.Stringer:
			args[i] = clip(v.String(), maxShown)
		}
	}
	c.problems = append(c.problems, Problem{
		Code: code, Severity: severity, Path: at.path, ID: clip(at.id, maxID), Message: fmt.Sprintf(format, args...), Hint: hint,
	})
}

// clip shortens a text for a message.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

func actionPlace(i int, id string) place { return place{path: fmt.Sprintf("/actions/%d", i), id: id} }

func (p place) in(name string) place { return place{path: p.path + "/" + name, id: p.id} }
