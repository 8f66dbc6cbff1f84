package workflowkit

import (
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// compileActions checks each action by itself and prepares its inputs.
func (c *compiler) compileActions() {
	c.plan.nodes = make([]planNode, len(c.workflow.Actions))
	for i, action := range c.workflow.Actions {
		c.checkID(i, action.ID, actionPlace(i, action.ID))
	}
	steps := make([]stepIDs, len(c.workflow.Actions))
	for i, action := range c.workflow.Actions {
		at := actionPlace(i, action.ID)
		node := &c.plan.nodes[i]
		steps[i].action = action.ID
		node.action, node.steps = action, &steps[i]
		if node.kind = c.kind(action.Kind, at); node.kind != nil {
			node.retries, node.timeout = c.failureHandling(action, at)
			c.compileInputs(node, i, at, false)
			c.plan.secrets = c.plan.secrets || node.kind.hasSecrets()
		}
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
		if near := c.suggest.nearest(name, c.kinds.names()); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		c.error(CodeKindUnknown, at.in("kind"), hint, "action %q is of the unknown kind %q", at.id, name)
	}
	return kind
}

// compileInputs parses the inputs of an action, applies defaults, and checks what can be checked without a run. The action
// is that of a node, or with item the one that a node runs for each item of a list.
func (c *compiler) compileInputs(node *planNode, n int, action place, item bool) {
	at := action.in("inputs")
	var order jsonvalue.Order
	values := map[string]any{}
	if node.action.Inputs != nil {
		decoded, err := jsonvalue.Decode(node.action.Inputs, &order)
		object, ok := decoded.(map[string]any)
		if err != nil || !ok {
			return // the parser has reported it
		}
		values = object
	}
	in := inputsCompiler{
		compiler: c, node: n, at: at, item: item, values: valueCompiler{order: &order, report: func(pointer string, err error) {
			c.refFault(place{path: pointer, id: at.id}, err)
		}},
	}
	kind := node.kind
	for i := range kind.inputs.list {
		input := &kind.inputs.list[i]
		value, set := values[input.Name]
		switch {
		case set && kind.isTemplate(input.Name):
			in.addTemplate(input, value)
		case set:
			in.add(input.Name, input, value)
		case input.hasDefault:
			in.addDefault(input)
		case input.Required:
			missing := at
			if node.action.Inputs != nil {
				missing = at.in(escapePointer(input.Name))
			}
			c.error(CodeInputMissing, missing, requiredHint(input), "action %q (kind %q) needs the input %q", at.id, node.action.Kind, input.Name)
		}
	}
	for _, name := range order.Names(values) {
		if _, known := kind.inputs.byName[name]; known {
			continue
		}
		if kind.inputs.open {
			in.add(name, nil, values[name])
			continue
		}
		hint := "remove it"
		if near := c.suggest.nearest(name, kind.inputs.names()); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		c.error(CodeInputUnknown, at.in(escapePointer(name)), hint, "action %q (kind %q) has no input %q", at.id, node.action.Kind, name)
	}
	node.inputs = in.inputs
	if kind.check != nil {
		kind.check(c, action, values)
	}
	if kind.logic != nil {
		node.logic = kind.logic(c, n, action, values)
	}
	if kind.each {
		c.compileEach(n, action, &in, values)
	}
}

func requiredHint(input *compiledInput) string {
	if input.schema == nil || len(input.schema.types) != 1 {
		return "set it"
	}
	return "set it to a value of type " + input.schema.types[0]
}

// inputsCompiler compiles the inputs of one action.
type inputsCompiler struct {
	*compiler
	node int
	at   place
	// item says that refs may look at an item.
	item   bool
	values valueCompiler
	inputs []plannedInput
}

func (c *inputsCompiler) addDefault(input *compiledInput) {
	p := literalProgram{value: input.defaultValue}
	p.text, _ = jsonvalue.Append(nil, input.defaultValue, nil, maxLiteral)
	c.inputs = append(c.inputs, newPlannedInput(input.Name, p, nil))
}

// add compiles one input. The description is nil if the kind has none.
func (c *inputsCompiler) add(name string, input *compiledInput, value any) {
	at := c.at.in(escapePointer(name))
	p := c.values.compile(value, at.path)
	if input == nil {
		c.noteReads(p, at, nil)
		c.inputs = append(c.inputs, newPlannedInput(name, p, nil))
		return
	}
	if isLiteral(p) {
		c.judge(input, at, value, nil)
		c.inputs = append(c.inputs, newPlannedInput(name, p, nil))
		return
	}
	holes := map[string]bool{}
	p.templates("", func(pointer string, _ *refs.Template) { holes[pointer] = true })
	c.judge(input, at, value, holes)
	c.noteReads(p, at, input.shape)
	c.inputs = append(c.inputs, newPlannedInput(name, p, input))
}

// judge holds a value to its schema, except where refs stand whose values are not known yet.
func (c *inputsCompiler) judge(input *compiledInput, at place, value any, holes map[string]bool) {
	if holes[""] {
		return
	}
	for _, f := range input.schema.check(value) {
		if f.dependsOn(holes) {
			continue
		}
		message, hint := f.message, typeHint(input.schema, value)
		if input.secret != nil && isHidden(value, input.secret.Apply(value), f.pointer) {
			message, hint = hiddenFault, ""
		}
		c.error(CodeInputType, place{path: at.path + f.pointer, id: at.id}, hint,
			"input %q of action %q: %s", input.Name+f.pointer, at.id, message)
	}
}

// noteReads notes the refs in an input for the checks that need the whole graph.
func (c *inputsCompiler) noteReads(p program, at place, want *typeShape) {
	switch p := p.(type) {
	case templateProgram:
		whole, isWhole := p.template.Whole()
		if !isWhole && !want.allows(typeString) {
			c.error(CodeRefType, at, "a ref that is the whole value keeps its type",
				"input %q of action %q gets a text, %s is needed", inputName(at.path), at.id, want)
		}
		for _, path := range p.template.Paths() {
			r := c.newRead(at, path, c.node)
			r.item = c.item
			if path == whole {
				r.want = want
			}
			c.read(r)
		}
	case arrayProgram:
		for i, item := range p {
			c.noteReads(item, at.in(formatInt(int64(i))), want.itemShape())
		}
	case objectProgram:
		for _, m := range p.members {
			next, _ := want.property(m.name)
			c.noteReads(m.value, at.in(escapePointer(m.name)), next)
		}
	}
}

func newPlannedInput(name string, value program, check *compiledInput) plannedInput {
	return plannedInput{name: name, value: value, check: check}
}
