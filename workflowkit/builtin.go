package workflowkit

import "encoding/json"

// KindIf is the kind of the built-in action that branches on a JSON Logic condition. Its output is {"result": bool}.
const KindIf = "builtin:if"

const builtinPrefix = "builtin:"

// builtinNames lists the built-in kinds in the order of the catalogue.
func builtinNames() []string {
	return []string{KindIf, KindSwitch, KindDelay, KindWaitForEvent, KindSendEvent, KindInvoke, KindForEach}
}

// addBuiltin registers a built-in action.
func (k *kinds) addBuiltin(kind string) error {
	var action Action
	switch kind {
	case KindIf:
		k.put(builtinIf())
		return nil
	case KindForEach:
		k.put(builtinForEach())
		return nil
	case KindSwitch:
		action = builtinSwitch()
	case KindDelay:
		action = builtinDelay()
	case KindWaitForEvent:
		action = builtinWaitForEvent()
	case KindSendEvent:
		action = builtinSendEvent()
	case KindInvoke:
		action = builtinInvoke()
	}
	if err := k.add(action); err != nil {
		return err
	}
	k.byKind[kind].pure = kind == KindSwitch
	k.byKind[kind].single = kind != KindSwitch
	switch kind {
	case KindDelay:
		k.byKind[kind].check = checkDelay
	case KindWaitForEvent, KindInvoke:
		k.byKind[kind].check = func(c *compiler, action place, inputs map[string]any) {
			checkDuration(c, action, kind, inputs, "timeout")
		}
	}
	return nil
}

// put registers a built-in action that the engine executes itself.
func (k *kinds) put(r *registered) {
	k.list = append(k.list, r)
	k.byKind[r.spec.Kind] = r
}

// builtinIf describes the built-in condition.
func builtinIf() *registered {
	no := false
	condition := func(kind string) *Conditional {
		return &Conditional{Type: kind, Ref: "!ref($.output.result)"}
	}
	spec := Spec{
		Kind: KindIf, Name: "If", Description: "If / else branch", NeverWaits: true, Cost: &Cost{},
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
		logic:   compileIf,
	}
}
