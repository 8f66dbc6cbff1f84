package loader_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/storetest"
)

func TestStoreConforms(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) { storetest.TestWorkflows(t, loadertest.Open(t, dsn).Store()) })
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		storetest.TestWorkflows(t, loadertest.Open(t, ":memory:").Store())
	})
	for name, fill := range map[string]func(t *testing.T) string{"supabase": supabase, "prisma": prisma} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.TestWorkflows(t, loadertest.Open(t, fill(t)).Store())
		})
	}
}

// summary is what a workflow's versions come to: the numbers of draft and published, and each version's note and text.
func summary(t *testing.T, s loader.Store, id string) []string {
	t.Helper()
	ctx := context.Background()
	w, err := s.GetWorkflow(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	number := func(v *store.Version) int {
		if v == nil {
			return 0
		}
		return v.Number
	}
	out := []string{fmt.Sprintf("draft %d, published %d", number(w.Draft), number(w.Published))}
	versions, err := s.ListVersions(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range versions {
		full, err := s.GetVersion(ctx, id, v.Number)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%d %q by %q: %s", v.Number, v.Note, v.Author, full.Definition))
	}
	return out
}

func expect(t *testing.T, when string, want, got []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

// Rows that were there before become version 1, whatever they hold, and stay as they are.
func TestRowsBecomeVersions(t *testing.T) {
	t.Parallel()
	t.Run("prisma", func(t *testing.T) {
		t.Parallel()
		dsn := prisma(t)
		s, other := loadertest.Open(t, dsn).Store(), openLegacy(t, dsn)
		before := other.rows(prismaWorkflows)
		if workflows, err := s.ListWorkflows(context.Background()); err != nil || len(workflows) != 5 {
			t.Fatalf("%d workflows, %v", len(workflows), err)
		}
		expect(t, "binary JSON", []string{"draft 1, published 1", `1 "found in the database" by "": {"name":"Binary"}`}, summary(t, s, "3"))
		expect(t, "not JSON", []string{"draft 1, published 1", `1 "found in the database" by "": "not JSON"`}, summary(t, s, "4"))
		expect(t, "null", []string{"draft 0, published 0"}, summary(t, s, "5"))
		// What is saved and published over a broken row does not take it away.
		save(t, s, "4", 1, `{"name":"repaired"}`)
		publish(t, s, "4", 2)
		if _, err := s.PublishVersion(context.Background(), "4", 1); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("publish what is not JSON: %v, want ErrInvalid", err)
		}
		expect(t, "repaired", []string{
			"draft 2, published 2", `2 "" by "Ada": {"name":"repaired"}`, `1 "found in the database" by "": "not JSON"`,
		}, summary(t, s, "4"))
		kept := other.rows("SELECT typeof(definition) AS type, CAST(definition AS TEXT) AS text FROM workflowkit_versions WHERE workflow_id = 4 AND number = 1")
		expect(t, "bytes of the broken row", []string{`type="text" text="not JSON" `}, kept)
		binary := other.rows("SELECT typeof(v.definition) AS type, v.definition = w.workflow AS same FROM workflowkit_versions v JOIN workflows w ON w.id = v.workflow_id WHERE w.id = 3")
		expect(t, "bytes of the binary row", []string{`type="blob" same=1 `}, binary)
		for i, row := range other.rows(prismaWorkflows) {
			if i != 3 && row != before[i] {
				t.Errorf("row %d was changed: %s", i+1, cmp.Diff(before[i], row))
			}
		}
	})
	t.Run("supabase", func(t *testing.T) {
		t.Parallel()
		dsn := supabase(t)
		s, other := loadertest.Open(t, dsn).Store(), openLegacy(t, dsn)
		before := other.rows(supabaseWorkflows)
		expect(t, "no definition", []string{"draft 0, published 0"}, summary(t, s, "1"))
		expect(t, "a definition", []string{"draft 1, published 1", `1 "found in the database" by "": {"name": "Second"}`}, summary(t, s, "5"))
		expect(t, "rows of the other application", before, other.rows(supabaseWorkflows))
	})
}

func save(t *testing.T, s loader.Store, id string, base int, definition string) {
	t.Helper()
	_, err := s.SaveVersion(context.Background(), id, store.Save{Base: base, Definition: json.RawMessage(definition), Author: "Ada"})
	if err != nil {
		t.Fatal(err)
	}
}

func publish(t *testing.T, s loader.Store, id string, number int) {
	t.Helper()
	if _, err := s.PublishVersion(context.Background(), id, number); err != nil {
		t.Fatal(err)
	}
}

// A write of the other application is a version, and takes nothing away.
func TestForeignDefinitionsBecomeVersions(t *testing.T) {
	t.Parallel()
	const insert = `INSERT INTO workflows (name, "trigger", enabled, workflow) VALUES ('Foreign', 'foreign', true, '{"v":1}') RETURNING id`
	takenOver(t, func(t *testing.T, db *loader.DB, other legacy) {
		ctx := context.Background()
		s := db.Store()
		var number int64
		if err := other.QueryRowContext(ctx, insert).Scan(&number); err != nil {
			t.Fatal(err)
		}
		id := fmt.Sprint(number)
		space := ""
		if db.Dialect() == "postgres" {
			space = " "
		}
		set := func(definition any) {
			other.exec("UPDATE workflows SET workflow = $1 WHERE id = $2", definition, number)
		}
		loads := func(version string) {
			t.Helper()
			def, err := db.LoadWorkflow(ctx, workflowkit.Event{Name: "foreign"})
			if err != nil || def == nil || def.ID != id || def.Version != version {
				t.Errorf("LoadWorkflow = %+v, %v; want version %q of %s", def, err, version, id)
			}
		}
		loads("1") // by a run, before anybody has looked at it
		save(t, s, id, 1, `{"v":2}`)
		loads("1")
		set(`{"v":3}`)
		loads("3")
		set(`{"v": 3}`) // as the other application writes what it has read
		loads("3")
		var conflict *store.ConflictError
		_, err := s.SaveVersion(ctx, id, store.Save{Base: 2, Definition: json.RawMessage(`{"v":9}`)})
		if !errors.As(err, &conflict) || conflict.Current.Number != 3 || conflict.Current.Author != "" {
			t.Errorf("save over a write of the other application: %v, want a conflict with version 3", err)
		}
		set(`{"v":2}`) // what a version was before is a new one all the same
		save(t, s, id, 4, `{"v":5}`)
		publish(t, s, id, 5)
		loads("5")
		set(`{"v":6}`)
		publish(t, s, id, 1) // which keeps the one that nobody has looked at
		loads("1")
		null := any(nil)
		if db.Dialect() == "sqlite" {
			null = "null"
		}
		set(null)
		loads("")
		expect(t, "in the end", []string{
			"draft 6, published 0",
			`6 "changed by other software" by "": {"v":` + space + `6}`,
			`5 "" by "Ada": {"v":5}`,
			`4 "changed by other software" by "": {"v":` + space + `2}`,
			`3 "changed by other software" by "": {"v":` + space + `3}`,
			`2 "" by "Ada": {"v":2}`,
			`1 "found in the database" by "": {"v":` + space + `1}`,
		}, summary(t, s, id))
	})
}

// The writes of the older functions are versions as well, published at once.
func TestEditsBecomeVersions(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		db := loadertest.Open(t, dsn)
		s := db.Store()
		title := "Workflow"
		w, err := db.CreateWorkflow(ctx, loader.WorkflowEdit{Name: &title, Definition: json.RawMessage(`{"v": 1}`), Author: "Ada", Note: "n"})
		if err != nil {
			t.Fatal(err)
		}
		id := fmt.Sprint(w.ID)
		save(t, s, id, 1, `{"v": 2}`)
		for _, definition := range []string{`{"v": 3}`, `{"v":3}`, `null`} {
			if _, err := db.UpdateWorkflow(ctx, w.ID, loader.WorkflowEdit{Definition: json.RawMessage(definition), Author: "Bob"}); err != nil {
				t.Fatal(err)
			}
		}
		expect(t, "versions", []string{
			"draft 3, published 0", `3 "" by "Bob": {"v": 3}`, `2 "" by "Ada": {"v": 2}`, `1 "n" by "Ada": {"v": 1}`,
		}, summary(t, s, id))
		if err := db.DeleteWorkflow(ctx, w.ID); err != nil {
			t.Fatal(err)
		}
		if v, err := s.GetVersion(ctx, id, 2); err != nil || string(v.Definition) != `{"v": 2}` {
			t.Errorf("version of a deleted workflow: %s, %v", v.Definition, err)
		}
		if _, err := s.ListVersions(ctx, id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("versions of a deleted workflow: %v, want ErrNotFound", err)
		}
	})
}

