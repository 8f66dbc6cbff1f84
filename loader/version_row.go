package loader

import (
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// versionRow is a row of workflowkit_versions.
type versionRow struct {
	WorkflowID  int64      `gorm:"column:workflow_id;primaryKey;autoIncrement:false"`
	Number      int        `gorm:"column:number;primaryKey;autoIncrement:false"`
	Hash        string     `gorm:"column:hash"`
	Author      string     `gorm:"column:author"`
	Note        string     `gorm:"column:note"`
	CreatedAtMS int64      `gorm:"column:created_at_ms"`
	Definition  storedJSON `gorm:"column:definition"`
}

// versionColumns are those of a list.
const versionColumns = "workflow_id, number, hash, author, note, created_at_ms"

// TableName names the table for gorm.
func (versionRow) TableName() string { return "workflowkit_versions" }

func newVersion(workflow int64, number int, hash, author, note string) versionRow {
	return versionRow{
		WorkflowID: workflow, Number: number, Hash: hash, Author: author, Note: note, CreatedAtMS: time.Now().UnixMilli(),
	}
}

func (r versionRow) version() store.Version {
	return store.Version{
		Number: r.Number, Hash: r.Hash, Author: r.Author, Note: r.Note, CreatedAt: time.UnixMilli(r.CreatedAtMS).UTC(),
		Definition: json.RawMessage(r.Definition),
	}
}

// readVersion returns a version with its definition, or one with the number 0 if there is none.
func (db *DB) readVersion(tx *gorm.DB, workflow int64, number int) (versionRow, error) {
	var row versionRow
	if number < 1 {
		return row, nil
	}
	err := tx.Select(versionColumns+", "+db.readableColumn("definition")).
		Where("workflow_id = ? AND number = ?", workflow, number).Limit(1).Find(&row).Error
	return row, err
}

// headVersion returns a version that must be there, or nil for number 0.
func (db *DB) headVersion(tx *gorm.DB, workflow int64, number int) (*store.Version, error) {
	row, err := db.readVersion(tx, workflow, number)
	if err != nil || row.Number == 0 {
		return nil, err
	}
	version := row.version()
	return &version, nil
}

// hashOf returns the hash that a definition will have once it is published: Postgres changes how numbers are written.
func (db *DB) hashOf(tx *gorm.DB, definition json.RawMessage) (string, error) {
	if db.dialect == dialectPostgres {
		var normal string
		if err := tx.Raw("SELECT CAST(CAST(? AS jsonb) AS text)", string(definition)).Scan(&normal).Error; err != nil {
			return "", err
		}
		definition = json.RawMessage(normal)
	}
	return contentHash(definition), nil
}
