package workflowkit

import (
	"errors"
	"fmt"
	"math"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// compileEdges checks each edge by itself.
func (c *compiler) compileEdges() {
	pairs := map[[2]int]*parallelEdges{}
	for i, edge := range c.workflow.Edges {
		at := place{path: fmt.Sprintf("/edges/%d", i), id: edge.ID()}
		c.started = c.started || edge.From == SourceID
		from, okFrom := c.end(edge.From, at.in("from"), CodeEdgeFrom, true)
		if edge.To == SinkID {
			if okFrom && from != sourceIndex {
				c.sinks[from] = append(c.sinks[from], edge.Conditional)
			}
			continue
		}
		to, okTo := c.end(edge.To, at.in("to"), CodeEdgeTo, false)
		cond := c.compileCondition(edge, at.in("conditional"), from, okFrom)
		if !okFrom || !okTo {
			if okTo {
				c.excused = append(c.excused, to)
			}
			continue
		}
		n := len(c.plan.edges)
		planned := planEdge{document: i, from: from, to: to, condition: cond, conditional: edge.Conditional}
		planned.id, _ = edge.ownID()
		c.plan.edges = append(c.plan.edges, planned)
		if cond.onError() && from != sourceIndex {
			c.plan.nodes[from].handled = true
		}
		c.plan.nodes[to].in = append(c.plan.nodes[to].in, n)
		if from == sourceIndex {
			c.plan.start = append(c.plan.start, n)
		} else {
			c.plan.nodes[from].out = append(c.plan.nodes[from].out, n)
		}
		pair := [2]int{from, to}
		if pairs[pair] == nil {
			pairs[pair] = &parallelEdges{}
		}
		c.checkParallelEdges(at, pairs[pair], edge.Conditional)
	}
}

// end finds the action at one end of an edge.
func (c *compiler) end(id string, at place, code Code, source bool) (int, bool) {
	if id == SourceID && source {
		return sourceIndex, true
	}
	if node, ok := c.plan.index[id]; ok {
		return node, true
	}
	switch id {
	case "":
		c.error(code, at, "set it to the id of an action", "edge %s has an empty end", at.id)
	case SourceID:
		c.error(code, at, "$source is where a workflow starts", "edge %s leads to $source", at.id)
	case SinkID:
		c.error(code, at, "$sink is where a workflow ends", "edge %s leaves $sink", at.id)
	default:
		hint := "remove the edge, or add the action"
		if near := c.suggest.nearest(id, c.ids()); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		c.error(code, at, hint, "edge %s names the action %q, which the workflow does not have", at.id, id)
	}
	return 0, false
}

func (c *compiler) ids() []string {
	if c.suggest.ids == nil {
		for _, a := range c.workflow.Actions {
			c.suggest.ids = append(c.suggest.ids, a.ID)
		}
	}
	return c.suggest.ids
}

// parallelEdges are the edges that join the same two actions.
type parallelEdges struct {
	conditions    map[string]bool
	unconditional bool
	errors        bool
}

// checkParallelEdges judges an edge that joins the same two actions as earlier ones.
func (c *compiler) checkParallelEdges(at place, earlier *parallelEdges, cond *Conditional) {
	key := conditionKey(cond)
	switch {
	case earlier.conditions[key]:
		c.error(CodeEdgeDuplicate, at, "remove one of them", "edge %s is listed twice", at.id)
	case cond != nil && cond.Type == ConditionError:
		// It is taken when the others are not, and does not count among them.
		if earlier.errors {
			c.error(CodeEdgeDuplicate, at, "remove one of them", "edge %s is listed twice", at.id)
		}
		earlier.errors = true
		return
	case earlier.unconditional || cond == nil && len(earlier.conditions) > 0:
		c.error(CodeEdgeAmbiguous, at, "give both a condition, or remove one",
			"edge %s joins the same actions as another edge, and one of them has no condition", at.id)
	}
	if earlier.conditions == nil {
		earlier.conditions = map[string]bool{}
	}
	earlier.conditions[key] = true
	earlier.unconditional = earlier.unconditional || cond == nil
}

// conditionKey identifies a condition by what it means: the order of the members of a value does not count.
func conditionKey(c *Conditional) string {
	if c == nil {
		return ""
	}
	key := fmt.Appendf(nil, "%q %q ", c.Type, refText(c.Ref))
	if value, err := jsonvalue.Decode(c.Value, nil); err == nil {
		key, _ = jsonvalue.Append(key, value, nil, math.MaxInt)
	}
	return string(key)
}

// refText returns the text of a ref in the form in which two of them compare: without spaces, and with $.output.result
// for $.result, because rows saved with the TypeScript kit hold that.
func refText(ref string) string {
	template, _ := refs.Parse(ref)
	if template == nil {
		return ref
	}
	path, ok := template.Whole()
	if !ok {
		return ref
	}
	if members, plain := path.Members(); plain && len(members) == 1 && path.Root() == "result" {
		return "$.output.result"
	}
	return path.String()
}

// compileCondition checks the condition of an edge. The refs of an edge from nowhere are read, but not judged.
func (c *compiler) compileCondition(edge Edge, at place, from int, known bool) *condition {
	if edge.Conditional == nil {
		return nil
	}
	cond := edge.Conditional
	kinds := []string{ConditionIf, ConditionElse, ConditionMatch, ConditionError}
	switch cond.Type {
	case ConditionIf, ConditionElse, ConditionMatch:
	case ConditionError:
		if known && from == sourceIndex {
			c.error(CodeConditionType, at.in("type"), "an event cannot fail", "condition of edge %s is of type %q, but the edge leaves %s",
				at.id, cond.Type, SourceID)
		}
		return &condition{kind: cond.Type}
	default:
		hint := `use "if", "else", "match" or "error"`
		if near := c.suggest.nearest(cond.Type, kinds); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		c.error(CodeConditionType, at.in("type"), hint, "condition of edge %s is of the unknown type %q", at.id, cond.Type)
	}
	out := &condition{kind: cond.Type}
	switch {
	case cond.Ref == "":
		c.error(CodeConditionRef, at.in("ref"), "for instance !ref($.output.result)", "condition of edge %s has no ref", at.id)
	case !refs.Has(cond.Ref):
		c.error(CodeConditionRef, at.in("ref"), "write !ref(…) around the path", "condition of edge %s is the plain text %q, not a ref", at.id, cond.Ref)
	default:
		template, faults := refs.Parse(cond.Ref)
		for _, err := range faults {
			c.refFault(at.in("ref"), err)
		}
		if template != nil && known {
			out.template = template
			for _, path := range template.Paths() {
				r := c.newRead(at.in("ref"), path, from)
				r.edge = true
				c.read(r)
			}
		}
	}
	if cond.Type == ConditionMatch {
		if cond.Value == nil {
			c.error(CodeConditionValue, at.in("value"), "set it to what the ref is compared with", "match condition of edge %s has no value", at.id)
		} else {
			out.value, _ = jsonvalue.Decode(cond.Value, nil)
		}
	}
	return out
}

func (c *compiler) refFault(at place, err error) {
	ref, text := "", err.Error()
	var fault *refs.Error
	if errors.As(err, &fault) {
		ref, text = fault.Ref, fault.Err.Error()
	}
	c.error(CodeRefSyntax, at, "refs look like !ref($.event.data.id) or !ref($.state.1.result)", "ref %s does not parse: %s", ref, text)
}
