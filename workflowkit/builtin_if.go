package workflowkit

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonlogic"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// plannedLogic is an action that the engine evaluates itself: a pure function of its inputs and of what has run before.
type plannedLogic struct {
	evaluate func(planned *planNode, v *view, most int) (json.RawMessage, error)
}

var (
	resultTrue  = json.RawMessage(`{"result":true}`)
	resultFalse = json.RawMessage(`{"result":false}`)
)

// compileIf judges the rule of a condition and prepares it. Its data is {event, state}. Without a condition the result
// is true, as in the TypeScript kit. What refs in the rule find is data, never an operation.
func compileIf(c *compiler, node int, action place, inputs map[string]any) *plannedLogic {
	condition, set := inputs["condition"]
	at := action.in("inputs").in("condition")
	if !set || condition == nil {
		if c.plan.nodes[node].action.Inputs == nil {
			at = action.in("inputs")
		}
		c.warn(CodeInputMissing, at, "set it, or remove the action", "action %q has no condition, so its result is always true", at.id)
	}
	if text, ok := condition.(string); ok && jsonKind([]byte(text)) == "object" {
		c.error(CodeLogicShape, at, "write it without quotes", "condition of action %q is a text; a rule is an object", at.id)
	}
	for _, f := range jsonlogic.Check(withoutRefs(condition)) {
		code := CodeLogicShape
		if f.Code == jsonlogic.CodeUnknownOperator {
			code = CodeLogicOperator
		}
		c.error(code, place{path: at.path + f.Path, id: at.id}, f.Hint, "condition of action %q: %s", at.id, f.Message)
	}
	uses := logicUses{compiler: c, node: node, outputs: map[int]bool{}}
	uses.rule(condition, at)
	p := &ifProgram{
		always: !set || condition == nil, all: uses.all, outputs: slices.Sorted(maps.Keys(uses.outputs)),
	}
	if !hasRefs(condition) {
		p.rule, _ = jsonlogic.Compile(condition) // a fault has been reported by the check
	}
	return &plannedLogic{evaluate: p.evaluate}
}

// ifProgram is the condition of an action.
type ifProgram struct {
	always bool
	// rule is set if there are no refs in the condition.
	rule *jsonlogic.Rule
	// outputs are the actions that the rule names, unless it may look at all.
	outputs []int
	all     bool
}

func (p *ifProgram) evaluate(planned *planNode, v *view, most int) (json.RawMessage, error) {
	if p.always {
		return resultTrue, nil
	}
	rule := p.rule
	if rule == nil {
		var err error
		r := resolver{view: v, mark: true, left: most}
		condition := planned.inputs[0].value.resolve(&r)
		if r.err != nil {
			return nil, NoRetryError(fmt.Errorf("condition: %w", r.err))
		}
		if rule, err = jsonlogic.Compile(condition); err != nil {
			return nil, NoRetryError(fmt.Errorf("condition: %w", err))
		}
	}
	var data map[string]any
	if p.all {
		data = v.All()
	} else {
		data = map[string]any{"event": v.eventObject(), "state": v.outputsOf(p.outputs)}
	}
	result, err := rule.Apply(data)
	if err != nil {
		return nil, NoRetryError(fmt.Errorf("condition: %w", err))
	}
	if jsonlogic.Truthy(result) {
		return resultTrue, nil
	}
	return resultFalse, nil
}

// logicUses finds out which outputs a rule looks at, so that an evaluation does not have to gather all of them.
type logicUses struct {
	*compiler
	node    int
	outputs map[int]bool
	all     bool
}

// rule walks what is evaluated in a rule.
func (u *logicUses) rule(rule any, at place) {
	switch v := rule.(type) {
	case []any:
		for i, item := range v {
			u.rule(item, at.in(formatInt(int64(i))))
		}
	case map[string]any:
		if len(v) != 1 {
			return // data
		}
		for name, args := range v {
			u.operation(name, args, at.in(escapePointer(name)))
		}
	}
}

func (u *logicUses) operation(name string, args any, at place) {
	switch name {
	case "var":
		u.lookup(args, at)
	case "missing", "missing_some":
		u.keys(args)
	case "map", "filter", "reduce", "all", "some", "none":
		if list, ok := args.([]any); ok {
			for i, arg := range list {
				// The second argument is evaluated for each item of the list and sees nothing else.
				if i != 1 {
					u.rule(arg, at.in(formatInt(int64(i))))
				}
			}
			return
		}
	}
	u.rule(args, at)
}

// lookup notes what a "var" looks at.
func (u *logicUses) lookup(arg any, at place) {
	args, isList := arg.([]any)
	optional := len(args) > 1
	if isList {
		arg = ""
		if len(args) > 0 {
			arg, at = args[0], at.in("0")
		}
	}
	text, ok := arg.(string)
	if !ok || refs.Has(text) || text == "" || text == "state" {
		_, number := arg.(json.Number)
		u.all = u.all || !number
		return
	}
	rest, ok := strings.CutPrefix(text, "state.")
	if !ok {
		return
	}
	id, _, _ := strings.Cut(rest, ".")
	if target, known := u.plan.index[id]; known {
		u.outputs[target] = true
	}
	u.read(read{
		at: at, text: fmt.Sprintf("{\"var\": %q}", text), root: "state", action: id, state: true, whole: true, node: u.node,
		optional: optional,
	})
}

// keys notes what "missing" and "missing_some" look at: any text in their arguments may be a key.
func (u *logicUses) keys(arg any) {
	switch v := arg.(type) {
	case string:
		u.all = u.all || strings.HasPrefix(v, "state") || refs.Has(v)
	case []any:
		for _, item := range v {
			u.keys(item)
		}
	case map[string]any:
		u.all = true
	}
}

func hasRefs(value any) bool {
	switch v := value.(type) {
	case string:
		return refs.Has(v)
	case []any:
		return slices.ContainsFunc(v, hasRefs)
	case map[string]any:
		for _, member := range v {
			if hasRefs(member) {
				return true
			}
		}
	}
	return false
}

// withoutRefs replaces texts that hold refs by unknown data.
func withoutRefs(value any) any {
	switch v := value.(type) {
	case string:
		if refs.Has(v) {
			return jsonlogic.Literal{}
		}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = withoutRefs(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for name := range v {
			out[name] = withoutRefs(v[name])
		}
		return out
	}
	return value
}
