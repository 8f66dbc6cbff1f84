package loader

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// lockWorkflows lets one writer at a time check that names and triggers are unique and write, also in tables without
// unique indexes. It does not hold up the statements of other software, as a lock on the table would. On SQLite the
// transaction holds the write lock already.
func (db *DB) lockWorkflows(tx *gorm.DB) error {
	if db.dialect != dialectPostgres {
		return nil
	}
	return tx.Exec("SELECT pg_advisory_xact_lock(hashtextextended('workflowkit ' || to_regclass('workflows')::oid, 0))").Error
}

func (db *DB) lockWorkflow(tx *gorm.DB, id int64) (workflowRow, error) {
	return db.readWorkflow(tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}), id)
}

// checkUnique refuses a name or a trigger that another workflow has, but only where the write would bring that about:
// in a table that was taken over there may be duplicates already, and they must stay editable.
func (db *DB) checkUnique(tx *gorm.DB, before, after workflowRow) error {
	if name := text(after.Name); name != "" && name != text(before.Name) {
		if err := conflictOn(tx, after.ID, "name", name, "name = ?"); err != nil {
			return err
		}
	}
	trigger := text(after.Trigger)
	if trigger == "" || !after.enabled() || (before.enabled() && trigger == text(before.Trigger)) {
		return nil
	}
	return conflictOn(tx, after.ID, "trigger", trigger, `"trigger" = ? AND enabled`)
}

func conflictOn(tx *gorm.DB, id int64, field, value, condition string) error {
	var others []int64
	err := tx.Model(&workflowRow{}).Where(condition, value).Where("id <> ?", id).
		Order("id").Limit(1).Pluck("id", &others).Error
	if err != nil || len(others) == 0 {
		return err
	}
	return &ConflictError{Field: field, Value: value, OtherID: others[0]}
}
