package workflowkit

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
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

// clean replaces the secrets in a text.
func (s *secretTexts) clean(text string) string {
	if s == nil {
		return text
	}
	var index secretIndex
	for _, secrets := range [][]string{s.inputs, s.outputs} {
		for _, secret := range secrets {
			index.addSpellings(secret)
		}
	}
	return index.clean(text)
}

// spellings returns a text as it is, and as it stands in JSON, in quotations and in URLs, which are what errors quote.
func spellings(text string) []string {
	out := []string{text}
	if !strings.ContainsFunc(text, notPlain) {
		return out
	}
	inJSON, quoted := jsonvalue.AppendString(nil, text), strconv.Quote(text)
	others := []string{string(inJSON[1 : len(inJSON)-1]), quoted[1 : len(quoted)-1], url.QueryEscape(text), url.PathEscape(text)}
	if raw, err := json.Marshal(text); err == nil { // with escapes for HTML
		others = append(others, string(raw[1:len(raw)-1]))
	}
	for _, other := range others {
		if !slices.Contains(out, other) {
			out = append(out, other)
		}
	}
	return out
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
