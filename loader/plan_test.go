package loader_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// LoadWorkflow is one query that the index answers, also where there are many workflows.
func TestPlanOfLoadWorkflow(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		db := loadertest.Open(t, dsn)
		other := openLegacy(t, dsn)
		other.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
			INSERT INTO workflows (name, "trigger", enabled, workflow)
			SELECT 'w' || i, 'event ' || i, i % 2 = 0, '{"name":"w"}' FROM n`)
		other.exec("ANALYZE workflows")

		def, err := db.LoadWorkflow(ctx, workflowkit.Event{Name: "event 4000"})
		if err != nil || def == nil {
			t.Fatalf("LoadWorkflow = %v, %v", def, err)
		}
		explain := "EXPLAIN "
		if db.Dialect() == "sqlite" {
			explain = "EXPLAIN QUERY PLAN "
		}
		// gorm's rendering of a query quotes text for MySQL.
		query := strings.ReplaceAll(loader.LoadWorkflowSQL(db, "event 4000"), `"event 4000"`, `'event 4000'`)
		plan := strings.Join(other.rows(explain+query), "\n")
		if !strings.Contains(plan, "workflowkit_workflow_of_event") && !strings.Contains(plan, "workflowkit_one_enabled_per_trigger") {
			t.Errorf("the plan uses no index:\n%s", plan)
		}
		for _, bad := range []string{"Seq Scan", "SCAN workflows", "TEMP B-TREE", "Sort "} {
			if strings.Contains(plan, bad) {
				t.Errorf("the plan has a %s:\n%s", bad, plan)
			}
		}
	})
}

func BenchmarkLoadWorkflow(b *testing.B) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": loadertest.SQLite, "postgres": loadertest.Postgres} {
		b.Run(name, func(b *testing.B) {
			ctx := context.Background()
			db := loadertest.Open(b, dsn(b))
			if _, err := db.Seed(ctx); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := db.LoadWorkflow(ctx, workflowkit.Event{Name: "blog-post.updated"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSaveRevision(b *testing.B) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": loadertest.SQLite, "postgres": loadertest.Postgres} {
		b.Run(name, func(b *testing.B) {
			ctx := context.Background()
			db := loadertest.Open(b, dsn(b))
			post, err := db.CreatePost(ctx, loader.NewPost{Title: "Post"})
			if err != nil {
				b.Fatal(err)
			}
			for n := 0; b.Loop(); n++ {
				c := loader.Change{PostID: post.ID, RunID: "run", Key: fmt.Sprint(n), Version: post.Version}
				if post, err = db.SaveRevision(ctx, c, fmt.Sprint("revision ", n)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
