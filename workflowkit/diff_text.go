package workflowkit

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
)

// String returns the diff for people, a line for each change: + for what was added, - for what was removed, and ~ for
// what has changed, followed by the places. An empty diff is the empty text. The format is not stable; programs should
// read the JSON form.
func (d *Diff) String() string {
	var b strings.Builder
	if len(d.Workflow) > 0 {
		b.WriteString("~ workflow\n")
		writeFields(&b, d.Workflow)
	}
	d.Actions.write(&b, "action", func(value json.RawMessage) string {
		var a struct{ Kind, Name string }
		_ = json.Unmarshal(value, &a) // what cannot be read is shown without it
		if a.Name == "" {
			return fmt.Sprintf("kind %q", a.Kind)
		}
		return fmt.Sprintf("kind %q, %q", a.Kind, a.Name)
	})
	d.Edges.write(&b, "edge", func(value json.RawMessage) string {
		var e struct {
			From, To    string
			Conditional *struct{ Type, Ref string }
		}
		_ = json.Unmarshal(value, &e) // what cannot be read is shown without it
		text := fmt.Sprintf("from %q to %q", e.From, e.To)
		if e.Conditional != nil {
			text += fmt.Sprintf(", %s %s", visible(e.Conditional.Type), visible(e.Conditional.Ref))
		}
		return text
	})
	if d.Reordered {
		b.WriteString("~ the edges have another order\n")
	}
	return b.String()
}

func (c *ItemChanges) write(b *strings.Builder, what string, describe func(value json.RawMessage) string) {
	for _, i := range c.Removed {
		fmt.Fprintf(b, "- %s %q: %s\n", what, i.ID, describe(i.Value))
	}
	for _, i := range c.Added {
		fmt.Fprintf(b, "+ %s %q: %s\n", what, i.ID, describe(i.Value))
	}
	for _, i := range c.Changed {
		fmt.Fprintf(b, "~ %s %q\n", what, i.ID)
		writeFields(b, i.Fields)
	}
}

func writeFields(b *strings.Builder, fields []FieldChange) {
	for _, f := range fields {
		fmt.Fprintf(b, "    %s: %s -> %s\n", visible(f.Path), shown(f.Before), shown(f.After))
	}
}

func shown(raw json.RawMessage) string {
	if raw == nil {
		return "nothing"
	}
	return visible(compactJSON(raw))
}

// visible replaces what a terminal would obey instead of showing it.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
