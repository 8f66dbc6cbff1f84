package workflowkit

import (
	"encoding/json"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonlogic"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// KindIf is the kind of the built-in action that branches on a JSON Logic condition. Its output is {"result": bool}.
const KindIf = "builtin:if"

const builtinPrefix = "builtin:"

// builtinNames lists the built-in kinds in the order of the catalogue.
func builtinNames() []string { return []string{KindIf} }

func builtin(kind string) *registered {
	if kind == KindIf {
		return builtinIf()
	}
	return nil
}

// builtinIf evaluates its condition with {event, state} as data. Without a condition the result is true. What refs in
// the condition find is data, never an operation.
func builtinIf() *registered {
	no := false
	condition := func(kind string) *Conditional {
		return &Conditional{Type: kind, Ref: "!ref($.output.result)"}
	}
	spec := Spec{
		Kind: KindIf, Name: "If", Description: "If / else branch",
		Inputs: Inputs{{Name: "condition", Type: json.RawMessage(
			`{"type":"object","title":"Condition","description":"Condition to evaluate, as JSON Logic",` +
				`"examples":[{"==":["!ref($.event.data.likes)",10]}],"properties":{}}`)}},
		Outputs: json.RawMessage(`{"result":{"type":{"type":"boolean","title":"Result","description":"Result of the condition"}}}`),
		Edges: &EdgeSpec{AllowAdd: &no, Edges: []PredefinedEdge{
			{Name: "True", Conditional: condition(ConditionIf)},
			{Name: "False", Conditional: condition(ConditionElse)},
		}},
	}
	return &registered{
		spec: spec,
		// The published schema is for editors; a condition may also be a constant, so the check is its own.
		inputs:  &compiledInputs{list: []compiledInput{{Input: spec.Inputs[0]}}, byName: map[string]int{"condition": 0}},
		outputs: outputShapeOf(spec.Outputs),
		check:   checkIf,
		logic: func(inputs map[string]any, data func() map[string]any) (any, error) {
			condition, set := inputs["condition"]
			if !set || condition == nil {
				return map[string]any{"result": true}, nil
			}
			rule, err := jsonlogic.Compile(condition)
			if err != nil {
				return nil, NoRetryError(fmt.Errorf("condition: %w", err))
			}
			result, err := rule.Apply(data())
			if err != nil {
				return nil, NoRetryError(fmt.Errorf("condition: %w", err))
			}
			return map[string]any{"result": jsonlogic.Truthy(result)}, nil
		},
	}
}

// checkIf judges the rule of a condition. Refs are data whose value is not known yet.
func checkIf(c *compiler, at place, inputs map[string]any) {
	rule, set := inputs["condition"]
	if !set {
		return
	}
	at = at.in("condition")
	for _, f := range jsonlogic.Check(withoutRefs(rule)) {
		code := CodeLogicShape
		if f.Code == jsonlogic.CodeUnknownOperator {
			code = CodeLogicOperator
		}
		c.error(code, place{path: at.path + f.Path, id: at.id}, f.Hint, "condition of action %q: %s", at.id, f.Message)
	}
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
