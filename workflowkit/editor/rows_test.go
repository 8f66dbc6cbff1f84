package editor_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/editor"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// rows is a store with one row, whatever is in it.
type rows struct {
	store.Workflows
	definition json.RawMessage
	saved      []json.RawMessage
}

func (s *rows) GetWorkflow(context.Context, string) (store.Workflow, error) {
	w := store.Workflow{ID: "1", Name: "Row"}
	if s.definition != nil {
		w.Draft = &store.Version{Number: 1, Definition: s.definition}
	}
	return w, nil
}

func (s *rows) GetVersion(context.Context, string, int) (store.Version, error) {
	return store.Version{Number: 1, Definition: s.definition}, nil
}

func (s *rows) SaveVersion(_ context.Context, _ string, save store.Save) (store.Version, error) {
	s.saved = append(s.saved, save.Definition)
	return store.Version{Number: 2, Definition: save.Definition}, nil
}

// TestRowsOfOtherEditorsOpen opens what applications of the TypeScript kit have in their tables.
func TestRowsOfOtherEditorsOpen(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		row string
		// sent is what a front end gets, if it is not the row.
		sent string
		// comparable says that two versions can be compared.
		comparable bool
	}{
		"null":                             {row: `null`, comparable: true},
		"not JSON":                         {row: `{"actions":[`, sent: `"{\"actions\":["`},
		"a script that is not JSON":        {row: `</script><script>alert(1)</script>`, sent: `"\u003c/script\u003e\u003cscript\u003ealert(1)\u003c/script\u003e"`},
		"a text":                           {row: `"{}"`},
		"a list":                           {row: `[]`},
		"an empty object":                  {row: `{}`, comparable: true},
		"actions that are none":            {row: `{"actions":{"a":1},"edges":null}`},
		"edges to nothing":                 {row: `{"actions":[{"id":"1","kind":"any"}],"edges":[{"from":"$source","to":"1"},{"from":"1","to":"7"}]}`, comparable: true},
		"ids twice":                        {row: `{"actions":[{"id":"1","kind":"any"},{"id":"1","kind":"any"}],"edges":[{"from":"$source","to":"1"}]}`, comparable: true},
		"an edge to itself":                {row: `{"actions":[{"id":"1","kind":"any"}],"edges":[{"from":"$source","to":"1"},{"from":"1","to":"1"}]}`, comparable: true},
		"ids that are numbers":             {row: `{"actions":[{"id":1,"kind":"any"}],"edges":[{"from":"$source","to":1}]}`},
		"the older steps, sinks, unknowns": {row: `{"steps":[{"id":"1"}],"actions":[{"id":"1","kind":"any","x":{"y":1}}],"edges":[{"id":"e1","from":"$source","to":"1"},{"from":"1","to":"$sink"}],"z":12345678901234567890}`, comparable: true},
		"a kind that is not known":         {row: `{"actions":[{"id":"1","kind":"gone"}],"edges":[{"from":"$source","to":"1"}]}`, comparable: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t, func(c *editor.Config) { c.Store = &rows{definition: []byte(tc.row)} })
			if tc.sent == "" {
				tc.sent = tc.row
			}
			var w struct {
				Draft struct{ Definition json.RawMessage }
			}
			b.get("/api/workflows/1").want(http.StatusOK, &w)
			if string(w.Draft.Definition) != tc.sent {
				t.Errorf("opens as %s, want %s", w.Draft.Definition, tc.sent)
			}
			var judged struct{ Problems workflowkit.Problems }
			b.post("/api/validate", `{"definition":`+tc.sent+`}`).want(http.StatusOK, &judged)
			want := http.StatusUnprocessableEntity
			if tc.comparable {
				want = http.StatusOK
			}
			b.get("/api/workflows/1/diff?from=1&to=1").want(want)
		})
	}
}

// TestRoundTripKeepsEverything saves a row again as it was opened: what nobody knows is stored as it was.
func TestRoundTripKeepsEverything(t *testing.T) {
	t.Parallel()
	row := `{"steps":[{"id":"1"}],"name":"<b>&","actions":[{"x":{"y":[1,2.50,1e3]},"id":"1","kind":"any","inputs":{"n":12345678901234567890,"t":"a\u2028</script>"}}],"edges":[{"id":"e1","from":"$source","to":"1"},{"from":"1","to":"$sink","note":null}],"z":{}}`
	s := &rows{definition: []byte(row)}
	b := newBed(t, func(c *editor.Config) { c.Store = s })
	var w struct {
		Draft struct{ Definition json.RawMessage }
	}
	b.get("/api/workflows/1").want(http.StatusOK, &w)
	b.post("/api/workflows/1/versions", `{"base":1,"definition":`+string(w.Draft.Definition)+`}`).want(http.StatusCreated)
	if len(s.saved) != 1 || string(s.saved[0]) != row {
		t.Errorf("saved %s, want %s", s.saved, row)
	}
}
