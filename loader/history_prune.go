package loader

import (
	"context"
	"log/slog"
	"time"

	"gorm.io/gorm"

	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

const (
	// pruneBatch is how many runs are deleted in one transaction.
	pruneBatch = 100
	// pruneEvery is how often a history looks for old runs by itself.
	pruneEvery = time.Minute
)

var overStatuses = []store.Status{store.StatusCompleted, store.StatusFailed, store.StatusSkipped, store.StatusCancelled}

// Prune deletes runs that are older than MaxAge, or more than MaxRuns, and returns how many. It deletes a few in each
// transaction and goes on until the context ends or there are none left. A history that writes runs prunes by itself,
// once a minute and a few runs at a time, or with each write while there are more. So calling Prune is only needed after
// MaxAge or MaxRuns were made smaller.
func (h *History) Prune(ctx context.Context) (int, error) {
	workflows := []string{}
	err := h.db.read(ctx).Model(&runRow{}).Distinct("workflow_id").Pluck("workflow_id", &workflows).Error
	if err != nil {
		return 0, wrap(ctx, err, "prune runs")
	}
	total := 0
	for {
		deleted, err := h.pruneOnce(ctx, workflows)
		total += deleted
		if err != nil {
			return total, wrap(ctx, err, "prune runs")
		}
		if deleted == 0 {
			return total, nil
		}
	}
}

// pruneSometimes prunes a batch if it has not done so for a while. It is called by the goroutine that writes, so no run
// waits for it.
func (h *History) pruneSometimes(ctx context.Context) {
	h.mu.Lock()
	if time.Since(h.prunedAt) < pruneEvery {
		h.mu.Unlock()
		return
	}
	var workflows []string
	for id := range h.endedSince {
		workflows = append(workflows, id)
	}
	h.prunedAt, h.endedSince = time.Now(), map[string]bool{}
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, h.config.WriteTimeout)
	defer cancel()
	deleted, err := h.pruneOnce(ctx, workflows)
	if err != nil {
		h.db.log.WarnContext(ctx, "old runs were not deleted", slog.Any("error", err))
	}
	if deleted < pruneBatch {
		return
	}
	h.mu.Lock() // there may be more
	defer h.mu.Unlock()
	h.prunedAt = time.Time{}
	for _, id := range workflows {
		h.endedSince[id] = true
	}
}

// pruneOnce deletes at most a batch for each reason.
func (h *History) pruneOnce(ctx context.Context, workflows []string) (deleted int, err error) {
	prune := func(query func(tx *gorm.DB) *gorm.DB) error {
		n, err := h.deleteRuns(ctx, query)
		deleted += n
		return err
	}
	if age := h.config.MaxAge; age > 0 {
		before := time.Now().Add(-age).UnixMilli()
		silent := time.Now().Add(-max(age, keepUnfinished)).UnixMilli()
		err := prune(func(tx *gorm.DB) *gorm.DB {
			return tx.Where("started_at_ms < ? AND (status IN ? AND finished_at_ms < ? OR changed_at_ms < ?)", before, overStatuses, before, silent).
				Order("started_at_ms")
		})
		if err != nil {
			return deleted, err
		}
	}
	if h.config.MaxRuns < 0 {
		return deleted, nil
	}
	for _, id := range workflows {
		err := prune(func(tx *gorm.DB) *gorm.DB {
			return tx.Where("workflow_id = ? AND status IN ?", id, overStatuses).
				Order("started_at_ms DESC, id DESC").Offset(h.config.MaxRuns)
		})
		if err != nil {
			return deleted, err
		}
	}
	return deleted, nil
}

func (h *History) deleteRuns(ctx context.Context, query func(tx *gorm.DB) *gorm.DB) (int, error) {
	var ids []string
	err := query(h.db.read(ctx).Model(&runRow{})).Limit(pruneBatch).Pluck("id", &ids).Error
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	err = h.db.write(ctx, func(tx *gorm.DB) error {
		for _, rows := range []any{&keyRow{}, &edgeRow{}, &actionRow{}} {
			if err := tx.Where("run_id IN ?", ids).Delete(rows).Error; err != nil {
				return err
			}
		}
		return tx.Where("id IN ?", ids).Delete(&runRow{}).Error
	})
	return len(ids), err
}
