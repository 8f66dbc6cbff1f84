package loader_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// What the other application sees of its rows: its own columns, with the type of each value on SQLite.
const (
	supabasePosts = `SELECT id, title, subtitle, status, markdown, markdown_ai_revision, created_at::text,
		ai_publishing_recommendations FROM blog_posts ORDER BY id`
	supabaseWorkflows = `SELECT id, created_at::text, workflow::text, enabled, trigger, description, name FROM workflows ORDER BY id`
	prismaPosts       = `SELECT id, title, subtitle, status, markdown, typeof(created_at), CAST(created_at AS TEXT) || '' AS at,
		markdown_ai_revision, ai_publishing_recommendations FROM blog_posts ORDER BY id`
	prismaWorkflows = `SELECT id, CAST(created_at AS TEXT) || '' AS at, typeof(workflow), hex(workflow), enabled, "trigger", description,
		name FROM workflows ORDER BY id`
	prismaOthers = `SELECT sql FROM sqlite_master WHERE name IN ('users', '_prisma_migrations', 'users_email_key') ORDER BY name`
	// Where ids go on.
	supabaseSequences = `SELECT w.last_value AS w, w.is_called AS wc, p.last_value AS p, p.is_called AS pc FROM workflows_id_seq w, blog_posts_id_seq p`
	prismaSequences   = `SELECT name, seq FROM sqlite_sequence WHERE name IN ('workflows', 'blog_posts') ORDER BY name`
	// What hangs on the tables: policies, grants, the publication, the sequences.
	supabaseRights = `SELECT relname, relrowsecurity, relacl::text,
			(SELECT string_agg(polname, ',') FROM pg_policy WHERE polrelid = c.oid) AS policies,
			(SELECT string_agg(pubname, ',') FROM pg_publication_tables p WHERE p.tablename = c.relname) AS publications
		FROM pg_class c WHERE relname IN ('workflows', 'blog_posts', 'workflows_id_seq', 'blog_posts_id_seq') ORDER BY relname`
)

func TestTakeOver(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		legacy  func(t *testing.T) string
		queries []string
	}{
		"supabase": {supabase, []string{supabasePosts, supabaseWorkflows, supabaseRights, supabaseSequences}},
		"prisma":   {prisma, []string{prismaPosts, prismaWorkflows, prismaOthers, prismaSequences}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			dsn := c.legacy(t)
			other := openLegacy(t, dsn)
			before := map[string][]string{}
			for _, q := range c.queries {
				before[q] = other.rows(q)
			}
			check := func(when string) {
				t.Helper()
				for _, q := range c.queries {
					if diff := cmp.Diff(before[q], other.rows(q)); diff != "" {
						t.Errorf("%s, the other application sees a difference (-before +after):\n%s", when, diff)
					}
				}
			}

			db := open(t, dsn)
			if err := db.CheckSchema(ctx); !errors.Is(err, loader.ErrSchema) {
				t.Errorf("CheckSchema before the migrations: %v, want ErrSchema", err)
			}
			check("after a check of the schema")
			report, err := db.Migrate(ctx)
			if err != nil {
				t.Fatal(err)
			}
			want := loader.Migrated{Applied: 6, TakenOver: []string{"blog_posts", "workflows"}}
			if diff := cmp.Diff(want, report); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
			check("after the migrations")
			if seeded, err := db.Seed(ctx); err != nil || seeded {
				t.Errorf("Seed() = %v, %v; a database that was taken over is never seeded", seeded, err)
			}
			check("after the seed")
			again, err := db.Migrate(ctx)
			if err != nil || again.Applied != 0 || len(again.TakenOver) != 2 {
				t.Errorf("second migration: %+v, %v", again, err)
			}
			useBeside(t, db)
			check("after versions, runs and events were written beside its rows")
			loadertest.Conformance(t, db)
		})
	}
}

