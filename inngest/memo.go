package inngest

import (
	"bytes"
	"context"
	"encoding/json"
)

// Result implements [workflowkit.StepResults] for steps that have succeeded. inngestgo would return the same, after it has
// decoded it three times; it need not hear of steps that have a result. Errors, and whatever is not in the form in which a
// server of today sends results, are left to it.
func (t *stepTools) Result(ctx context.Context, id string) (out json.RawMessage, known bool, err error) {
	if t.ended || t.held != nil || ctx.Err() != nil {
		return nil, false, nil
	}
	unique := t.unique(id)
	memo, ok := t.result(unique)
	if !ok {
		return nil, false, nil
	}
	data, ok := memoData(memo)
	if !ok {
		return nil, false, nil
	}
	t.used[unique] = true
	t.ask(unique)
	return restore(data), true, nil
}

// memoData returns the member "data" of a JSON object, which has to be valid, if that is its only member.
func memoData(memo []byte) (json.RawMessage, bool) {
	rest, ok := bytes.CutPrefix(memo, []byte(`{"data":`))
	if !ok {
		return nil, false
	}
	depth := 0
	for i := 0; i < len(rest); i++ {
		switch rest[i] {
		case '"':
			for i++; i < len(rest) && rest[i] != '"'; i++ {
				if rest[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				data := bytes.TrimSpace(rest[:i])
				return json.RawMessage(data), len(data) > 0 && len(bytes.TrimSpace(rest[i+1:])) == 0
			}
		case ',':
			if depth == 0 {
				return nil, false
			}
		}
	}
	return nil, false
}
