package workflowkit_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// parsed reads a workflow for a test.
func parsed(t testing.TB, text string) *workflowkit.Workflow {
	t.Helper()
	w, err := workflowkit.ParseWorkflow([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestRenderNothing(t *testing.T) {
	t.Parallel()
	for name, w := range map[string]*workflowkit.Workflow{"nil": nil, "zero": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff("flowchart TD\n    source([\"trigger\"])\n", workflowkit.RenderMermaid(w, nil)); diff != "" {
				t.Errorf("mermaid (-want +got):\n%s", diff)
			}
			if got := workflowkit.RenderDOT(w, &workflowkit.Result{}); !strings.Contains(got, "source [label=\"trigger\", shape=oval]\n}\n") {
				t.Errorf("dot: got %s", got)
			}
		})
	}
}

func TestRenderPath(t *testing.T) {
	t.Parallel()
	const text = `{"actions":[{"id":"a","kind":"x"},{"id":"b","kind":"x"}],"edges":[{"from":"$source","to":"a"},
		{"from":"a","to":"b","conditional":{"type":"match","ref":"!ref($.output)","value":1}},
		{"from":"a","to":"b","conditional":{"type":"match","ref":"!ref($.output)","value":2}},
		{"from":"a","to":"b","conditional":{"type":"else","ref":"!ref($.output)"}}]}`
	// Edges between the same actions are told apart by their order.
	result := &workflowkit.Result{
		Actions: []workflowkit.ActionResult{{ID: "a", Status: "completed"}, {ID: "b", Status: "unheard of"}, {ID: "gone", Status: "failed"}},
		Edges: []workflowkit.EdgeResult{
			{From: "$source", To: "a", Taken: true}, {From: "a", To: "b"}, {From: "a", To: "b", Taken: true},
		},
	}
	lines := strings.Split(workflowkit.RenderMermaid(parsed(t, text), result), "\n")
	want := []string{
		"flowchart TD",
		`    source(["trigger"]):::completed`,
		`    action1["x (a)"]:::completed`,
		`    action2["x (b)"]`,
		`    source ==> action1`,
		`    action1 -.->|"#36;.output is 1"| action2`,
		`    action1 ==>|"#36;.output is 2"| action2`,
		`    action1 -->|"else #36;.output"| action2`,
	}
	if diff := cmp.Diff(want, lines[:len(want)]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// hostile are texts that mean something in Mermaid, Graphviz, HTML, Markdown or a terminal.
var hostile = []string{
	`"]; click action1 href "javascript:alert(1)"`, "`**markdown**`", "%%{init: {'theme':'dark'}}%%", "<script>alert(1)</script>",
	"a\nsubgraph x\nend", "&lt;b&gt; &#34;", "#quot;#35;", `\N\G\"`, `a\`, "classDef a fill:#fff;", "\x1b[31mred\u202e", "||-->", "]])", "style a:b#c;", "\u2028x\u0085y",
}

func TestRenderEscapes(t *testing.T) {
	t.Parallel()
	for _, text := range hostile {
		checkRendered(t, &workflowkit.Workflow{
			Actions: []workflowkit.WorkflowAction{{ID: text, Kind: text, Name: text}},
			Edges: []workflowkit.Edge{
				{From: "$source", To: text, Name: text},
				{From: text, To: text + "?", Conditional: &workflowkit.Conditional{Type: text, Ref: text}},
				{From: text, To: text, Conditional: &workflowkit.Conditional{Type: "match", Ref: text, Value: json.RawMessage(text)}},
			},
		})
	}
}

var (
	mermaidLabel = `"(?:[\p{L}\p{N}\p{P}\p{S}\p{M} ]|<br/>|#\d+;)*?"`
	mermaidLines = regexp.MustCompile(`^(?:flowchart TD` +
		`|    (?:source|sink)\(\[` + mermaidLabel + `\]\)(?::::\w+)?` +
		`|    (?:action|missing)\d+\[` + mermaidLabel + `\](?::::\w+)?` +
		`|    \w+ (?:-->|==>|-\.->)(?:\|` + mermaidLabel + `\|)? \w+` +
		`|    classDef \w+ [\w:#,-]+)$`)
	mermaidText = regexp.MustCompile(`"([^"]*)"`)
	dotText     = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	dotLines    = regexp.MustCompile(`^(?:digraph workflow \{|\}|    \w+(?: -> \w+)?(?: \[[\w=, .]*\])?)$`)
)

// checkRendered checks that nothing of a workflow's texts is outside of labels, or means something inside of one.
func checkRendered(t *testing.T, w *workflowkit.Workflow) {
	t.Helper()
	result := &workflowkit.Result{}
	for _, a := range w.Actions {
		result.Actions = append(result.Actions, workflowkit.ActionResult{ID: a.ID, Status: workflowkit.Status(a.Kind)})
	}
	mermaid := strings.TrimSuffix(workflowkit.RenderMermaid(w, result), "\n")
	for _, line := range strings.Split(mermaid, "\n") {
		if !mermaidLines.MatchString(line) {
			t.Errorf("unexpected line of Mermaid: %q", line)
		}
		for _, m := range mermaidText.FindAllStringSubmatch(line, -1) {
			inside := strings.ReplaceAll(m[1], "<br/>", "")
			inside = regexp.MustCompile(`#\d+;`).ReplaceAllString(inside, "")
			if strings.ContainsAny(inside, "\"#;:<>&`%{}[]|\\") {
				t.Errorf("label %q of Mermaid holds a character with a meaning", m[1])
			}
		}
	}
	for _, line := range strings.Split(strings.TrimSuffix(workflowkit.RenderDOT(w, result), "\n"), "\n") {
		for _, text := range dotText.FindAllString(line, -1) {
			if strings.Contains(strings.ReplaceAll(text, "&amp;", ""), "&") {
				t.Errorf("label %s of Graphviz holds an entity", text)
			}
		}
		if bare := dotText.ReplaceAllString(line, "x"); !dotLines.MatchString(bare) {
			t.Errorf("unexpected line of Graphviz: %q", line)
		}
	}
}

func TestRenderIsShort(t *testing.T) {
	t.Parallel()
	w := &workflowkit.Workflow{Actions: []workflowkit.WorkflowAction{{ID: "1", Kind: "x", Name: strings.Repeat("é", 5000)}}}
	if got := workflowkit.RenderMermaid(w, nil); len(got) > 1000 || !strings.Contains(got, "é…") {
		t.Errorf("got %d bytes: %.200s", len(got), got)
	}
}

func FuzzRender(f *testing.F) {
	for _, text := range hostile {
		f.Add(text, "completed", "!ref($.output)")
	}
	f.Fuzz(func(t *testing.T, text, kind, ref string) {
		checkRendered(t, &workflowkit.Workflow{
			Actions: []workflowkit.WorkflowAction{{ID: text, Kind: kind, Name: ref}, {ID: kind, Kind: text}},
			Edges: []workflowkit.Edge{
				{From: text, To: kind, Name: ref},
				{From: ref, To: text, Conditional: &workflowkit.Conditional{Type: kind, Ref: ref}},
				{From: "$source", To: "$sink", Conditional: &workflowkit.Conditional{Type: "match", Ref: ref, Value: json.RawMessage(text)}},
			},
		})
	})
}
