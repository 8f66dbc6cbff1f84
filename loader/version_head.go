package loader

import (
	"context"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// headRow is a row of workflowkit_heads: the numbers of a workflow's current versions, 0 for none.
type headRow struct {
	WorkflowID int64 `gorm:"column:workflow_id;primaryKey;autoIncrement:false"`
	Newest     int   `gorm:"column:newest"`
	Published  int   `gorm:"column:published"`
	// StoredHash is the hash of what the column held when Published was set, empty for no definition.
	StoredHash string `gorm:"column:stored_hash"`
}

// TableName names the table for gorm.
func (headRow) TableName() string { return "workflowkit_heads" }

const (
	noteFound   = "found in the database"
	noteForeign = "changed by other software"
)

// authorship says who has made what the column holds.
type authorship struct{ author, note string }

// readHead returns the head of a workflow, with zero numbers if there is none.
func readHead(tx *gorm.DB, workflow int64) (headRow, error) {
	head := headRow{}
	err := tx.Where("workflow_id = ?", workflow).Limit(1).Find(&head).Error
	head.WorkflowID = workflow
	return head, err
}

func saveHead(tx *gorm.DB, head headRow) error {
	return tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "workflow_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"newest", "published", "stored_hash"}),
	}).Create(&head).Error
}

// adopt makes a version of what the column holds unless it is the published one already. The row must be locked, and
// the head is returned as it is then.
func (db *DB) adopt(tx *gorm.DB, row workflowRow, by authorship) (headRow, error) {
	head, err := readHead(tx, row.ID)
	hash := row.storedHash()
	if err != nil || head.StoredHash == hash {
		return head, err
	}
	head.StoredHash, head.Published = hash, 0
	if hash != "" {
		draft, err := db.readVersion(tx, row.ID, head.Newest)
		if err != nil {
			return head, err
		}
		if draft.Number == 0 || draft.Hash != hash {
			head.Newest++
			if err := db.copyColumn(tx, newVersion(row.ID, head.Newest, hash, by.author, by.note)); err != nil {
				return head, err
			}
		}
		head.Published = head.Newest
	}
	return head, saveHead(tx, head)
}

// copyColumn inserts a version with exactly what the column holds, be it JSON or not.
func (db *DB) copyColumn(tx *gorm.DB, v versionRow) error {
	column := "workflow"
	if db.dialect == dialectPostgres {
		column = "CAST(workflow AS text)"
	}
	return tx.Exec("INSERT INTO workflowkit_versions ("+versionColumns+", definition) SELECT id, ?, ?, ?, ?, ?, "+column+
		" FROM workflows WHERE id = ?", v.Number, v.Hash, v.Author, v.Note, v.CreatedAtMS, v.WorkflowID).Error
}

// foreign is the authorship of what was found in the column.
func (h headRow) foreign() authorship {
	if h.Newest == 0 {
		return authorship{note: noteFound}
	}
	return authorship{note: noteForeign}
}

// adoptForeign makes a version of what other software has written.
func (db *DB) adoptForeign(tx *gorm.DB, row workflowRow) (headRow, error) {
	head, err := readHead(tx, row.ID)
	if err != nil {
		return head, err
	}
	return db.adopt(tx, row, head.foreign())
}

// changeHead calls f in a transaction in which the workflow is locked and its head is up to date.
func (db *DB) changeHead(ctx context.Context, id int64, f func(tx *gorm.DB, row workflowRow, head headRow) error) error {
	return db.write(ctx, func(tx *gorm.DB) error {
		row, err := db.lockWorkflow(tx, id)
		if err != nil {
			return err
		}
		head, err := db.adoptForeign(tx, row)
		if err != nil {
			return err
		}
		return f(tx, row, head)
	})
}

// withHead calls f with a workflow and its head, and makes a version first if other software has written the column. It
// writes nothing otherwise.
func (db *DB) withHead(ctx context.Context, id int64, f func(tx *gorm.DB, row workflowRow, head headRow) error) error {
	tx := db.read(ctx)
	row, err := db.readWorkflow(tx, id)
	if err != nil {
		return err
	}
	head, err := readHead(tx, id)
	if err != nil {
		return err
	}
	if head.StoredHash != row.storedHash() {
		return db.changeHead(ctx, id, f)
	}
	return f(tx, row, head)
}

// listWithHeads lists all workflows with their current versions, without definitions.
func (db *DB) listWithHeads(ctx context.Context) ([]store.Workflow, error) {
	var (
		rows     []workflowRow
		heads    []headRow
		versions []versionRow
	)
	if err := db.selectWorkflows(db.read(ctx)).Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	if err := db.read(ctx).Find(&heads).Error; err != nil {
		return nil, err
	}
	byID := make(map[int64]headRow, len(heads))
	for _, head := range heads {
		byID[head.WorkflowID] = head
	}
	kept := rows[:0]
	for _, row := range rows {
		if byID[row.ID].StoredHash != row.storedHash() {
			err := db.changeHead(ctx, row.ID, func(_ *gorm.DB, now workflowRow, head headRow) error {
				row, byID[row.ID] = now, head
				return nil
			})
			if errors.Is(err, gorm.ErrRecordNotFound) {
				continue // deleted in the meantime
			}
			if err != nil {
				return nil, err
			}
		}
		row.Definition = nil
		kept = append(kept, row)
	}
	err := db.read(ctx).Select(versionColumns).
		Where("number IN (SELECT newest FROM workflowkit_heads h WHERE h.workflow_id = workflowkit_versions.workflow_id" +
			" UNION ALL SELECT published FROM workflowkit_heads h WHERE h.workflow_id = workflowkit_versions.workflow_id)").
		Find(&versions).Error
	if err != nil {
		return nil, err
	}
	return joinHeads(kept, byID, versions), nil
}

func joinHeads(rows []workflowRow, heads map[int64]headRow, versions []versionRow) []store.Workflow {
	type name struct {
		workflow int64
		number   int
	}
	byName := make(map[name]store.Version, len(versions))
	for _, v := range versions {
		byName[name{v.WorkflowID, v.Number}] = v.version()
	}
	find := func(workflow int64, number int) *store.Version {
		if v, ok := byName[name{workflow, number}]; ok {
			return &v
		}
		return nil
	}
	out := make([]store.Workflow, len(rows))
	for i, row := range rows {
		out[i] = row.stored()
		out[i].Draft, out[i].Published = find(row.ID, heads[row.ID].Newest), find(row.ID, heads[row.ID].Published)
	}
	return out
}
