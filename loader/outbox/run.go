package outbox

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

const (
	// firstLook is how soon the outbox looks again after an event was enqueued in a transaction that is not its own.
	firstLook = 2 * time.Millisecond
	// pruneEvery is how often old events are removed, pruneBatch at a time.
	pruneEvery = time.Minute
	pruneBatch = 500
)

// Run sends events until ctx ends, and returns nil then. Where the database fails, it logs that and goes on. It is to be
// called once in each process that shall send events; several calls share the work.
func (o *Outbox) Run(ctx context.Context, sender Sender) error {
	if sender == nil {
		return errors.New("outbox: sender is nil")
	}
	if stats, err := o.Stats(ctx); err == nil && stats.Dead > 0 {
		o.config.Logger.ErrorContext(ctx, "events have been given up and wait for a decision: see Outbox.Dead", slog.Int("events", stats.Dead))
	}
	pause := firstLook
	for ctx.Err() == nil {
		sent, err := o.Deliver(ctx, sender)
		if err != nil && ctx.Err() == nil {
			o.config.Logger.ErrorContext(ctx, "outbox does not work, and is tried again", slog.Any("error", err))
			pause = o.config.PollInterval
		}
		if sent > 0 {
			pause = firstLook
		}
		o.pruneSometimes(ctx)
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-o.wake:
			pause = firstLook
		case <-timer.C:
			pause = min(2*pause, o.config.PollInterval)
		}
		timer.Stop()
	}
	return nil
}

func (o *Outbox) pruneSometimes(ctx context.Context) {
	last, now := o.prunedAt.Load(), time.Now().UnixMilli()
	if now-last < pruneEvery.Milliseconds() || !o.prunedAt.CompareAndSwap(last, now) || ctx.Err() != nil {
		return
	}
	removed, err := o.pruneOnce(ctx)
	if err != nil {
		o.config.Logger.WarnContext(ctx, "old events were not removed from the outbox", slog.Any("error", err))
	}
	if removed == pruneBatch {
		o.prunedAt.Store(0) // there may be more
	}
}

// pruneOnce removes some of the events that were sent long ago.
func (o *Outbox) pruneOnce(ctx context.Context) (int64, error) {
	if o.config.Keep < 0 {
		return 0, nil
	}
	result := o.db.WithContext(ctx).Exec(o.sql(`DELETE FROM workflowkit_outbox WHERE id IN (SELECT id FROM workflowkit_outbox
		WHERE state = 'sent' AND done_at_ms < {now} - ? ORDER BY done_at_ms LIMIT ?)`), o.config.Keep.Milliseconds(), pruneBatch)
	return result.RowsAffected, result.Error
}

// Prune removes the events that were sent longer than Config.Keep ago, and returns how many. Run does so by itself.
func (o *Outbox) Prune(ctx context.Context) (int64, error) {
	var total int64
	for {
		n, err := o.pruneOnce(ctx)
		total += n
		if err != nil || n == 0 {
			return total, err
		}
	}
}