// useBeside makes versions of all rows, saves drafts, and writes the history of a run and an event.
func useBeside(t *testing.T, db *loader.DB) {
	t.Helper()
	ctx := context.Background()
	workflows, err := db.Store().ListWorkflows(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range workflows {
		base := 0
		if w.Draft != nil {
			base = w.Draft.Number
		}
		save(t, db.Store(), w.ID, base, `{"name":"draft"}`)
		if _, err := db.LoadWorkflow(ctx, workflowkit.Event{Name: w.Trigger}); err != nil {
			t.Error(err)
		}
	}
	h := db.History(loader.HistoryConfig{})
	tell(h, told("run", "4")...)
	whole(t, h, "run")
	if err := h.Close(ctx); err != nil {
		t.Error(err)
	}
	posts, err := db.Posts(ctx)
	if err != nil || len(posts) == 0 {
		t.Fatalf("%d posts, %v", len(posts), err)
	}
	if err := db.EnqueueFor(ctx, posts[0].ID, workflowkit.Event{Name: "blog-post.approve-ai-suggestions"}); err != nil {
		t.Error(err)
	}
}

func TestRowsOfSupabase(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := supabase(t)
	db, other := loadertest.Open(t, dsn), openLegacy(t, dsn)

	posts, err := db.Posts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2025, 3, 5, 3, 6, 7, 0, time.UTC)
	revised := "# Revised"
	want := loader.Post{
		ID: 7, Title: "Seventh", Status: "needs approval", Markdown: "# Seventh\n\nText.", CreatedAt: &at,
		Revision: &revised, Version: posts[1].Version,
	}
	if diff := cmp.Diff(want, posts[1]); diff != "" {
		t.Errorf("post 7 (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(loader.Post{ID: 8, Version: posts[2].Version}, posts[2]); diff != "" {
		t.Errorf("post of NULLs (-want +got):\n%s", diff)
	}

	def, err := db.LoadWorkflow(ctx, workflowkit.Event{Name: "blog-post.updated"})
	if err != nil || def == nil || def.ID != "4" {
		t.Fatalf("LoadWorkflow = %+v, %v; want the lowest id, 4", def, err)
	}
	// Fields that the engine does not know stay in the row through an edit.
	seen, err := db.Workflow(ctx, 4)
	if err != nil {
		t.Fatal(err)
	}
	edited, err := db.UpdateWorkflow(ctx, 4, loader.WorkflowEdit{Definition: def.JSON, Seen: seen.Version})
	if err != nil || edited.Version != seen.Version || def.Version != "1" {
		t.Fatalf("round trip: %+v, %v", edited, err)
	}
	kept := other.rows(`SELECT workflow ? 'steps' AS steps, workflow->'edges'->0->>'id' AS edge, workflow->'edges'->1->>'to' AS sink
		FROM workflows WHERE id = 4`)
	if diff := cmp.Diff([]string{`steps=true edge="e1" sink="$sink" `}, kept); diff != "" {
		t.Errorf("fields kept (-want +got):\n%s", diff)
	}
	// Duplicates that were there before stay editable, and can be resolved.
	if _, err := db.SetWorkflowEnabled(ctx, 5, false); err != nil {
		t.Errorf("disable one of two for the same trigger: %v", err)
	}
	if _, err := db.SetWorkflowEnabled(ctx, 5, true); !errors.Is(err, loader.ErrConflict) {
		t.Errorf("enable it again: %v, want ErrConflict", err)
	}
	if w, err := db.Workflow(ctx, 1); err != nil || w.Definition != nil {
		t.Errorf("workflow without a definition: %+v, %v", w, err)
	}
	// Ids go on where the sequence was.
	post, err := db.CreatePost(ctx, loader.NewPost{Title: "Next"})
	if err != nil || post.ID != 9 {
		t.Errorf("new post has id %d, error %v; want 9", post.ID, err)
	}
	// The new tables are not for everybody with the public key.
	rights := other.rows(`SELECT r, t, has_table_privilege(r, t, 'SELECT') AS may
		FROM unnest(ARRAY['anon', 'authenticated']) r, (SELECT tablename::text AS t FROM pg_tables WHERE tablename LIKE 'workflowkit%') t`)
	for _, row := range rights {
		if !strings.Contains(row, "may=false") {
			t.Errorf("a web role may read: %s", row)
		}
	}
}

func TestRowsOfPrisma(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := prisma(t)
	db, other := loadertest.Open(t, dsn), openLegacy(t, dsn)

	posts, err := db.Posts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 1, 5, 10, 11, 12, 0, time.UTC)
	milli := noon.Add(345 * time.Millisecond)
	old := time.Date(1977, 5, 2, 10, 11, 12, 0, time.UTC)
	want := map[string]*time.Time{
		"Text": &noon, "ISO with Z": &milli, "ISO with offset": &milli, "Text with offset": &milli,
		"Old milliseconds": &old, "Not a time": nil, "Milliseconds": &milli,
	}
	got := map[string]*time.Time{}
	for _, p := range posts {
		got[p.Title] = p.CreatedAt
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("times (-want +got):\n%s", diff)
	}

	// New rows look like the newest one: milliseconds for posts, ISO 8601 for workflows.
	post, err := db.CreatePost(ctx, loader.NewPost{Title: "Next"})
	if err != nil || post.ID != 10 || time.Since(*post.CreatedAt).Abs() > time.Minute {
		t.Errorf("new post %+v, error %v; want id 10, created now", post, err)
	}
	title, trigger := "New", "new"
	w, err := db.CreateWorkflow(ctx, loader.WorkflowEdit{Name: &title, Trigger: &trigger})
	if err != nil || time.Since(*w.CreatedAt).Abs() > time.Minute {
		t.Errorf("new workflow %+v, error %v", w, err)
	}
	kinds := other.rows(`SELECT typeof(p.created_at) AS post, typeof(w.created_at) AS workflow, length(w.created_at) AS len,
		typeof(w.workflow) AS def, w.workflow AS json FROM blog_posts p, workflows w WHERE p.id = 10 AND w.name = 'New'`)
	if diff := cmp.Diff([]string{`post="integer" workflow="text" len=24 def="text" json="null" `}, kinds); diff != "" {
		t.Errorf("representation of new rows (-want +got):\n%s", diff)
	}

	workflows, err := db.Workflows(ctx)
	if err != nil {
		t.Fatal(err)
	}
	definitions := map[string]string{}
	for _, w := range workflows {
		definitions[*w.Name] += string(w.Definition)
		if _, err := json.Marshal(w); err != nil {
			t.Errorf("workflow %d as JSON: %v", w.ID, err)
		}
	}
	wantDefinitions := map[string]string{
		"Twin": `{ "name": "Review",  "steps": [], "actions": [{"id":"1","kind":"add_ToC"}], "edges": [{"from":"$source","to":"1"}] }` +
			`{"name":"Second"}`,
		"Binary": `{"name":"Binary"}`, "Broken": `"not JSON"`, "Null": "", "New": "",
	}
	if diff := cmp.Diff(wantDefinitions, definitions); diff != "" {
		t.Errorf("definitions (-want +got):\n%s", diff)
	}
}
