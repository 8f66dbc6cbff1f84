package loader

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"
	"gorm.io/gorm"
)

const (
	firstPause = 50 * time.Millisecond
	maxPause   = 5 * time.Second
)

// drain writes what is in the queue, and ends when there is nothing left.
func (h *History) drain() {
	ctx := h.life
	pause := firstPause
	for {
		batch := h.queue.take()
		if batch == nil {
			return
		}
		left, err := h.writeAll(ctx, batch)
		if err == nil {
			h.queue.setFailed(false)
			pause = firstPause
			h.pruneSometimes(ctx)
			continue
		}
		h.queue.setFailed(true)
		h.queue.putBack(left)
		h.db.log.WarnContext(ctx, "history of runs cannot be written, and is tried again", slog.Any("error", err))
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
		pause = min(2*pause, maxPause)
	}
}

// writeAll writes entries, in one transaction if that works. An entry that the database will never take is given up. It
// returns what is left if the database does not work.
func (h *History) writeAll(ctx context.Context, entries []*historyEntry) (left []*historyEntry, err error) {
	err = h.writeBatch(ctx, entries)
	if err == nil {
		done(entries)
		return nil, nil
	}
	if !refused(err) {
		return entries, err
	}
	if len(entries) == 1 {
		h.db.log.ErrorContext(ctx, "a transition of a run cannot be stored", slog.String("run_id", entries[0].RunID),
			slog.String("transition", string(entries[0].Type)), slog.Any("error", err))
		done(entries)
		return nil, nil
	}
	for i := range entries {
		if _, err := h.writeAll(ctx, entries[i:i+1]); err != nil {
			return entries[i:], err
		}
	}
	return nil, nil
}

func done(entries []*historyEntry) {
	for _, e := range entries {
		close(e.done)
	}
}

// refused reports whether the database works and does not take the data.
func refused(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		class := pg.Code[:min(2, len(pg.Code))]
		return class == "22" || class == "23" || class == "54"
	}
	return errors.Is(err, gorm.ErrDuplicatedKey) || errors.Is(err, sqlite3.CONSTRAINT) ||
		errors.Is(err, sqlite3.TOOBIG) || errors.Is(err, sqlite3.MISMATCH)
}
