package workflowkit

import (
	"encoding/json"
	"strings"
	"unicode"
)

// drawing is a workflow as boxes and arrows, whatever the language they are written in. Workflows that cannot run can
// be drawn too: that is when a picture is needed most.
type drawing struct {
	boxes  []box
	arrows []arrow
}

// box is an action, $source, or something that an edge names and the workflow does not have.
type box struct {
	// name identifies the box in the drawing. It is safe in any language: nothing of the workflow's is in it.
	name string
	// lines are the text of the box.
	lines []string
	shape shape
	// status is empty if no result is drawn, or nothing is known of the action.
	status Status
}

type shape int

const (
	shapeAction shape = iota
	shapeEnd
	shapeMissing
)

// arrow is an edge.
type arrow struct {
	from, to string
	label    string
	decision decision
}

type decision int

const (
	undecided decision = iota
	taken
	notTaken
)

// newDrawing draws a workflow, and what became of it if there is a result.
func newDrawing(w *Workflow, result *Result) *drawing {
	d := &drawing{}
	if w == nil {
		w = &Workflow{}
	}
	path := newRunPath(result)
	names := map[string]string{SourceID: "source"}
	source := box{name: "source", lines: []string{"trigger"}, shape: shapeEnd}
	if result != nil && len(result.Actions)+len(result.Edges) > 0 {
		source.status = StatusCompleted
	}
	d.boxes = append(d.boxes, source)
	for _, a := range w.Actions {
		name := numbered("action", len(d.boxes))
		if _, dup := names[a.ID]; !dup && a.ID != "" {
			names[a.ID] = name
		}
		d.boxes = append(d.boxes, box{name: name, lines: actionLines(a), status: path.status(a.ID)})
	}
	end := func(id string) string {
		if name, ok := names[id]; ok {
			return name
		}
		b := box{name: numbered("missing", len(d.boxes)), lines: []string{"missing: " + id}, shape: shapeMissing}
		if id == SinkID {
			b = box{name: "sink", lines: []string{"end"}, shape: shapeEnd}
		}
		names[id] = b.name
		d.boxes = append(d.boxes, b)
		return b.name
	}
	for _, e := range w.Edges {
		d.arrows = append(d.arrows, arrow{
			from: end(e.From), to: end(e.To), label: edgeLabel(e), decision: path.decision(e),
		})
	}
	return d
}

// actionLines names an action as its author did, then by what the documents call it.
func actionLines(a WorkflowAction) []string {
	id := a.Kind + " (" + a.ID + ")"
	if strings.TrimSpace(a.Name) == "" {
		return []string{id}
	}
	return []string{a.Name, id}
}

// edgeLabel shows the name of an edge, or else its condition.
func edgeLabel(e Edge) string {
	if e.Name != "" || e.Conditional == nil {
		return e.Name
	}
	if e.Conditional.Type == ConditionError {
		return e.Conditional.Type
	}
	ref := strings.TrimSuffix(strings.TrimPrefix(e.Conditional.Ref, "!ref("), ")")
	if e.Conditional.Type == ConditionMatch {
		return ref + " is " + compactJSON(e.Conditional.Value)
	}
	return e.Conditional.Type + " " + ref
}

func compactJSON(raw json.RawMessage) string {
	value, err := decodeValue(raw)
	if err != nil {
		return string(raw)
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(value) != nil {
		return string(raw)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// runPath answers what a result says of an action or an edge.
type runPath struct {
	actions map[string]Status
	// edges holds the decisions of the edges between two actions, in the order of the document.
	edges map[[2]string][]bool
}

func newRunPath(result *Result) *runPath {
	p := &runPath{actions: map[string]Status{}, edges: map[[2]string][]bool{}}
	if result == nil {
		return p
	}
	for _, a := range result.Actions {
		p.actions[a.ID] = a.Status
	}
	for _, e := range result.Edges {
		ends := [2]string{e.From, e.To}
		p.edges[ends] = append(p.edges[ends], e.Taken)
	}
	return p
}

func (p *runPath) status(id string) Status {
	switch s := p.actions[id]; s {
	case StatusCompleted, StatusFailed, StatusSkipped:
		return s
	}
	return ""
}

// decision is asked once for each edge, in the order of the document.
func (p *runPath) decision(e Edge) decision {
	ends := [2]string{e.From, e.To}
	known := p.edges[ends]
	if len(known) == 0 {
		return undecided
	}
	p.edges[ends] = known[1:]
	if known[0] {
		return taken
	}
	return notTaken
}

// label makes a text of the workflow's author fit for a drawing: one line, not too long, nothing invisible. The
// languages' own special characters are escaped by their writers.
func label(text string) string {
	const most = 80
	var b strings.Builder
	n := 0
	for _, r := range strings.Join(strings.Fields(text), " ") {
		if n == most {
			b.WriteRune('…')
			break
		}
		if !unicode.IsPrint(r) {
			r = unicode.ReplacementChar
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}
