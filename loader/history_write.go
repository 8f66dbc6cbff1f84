package loader

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"
)

// writeBatch enters transitions in one transaction.
func (h *History) writeBatch(ctx context.Context, entries []*historyEntry) error {
	err := h.change(ctx, needsOf(entries), func(tx *gorm.DB, runs map[string]*runState) error {
		fresh, err := freshKeys(tx, entries, runs)
		if err != nil {
			return err
		}
		for _, e := range entries {
			key := keyRow{e.RunID, e.Key}
			if isNew, counted := fresh[key]; counted && !isNew {
				continue
			} else if counted {
				fresh[key] = false // the next time in this batch
			}
			runs[e.RunID].apply(e.Transition)
		}
		return nil
	})
	if err == nil {
		h.noteEnds(entries)
	}
	return err
}

// change calls f with the runs as they are stored, and stores what it makes of them, with a new sequence number for each
// that has changed. The transaction holds the lock on the sequence from its beginning, so changes are committed in the
// order of their numbers: who has seen one has seen all before it.
func (h *History) change(ctx context.Context, needs runNeeds, f func(tx *gorm.DB, runs map[string]*runState) error) error {
	ctx, cancel := context.WithTimeout(ctx, h.config.WriteTimeout)
	defer cancel()
	var newest int64
	err := h.db.write(ctx, func(tx *gorm.DB) error {
		last, err := h.db.lockSequence(tx)
		if err != nil {
			return err
		}
		runs, err := readRuns(tx, needs)
		if err != nil {
			return err
		}
		if err := f(tx, runs); err != nil {
			return err
		}
		var changed []*runState
		for _, id := range needs.runs {
			if s := runs[id]; s.changed {
				last++
				s.row.Sequence, s.row.ChangedAtMS = last, time.Now().UnixMilli()
				changed = append(changed, s)
			}
		}
		if len(changed) == 0 {
			return nil
		}
		newest = last
		if err := saveRuns(tx, changed); err != nil {
			return err
		}
		return tx.Exec("UPDATE workflowkit_run_sequence SET value = ? WHERE id = 1", last).Error
	})
	if err == nil && newest > 0 {
		h.noticed(newest)
	}
	return err
}

// lockSequence returns the number of the newest change, and keeps others from making another until the transaction ends.
// On SQLite the transaction holds the write lock already. On Postgres it also bounds how long others wait if this process
// is frozen in the middle of the transaction.
func (db *DB) lockSequence(tx *gorm.DB) (int64, error) {
	query := "SELECT value FROM workflowkit_run_sequence WHERE id = 1"
	if db.dialect == dialectPostgres {
		query = "SELECT value, set_config('idle_in_transaction_session_timeout', '5s', true) FROM workflowkit_run_sequence WHERE id = 1 FOR UPDATE"
	}
	var row struct{ Value int64 }
	err := tx.Raw(query).Scan(&row).Error
	return row.Value, err
}

// freshKeys stores the keys of transitions of runs that are not over, and returns for each whether it is new. Transitions
// of runs that are over, ends of runs and transitions without a key are not in the map: to enter them twice is the same
// as once.
func freshKeys(tx *gorm.DB, entries []*historyEntry, runs map[string]*runState) (map[keyRow]bool, error) {
	fresh := map[keyRow]bool{}
	var (
		candidates []keyRow
		ids, keys  []string
	)
	for _, e := range entries {
		key := keyRow{e.RunID, e.Key}
		if fresh[key] || e.Key == "" || ends(e.Type) || runs[e.RunID].row.Status.Over() {
			continue
		}
		fresh[key] = true
		candidates, ids, keys = append(candidates, key), append(ids, e.RunID), append(keys, e.Key)
	}
	if len(fresh) == 0 {
		return fresh, nil
	}
	// Nobody else writes keys now: the lock on the sequence is held.
	var known []keyRow
	if err := tx.Where("run_id IN ? AND key IN ?", slices.Compact(ids), keys).Find(&known).Error; err != nil {
		return nil, err
	}
	for _, key := range known {
		if fresh[key] {
			fresh[key] = false
		}
	}
	var rows []keyRow
	for _, key := range candidates {
		if fresh[key] {
			rows = append(rows, key)
		}
	}
	if len(rows) == 0 {
		return fresh, nil
	}
	return fresh, tx.CreateInBatches(rows, writeRows).Error
}

// noteEnds remembers of which workflows runs have ended.
func (h *History) noteEnds(entries []*historyEntry) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range entries {
		if ends(e.Type) {
			h.endedSince[e.Workflow.ID] = true
		}
	}
}
