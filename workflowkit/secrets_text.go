package workflowkit

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/mask"
)

// minSecret is the length from which on a text is looked for in errors. Shorter ones stand everywhere by chance.
const minSecret = 4

// clean replaces the secrets of a node's inputs, and of the outputs before it, in a text.
func (s *visibleState) clean(i int, text string) string {
	var secrets []string
	if raw := s.x.nodes[i].inputs; raw != nil {
		secrets = appendHidden(secrets, raw, s.x.redactedInputs(i))
	}
	known := s.known()
	for _, node := range s.x.ran {
		secrets = appendHidden(secrets, s.x.state.outputs[node].raw, known.outputs[node].raw)
	}
	// The longest first: one may be a part of another.
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	for _, secret := range slices.Compact(secrets) {
		text = strings.ReplaceAll(text, secret, mask.Secret)
		if inJSON := escaped(secret); inJSON != secret {
			text = strings.ReplaceAll(text, inJSON, mask.Secret)
		}
	}
	return text
}

// escaped returns a text as it stands in JSON and in most quotations, without the quotes.
func escaped(text string) string {
	raw := jsonvalue.AppendString(nil, text)
	return string(raw[1 : len(raw)-1])
}

// appendHidden appends the texts and numbers of a JSON value that are not in what may be seen of it.
func appendHidden(secrets []string, raw, seen json.RawMessage) []string {
	if len(raw) == 0 || len(raw) == len(seen) && string(raw) == string(seen) {
		return secrets
	}
	value, err := jsonvalue.Decode(raw, nil)
	if err != nil {
		return secrets
	}
	visible, err := jsonvalue.Decode(seen, nil)
	if err != nil {
		visible = nil
	}
	return appendDifference(secrets, value, visible)
}

func appendDifference(secrets []string, value, visible any) []string {
	switch v := value.(type) {
	case map[string]any:
		object, _ := visible.(map[string]any)
		for name, member := range v {
			secrets = appendDifference(secrets, member, object[name])
		}
	case []any:
		list, _ := visible.([]any)
		for i, item := range v {
			var other any
			if i < len(list) {
				other = list[i]
			}
			secrets = appendDifference(secrets, item, other)
		}
	case string:
		if visible != v && len(v) >= minSecret {
			secrets = append(secrets, v)
		}
	case json.Number:
		if visible != v && len(v) >= minSecret {
			secrets = append(secrets, v.String())
		}
	}
	return secrets
}

// isHidden reports whether something at a JSON pointer, around it or in it, is not what it is in the whole value.
func isHidden(value, visible any, pointer string) bool {
	return !deepEqual(at(value, pointer), at(visible, pointer))
}
