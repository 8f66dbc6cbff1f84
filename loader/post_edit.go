package loader

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Posts lists all posts by id.
func (db *DB) Posts(ctx context.Context) ([]Post, error) {
	var rows []postRow
	if err := db.read(ctx).Order("id").Find(&rows).Error; err != nil {
		return nil, wrap(ctx, err, "list posts")
	}
	posts := make([]Post, len(rows))
	for i, row := range rows {
		posts[i] = row.post()
	}
	return posts, nil
}

// Post returns one post, or an error that matches [ErrNotFound].
func (db *DB) Post(ctx context.Context, id int64) (Post, error) {
	row, err := readPost(db.read(ctx), id)
	if err != nil {
		return Post{}, wrap(ctx, err, "post %d", id)
	}
	return row.post(), nil
}

// NewPost is what an editor writes. Status empty means draft.
type NewPost struct {
	Title, Subtitle, Markdown, Status string
}

// CreatePost stores a new post and returns it with its id.
func (db *DB) CreatePost(ctx context.Context, post NewPost) (Post, error) {
	if strings.TrimSpace(post.Title) == "" {
		return Post{}, fmt.Errorf("create post: %w title: it is empty", ErrInvalid)
	}
	if post.Status == "" {
		post.Status = StatusDraft
	}
	if err := post.check(); err != nil {
		return Post{}, fmt.Errorf("create post: %w", err)
	}
	var row postRow
	err := db.write(ctx, func(tx *gorm.DB) error {
		var err error
		row, err = db.insertPost(tx, post)
		return err
	})
	if err != nil {
		return Post{}, wrap(ctx, err, "create post")
	}
	return row.post(), nil
}

func (p NewPost) check() error {
	switch p.Status {
	case StatusDraft, StatusUnderReview, StatusNeedsApproval, StatusPublished:
	default:
		return fmt.Errorf("%w status %q", ErrInvalid, clip(p.Status))
	}
	for field, value := range map[string]string{"title": p.Title, "subtitle": p.Subtitle, "markdown": p.Markdown} {
		if err := checkText(field, value); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) insertPost(tx *gorm.DB, post NewPost) (postRow, error) {
	row := postRow{Title: &post.Title, Subtitle: &post.Subtitle, Markdown: &post.Markdown, Status: &post.Status}
	if db.dialect == dialectPostgres {
		tx = tx.Omit("Created") // the column's default is the server's clock
	} else {
		now, err := sqliteNow(tx, postsTable)
		if err != nil {
			return postRow{}, err
		}
		row.Created = now
	}
	if err := tx.Create(&row).Error; err != nil {
		return postRow{}, err
	}
	return readPost(tx.Session(&gorm.Session{NewDB: true}), row.ID)
}

// PostEdit is a change by an editor. A nil field stays as it is.
type PostEdit struct {
	Title, Subtitle, Markdown *string
	// Seen is the [Post.Version] that the editor has seen. If the post has another by now, the edit is refused with
	// [ErrChanged], unless it would change nothing any more. 0 means that the edit is made in any case.
	Seen int64
}

// UpdatePost changes the texts of a post. The status stays; a run that is reviewing the post finds out by the version
// and does not overwrite the edit.
func (db *DB) UpdatePost(ctx context.Context, id int64, edit PostEdit) (Post, error) {
	changes := map[string]any{}
	for column, value := range map[string]*string{
		"title": edit.Title, "subtitle": edit.Subtitle, "markdown": edit.Markdown,
	} {
		if value == nil {
			continue
		}
		if err := checkText(column, *value); err != nil {
			return Post{}, fmt.Errorf("update post %d: %w", id, err)
		}
		changes[column] = *value
	}
	if edit.Title != nil && strings.TrimSpace(*edit.Title) == "" {
		return Post{}, fmt.Errorf("update post %d: %w title: it is empty", id, ErrInvalid)
	}
	var row postRow
	err := db.write(ctx, func(tx *gorm.DB) (err error) {
		if row, err = lockPost(tx, id); err != nil || edit.isIn(row) {
			return err
		}
		if edit.Seen != 0 && edit.Seen != row.version() {
			return ErrChanged
		}
		row, err = updatePost(tx, id, changes)
		return err
	})
	if err != nil {
		return Post{}, wrap(ctx, err, "update post %d", id)
	}
	return row.post(), nil
}

// isIn reports whether the row holds the edit already, for instance because it is sent a second time.
func (e PostEdit) isIn(row postRow) bool {
	same := func(want, have *string) bool { return want == nil || (have != nil && *want == *have) }
	return same(e.Title, row.Title) && same(e.Subtitle, row.Subtitle) && same(e.Markdown, row.Markdown)
}

func readPost(tx *gorm.DB, id int64) (postRow, error) {
	var row postRow
	err := tx.Where("id = ?", id).Take(&row).Error
	return row, err
}

// lockPost reads a post and keeps others from writing it until the transaction ends: by the row's lock on Postgres,
// by the write lock that the transaction holds on SQLite.
func lockPost(tx *gorm.DB, id int64) (postRow, error) {
	return readPost(tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}), id)
}

// updatePost writes the given columns only and returns the row as it is then.
func updatePost(tx *gorm.DB, id int64, changes map[string]any) (postRow, error) {
	if err := tx.Model(&postRow{}).Where("id = ?", id).Updates(changes).Error; err != nil {
		return postRow{}, err
	}
	return readPost(tx, id)
}
