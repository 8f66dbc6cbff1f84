package workflowkit

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/ordered"
)

// parseWorkflow reads a workflow and names every place that does not have the format's shape. The workflow shares memory
// with data.
func parseWorkflow(data []byte) (*Workflow, Problems) {
	p := &parser{}
	w := &Workflow{}
	w.members = p.object("", "", data, "a workflow")
	if p.problems != nil {
		return nil, p.problems
	}
	at := place{}
	w.Name = p.text(at, w.members, "name")
	w.Description = p.text(at, w.members, "description")
	w.Metadata, _ = w.members.Get("metadata")
	actions, edges := p.list(at, w.members, "actions"), p.list(at, w.members, "edges")
	w.Actions = make([]WorkflowAction, 0, len(actions))
	for i, raw := range actions {
		w.Actions = append(w.Actions, p.action("/actions/"+strconv.Itoa(i), raw))
	}
	w.Edges = make([]Edge, 0, len(edges))
	for i, raw := range edges {
		w.Edges = append(w.Edges, p.edge("/edges/"+strconv.Itoa(i), raw))
	}
	return w, p.problems
}

// place is where a value stands, for messages.
type place struct{ path, id string }

type parser struct{ problems Problems }

func (p *parser) action(path string, raw json.RawMessage) WorkflowAction {
	members := p.object(path, "", raw, "an action")
	a := WorkflowAction{members: members}
	a.ID = p.text(place{path: path}, members, "id")
	at := place{path: path, id: a.ID}
	a.Kind = p.text(at, members, "kind")
	a.Name = p.text(at, members, "name")
	a.Description = p.text(at, members, "description")
	if inputs, ok := members.Get("inputs"); ok && !isNull(inputs) {
		if kind := jsonKind(inputs); kind != "object" {
			p.shape(at.path+"/inputs", a.ID, "inputs", "an object", kind)
		} else {
			a.Inputs = inputs
		}
	}
	// What does not read as either is reported by the validation: it may be a member of somebody else's.
	if raw, ok := members.Get(memberRetries); ok {
		a.Retries = readInteger(raw)
	}
	if raw, ok := members.Get(memberTimeout); ok {
		a.Timeout = readText(raw)
	}
	return a
}

func (p *parser) edge(path string, raw json.RawMessage) Edge {
	members := p.object(path, "", raw, "an edge")
	e := Edge{members: members}
	e.From = p.text(place{path: path}, members, "from")
	e.To = p.text(place{path: path}, members, "to")
	at := place{path: path, id: e.ID()}
	e.Name = p.text(at, members, "name")
	if raw, ok := members.Get("conditional"); ok && !isNull(raw) {
		e.Conditional = p.conditional(place{path: path + "/conditional", id: at.id}, raw)
	}
	return e
}

func (p *parser) conditional(at place, raw json.RawMessage) *Conditional {
	members := p.object(at.path, at.id, raw, "a condition")
	c := &Conditional{members: members}
	c.Type = p.text(at, members, "type")
	c.Ref = p.text(at, members, "ref")
	c.Value, _ = members.Get("value")
	return c
}

// object reads an object. A value that is not one is a problem and reads as empty.
func (p *parser) object(path, id string, raw json.RawMessage, what string) ordered.Object {
	members, err := ordered.Parse(raw)
	switch {
	case err == nil:
		return members
	case errors.Is(err, ordered.ErrNotObject):
		p.shape(path, id, what, "an object", jsonKind(raw))
	default:
		p.problems = append(p.problems, Problem{
			Code: CodeSyntax, Severity: SeverityError, Path: path, ID: id,
			Message: fmt.Sprintf("%s is not valid JSON: %v", what, err), Hint: "check the document with a JSON parser",
		})
	}
	return ordered.Object{}
}

// text reads a string; absent and null are empty.
func (p *parser) text(at place, members ordered.Object, name string) string {
	raw, ok := members.Get(name)
	if !ok || isNull(raw) {
		return ""
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		p.shape(at.path+"/"+name, at.id, name, "a string", jsonKind(raw))
		if jsonKind(raw) == "number" {
			p.problems[len(p.problems)-1].Hint = "write it in quotes, as " + strconv.Quote(clip(string(raw), maxShown))
		}
	}
	return s
}

// list reads an array; absent and null are empty.
func (p *parser) list(at place, members ordered.Object, name string) []json.RawMessage {
	raw, ok := members.Get(name)
	if !ok || isNull(raw) {
		return nil
	}
	var list []json.RawMessage
	if err := jsonvalue.Items(raw, func(item []byte) { list = append(list, item) }); err != nil {
		p.shape(at.path+"/"+name, at.id, name, "an array", jsonKind(raw))
	}
	return list
}

func (p *parser) shape(path, id, what, want, found string) {
	hint := ""
	if what == "inputs" || what == "actions" || what == "edges" {
		hint = "remove it, or write " + want
	}
	p.problems = append(p.problems, Problem{
		Code: CodeShape, Severity: SeverityError, Path: path, ID: id,
		Message: fmt.Sprintf("%s is of type %s, %s is expected", what, found, want), Hint: hint,
	})
}
