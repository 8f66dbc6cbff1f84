// Package refs reads and resolves the refs of a workflow: "!ref($.event.data.id)" as a whole value, and refs inside of
// a text.
package refs

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

const (
	prefix = "!ref("
	suffix = ')'
)

// Template is a text of a workflow with its refs parsed. It is immutable and safe for concurrent use.
type Template struct {
	whole *Path
	parts []part
}

// part is a piece of a text: a path if there is one, and literal text otherwise.
type part struct {
	literal string
	// quoted is the literal as the inside of a JSON string.
	quoted []byte
	path   *Path
}

func literalPart(text string) part {
	return part{literal: text, quoted: jsonvalue.AppendQuoted(nil, text)}
}

// Has reports whether a text holds something that looks like a ref.
func Has(text string) bool { return strings.Contains(text, prefix) }

// Error is a ref that does not parse.
type Error struct {
	// Ref is the text of the ref.
	Ref string
	// Err says what is wrong with it.
	Err error
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.Ref, e.Err) }

// Unwrap returns what is wrong.
func (e *Error) Unwrap() error { return e.Err }

// Parse reads a text. A text that is nothing but one ref has the type of what the ref finds; refs in a longer text
// become text. All faults are returned, each as an *[Error].
func Parse(text string) (*Template, []error) {
	t := &Template{}
	var faults []error
	rest := text
	for {
		start := strings.Index(rest, prefix)
		if start < 0 {
			break
		}
		if start > 0 {
			t.parts = append(t.parts, literalPart(rest[:start]))
		}
		rest = rest[start:]
		// A ref ends within the length of the longest path, so a text of many faults costs no more than its length.
		end, err := closing(rest[len(prefix)-1:min(len(rest), len(prefix)+maxPathLength+1)], '(', suffix)
		if err != nil {
			if len(rest) > maxPathLength {
				err = fmt.Errorf("%w within %d bytes", err, maxPathLength)
			}
			faults = append(faults, &Error{Ref: clip(rest), Err: err})
			break
		}
		end += len(prefix)
		path, err := ParsePath(rest[len(prefix) : end-1])
		if err != nil {
			faults = append(faults, &Error{Ref: clip(rest[:end]), Err: err})
		} else {
			t.parts = append(t.parts, part{path: path})
		}
		rest = rest[end:]
	}
	if len(faults) > 0 {
		return nil, faults
	}
	if rest != "" {
		t.parts = append(t.parts, literalPart(rest))
	}
	if len(t.parts) == 1 && t.parts[0].path != nil {
		t.whole, t.parts = t.parts[0].path, nil
	}
	t.parts = slices.Clone(t.parts)
	return t, nil
}

// clip shortens a text for a message.
func clip(text string) string {
	const most = 80
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// Whole returns the path if the text is nothing but one ref.
func (t *Template) Whole() (*Path, bool) { return t.whole, t.whole != nil }

// Paths returns the paths of all refs in the text, in order.
func (t *Template) Paths() []*Path {
	if t.whole != nil {
		return []*Path{t.whole}
	}
	var paths []*Path
	for _, p := range t.parts {
		if p.path != nil {
			paths = append(paths, p.path)
		}
	}
	return paths
}

// Resolve returns the text with its refs resolved. What a ref finds is never scanned for refs again. A missing value
// is null as a whole and empty inside of a text. A text of more than most bytes is [jsonvalue.ErrTooLong], and a
// filter that would take too long [ErrLargeFilter].
func (t *Template) Resolve(view View, most int) (any, error) {
	if t.whole != nil {
		return t.whole.look(view)
	}
	var text []byte
	for _, p := range t.parts {
		if p.path == nil {
			text = append(text, p.literal...)
		} else {
			value, err := p.path.look(view)
			if err != nil {
				return nil, err
			}
			if text, err = appendText(text, value, view.Order(), most); err != nil {
				return nil, err
			}
		}
		if len(text) > most {
			return nil, jsonvalue.ErrTooLong
		}
	}
	return string(text), nil
}

// AppendString writes a text that is not one whole ref as a JSON string at the end of dst, as [Template.Resolve] would
// resolve it.
func (t *Template) AppendString(dst []byte, view View, most int) ([]byte, error) {
	dst = append(dst, '"')
	var text []byte
	for i := range t.parts {
		p := &t.parts[i]
		if p.path == nil {
			dst = append(dst, p.quoted...)
		} else if scalar, ok := p.path.Scalar(view); ok {
			switch scalar[0] {
			case '"':
				dst = append(dst, scalar[1:len(scalar)-1]...)
			case 'n':
			default:
				dst = append(dst, scalar...)
			}
		} else {
			value, err := p.path.look(view)
			if err != nil {
				return nil, err
			}
			if text, err = appendText(text[:0], value, view.Order(), most); err != nil {
				return nil, err
			}
			dst = jsonvalue.AppendQuoted(dst, string(text))
		}
		if len(dst) > most {
			return nil, jsonvalue.ErrTooLong
		}
	}
	return append(dst, '"'), nil
}

// appendText writes a value inside of a text: a string as it is, null as nothing, everything else as compact JSON.
func appendText(dst []byte, value any, order *jsonvalue.Order, most int) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return dst, nil
	case string:
		return append(dst, v...), nil
	case json.Number:
		return append(dst, v...), nil
	}
	return jsonvalue.Append(dst, value, order, most)
}
