package workflowkit

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/mask"
)

// minSecret is the length from which on a text is looked for in errors and outputs. Shorter ones stand everywhere by chance.
const minSecret = 4

// secretTexts are the texts that stand for secrets in errors: those of an action's inputs, and of outputs before it.
type secretTexts struct{ inputs, outputs []string }

// secrets returns the secrets that a node can know.
func (s *visibleState) secrets(i int) *secretTexts {
	s.known()
	texts := &secretTexts{outputs: s.hidden}
	if raw := s.x.nodes[i].inputs; raw != nil {
		texts.inputs = appendHidden(nil, raw, s.x.redactedInputs(i))
	}
	return texts
}

// clean replaces the secrets in a text, the longest first: one may be a part of another.
func (s *secretTexts) clean(text string) string {
	if s == nil {
		return text
	}
	all := slices.Concat(s.inputs, s.outputs)
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	for _, secret := range all {
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
