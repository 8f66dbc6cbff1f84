package workflowkit

import (
	"fmt"
	"strconv"
	"strings"
)

// RenderMermaid returns a workflow as a Mermaid flowchart. With a result, which may be nil, it shows the path that the
// run has taken: thick arrows are edges that were taken, dotted ones were not, and actions are coloured by what became
// of them. Texts of the workflow, which is untrusted, are escaped: they are labels and can be nothing else.
//
// A workflow that cannot run can be drawn; what its edges name and it does not have is shown as missing. A nil
// workflow is drawn as an empty one. The text is the same whenever the workflow and the result are.
func RenderMermaid(w *Workflow, result *Result) string {
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	d := newDrawing(w, result)
	used := map[string]bool{}
	for _, box := range d.boxes {
		open, closing := "[", "]"
		if box.shape == shapeEnd {
			open, closing = "([", "])"
		}
		class := mermaidClass(box)
		if class != "" {
			used[class] = true
			class = ":::" + class
		}
		fmt.Fprintf(&b, "    %s%s%s%s%s\n", box.name, open, mermaidText(box.lines...), closing, class)
	}
	for _, a := range d.arrows {
		line := "-->"
		switch a.decision {
		case taken:
			line = "==>"
		case notTaken:
			line = "-.->"
		}
		if a.label != "" {
			line += "|" + mermaidText(a.label) + "|"
		}
		fmt.Fprintf(&b, "    %s %s %s\n", a.from, line, a.to)
	}
	for _, class := range []struct{ name, style string }{
		{string(StatusCompleted), "fill:#d3f9d8,stroke:#2b8a3e,color:#000"},
		{string(StatusFailed), "fill:#ffe3e3,stroke:#c92a2a,color:#000"},
		{string(StatusSkipped), "fill:#f1f3f5,stroke:#868e96,color:#495057,stroke-dasharray:4"},
		{"missing", "fill:#fff,stroke:#c92a2a,color:#c92a2a,stroke-dasharray:4"},
	} {
		if used[class.name] {
			fmt.Fprintf(&b, "    classDef %s %s\n", class.name, class.style)
		}
	}
	return b.String()
}

func mermaidClass(b box) string {
	if b.shape == shapeMissing {
		return "missing"
	}
	return string(b.status)
}

// mermaidText quotes lines of text. Mermaid looks for directives, comments, Markdown and HTML inside of quotes too, so
// every ASCII character that could be part of one is written as its code.
func mermaidText(lines ...string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, line := range lines {
		if i > 0 {
			b.WriteString("<br/>")
		}
		for _, r := range label(line) {
			if mermaidPlain(r) {
				b.WriteRune(r)
				continue
			}
			b.WriteString("#" + strconv.Itoa(int(r)) + ";")
		}
	}
	b.WriteByte('"')
	return b.String()
}

func mermaidPlain(r rune) bool {
	switch {
	case r >= 0x80, r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return true
	}
	return strings.ContainsRune(" .,()?!'+/_-", r)
}
