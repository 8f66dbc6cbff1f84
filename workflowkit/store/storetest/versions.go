package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

func testDraft(t *testing.T, w store.Workflows) {
	ctx := context.Background()
	created := create(t, w)
	got := must(w.SaveVersion(ctx, created.ID, store.Save{Definition: definition(1), Author: "Ada", Note: "first"}))(t)
	if since := time.Since(got.CreatedAt); since.Abs() > time.Minute {
		t.Errorf("saved at %v, want now", got.CreatedAt)
	}
	sameJSON(t, "definition", definition(1), got.Definition)
	want := store.Version{
		Number: 1, Hash: workflowkit.ContentHash(definition(1)), Author: "Ada", Note: "first", CreatedAt: got.CreatedAt, Definition: got.Definition,
	}
	equal(t, "version", want, got)
	equal(t, "version, read again", want, must(w.GetVersion(ctx, created.ID, 1))(t))
	workflow := must(w.GetWorkflow(ctx, created.ID))(t)
	equal(t, "draft", &want, workflow.Draft)
	if workflow.Published != nil {
		t.Errorf("version %d is published, and nobody has done that", workflow.Published.Number)
	}
}

// numbers are those of the published version and the draft, 0 for none.
func numbers(w store.Workflow) string {
	number := func(v *store.Version) int {
		if v == nil {
			return 0
		}
		return v.Number
	}
	return fmt.Sprintf("%d, %d", number(w.Published), number(w.Draft))
}

func testPublish(t *testing.T, w store.Workflows) {
	ctx := context.Background()
	created := create(t, w)
	first := must(w.SaveVersion(ctx, created.ID, store.Save{Definition: definition(1)}))(t)
	for range 2 { // twice is the same as once
		got := must(w.PublishVersion(ctx, created.ID, 1))(t)
		if got.Published == nil || got.Draft == nil {
			t.Fatalf("published %v, draft %v; want both", got.Published, got.Draft)
		}
		equal(t, "published", first.Number, got.Published.Number)
		sameJSON(t, "published definition", definition(1), got.Published.Definition)
	}
	second := must(w.SaveVersion(ctx, created.ID, store.Save{Base: 1, Definition: definition(2)}))(t)
	got := must(w.GetWorkflow(ctx, created.ID))(t)
	equal(t, "numbers of published and draft", "1, 2", numbers(got))
	equal(t, "the draft", &second, got.Draft)
	equal(t, "numbers of published and draft", "2, 2", numbers(must(w.PublishVersion(ctx, created.ID, 2))(t)))
	// Going back is possible, and the draft stays.
	equal(t, "numbers of published and draft", "1, 2", numbers(must(w.PublishVersion(ctx, created.ID, 1))(t)))
	equal(t, "versions", 2, len(must(w.ListVersions(ctx, created.ID))(t)))
}

func testSameContent(t *testing.T, w store.Workflows) {
	ctx := context.Background()
	created := create(t, w)
	first := must(w.SaveVersion(ctx, created.ID, store.Save{Definition: json.RawMessage(`{"name":"x","a":[1,2]}`)}))(t)
	for what, save := range map[string]store.Save{
		"the same bytes":                        {Base: 1, Definition: json.RawMessage(`{"name":"x","a":[1,2]}`)},
		"another order and white space":         {Base: 1, Definition: json.RawMessage("{ \"a\" : [1, 2],\n\"name\":\"x\" }")},
		"the same content sent a second time":   {Base: 0, Definition: json.RawMessage(`{"name":"x","a":[1,2]}`)},
		"the same content by somebody else":     {Base: 1, Definition: json.RawMessage(`{"name":"x","a":[1,2]}`), Author: "Bob"},
		"the same content on a wrong base, too": {Base: 7, Definition: json.RawMessage(`{"name":"x","a":[1,2]}`)},
	} {
		equal(t, what, first, must(w.SaveVersion(ctx, created.ID, save))(t))
	}
	other := must(w.SaveVersion(ctx, created.ID, store.Save{Base: 1, Definition: json.RawMessage(`{"name":"x","a":[2,1]}`)}))(t)
	equal(t, "number of another content", 2, other.Number)
}

func testConflict(t *testing.T, w store.Workflows) {
	ctx := context.Background()
	created := create(t, w)
	must(w.SaveVersion(ctx, created.ID, store.Save{Definition: definition(1)}))(t)
	second := must(w.SaveVersion(ctx, created.ID, store.Save{Base: 1, Definition: definition(2), Author: "Ada"}))(t)
	for _, base := range []int{0, 1, 3, -1} {
		_, err := w.SaveVersion(ctx, created.ID, store.Save{Base: base, Definition: definition(3)})
		var conflict *store.ConflictError
		if !errors.As(err, &conflict) {
			t.Fatalf("save on version %d: error %v, want a conflict", base, err)
		}
		equal(t, "base", base, conflict.Base)
		equal(t, "the other's version", second, conflict.Current)
	}
	equal(t, "versions", 2, len(must(w.ListVersions(ctx, created.ID))(t)))
}

