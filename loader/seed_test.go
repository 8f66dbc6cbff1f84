package loader_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

func TestSeedsOfACreatedDatabase(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		db := loadertest.Open(t, dsn)
		if seeded, err := db.Seed(ctx); err != nil || !seeded {
			t.Fatalf("Seed() = %v, %v; want true", seeded, err)
		}
		posts, err := db.Posts(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range posts {
			if p.Status != loader.StatusDraft || p.Title == "" || p.Subtitle == "" || p.CreatedAt == nil || len(p.Markdown) < 400 {
				t.Errorf("seeded post is not complete: %+v", p)
			}
		}
		for event, want := range map[string][]string{
			"blog-post.updated":   {"add_ToC", "grammar_review", "wait_for_approval"},
			"blog-post.published": {"generate_linkedin_posts", "generate_tweet_posts"},
		} {
			def, err := db.LoadWorkflow(ctx, workflowkit.Event{Name: event})
			if err != nil || def == nil {
				t.Fatalf("LoadWorkflow(%q) = %v, %v", event, def, err)
			}
			var body struct{ Actions []struct{ Kind string } }
			if err := json.Unmarshal(def.JSON, &body); err != nil {
				t.Fatal(err)
			}
			var kinds []string
			for _, a := range body.Actions {
				kinds = append(kinds, a.Kind)
			}
			if diff := cmp.Diff(want, kinds); diff != "" {
				t.Errorf("actions for %s (-want +got):\n%s", event, diff)
			}
		}
		if seeded, err := db.Seed(ctx); err != nil || seeded {
			t.Errorf("second Seed() = %v, %v; want false", seeded, err)
		}
		if posts, err := db.Posts(ctx); err != nil || len(posts) != 3 {
			t.Errorf("%d posts after the second seed, error %v; want 3", len(posts), err)
		}
	})
}

// Empty tables say nothing about whose they are, nor about whether somebody has deleted the seeds.
func TestNoSeedsWhereTheyAreNotWanted(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(t *testing.T, dsn string) *loader.DB{
		"empty tables that were taken over": func(t *testing.T, dsn string) *loader.DB {
			openLegacy(t, dsn).exec("CREATE TABLE blog_posts (id INTEGER PRIMARY KEY)")
			return loadertest.Open(t, dsn)
		},
		"seeds that were deleted": func(t *testing.T, dsn string) *loader.DB {
			db := loadertest.Open(t, dsn)
			if seeded, err := db.Seed(context.Background()); err != nil || !seeded {
				t.Fatalf("Seed() = %v, %v", seeded, err)
			}
			other := openLegacy(t, dsn)
			other.exec("DELETE FROM blog_posts")
			other.exec("DELETE FROM workflows")
			return db
		},
		"a table with a row": func(t *testing.T, dsn string) *loader.DB {
			db := loadertest.Open(t, dsn)
			openLegacy(t, dsn).exec("INSERT INTO workflows (name) VALUES ('mine')")
			return db
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBoth(t, func(t *testing.T, dsn string) {
				db := prepare(t, dsn)
				if seeded, err := db.Seed(context.Background()); err != nil || seeded {
					t.Errorf("Seed() = %v, %v; want false", seeded, err)
				}
				if posts, err := db.Posts(context.Background()); err != nil || len(posts) != 0 {
					t.Errorf("%d posts, %v; want none", len(posts), err)
				}
			})
		})
	}
}
