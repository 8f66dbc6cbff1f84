package workflowkit

import (
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// read is a ref, with where it stands.
type read struct {
	at place
	// text is the ref as it was written.
	text string
	// root is the name of the top-level member, and members are the steps after it that are names or indexes. whole says
	// that they are the whole path.
	root    string
	members []refs.Member
	whole   bool
	// action is the id of the action whose output the ref looks into, if it names one.
	action string
	state  bool
	// node is the action that the ref is resolved for. With edge, it is the source of the edge, which has run.
	node int
	edge bool
	// item says that the ref is resolved for each item of a list.
	item bool
	// optional says that there is something to use in place of a missing value.
	optional bool
	// want is what the value has to be. It is nil if that is not known.
	want *typeShape
}

func (c *compiler) newRead(at place, path *refs.Path, node int) read {
	r := read{at: at, text: path.String(), root: path.Root(), node: node}
	r.members, r.whole = path.Members()
	if len(r.members) > 0 {
		r.members = r.members[1:]
	}
	if r.action, r.state = path.Action(); r.state {
		r.members = r.members[1:]
		if known, ok := c.plan.index[r.action]; ok {
			path.Bind(known)
		}
	}
	return r
}

// read notes a ref and judges what can be judged without the whole graph.
func (c *compiler) read(r read) {
	if !r.whole {
		if c.queries++; c.queries == c.limits.Queries+1 {
			c.error(CodeTooLarge, r.at, "name what the refs look for", "more than %d refs have wildcards, filters and the like", c.limits.Queries)
		}
	}
	c.reads = append(c.reads, r)
}

// checkRefs judges what each ref looks into.
func (c *compiler) checkRefs() {
	past := c.pastOf(c.reads)
	for i := range c.reads {
		r := &c.reads[i]
		switch {
		case r.state:
			c.checkStateRef(r, past[i])
		case r.root == "event":
			c.checkParts(r, eventShape(), "the event")
		case r.root == "state" && len(r.members) > 0:
			c.error(CodeRefUnknown, r.at, fmt.Sprintf("write $.state['%s']", r.members[0].Name),
				"ref %s: outputs are found by the id of their action, not by an index", r.text)
		case r.root == "" && len(r.members) == 0, r.root == "state":
			c.checkType(r, &typeShape{types: typeObject})
		case r.edge && (r.root == "output" || r.root == "result" && r.node != sourceIndex):
			c.checkSourceRef(r)
		case r.item && r.root == "item":
		case r.item && r.root == "index":
			c.checkParts(r, &typeShape{types: typeInteger}, "the index of an item")
		case r.root == "item" || r.root == "index":
			c.error(CodeRefUnknown, r.at, "refer to $.event or $.state", "ref %s: $.%s is known in the action of a %s only", r.text, r.root, KindForEach)
		case r.root == "output":
			c.error(CodeRefUnknown, r.at, c.outputHint(r.node), "ref %s: $.output is known in conditions of edges only", r.text)
		default:
			known := []string{"event", "state"}
			if r.edge {
				known = append(known, "output")
			}
			if r.item {
				known = append(known, "item", "index")
			}
			hint := "refs start with $.event or $.state"
			if near := nearest(r.root, known); near != "" {
				hint = fmt.Sprintf("did you mean $.%s?", near)
			}
			c.error(CodeRefUnknown, r.at, hint, "ref %s: nothing is called %q", r.text, r.root)
		}
	}
}

// eventShape is what is known about events.
func eventShape() *typeShape {
	text, object := &typeShape{types: typeString}, &typeShape{types: typeObject}
	return &typeShape{types: typeObject, closed: true, properties: map[string]*typeShape{
		"id": text, "name": text, "v": text, "ts": {types: typeInteger}, "data": object, "user": object,
	}}
}

// checkStateRef judges a ref to the output of an action.
func (c *compiler) checkStateRef(r *read, before past) {
	target, ok := c.plan.index[r.action]
	if !ok {
		hint := "refer to an action of the workflow"
		if near := c.suggest.nearest(r.action, c.ids()); near != "" {
			hint = fmt.Sprintf("did you mean $.state.%s?", near)
		}
		c.error(CodeRefUnknown, r.at, hint, "ref %s names the action %q, which the workflow does not have", r.text, r.action)
		return
	}
	switch before {
	case pastUnknown:
		return // in or behind a cycle, or unreachable: reported
	case pastNever:
		hint := "draw a path from it, or refer to an earlier action"
		if target == r.node {
			hint = "an action cannot see its own output"
		}
		c.error(CodeRefOrder, r.at, hint, "ref %s: action %q cannot have run before", r.text, r.action)
		return
	case pastMaybe:
		if !r.optional {
			c.warn(CodeRefMaybe, r.at, "on the other paths the ref is null", "ref %s: action %q runs on some paths only", r.text, r.action)
		}
	}
	if c.plan.nodes[target].handled && len(r.members) > 0 && r.members[0].Name == failedMember {
		c.checkType(r, &typeShape{types: typeString})
		return
	}
	if kind := c.plan.nodes[target].kind; kind != nil {
		c.checkParts(r, kind.outputs, fmt.Sprintf("the output of action %q (kind %q)", clip(r.action, maxShown), kind.spec.Kind))
	}
}

// checkSourceRef judges a ref of a condition to the output of the edge's source.
func (c *compiler) checkSourceRef(r *read) {
	if r.node == sourceIndex {
		c.checkParts(r, eventShape(), "the event")
		return
	}
	node := &c.plan.nodes[r.node]
	if node.kind == nil {
		return
	}
	out := node.kind.outputs
	what := fmt.Sprintf("the output of action %q (kind %q)", clip(node.action.ID, maxShown), node.kind.spec.Kind)
	if r.root == "result" {
		result := *r
		result.members = append([]refs.Member{{Name: "result"}}, r.members...)
		r = &result
	}
	c.checkParts(r, out, what)
}

// checkParts judges whether a value can have what a ref looks for, and of what type that is.
func (c *compiler) checkParts(r *read, s *typeShape, what string) {
	for i, m := range r.members {
		if i > 0 {
			what = fmt.Sprintf("%q in it", clip(r.members[i-1].Name, maxShown))
		}
		next, fault := s.member(m)
		if fault != "" {
			c.error(CodeRefProperty, r.at, s.hint(m.Name), "ref %s: %s %s", r.text, what, fault)
			return
		}
		s = next
	}
	c.checkType(r, s)
}

// checkType judges whether a ref's value can have the type that is needed.
func (c *compiler) checkType(r *read, found *typeShape) {
	if r.want == nil || found == nil || !r.whole || r.want.allows(found.types) {
		return
	}
	hint := "refer to a value of the right type"
	if r.want.allows(typeString) {
		hint += ", or put text around the ref"
	}
	c.error(CodeRefType, r.at, hint, "ref %s is of %s, input %q of action %q needs %s",
		r.text, found, inputName(r.at.path), r.at.id, r.want)
}

// inputName returns the part of a pointer that lies below "inputs".
func inputName(pointer string) string {
	const marker = "/inputs/"
	for i := 0; i+len(marker) <= len(pointer); i++ {
		if pointer[i:i+len(marker)] == marker {
			return pointer[i+len(marker):]
		}
	}
	return pointer
}

// outputHint says how the inputs of an action name the output that they mean by $.output: that of the action before it.
func (c *compiler) outputHint(node int) string {
	from := sourceIndex
	for i := range c.plan.edges {
		edge := &c.plan.edges[i]
		if edge.to != node || edge.from == sourceIndex {
			continue
		}
		if edge.condition.onError() {
			return fmt.Sprintf("name the action that failed: !ref($.state['%s'].error)", c.plan.id(edge.from))
		}
		from = edge.from
	}
	if from == sourceIndex {
		return "name the action, as in !ref($.state.1)"
	}
	return fmt.Sprintf("name the action: !ref($.state['%s'])", c.plan.id(from))
}
