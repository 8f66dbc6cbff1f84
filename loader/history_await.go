package loader

import (
	"context"
	"time"
)

// seenSequence is the newest change that this process knows of.
type seenSequence struct {
	value int64
	at    time.Time // when it was read
}

// noticed notes a change by this process, and wakes those who wait.
func (h *History) noticed(value int64) {
	h.mu.Lock()
	h.seen.value = max(h.seen.value, value)
	h.mu.Unlock()
	h.wake.send()
}

// AwaitChange implements store.Runs. Changes by this process wake it, and those by others are found by a small query
// for each interval, which all who wait in this process share. A number that is larger than any that was given out, as
// after the database was restored from a backup, returns at once.
func (h *History) AwaitChange(ctx context.Context, workflowID string, after int64) (int64, error) {
	looked, age := after, time.Duration(0)
	for {
		woken := h.wake.wait()
		newest, err := h.newest(ctx, age)
		if err != nil {
			return 0, wrap(ctx, err, "watch runs")
		}
		if newest < after {
			if age == 0 {
				return newest, nil
			}
			age = 0
			continue
		}
		if newest > looked {
			changed, err := h.newestOf(ctx, workflowID, newest)
			if err != nil {
				return 0, wrap(ctx, err, "watch runs")
			}
			if changed > after {
				return changed, nil
			}
			looked = newest
		}
		timer := time.NewTimer(h.config.PollInterval)
		select {
		case <-ctx.Done():
		case <-woken:
		case <-timer.C:
		}
		timer.Stop()
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		age = h.config.PollInterval / 2
	}
}

// newest returns the number of the newest change, which may have been read that long ago.
func (h *History) newest(ctx context.Context, age time.Duration) (int64, error) {
	h.mu.Lock()
	seen := h.seen
	h.mu.Unlock()
	if age > 0 && time.Since(seen.at) < age {
		return seen.value, nil
	}
	var value int64
	err := h.db.read(ctx).Raw("SELECT value FROM workflowkit_run_sequence WHERE id = 1").Scan(&value).Error
	if err != nil {
		return 0, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.seen.value != seen.value { // this process has changed something in the meantime
		value = max(value, h.seen.value)
	}
	h.seen = seenSequence{value: value, at: time.Now()}
	return value, nil
}

// workflowChange is the newest change of a workflow's runs, as it was when asOf was the newest of all.
type workflowChange struct{ value, asOf int64 }

// maxWatched bounds for how many workflows that is remembered.
const maxWatched = 1000

// newestOf returns the number of the newest change of a workflow's runs, where newest is that of all. Many who wait for
// the same workflow make one query.
func (h *History) newestOf(ctx context.Context, workflowID string, newest int64) (int64, error) {
	if workflowID == "" {
		return newest, nil
	}
	h.mu.Lock()
	known, ok := h.watched[workflowID]
	h.mu.Unlock()
	if ok && known.asOf == newest {
		return known.value, nil
	}
	var value int64
	err := h.db.read(ctx).Model(&runRow{}).Select("coalesce(max(sequence), 0)").
		Where("workflow_id = ?", workflowID).Scan(&value).Error
	if err != nil {
		return 0, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.watched) >= maxWatched {
		clear(h.watched)
	}
	h.watched[workflowID] = workflowChange{value, newest}
	return value, nil
}
