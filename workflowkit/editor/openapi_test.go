package editor_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestDocumentsListEveryOperation holds the OpenAPI document and the package's manual to the routes.
func TestDocumentsListEveryOperation(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]json.RawMessage
	}
	b.get("/api/openapi.json").want(http.StatusOK, &doc)
	manual, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	want, got := map[string]bool{}, map[string]bool{}
	for _, op := range b.editor.Operations() {
		want[op.Method+" "+op.Path] = true
		if line := strings.TrimSuffix(strings.TrimPrefix(op.Path, "/"), ".json"); !strings.Contains(string(manual), line) {
			t.Errorf("the manual does not have %s", op.Path)
		}
	}
	for path, methods := range doc.Paths {
		for method := range methods {
			if method != "parameters" {
				got[strings.ToUpper(method)+" "+path] = true
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("operations (-routes +document):\n%s", diff)
	}
}

// TestAnswersFitTheDocument holds real answers to the schemas that the document has for them.
func TestAnswersFitTheDocument(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	w := b.create("Sample", one("a"), one("b"))
	b.tell("r", "run.started", "")
	b.tell("r", "action.started", "1")
	b.tell("r", "action.completed", "1")
	b.tell("r", "run.completed", "")
	path := "/api/workflows/" + w.ID
	answers := map[string]*answer{
		"Session": b.get("/api/session"), "Workflow": b.get(path), "Version": b.get(path + "/versions/1"),
		"DryRun": b.post("/api/dry-run", `{"definition":`+one("x")+`}`), "Error": b.get("/api/runs/none"),
	}
	invalid, conflict := b.save(w.ID, 2, `{"actions":[{}]}`), b.save(w.ID, 1, one("c"))
	checkSchema(t, b, "Error", invalid.body)
	checkSchema(t, b, "Error", conflict.body)
	for name, a := range answers {
		checkSchema(t, b, name, a.body)
	}
	var run struct{ Run json.RawMessage }
	b.get("/api/runs/r").want(http.StatusOK, &run)
	checkSchema(t, b, "Run", run.Run)
	var catalog struct{ Actions []json.RawMessage }
	b.get("/api/catalog").want(http.StatusOK, &catalog)
	for _, action := range catalog.Actions {
		checkSchema(t, b, "Action", action)
	}
}

func checkSchema(t *testing.T, b *bed, name string, body []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b.get("/api/openapi.json").body)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("api.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("api.json#/components/schemas/" + name)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%s does not fit %s: %v", body, name, err)
	}
}
