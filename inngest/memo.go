package inngest

import (
	"bytes"
	"context"
	"encoding/json"
)

// remembered returns the stored result of a step that has succeeded, and whether there is one. inngestgo would return the
// same, after it has decoded it three times; it need not hear of steps that have a result. Errors, and whatever is not in
// the form in which a server of today sends results, are left to it.
func (t *stepTools) remembered(ctx context.Context, id string) (out json.RawMessage, ok bool, err error) {
	memo, ok := t.result(id)
	if !ok {
		return nil, false, nil
	}
	data, ok := memoData(memo)
	if !ok {
		return nil, false, nil
	}
	if err := t.flush(ctx); err != nil {
		return nil, true, err
	}
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
