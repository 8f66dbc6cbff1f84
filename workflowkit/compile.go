package workflowkit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// compiler turns a definition into a plan and collects everything that is wrong with it.
type compiler struct {
	kinds    *kinds
	limits   Limits
	workflow *Workflow
	plan     *plan
	// index maps the id of an action to its node.
	index map[string]int
	// reads lists the refs of the workflow, for the checks that need the whole graph.
	reads    []read
	problems Problems
}

// read is a ref, with where it stands.
type read struct {
	at   place
	path *refs.Path
	text string
	// node is the action that the ref is resolved for. In a condition it is the source of the edge, which has run.
	node      int
	condition bool
}

// compile parses and checks a definition. The plan is nil if a problem is an error.
func compile(kinds *kinds, limits Limits, definition json.RawMessage) (*plan, Problems) {
	if problems := limits.checkDocument(definition); problems != nil {
		return nil, problems
	}
	workflow, problems := parseWorkflow(definition)
	if workflow == nil {
		return nil, problems
	}
	c := &compiler{kinds: kinds, limits: limits, workflow: workflow, problems: problems, index: map[string]int{}}
	c.plan = &plan{workflow: workflow, info: WorkflowInfo{Name: workflow.Name}}
	if !c.checkSize() {
		return nil, c.problems
	}
	c.compileActions()
	c.compileEdges()
	c.checkGraph()
	c.checkRefs()
	if len(c.problems.Errors()) > 0 {
		return nil, c.problems
	}
	c.plan.info.Hash = contentHash(definition)
	return c.plan, c.problems
}

func (c *compiler) error(code Code, at place, hint, format string, args ...any) {
	c.add(SeverityError, code, at, hint, format, args...)
}

func (c *compiler) warn(code Code, at place, hint, format string, args ...any) {
	c.add(SeverityWarning, code, at, hint, format, args...)
}

func (c *compiler) add(severity Severity, code Code, at place, hint, format string, args ...any) {
	c.problems = append(c.problems, Problem{
		Code: code, Severity: severity, Path: at.path, ID: at.id, Message: fmt.Sprintf(format, args...), Hint: hint,
	})
}

func actionPlace(i int, id string) place { return place{path: fmt.Sprintf("/actions/%d", i), id: id} }

func (p place) in(name string) place { return place{path: p.path + "/" + name, id: p.id} }

// compileActions checks each action by itself and prepares its inputs.
func (c *compiler) compileActions() {
	for i, action := range c.workflow.Actions {
		at := actionPlace(i, action.ID)
		node := planNode{action: action, inputs: literalProgram{map[string]any{}}}
		c.checkID(i, action.ID, at)
		if node.kind = c.kind(action.Kind, at); node.kind != nil {
			node.inputs, node.checks = c.compileInputs(i, node.kind, action, at.in("inputs"))
		}
		c.plan.nodes = append(c.plan.nodes, node)
	}
}

func (c *compiler) kind(name string, at place) *registered {
	if name == "" {
		c.error(CodeKindMissing, at.in("kind"), "set it to one of the catalogue's kinds", "action %q has no kind", at.id)
		return nil
	}
	kind := c.kinds.get(name)
	if kind == nil {
		hint := "register an action of this kind, or choose another one"
		if near := c.kinds.nearest(name); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		c.error(CodeKindUnknown, at.in("kind"), hint, "action %q is of the unknown kind %q", at.id, name)
	}
	return kind
}

// compileInputs parses the inputs of an action, applies defaults, and checks what can be checked without a run.
func (c *compiler) compileInputs(node int, kind *registered, action WorkflowAction, at place) (program, []int) {
	values, err := decodeObject(action.Inputs)
	if err != nil {
		c.error(CodeShape, at, "", "inputs of action %q: %v", action.ID, err)
		return literalProgram{map[string]any{}}, nil
	}
	var members objectProgram
	var checks []int
	for i, input := range kind.inputs.list {
		value, set := values[input.Name]
		if !set {
			if input.hasDefault {
				members = append(members, objectMember{input.Name, literalProgram{input.defaultValue}})
			} else if input.Required {
				c.error(CodeInputMissing, at.in(escapePointer(input.Name)), "", "action %q (kind %q) needs the input %q",
					action.ID, action.Kind, input.Name)
			}
			continue
		}
		p := c.compileInput(node, at.in(escapePointer(input.Name)), value)
		members = append(members, objectMember{input.Name, p})
		if !isLiteral(p) {
			checks = append(checks, i)
			continue
		}
		for _, f := range input.schema.check(value) {
			c.error(CodeInputType, at.in(escapePointer(input.Name)+f.pointer), typeHint(input.schema, value),
				"input %q of action %q: %s", input.Name, action.ID, f.message)
		}
	}
	for _, name := range sortedNames(values) {
		if _, known := kind.inputs.byName[name]; known {
			continue
		}
		if !kind.inputs.open {
			hint := "remove it"
			if near := nearest(name, kind.inputs.names()); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			c.error(CodeInputUnknown, at.in(escapePointer(name)), hint, "action %q (kind %q) has no input %q",
				action.ID, action.Kind, name)
			continue
		}
		members = append(members, objectMember{name, c.compileInput(node, at.in(escapePointer(name)), values[name])})
	}
	if kind.check != nil {
		kind.check(c, at, values)
	}
	return members, checks
}