// A definition that Postgres cannot hold is refused when it is saved, not when it is published.
func TestUnstorableDefinition(t *testing.T) {
	t.Parallel()
	db := loadertest.Open(t, loadertest.Postgres(t))
	ctx := context.Background()
	w, err := db.Store().CreateWorkflow(ctx, store.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Store().SaveVersion(ctx, w.ID, store.Save{Definition: json.RawMessage(`{"a":"\u0000"}`)})
	if !errors.Is(err, store.ErrInvalid) {
		t.Errorf("error %v, want ErrInvalid", err)
	}
	// Numbers that Postgres spells in another way are one content.
	save(t, db.Store(), w.ID, 0, `{"n":1e2}`)
	publish(t, db.Store(), w.ID, 1)
	save(t, db.Store(), w.ID, 1, `{"n":100}`)
	expect(t, "versions", []string{"draft 1, published 1", `1 "" by "Ada": {"n":1e2}`}, summary(t, db.Store(), w.ID))
}

// A role that may only read runs what is published all the same, without a version.
func TestLoadWorkflowWithoutTheRightToWrite(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := supabase(t)
	owner := loadertest.Open(t, dsn)
	role := strings.TrimPrefix(mustParse(t, dsn).Path, "/") + "_reader"
	other := openLegacy(t, dsn)
	other.exec("CREATE ROLE " + role + " LOGIN")
	t.Cleanup(func() { other.exec("DROP OWNED BY " + role + "; DROP ROLE " + role) })
	other.exec("GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + role)
	u := mustParse(t, dsn)
	u.User = url.User(role)
	reader := open(t, u.String())
	for _, want := range []string{"", "1"} {
		def, err := reader.LoadWorkflow(ctx, workflowkit.Event{Name: "blog-post.updated"})
		if err != nil || def == nil || def.ID != "4" || len(def.JSON) == 0 || def.Version != want {
			t.Errorf("LoadWorkflow = %+v, %v; want workflow 4 in version %q", def, err, want)
		}
		if _, err := owner.Store().ListWorkflows(ctx); err != nil { // which makes versions
			t.Fatal(err)
		}
	}
}