func testRestore(t *testing.T, w store.Workflows) {
	ctx := context.Background()
	created := create(t, w)
	for i := range 2 {
		must(w.SaveVersion(ctx, created.ID, store.Save{Base: i, Definition: definition(i)}))(t)
	}
	old := must(w.GetVersion(ctx, created.ID, 1))(t)
	restored := must(w.SaveVersion(ctx, created.ID, store.Save{Base: 2, Definition: old.Definition, Note: "restore 1"}))(t)
	equal(t, "number and hash", []any{3, old.Hash}, []any{restored.Number, restored.Hash})
	equal(t, "published, of two with the same content", "3, 3", numbers(must(w.PublishVersion(ctx, created.ID, 3))(t)))
	equal(t, "an old version", old, must(w.GetVersion(ctx, created.ID, 1))(t))
}

func testVersionList(t *testing.T, w store.Workflows) {
	ctx := context.Background()
	created := create(t, w)
	var want []store.Version
	for i := range 3 {
		v := must(w.SaveVersion(ctx, created.ID, store.Save{Base: i, Definition: definition(i), Author: fmt.Sprint("author ", i)}))(t)
		v.Definition = nil
		want = append([]store.Version{v}, want...)
	}
	equal(t, "versions", want, must(w.ListVersions(ctx, created.ID))(t))
	must(w.PublishVersion(ctx, created.ID, 2))(t)
	for _, listed := range must(w.ListWorkflows(ctx))(t) {
		if listed.ID == created.ID {
			equal(t, "draft in the list of workflows", &want[0], listed.Draft)
			equal(t, "published in the list of workflows", &want[1], listed.Published)
			return
		}
	}
	t.Error("the workflow is not in the list")
}

func testNotFound(t *testing.T, w store.Workflows) {
	ctx := context.Background()
	created := create(t, w)
	must(w.SaveVersion(ctx, created.ID, store.Save{Definition: definition(1)}))(t)
	for what, err := range map[string]error{
		"version 0":                failed(w.GetVersion(ctx, created.ID, 0)),
		"version 2":                failed(w.GetVersion(ctx, created.ID, 2)),
		"publishing version 2":     failed(w.PublishVersion(ctx, created.ID, 2)),
		"publishing version 0":     failed(w.PublishVersion(ctx, created.ID, 0)),
		"a version of no workflow": failed(w.GetVersion(ctx, "987654321", 1)),
	} {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: error %v, want ErrNotFound", what, err)
		}
	}
	for _, id := range []string{"987654321", "", "no id", "1; DROP TABLE workflows", strings.Repeat("9", 400)} {
		for what, err := range map[string]error{
			"get":     failed(w.GetWorkflow(ctx, id)),
			"change":  failed(w.ChangeWorkflow(ctx, id, store.Settings{})),
			"save":    failed(w.SaveVersion(ctx, id, store.Save{Definition: definition(1)})),
			"publish": failed(w.PublishVersion(ctx, id, 1)),
			"list":    failed(w.ListVersions(ctx, id)),
		} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s of workflow %q: error %v, want ErrNotFound", what, id, err)
			}
		}
	}
}

func testInvalid(t *testing.T, w store.Workflows) {
	ctx := context.Background()
	created := create(t, w)
	for what, save := range map[string]store.Save{
		"nothing":             {},
		"null":                {Definition: json.RawMessage("null")},
		"not JSON":            {Definition: json.RawMessage(`{"a":`)},
		"a list":              {Definition: json.RawMessage(`[]`)},
		"an author not UTF-8": {Definition: definition(1), Author: "\xff"},
	} {
		if _, err := w.SaveVersion(ctx, created.ID, save); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s: error %v, want ErrInvalid", what, err)
		}
	}
	equal(t, "versions", 0, len(must(w.ListVersions(ctx, created.ID))(t)))
}

func testLarge(t *testing.T, w store.Workflows) {
	ctx := context.Background()
	created := create(t, w)
	large := json.RawMessage(fmt.Sprintf(`{"name":"large","metadata":{"n":12345678901234567890,"s":%q,"u":"ünïcödé 🎉 </script>"}}`,
		strings.Repeat("ä€", 400_000)))
	must(w.SaveVersion(ctx, created.ID, store.Save{Definition: large}))(t)
	got := must(w.PublishVersion(ctx, created.ID, 1))(t)
	if got.Published == nil {
		t.Fatal("nothing is published")
	}
	sameJSON(t, "definition", large, got.Published.Definition)
	if !strings.Contains(string(got.Published.Definition), "12345678901234567890") {
		t.Error("a number has lost digits")
	}
}
