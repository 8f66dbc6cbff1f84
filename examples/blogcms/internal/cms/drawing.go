package cms

import (
	"encoding/json"
	"html/template"
	"strings"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/graph"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// draw returns the drawing of a definition, or nothing if it cannot be read or is too large. What its edges name and it
// does not have is drawn as well, marked, because that is what its author has to see.
func (a *App) draw(definition json.RawMessage, trigger string) template.HTML {
	return a.drawRun(definition, trigger, nil)
}

// drawRun draws a definition with what has become of its actions and edges in a run. A nil run is none.
func (a *App) drawRun(definition json.RawMessage, trigger string, run *progress) template.HTML {
	workflow, err := workflowkit.ParseWorkflow(definition)
	if err != nil || len(workflow.Actions) == 0 && len(workflow.Edges) == 0 {
		return ""
	}
	nodes := []graph.Node{{ID: workflowkit.SourceID, Title: orText(trigger, "no trigger"), Class: "source"}}
	known := map[string]bool{workflowkit.SourceID: true}
	for _, action := range workflow.Actions {
		node := graph.Node{ID: action.ID, Title: a.titleOf(action.Name, action.Kind), Detail: action.Kind}
		if run != nil {
			node.Detail, node.Class = run.stateOf(action.ID)
		}
		nodes = append(nodes, node)
		known[action.ID] = true
	}
	var edges []graph.Edge
	for _, edge := range workflow.Edges {
		for _, id := range []string{edge.From, edge.To} {
			switch {
			case known[id]:
			case id == workflowkit.SinkID:
				nodes = append(nodes, graph.Node{ID: id, Title: "end", Class: "source"})
			default:
				nodes = append(nodes, graph.Node{ID: id, Title: id, Detail: "there is no such action", Class: "missing"})
			}
			known[id] = true
		}
		edges = append(edges, graph.Edge{From: edge.From, To: edge.To, Label: labelOf(edge), Class: run.classOf(edge)})
	}
	return template.HTML(graph.SVG(nodes, edges)) //nolint:gosec // escaped by the drawing
}

// stateOf returns what became of an action, in words and as a class.
func (p *progress) stateOf(id string) (words, class string) {
	for _, s := range p.Steps {
		if s.ActionID == id {
			return s.State, "run-" + string(s.Status)
		}
	}
	return stateOf(""), "run-"
}

// classOf says how an edge looks: one with a condition, and one that a run has taken or not.
func (p *progress) classOf(edge workflowkit.Edge) string {
	class := ""
	if edge.Conditional != nil {
		class = "conditional"
	}
	if p == nil {
		return class
	}
	for _, e := range p.Edges {
		if e.From == edge.From && e.To == edge.To && (e.ID == "" || e.ID == edge.ID()) {
			if e.Taken {
				return strings.TrimSpace(class + " taken")
			}
			return strings.TrimSpace(class + " not-taken")
		}
	}
	return class
}

// labelOf says when an edge is taken, in the words of its author or as the definition does.
func labelOf(edge workflowkit.Edge) string {
	c := edge.Conditional
	switch {
	case edge.Name != "" || c == nil:
		return edge.Name
	case c.Type == workflowkit.ConditionMatch:
		return shortRef(c.Ref) + " = " + string(c.Value)
	case c.Type == workflowkit.ConditionElse:
		return "not " + shortRef(c.Ref)
	default:
		return c.Type + " " + shortRef(c.Ref)
	}
}

// shortRef leaves of a ref what tells people something: "!ref($.output.result)" is "output.result".
func shortRef(ref string) string {
	inner, ok := strings.CutPrefix(ref, "!ref(")
	if inner, ok2 := strings.CutSuffix(inner, ")"); ok && ok2 {
		return strings.TrimPrefix(strings.TrimPrefix(inner, "$"), ".")
	}
	return ref
}

func orText(text, other string) string {
	if strings.TrimSpace(text) == "" {
		return other
	}
	return text
}
