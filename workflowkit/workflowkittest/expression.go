package workflowkittest

import (
	"encoding/json"
	"fmt"

	"cel.dev/cel-go/cel"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// matches evaluates the expression of a wait. A path that an event does not have is no match, as on Inngest; an
// expression that does not parse is an error.
func matches(expression string, trigger, incoming workflowkit.Event) (bool, error) {
	if expression == "" {
		return true, nil
	}
	env, err := cel.NewEnv(cel.Variable("event", cel.DynType), cel.Variable("async", cel.DynType))
	if err != nil {
		return false, fmt.Errorf("expressions: %w", err)
	}
	ast, issues := env.Parse(expression)
	if err := issues.Err(); err != nil {
		return false, fmt.Errorf("expression %q: %w", expression, err)
	}
	program, err := env.Program(ast)
	if err != nil {
		return false, fmt.Errorf("expression %q: %w", expression, err)
	}
	variables := map[string]any{}
	for name, event := range map[string]workflowkit.Event{"event": trigger, "async": incoming} {
		raw, err := json.Marshal(event)
		if err != nil {
			return false, fmt.Errorf("event %q: %w", event.Name, err)
		}
		var value any
		if err := json.Unmarshal(raw, &value); err != nil {
			return false, fmt.Errorf("event %q: %w", event.Name, err)
		}
		variables[name] = value
	}
	out, _, err := program.Eval(variables)
	if err != nil {
		return false, nil
	}
	ok, isBool := out.Value().(bool)
	return isBool && ok, nil
}
