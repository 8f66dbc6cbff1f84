package editor_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
)

// TestCatalogueIsWhatTheTypeScriptComponentsRead holds the catalogue to the type PublicEngineAction of the published
// components, and to what they do with it: names are shown and are the keys of lists, titles are children of labels.
func TestCatalogueIsWhatTheTypeScriptComponentsRead(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	var catalog struct{ Actions []map[string]any }
	b.get("/api/catalog").want(http.StatusOK, &catalog)
	if len(catalog.Actions) < 7 {
		t.Fatalf("only %d actions", len(catalog.Actions))
	}
	seen := map[string]bool{}
	for _, action := range catalog.Actions {
		kind := text(t, action, "kind", true)
		if seen[kind] {
			t.Errorf("kind %q is there twice", kind)
		}
		seen[kind] = true
		text(t, action, "name", true)
		text(t, action, "description", false)
		text(t, action, "icon", false)
		for name, input := range object(t, kind, action["inputs"]) {
			schema := object(t, kind+" "+name, object(t, kind, input)["type"])
			if len(schema) == 0 {
				t.Errorf("%s: input %q has no schema", kind, name)
			}
			text(t, schema, "title", false)
			if field := text(t, object(t, kind, input), "fieldType", false); !slices.Contains([]string{"", "text", "textarea"}, field) {
				t.Errorf("%s: input %q has the field type %q", kind, name, field)
			}
		}
		if outputs, ok := action["outputs"]; ok {
			object(t, kind+" outputs", outputs)
		}
		edges, _ := object(t, kind, action["edges"])["edges"].([]any)
		names := map[string]bool{}
		for _, edge := range edges {
			name := text(t, object(t, kind, edge), "name", true)
			if names[name] {
				t.Errorf("%s: the edge %q is there twice", kind, name)
			}
			names[name] = true
			// The components copy the condition, if there is one, into the row. They know no edges for errors, which need no ref.
			conditional := object(t, kind, object(t, kind, edge)["conditional"])
			if conditional == nil {
				continue
			}
			if kind := text(t, conditional, "type", true); !slices.Contains([]string{"if", "else", "match", "error"}, kind) {
				t.Errorf("condition of the type %q", kind)
			} else if kind != "error" {
				text(t, conditional, "ref", true)
			}
		}
		if allow, ok := object(t, kind, action["edges"])["allowAdd"]; ok {
			if _, ok := allow.(bool); !ok {
				t.Errorf("%s: allowAdd is %v", kind, allow)
			}
		}
	}
	if !seen["builtin:if"] || !seen["review"] {
		t.Errorf("kinds %v", seen)
	}
}

func object(t *testing.T, what string, value any) map[string]any {
	t.Helper()
	if value == nil {
		return nil
	}
	o, ok := value.(map[string]any)
	if !ok {
		t.Errorf("%s: %v is not an object", what, value)
	}
	return o
}

func text(t *testing.T, o map[string]any, name string, required bool) string {
	t.Helper()
	s, ok := o[name].(string)
	if _, there := o[name]; there && !ok || required && s == "" {
		t.Errorf("%q is %v in %v", name, o[name], o)
	}
	return s
}

// TestRowsOfTheTypeScriptComponents builds a workflow as the components do when a person appends actions: ids count from
// 1, the action's name is copied, and the edges that a kind declares are copied with their conditions. The row is saved,
// opened, and is what was built.
func TestRowsOfTheTypeScriptComponents(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	type action struct {
		ID     string         `json:"id"`
		Kind   string         `json:"kind"`
		Name   string         `json:"name"`
		Inputs map[string]any `json:"inputs,omitempty"`
	}
	type edge struct {
		From        string `json:"from"`
		To          string `json:"to"`
		Name        string `json:"name,omitempty"`
		Conditional any    `json:"conditional,omitempty"`
	}
	var w struct {
		Name    string   `json:"name"`
		Actions []action `json:"actions"`
		Edges   []edge   `json:"edges"`
	}
	type spec struct {
		Kind, Name string
		Edges      struct {
			Edges []struct {
				Name        string
				Conditional any
			}
		}
	}
	var catalog struct{ Actions []spec }
	b.get("/api/catalog").want(http.StatusOK, &catalog)
	appendAction := func(kind, parent string, branch int, inputs map[string]any) {
		specOf := func(kind string) spec {
			return catalog.Actions[slices.IndexFunc(catalog.Actions, func(s spec) bool { return s.Kind == kind })]
		}
		id := fmt.Sprint(len(w.Actions) + 1)
		w.Actions = append(w.Actions, action{ID: id, Kind: kind, Name: specOf(kind).Name, Inputs: inputs})
		e := edge{From: parent, To: id}
		if branch >= 0 {
			from := slices.IndexFunc(w.Actions, func(a action) bool { return a.ID == parent })
			declared := specOf(w.Actions[from].Kind).Edges.Edges[branch]
			e.Name, e.Conditional = declared.Name, declared.Conditional
		}
		w.Edges = append(w.Edges, e)
	}
	w.Name = "Drawn elsewhere"
	appendAction("review", "$source", -1, map[string]any{"text": "!ref($.event.data.text)", "tone": "casual"})
	appendAction("builtin:if", "1", -1, map[string]any{"condition": map[string]any{"==": []any{"!ref($.state.1.text)", "x"}}})
	appendAction("any", "2", 0, nil)
	appendAction("any", "2", 1, nil)
	built, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	row := b.create("Row")
	var saved struct{ Problems []any }
	b.save(row.ID, 0, string(built)).want(http.StatusCreated, &saved)
	if len(saved.Problems) != 0 {
		t.Errorf("problems %v", saved.Problems)
	}
	b.get("/api/workflows/"+row.ID).want(http.StatusOK, &row)
	if string(row.Draft.Definition) != string(built) {
		t.Errorf("opened %s, want %s", row.Draft.Definition, built)
	}
}
