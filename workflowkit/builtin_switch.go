package workflowkit

import (
	"context"
	"encoding/json"
	"fmt"
)

// KindSwitch is the kind of the built-in action that chooses one of several named branches by a value. Its output is
// {"case": the name of the first case with that value, or "default"}. Its edges match that name.
const KindSwitch = "builtin:switch"

// defaultCase is the name of the branch for values that no case has.
const defaultCase = "default"

type switchInput struct {
	Value json.RawMessage `json:"value" jsonschema:"title=Value" jsonschema_description:"What to look at, usually a ref."`
	Cases []switchCase    `json:"cases,omitempty" jsonschema:"title=Cases" jsonschema_description:"The branches. The first whose value equals the one above is chosen; without one, the branch named default."`
}

type switchCase struct {
	Name  string          `json:"name" jsonschema:"title=Name,minLength=1"`
	Value json.RawMessage `json:"value" jsonschema:"title=Value"`
}

type switchOutput struct {
	Case string `json:"case" jsonschema:"title=Case"`
}

// builtinSwitch chooses a branch. It has no side effects.
func builtinSwitch() Action {
	return define(Spec{
		Kind: KindSwitch, Name: "Switch", Description: "Choose a branch by a value", NeverWaits: true, Cost: &Cost{},
		Edges: &EdgeSpec{Edges: []PredefinedEdge{{
			Name: "Default", Conditional: &Conditional{Type: ConditionMatch, Ref: "!ref($.output.case)", Value: json.RawMessage(`"default"`)},
		}}},
	}, func(_ context.Context, _ *Run, in switchInput) (switchOutput, error) {
		value, err := decodeValue(in.Value)
		if err != nil {
			return switchOutput{}, NoRetryError(fmt.Errorf("value: %w", err))
		}
		for _, c := range in.Cases {
			candidate, err := decodeValue(c.Value)
			if err != nil {
				return switchOutput{}, NoRetryError(fmt.Errorf("case %q: %w", c.Name, err))
			}
			if deepEqual(value, candidate) {
				return switchOutput{Case: c.Name}, nil
			}
		}
		return switchOutput{Case: defaultCase}, nil
	})
}
