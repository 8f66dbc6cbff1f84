package workflowkit

import (
	"fmt"
	"strconv"
	"strings"
)

// RenderDOT returns a workflow in the language of Graphviz. See [RenderMermaid], which shows the same.
func RenderDOT(w *Workflow, result *Result) string {
	var b strings.Builder
	b.WriteString("digraph workflow {\n")
	b.WriteString("    node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"sans-serif\"]\n")
	b.WriteString("    edge [fontname=\"sans-serif\"]\n")
	d := newDrawing(w, result)
	for _, box := range d.boxes {
		fmt.Fprintf(&b, "    %s [label=%s%s]\n", box.name, dotText(box.lines...), dotBox(box))
	}
	for _, a := range d.arrows {
		var attributes []string
		if a.label != "" {
			attributes = append(attributes, "label="+dotText(a.label))
		}
		switch a.decision {
		case taken:
			attributes = append(attributes, "penwidth=2.5")
		case notTaken:
			attributes = append(attributes, "style=dashed", "color=gray60", "fontcolor=gray60")
		}
		fmt.Fprintf(&b, "    %s -> %s", a.from, a.to)
		if attributes != nil {
			fmt.Fprintf(&b, " [%s]", strings.Join(attributes, ", "))
		}
		b.WriteByte('\n')
	}
	b.WriteString("}\n")
	return b.String()
}

// dotBox returns the attributes of a box beside its label.
func dotBox(b box) string {
	if b.shape == shapeMissing {
		return `, style="rounded,dashed", color="#c92a2a", fontcolor="#c92a2a"`
	}
	out := ""
	if b.shape == shapeEnd {
		out = ", shape=oval"
	}
	switch b.status {
	case StatusCompleted:
		out += `, fillcolor="#d3f9d8", color="#2b8a3e"`
	case StatusFailed:
		out += `, fillcolor="#ffe3e3", color="#c92a2a"`
	case StatusSkipped:
		out += `, style="rounded,filled,dashed", fillcolor="#f1f3f5", color="#868e96", fontcolor="#495057"`
	}
	return out
}

// dotText quotes lines of text. A backslash starts an escape in a label, and an ampersand an HTML entity.
func dotText(lines ...string) string {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;")
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = escape.Replace(label(line))
	}
	return `"` + strings.Join(out, `\n`) + `"`
}

func numbered(prefix string, n int) string { return prefix + strconv.Itoa(n) }
