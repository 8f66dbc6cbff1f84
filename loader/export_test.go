package loader

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// LoadWorkflowSQL returns the query of [DB.LoadWorkflow], for a look at its plan.
func LoadWorkflowSQL(db *DB, event string) string {
	return db.gorm.ToSQL(func(tx *gorm.DB) *gorm.DB {
		return db.workflowOfEvent(tx.WithContext(context.Background()), event).Find(&[]loadedRow{})
	})
}

// PruneSoon makes a history look for old runs when it writes the next time.
func PruneSoon(h *History) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.prunedAt = time.Time{}
}
