package workflowkit

import (
	"encoding/json"
	"fmt"
)

// history says, for each node, which other nodes may have run before it, and which are sure to have.
type history struct{ may, sure []bitset }

// history follows the topological order. By rule 2 a node runs when at least one incoming edge is taken, so only what
// is sure on each of its incoming edges is sure for the node.
func (c *compiler) history() history {
	n := len(c.plan.nodes)
	h := history{may: make([]bitset, n), sure: make([]bitset, n)}
	for _, i := range c.plan.order {
		may, sure, first := newBitset(n), newBitset(n), true
		for _, e := range c.plan.nodes[i].in {
			from := c.plan.edges[e].from
			if from == sourceIndex {
				sure, first = newBitset(n), false
				continue
			}
			if h.may[from] == nil {
				continue // behind a cycle, which is reported
			}
			may.union(h.may[from])
			may.add(from)
			through := append(bitset(nil), h.sure[from]...)
			through.add(from)
			if first {
				sure, first = through, false
			} else {
				sure.intersect(through)
			}
		}
		h.may[i], h.sure[i] = may, sure
	}
	return h
}

// checkRefs judges what each ref looks into.
func (c *compiler) checkRefs() {
	var past *history
	for i := range c.reads {
		r := &c.reads[i]
		if id, ok := r.path.Action(); ok {
			if past == nil {
				h := c.history()
				past = &h
			}
			c.checkStateRef(r, id, past)
			continue
		}
		members, _ := r.path.Members()
		root := r.path.Root()
		switch {
		case len(members) == 0 || root == "event" || root == "state":
		case r.condition && (root == "output" || root == "result" && r.node != sourceIndex):
			c.checkConditionProperty(r)
		case root == "output":
			c.error(CodeRefUnknown, r.at, "name the action, as in !ref($.state.1)", "ref %s: $.output is known in conditions of edges only", r.path)
		default:
			known := []string{"event", "state"}
			if r.condition {
				known = append(known, "output")
			}
			hint := "refs start with $.event or $.state"
			if near := nearest(root, known); near != "" {
				hint = fmt.Sprintf("did you mean $.%s?", near)
			}
			c.error(CodeRefUnknown, r.at, hint, "ref %s: nothing is called %q", r.path, root)
		}
	}
}

func (c *compiler) checkStateRef(r *read, id string, past *history) {
	target, ok := c.index[id]
	if !ok {
		hint := ""
		if near := nearest(id, c.ids()); near != "" {
			hint = fmt.Sprintf("did you mean $.state.%s?", near)
		}
		c.error(CodeRefUnknown, r.at, hint, "ref %s names the action %q, which the workflow does not have", r.path, id)
		return
	}
	if r.node != sourceIndex && past.may[r.node] == nil {
		return // in or behind a cycle, or unreachable: reported
	}
	switch {
	case r.node != sourceIndex && past.may[r.node].has(target):
		if !past.sure[r.node].has(target) {
			c.warn(CodeRefMaybe, r.at, "on the other paths the ref is null", "ref %s: action %q runs on some paths only", r.path, id)
		}
	case r.condition && r.node == target:
	default:
		c.error(CodeRefOrder, r.at, "draw a path from it, or refer to an earlier action",
			"ref %s: action %q cannot have run before", r.path, id)
		return
	}
	members, _ := r.path.Members()
	names := make([]string, 0, len(members))
	for _, m := range members[2:] {
		names = append(names, m.Name)
	}
	c.checkProperty(r, target, names)
}

func (c *compiler) checkConditionProperty(r *read) {
	if r.node == sourceIndex {
		return
	}
	members, _ := r.path.Members()
	names := make([]string, 0, len(members))
	for i, m := range members {
		if i > 0 || m.Name == "result" {
			names = append(names, m.Name)
		}
	}
	c.checkProperty(r, r.node, names)
}

// checkProperty judges whether the output of an action can have what a ref looks for.
func (c *compiler) checkProperty(r *read, target int, names []string) {
	kind := c.plan.nodes[target].kind
	if kind == nil {
		return
	}
	shape := kind.outputs
	for _, name := range names {
		next, known := shape.property(name)
		if !known {
			return
		}
		if next == nil {
			c.error(CodeRefProperty, r.at, shape.hint(name), "ref %s: the output of action %q (kind %q) has no property %q",
				r.path, c.plan.nodes[target].action.ID, kind.spec.Kind, name)
			return
		}
		shape = next
	}
}

// outputShape is what a schema says about the properties of an output.
type outputShape struct {
	properties map[string]*outputShape
	// closed says that there are no other properties than these.
	closed bool
	types  []string
}

// property returns the shape of a property, or nil if there cannot be one. It returns false if the schema does not say.
func (s *outputShape) property(name string) (*outputShape, bool) {
	if s == nil {
		return nil, false
	}
	if p, ok := s.properties[name]; ok {
		return p, true
	}
	return nil, s.closed
}

func (s *outputShape) hint(name string) string {
	if near := nearest(name, sortedNames(s.properties)); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(s.properties) == 0 {
		return ""
	}
	return fmt.Sprintf("it has %q", sortedNames(s.properties))
}

// outputShapeOf reads the outputs of a spec: a JSON Schema, or a description for each property.
func outputShapeOf(raw json.RawMessage) *outputShape {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return nil
	}
	if !isRecord(members) {
		return schemaShape(members, 0)
	}
	shape := &outputShape{properties: map[string]*outputShape{}, closed: true}
	for name, member := range members {
		var described struct {
			Type map[string]json.RawMessage `json:"type"`
		}
		if json.Unmarshal(member, &described) == nil {
			shape.properties[name] = schemaShape(described.Type, 0)
		}
	}
	return shape
}

// isRecord tells "name -> {type, description}" from a JSON Schema, whose "type" is a string or a list.
func isRecord(members map[string]json.RawMessage) bool {
	if len(members) == 0 {
		return false
	}
	for _, member := range members {
		var described struct {
			Type json.RawMessage `json:"type"`
		}
		if json.Unmarshal(member, &described) != nil || jsonKind(described.Type) != "object" {
			return false
		}
	}
	return true
}

func schemaShape(schema map[string]json.RawMessage, depth int) *outputShape {
	const deepest = 16
	if depth > deepest {
		return nil
	}
	for _, keyword := range []string{"$ref", "allOf", "anyOf", "oneOf", "if", "not", "patternProperties", "$dynamicRef"} {
		if _, ok := schema[keyword]; ok {
			return nil
		}
	}
	var s struct {
		Type                 json.RawMessage                       `json:"type"`
		Properties           map[string]map[string]json.RawMessage `json:"properties"`
		AdditionalProperties json.RawMessage                       `json:"additionalProperties"`
	}
	raw, err := json.Marshal(schema)
	if err != nil || json.Unmarshal(raw, &s) != nil {
		return nil
	}
	shape := &outputShape{properties: map[string]*outputShape{}}
	if t := readText(s.Type); t != "" {
		shape.types = []string{t}
	}
	additional := string(s.AdditionalProperties)
	shape.closed = additional == "false" || additional == "" && len(s.Properties) > 0
	for name, property := range s.Properties {
		shape.properties[name] = schemaShape(property, depth+1)
		if shape.properties[name] == nil {
			shape.properties[name] = &outputShape{}
		}
	}
	return shape
}
