package loader

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// PostRun says that a run is about a post.
type PostRun struct {
	RunID     string
	PostID    int64
	StartedAt time.Time
}

type postRunRow struct {
	RunID       string `gorm:"column:run_id;primaryKey"`
	PostID      int64  `gorm:"column:post_id"`
	StartedAtMS int64  `gorm:"column:started_at_ms"`
}

// TableName names the table for gorm.
func (postRunRow) TableName() string { return postRunsTable }

// RecordPostRun notes that a run is about a post, so that the run can be found from the post. Saying it again changes
// nothing. Notes are kept as long as the keys of writes, 90 days.
func (db *DB) RecordPostRun(ctx context.Context, run PostRun) error {
	if run.RunID == "" || run.PostID < 1 {
		return fmt.Errorf("record run of post %d: %w: run and post are needed", run.PostID, ErrInvalid)
	}
	err := db.write(ctx, func(tx *gorm.DB) error {
		old := time.Now().Add(-keyRetention).UnixMilli()
		if err := tx.Where("started_at_ms < ?", old).Delete(&postRunRow{}).Error; err != nil {
			return err
		}
		return tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&postRunRow{
			RunID: run.RunID, PostID: run.PostID, StartedAtMS: run.StartedAt.UnixMilli(),
		}).Error
	})
	return wrap(ctx, err, "record run of post %d", run.PostID)
}

// PostRuns returns the newest runs about a post, the newest first. A limit below 1 means 10.
func (db *DB) PostRuns(ctx context.Context, postID int64, limit int) ([]PostRun, error) {
	if limit < 1 {
		limit = 10
	}
	var rows []postRunRow
	err := db.read(ctx).Where("post_id = ?", postID).Order("started_at_ms DESC, run_id DESC").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, wrap(ctx, err, "runs of post %d", postID)
	}
	return postRuns(rows), nil
}

// LatestPostRuns returns the newest run about each post that has one, by post.
func (db *DB) LatestPostRuns(ctx context.Context) (map[int64]PostRun, error) {
	var rows []postRunRow
	newest := `NOT EXISTS (SELECT 1 FROM ` + postRunsTable + ` n WHERE n.post_id = ` + postRunsTable + `.post_id AND
		(n.started_at_ms > ` + postRunsTable + `.started_at_ms OR n.started_at_ms = ` + postRunsTable + `.started_at_ms AND n.run_id > ` + postRunsTable + `.run_id))`
	if err := db.read(ctx).Where(newest).Find(&rows).Error; err != nil {
		return nil, wrap(ctx, err, "latest runs of posts")
	}
	out := map[int64]PostRun{}
	for _, run := range postRuns(rows) {
		out[run.PostID] = run
	}
	return out, nil
}

func postRuns(rows []postRunRow) []PostRun {
	out := make([]PostRun, len(rows))
	for i, row := range rows {
		out[i] = PostRun{RunID: row.RunID, PostID: row.PostID, StartedAt: time.UnixMilli(row.StartedAtMS).UTC()}
	}
	return out
}
