package loader

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

//go:embed seeds
var seedFiles embed.FS

// Seed puts three posts and two workflows into a database that the migrations have created, so that there is something
// to look at. It does so once, and only while both tables are empty; it never touches a database of which a table was
// taken over. It returns whether it has put them in.
func (db *DB) Seed(ctx context.Context) (bool, error) {
	var seeded bool
	err := db.write(ctx, func(tx *gorm.DB) error {
		wanted, err := wantsSeeds(tx)
		if err != nil || !wanted {
			return err
		}
		if err := db.insertSeeds(tx); err != nil {
			return err
		}
		seeded = true
		return tx.Table("workflowkit_tables").Where("seeded_at IS NULL").
			Update("seeded_at", clause.Expr{SQL: "CURRENT_TIMESTAMP"}).Error
	})
	if err != nil {
		return false, wrap(ctx, err, "seed")
	}
	if seeded {
		db.log.InfoContext(ctx, "database seeded", slog.Int("posts", 3), slog.Int("workflows", 2))
	}
	return seeded, nil
}

// wantsSeeds locks the table list, so that of several processes that start at once only one finds it unseeded.
func wantsSeeds(tx *gorm.DB) (bool, error) {
	var tables []struct {
		TakenOver bool
		SeededAt  *string
	}
	err := tx.Table("workflowkit_tables").Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).
		Select("taken_over, CAST(seeded_at AS text) AS seeded_at").Order("name").Find(&tables).Error
	if err != nil {
		return false, err
	}
	for _, t := range tables {
		if t.TakenOver || t.SeededAt != nil {
			return false, nil
		}
	}
	for _, table := range []string{workflowsTable, postsTable} {
		var rows int64
		if err := tx.Table(table).Limit(1).Count(&rows).Error; err != nil || rows > 0 {
			return false, err
		}
	}
	return len(tables) > 0, nil
}

func (db *DB) insertSeeds(tx *gorm.DB) error {
	posts, err := seedPosts()
	if err != nil {
		return err
	}
	for _, post := range posts {
		if _, err := db.insertPost(tx, post); err != nil {
			return fmt.Errorf("post %q: %w", post.Title, err)
		}
	}
	workflows, err := seedWorkflows()
	if err != nil {
		return err
	}
	for _, w := range workflows {
		if _, err := db.insertWorkflow(tx, w); err != nil {
			return fmt.Errorf("workflow %q: %w", text(w.Name), err)
		}
	}
	return nil
}

// seedPosts reads the posts in the order of their file names. A post's title is its first heading, and its subtitle
// the line in a comment above it.
func seedPosts() ([]NewPost, error) {
	names, err := fs.Glob(seedFiles, "seeds/*.md")
	if err != nil {
		return nil, err
	}
	posts := make([]NewPost, 0, len(names))
	for _, name := range names {
		raw, err := fs.ReadFile(seedFiles, name)
		if err != nil {
			return nil, err
		}
		comment, markdown, ok := strings.Cut(string(raw), "\n\n")
		title, _, _ := strings.Cut(markdown, "\n")
		if !ok || !strings.HasPrefix(title, "# ") {
			return nil, fmt.Errorf("%s: a comment and a title are needed", name)
		}
		subtitle := strings.TrimSuffix(strings.TrimPrefix(comment, "<!-- "), " -->")
		posts = append(posts, NewPost{
			Title: strings.TrimPrefix(title, "# "), Subtitle: subtitle, Markdown: markdown, Status: StatusDraft,
		})
	}
	return posts, nil
}

func seedWorkflows() ([]WorkflowEdit, error) {
	enabled := true
	var workflows []WorkflowEdit
	for _, seed := range []struct{ trigger, file string }{
		{"blog-post.updated", "seeds/blog-post.updated.json"},
		{"blog-post.published", "seeds/blog-post.published.json"},
	} {
		raw, err := fs.ReadFile(seedFiles, seed.file)
		if err != nil {
			return nil, err
		}
		var head struct{ Name, Description string }
		if err := json.Unmarshal(raw, &head); err != nil {
			return nil, fmt.Errorf("%s: %w", seed.file, err)
		}
		workflows = append(workflows, WorkflowEdit{
			Name: &head.Name, Description: &head.Description, Trigger: &seed.trigger, Enabled: &enabled, Definition: raw, Note: "seed",
		})
	}
	return workflows, nil
}