// compileInput parses the refs of one input and notes them for the checks of the graph.
func (c *compiler) compileInput(node int, at place, value any) program {
	p := compileValue(value, at.path, func(pointer string, err error) {
		c.refFault(place{path: pointer, id: at.id}, err)
	})
	p.templates(at.path, func(pointer string, t *refs.Template) {
		for _, path := range t.Paths() {
			c.reads = append(c.reads, read{at: place{path: pointer, id: at.id}, path: path, node: node})
		}
	})
	return p
}

func (c *compiler) refFault(at place, err error) {
	text := err.Error()
	var fault *refs.Error
	if errors.As(err, &fault) {
		text = fmt.Sprintf("ref %s does not parse: %v", fault.Ref, fault.Err)
	}
	c.error(CodeRefSyntax, at, "refs look like !ref($.event.data.id) or !ref($.state.1.result)", "%s", text)
}

// compileEdges checks each edge by itself.
func (c *compiler) compileEdges() {
	seen := map[[2]int][]int{}
	for i, edge := range c.workflow.Edges {
		if edge.To == SinkID && edge.From != "" {
			continue
		}
		at := place{path: fmt.Sprintf("/edges/%d", i), id: edge.ID()}
		from, okFrom := c.end(edge.From, at.in("from"), CodeEdgeFrom, true)
		to, okTo := c.end(edge.To, at.in("to"), CodeEdgeTo, false)
		cond, okCond := c.compileCondition(edge, at.in("conditional"), from)
		if !okFrom || !okTo || !okCond {
			continue
		}
		n := len(c.plan.edges)
		c.plan.edges = append(c.plan.edges, planEdge{edge: edge, document: i, from: from, to: to, condition: cond})
		c.plan.nodes[to].in = append(c.plan.nodes[to].in, n)
		if from == sourceIndex {
			c.plan.start = append(c.plan.start, n)
		} else {
			c.plan.nodes[from].out = append(c.plan.nodes[from].out, n)
		}
		c.checkParallelEdges(at, seen[[2]int{from, to}], n)
		seen[[2]int{from, to}] = append(seen[[2]int{from, to}], n)
	}
}

// end finds the action at one end of an edge.
func (c *compiler) end(id string, at place, code Code, source bool) (int, bool) {
	if id == SourceID && source {
		return sourceIndex, true
	}
	if node, ok := c.index[id]; ok {
		return node, true
	}
	switch {
	case id == "":
		c.error(code, at, "set it to the id of an action", "edge %s has an empty end", at.id)
	case id == SourceID:
		c.error(code, at, "$source is where a workflow starts", "edge %s leads to $source", at.id)
	default:
		hint := "remove the edge, or add the action"
		if near := nearest(id, c.ids()); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		c.error(code, at, hint, "edge %s names the action %q, which the workflow does not have", at.id, id)
	}
	return 0, false
}

func (c *compiler) ids() []string {
	ids := make([]string, 0, len(c.workflow.Actions))
	for _, a := range c.workflow.Actions {
		ids = append(ids, a.ID)
	}
	return ids
}

// checkParallelEdges judges an edge that joins the same two actions as earlier ones.
func (c *compiler) checkParallelEdges(at place, earlier []int, n int) {
	edge := c.plan.edges[n]
	for _, i := range earlier {
		other := c.plan.edges[i]
		switch {
		case sameCondition(edge.edge.Conditional, other.edge.Conditional):
			c.error(CodeEdgeDuplicate, at, "remove one of them", "edge %s is listed twice", at.id)
			return
		case edge.condition == nil || other.condition == nil:
			c.error(CodeEdgeAmbiguous, at, "give both a condition, or remove one",
				"edge %s joins the same actions as another edge, and one of them has no condition", at.id)
			return
		}
	}
}

func sameCondition(a, b *Conditional) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Type != b.Type || a.Ref != b.Ref {
		return false
	}
	x, _ := decodeValue(a.Value)
	y, _ := decodeValue(b.Value)
	return deepEqual(x, y)
}

func (c *compiler) compileCondition(edge Edge, at place, from int) (*condition, bool) {
	if edge.Conditional == nil {
		return nil, true
	}
	cond, before := edge.Conditional, len(c.problems)
	switch cond.Type {
	case ConditionIf, ConditionElse, ConditionMatch:
	default:
		hint := `use "if", "else" or "match"`
		if near := nearest(cond.Type, []string{ConditionIf, ConditionElse, ConditionMatch}); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		c.error(CodeConditionType, at.in("type"), hint, "condition of edge %s is of the unknown type %q", at.id, cond.Type)
	}
	out := &condition{kind: cond.Type}
	if cond.Ref == "" {
		c.error(CodeConditionRef, at.in("ref"), "for instance !ref($.output.result)", "condition of edge %s has no ref", at.id)
	} else {
		template, faults := refs.Parse(cond.Ref)
		for _, err := range faults {
			c.refFault(at.in("ref"), err)
		}
		if template != nil {
			out.template = template
			for _, path := range template.Paths() {
				c.reads = append(c.reads, read{at: at.in("ref"), path: path, node: from, condition: true})
			}
		}
	}
	if cond.Type == ConditionMatch {
		if cond.Value == nil {
			c.error(CodeConditionValue, at.in("value"), "set it to what the ref is compared with", "match condition of edge %s has no value", at.id)
		} else {
			out.value, _ = decodeValue(cond.Value)
		}
	}
	return out, len(c.problems) == before
}

// contentHash identifies a definition by its canonical form: databases that store JSON reorder its members.
func contentHash(definition json.RawMessage) string {
	value, err := decodeValue(definition)
	if err != nil {
		return ""
	}
	canonical, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}
