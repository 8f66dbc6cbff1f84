package loader

import (
	"context"

	"gorm.io/gorm"
)

// LoadWorkflowSQL returns the query of [DB.LoadWorkflow], for a look at its plan.
func LoadWorkflowSQL(db *DB, event string) string {
	return db.gorm.ToSQL(func(tx *gorm.DB) *gorm.DB {
		return db.workflowOfEvent(tx.WithContext(context.Background()), event).Find(&[]loadedRow{})
	})
}
