package workflowkit

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonlogic"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/mask"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// condition is the compiled condition of an edge (rule 7). A nil condition is always met.
type condition struct {
	kind     string
	template *refs.Template
	value    any
}

// onError reports whether the condition is that the action has failed.
func (c *condition) onError() bool { return c != nil && c.kind == ConditionError }

// maxConditionText bounds the text that refs inside of a text can make in a condition.
const maxConditionText = 1 << 20

// holds evaluates the condition once the edge's source has run, and returns what it looked at.
func (c *condition) holds(v *view) (ok bool, found any) {
	if c.onError() {
		return false, nil // an error is decided by the action's failure
	}
	found, err := c.template.Resolve(v, maxConditionText)
	if errors.Is(err, refs.ErrLargeFilter) {
		return false, err.Error()
	}
	if err != nil {
		// A text beyond the limit is not empty, and equals nothing that a workflow within its limits can hold.
		return c.kind == ConditionIf, err.Error()
	}
	switch c.kind {
	case ConditionIf:
		return jsonlogic.Truthy(found), found
	case ConditionElse:
		return !jsonlogic.Truthy(found), found
	default:
		return deepEqual(found, c.value), found
	}
}

// reason says why an edge was taken or not, given what its condition found.
func (c *condition) reason(taken bool, found any) string {
	if c == nil {
		return "no condition"
	}
	switch c.kind {
	case ConditionError:
		return "error: the action did not fail"
	case ConditionIf:
		return fmt.Sprintf("if: %s is %s", brief(found), truth(taken))
	case ConditionElse:
		return fmt.Sprintf("else: %s is %s", brief(found), truth(!taken))
	default:
		word := "equals"
		if !taken {
			word = "does not equal"
		}
		return fmt.Sprintf("match: %s %s %s", brief(found), word, brief(c.value))
	}
}

// secretReason is the reason where the condition found a secret, in the form in which that may be seen. What a secret
// equals, or not, would tell about it.
func (c *condition) secretReason(taken bool, visible any) string {
	shown := *c
	shown.value = mask.Secret
	return shown.reason(taken, visible)
}

func truth(ok bool) string {
	if ok {
		return "true"
	}
	return "not true"
}

// brief shows a value in a reason or a message. It costs no more than what it shows.
func brief(value any) string {
	const most = 60
	raw, err := jsonvalue.Append(nil, value, nil, 4*most)
	if errors.Is(err, jsonvalue.ErrTooLong) {
		if text, ok := value.(string); ok {
			raw = jsonvalue.AppendString(nil, text[:min(most, len(text))]) // escapes may be what is long
		}
	}
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
