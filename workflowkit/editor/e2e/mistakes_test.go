package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/workflowkit/editor/browsertest"
)

// TestEachKindOfMistakeIsNamed has rows with one mistake each, as people and other editors make them, and sees it named
// with its code in the list. Saving is refused, and says why.
func TestEachKindOfMistakeIsNamed(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	start := `{"from":"$source","to":"1"}`
	with := func(actions, edges string) string {
		return fmt.Sprintf(`{"name":"Wrong","actions":[%s],"edges":[%s]}`, actions, edges)
	}
	first := `{"id":"1","kind":"judge","inputs":{"text":"x"}}`
	cases := []struct{ code, row string }{
		{"no_start", with(first, ``)},
		{"id_missing", with(first+`,{"kind":"judge","inputs":{"text":"x"}}`, start)},
		{"id_duplicate", with(first+`,`+first, start)},
		{"id_reserved", with(first+`,{"id":"$x","kind":"judge","inputs":{"text":"x"}}`, start+`,{"from":"1","to":"$x"}`)},
		{"id_invalid", with(first+`,{"id":"a/b","kind":"judge","inputs":{"text":"x"}}`, start+`,{"from":"1","to":"a/b"}`)},
		{"kind_missing", with(`{"id":"1"}`, start)},
		{"kind_unknown", with(`{"id":"1","kind":"jugde"}`, start)},
		{"edge_from_unknown", with(first, start+`,{"from":"9","to":"1"}`)},
		{"edge_to_unknown", with(first, start+`,{"from":"1","to":"9"}`)},
		{"edge_duplicate", with(first, start+`,`+start)},
		{"edge_undeclared", with(`{"id":"1","kind":"builtin:if","inputs":{"condition":true}},{"id":"2","kind":"publish","inputs":{"text":"x"}}`, start+`,{"from":"1","to":"2"}`)},
		{"cycle", with(first+`,{"id":"2","kind":"publish","inputs":{"text":"x"}}`, start+`,{"from":"1","to":"2"},{"from":"2","to":"1"}`)},
		{"unreachable", with(first+`,{"id":"2","kind":"publish","inputs":{"text":"x"}}`, start)},
		{"input_missing", with(`{"id":"1","kind":"judge"}`, start)},
		{"input_unknown", with(`{"id":"1","kind":"judge","inputs":{"text":"x","more":1}}`, start)},
		{"input_type", with(`{"id":"1","kind":"judge","inputs":{"text":7}}`, start)},
		{"ref_syntax", with(`{"id":"1","kind":"judge","inputs":{"text":"!ref(event)"}}`, start)},
		{"ref_unknown", with(`{"id":"1","kind":"judge","inputs":{"text":"!ref($.state.7)"}}`, start)},
		{"ref_order", with(`{"id":"1","kind":"judge","inputs":{"text":"!ref($.state.1.text)"}}`, start)},
		{"condition_type", with(first, `{"from":"$source","to":"1","conditional":{"type":"when","ref":"!ref($.event.data.x)"}}`)},
		{"condition_ref", with(first, `{"from":"$source","to":"1","conditional":{"type":"if"}}`)},
		{"logic_operator", with(`{"id":"1","kind":"builtin:if","inputs":{"condition":{"=>":[1,2]}}}`, start)},
	}
	p := b.open("/", browsertest.Allow("422"))
	for _, tc := range cases {
		id := b.create(tc.code, tc.row)
		p.Go(b.url + "/workflows/" + id)
		p.SeeAt(browsertest.Test("problems-tab"))
		p.Until(tc.code+" is counted", `/[1-9]/.test(document.querySelector('[data-testid="problems-tab"]').textContent)`)
		if p.Count(browsertest.Test("problems")) == 0 {
			p.ClickAt(browsertest.Test("problems-tab"))
		}
		p.SeeAt(`[data-testid="problem"][data-code="` + tc.code + `"]`)
		if text := p.TextAt(`[data-testid="problem"][data-code="` + tc.code + `"]`); len(strings.Fields(text)) < 4 {
			t.Errorf("%s says %q only", tc.code, text)
		}
	}
	b.picture(p, "mistakes")
	// The last one: a change does not make it right, so saving is refused, in words.
	choose(p, "1")
	p.FillAt(browsertest.Test("action-name"), "Renamed")
	p.ClickAt(browsertest.Test("save"))
	p.ReadAt("body", "Not saved: 1 error")
}

// TestMistakesAreNamedWhereTheyAre sees a finding appear at its field and node while somebody types, and go away.
func TestMistakesAreNamedWhereTheyAre(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	id := b.create("Typing", plain)
	p := b.edit(id)
	choose(p, "2")
	p.FillAt(field("line"), "x")
	p.FillAt(field("count"), "70")
	p.ReadAt("body", "maximum")
	p.SeeAt(browsertest.Test("field-finding"))
	p.SeeAt(".card.has-errors" + node("2"))
	p.FillAt(field("count"), "seven")
	p.ReadAt(browsertest.Test("inspector"), "number")
	p.FillAt(field("count"), "7")
	p.FillAt(field("line"), "long enough")
	p.ReadAt(browsertest.Test("problems-tab"), "No problems")
	p.GoneAt(browsertest.Test("field-finding"))
}
