package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit/editor/browsertest"
)

const plain = `{"name":"Plain","actions":[{"id":"1","kind":"judge","name":"First","inputs":{"text":"x"}},
	{"id":"2","kind":"every","name":"Everything","inputs":{}}],"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"}]}`

// TestInputsOfEveryType fills in a form with a field of every type, and looks at the types in what is saved.
func TestInputsOfEveryType(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	id := b.create("Inputs", plain)
	p := b.edit(id)
	choose(p, "2")
	p.FillAt(field("line"), "a line")
	p.FillAt("textarea"+field("long"), "two\nlines")
	p.FillAt(field("count"), "7")
	p.FillAt(field("ratio"), "0.25")
	p.Click("radio", "Yes")
	p.Choose(field("choice"), "1")
	p.ClickAt(browsertest.Test("add/inputs/tags"))
	p.FillAt(field("tags/0"), "first")
	p.ClickAt(browsertest.Test("add/inputs/tags"))
	p.FillAt(field("tags/1"), "second")
	p.FillAt(field("place/city"), "Paris")
	p.FillAt(`input[aria-label="Name of the next member of Labels"]`, "color")
	p.Press("Enter")
	p.FillAt(field("labels/color"), "blue")
	p.FillAt("textarea"+field("free"), `{"deep": {"n": [1, 12345678901234567890`)
	p.ReadAt(browsertest.Test("inspector"), "JSON")
	p.FillAt("textarea"+field("free"), `{"deep": {"n": [1, 12345678901234567890]}}`)
	p.ReadAt(browsertest.Test("problems-tab"), "No problems")
	b.picture(p, "inputs")
	p.ClickAt(browsertest.Test("save"))
	w := b.draft(id, 2)
	if !strings.Contains(string(w.Actions[1].Inputs), "12345678901234567890") {
		t.Errorf("a number has lost digits: %s", w.Actions[1].Inputs)
	}
	var got, want any
	if err := json.Unmarshal(w.Actions[1].Inputs, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(`{"line":"a line","long":"two\nlines","count":7,"ratio":0.25,"on":true,"choice":"green","tags":["first","second"],
		"place":{"city":"Paris"},"labels":{"color":"blue"},"free":{"deep":{"n":[1,12345678901234567890]}}}`), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("inputs (-want +got):\n%s\n%s", diff, w.Actions[1].Inputs)
	}
}

// TestRefsAreOfferedFromWhatHasRun inserts a ref with the picker, which offers the event and exactly what is sure to have
// run before.
func TestRefsAreOfferedFromWhatHasRun(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	id := b.create("Refs", branches)
	p := b.edit(id)
	choose(p, "5")
	p.Click("button", "Insert data into Text")
	p.SeeAt(browsertest.Test("ref-picker"))
	p.SeeAt(`[data-path="$.state.1.score"]`)
	for path, want := range map[string]int{"$.event": 1, "$.state.1": 1, "$.state.2": 1, "$.state.3": 0, "$.state.4": 0, "$.state.5": 0, "$.state.1.score": 1} {
		if got := p.Count(`[data-testid="ref-picker"] [data-path="` + path + `"]`); got != want {
			t.Errorf("%s is offered %d times, want %d", path, got, want)
		}
	}
	b.picture(p, "refs")
	p.ClickAt(`[data-path="$.state.1.text"]`)
	p.GoneAt("dialog[open]")
	p.ClickAt(browsertest.Test("save"))
	w := b.draft(id, 2)
	// The text that was there stays, with the ref in or behind it.
	if got := string(w.Actions[4].Inputs); got != `{"text":"done!ref($.state.1.text)"}` && got != `{"text":"!ref($.state.1.text)"}` && got != `{"text":"!ref($.state.1.text)done"}` {
		t.Errorf("inputs %s", got)
	}
}
