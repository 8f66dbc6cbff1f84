package loader

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// MarkFailed records that a run has failed without the engine being asked, as a server reports it: its function timed
// out, or could not be called any more. What the run was doing is cancelled. A run that is over stays as it is. The error
// matches [ErrNotFound] if the history does not have the run. While the database does not work, it is that of the context
// or of WriteTimeout, twice of which MarkFailed takes at most: try again later.
func (h *History) MarkFailed(ctx context.Context, runID, message string) error {
	return h.markOver(ctx, runID, store.StatusFailed, message, "")
}

// MarkCancelled records that a run was cancelled: by a person, or by an event that cancels it. See [History.MarkFailed].
func (h *History) MarkCancelled(ctx context.Context, runID, reason string) error {
	return h.markOver(ctx, runID, store.StatusCancelled, "", reason)
}

func (h *History) markOver(ctx context.Context, id string, status store.Status, failure, reason string) error {
	var size int
	failure, reason = h.cutText(failure, &size), h.cutText(reason, &size)
	// What this process knows of the run comes first.
	flushing, cancel := context.WithTimeout(ctx, h.config.WriteTimeout)
	defer cancel()
	if err := h.Flush(flushing); err != nil {
		return fmt.Errorf("mark run %q %s: the history cannot be written: %w", clip(id), status, err)
	}
	err := h.change(ctx, runNeeds{runs: []string{clean(id)}, whole: []string{clean(id)}}, func(_ *gorm.DB, runs map[string]*runState) error {
		run := runs[clean(id)]
		if !run.known {
			return ErrNotFound
		}
		if run.row.Status.Over() {
			return nil
		}
		now := time.Now()
		run.finish(status, failure, reason, now)
		run.closeActions(now)
		return nil
	})
	if err != nil {
		return fmt.Errorf("mark run %q %s: %w", clip(id), status, err)
	}
	return nil
}
