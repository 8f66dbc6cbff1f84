package workflowkit

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonlogic"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// condition is the compiled condition of an edge (rule 7). A nil condition is always met.
type condition struct {
	kind     string
	template *refs.Template
	value    any
}

// holds evaluates the condition once the edge's source has run, and says why.
func (c *condition) holds(view refs.View) (bool, string) {
	if c == nil {
		return true, "no condition"
	}
	found := c.template.Resolve(view)
	shown := brief(found)
	switch c.kind {
	case ConditionIf:
		ok := jsonlogic.Truthy(found)
		return ok, fmt.Sprintf("if: %s is %s", shown, truth(ok))
	case ConditionElse:
		ok := !jsonlogic.Truthy(found)
		return ok, fmt.Sprintf("else: %s is %s", shown, truth(!ok))
	default:
		ok := deepEqual(found, c.value)
		word := "equals"
		if !ok {
			word = "does not equal"
		}
		return ok, fmt.Sprintf("match: %s %s %s", shown, word, brief(c.value))
	}
}

func truth(ok bool) string {
	if ok {
		return "true"
	}
	return "not true"
}

// brief shows a value in a reason.
func brief(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		return valueKind(value)
	}
	const most = 60
	if len(raw) > most {
		return strings.ToValidUTF8(string(raw[:most]), "") + "…"
	}
	return string(raw)
}

// deepEqual compares decoded JSON values: the order of members does not matter, and numbers compare by value.
func deepEqual(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for name, member := range x {
			other, ok := y[name]
			if !ok || !deepEqual(member, other) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !deepEqual(x[i], y[i]) {
				return false
			}
		}
		return true
	case json.Number:
		y, ok := b.(json.Number)
		return ok && numbersEqual(x.String(), y.String())
	default:
		switch b.(type) {
		case map[string]any, []any, json.Number:
			return false
		}
		return a == b
	}
}

// numbersEqual compares two JSON numbers by value. Integers are compared digit by digit, so none is rounded.
func numbersEqual(a, b string) bool {
	if a == b {
		return true
	}
	if !strings.ContainsAny(a, ".eE") && !strings.ContainsAny(b, ".eE") {
		return a == "-0" && b == "0" || a == "0" && b == "-0"
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x == y
}
