package outbox

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// claimed is an event that this process may send, until its lease ends.
type claimed struct {
	ID       int64
	Event    string
	Attempts int
	// event is the decoded Event.
	event workflowkit.Event `gorm:"-"`
}

// waits reports whether there is something to send, without a lock.
func (o *Outbox) waits(ctx context.Context) (bool, error) {
	var found []int
	err := o.db.WithContext(ctx).Raw(o.sql(`SELECT 1 FROM workflowkit_outbox
		WHERE state = 'waiting' AND due_at_ms <= {now} AND leased_until_ms <= {now} LIMIT 1`)).Scan(&found).Error
	return len(found) > 0, err
}

// claim takes events that are due, the oldest first, and returns the name of the lease.
func (o *Outbox) claim(ctx context.Context) (lease string, events []claimed, err error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", nil, err
	}
	lease = id.String()
	args := []any{lease, o.config.Lease.Milliseconds(), o.config.BatchSize}
	if o.dialect == postgres { // where the selection comes first
		args = []any{o.config.BatchSize, lease, o.config.Lease.Milliseconds()}
	}
	if err := o.db.WithContext(ctx).Raw(o.sql(o.dialect.claim), args...).Scan(&events).Error; err != nil {
		return "", nil, err
	}
	slices.SortFunc(events, func(a, b claimed) int { return int(a.ID - b.ID) })
	for i := range events {
		// What is not an event was not written by us. It is refused by the sender, as it has no name.
		_ = json.Unmarshal([]byte(events[i].Event), &events[i].event)
	}
	return lease, events, nil
}

// sent notes that events were taken by the server, whoever has their lease by now.
func (o *Outbox) sent(ctx context.Context, events []claimed) error {
	if len(events) == 0 {
		return nil
	}
	query := `UPDATE workflowkit_outbox SET state = 'sent', done_at_ms = {now}, lease = '', error = '' WHERE id IN ?`
	if o.config.Keep < 0 {
		query = "DELETE FROM workflowkit_outbox WHERE id IN ?"
	}
	return o.db.WithContext(ctx).Exec(o.sql(query), idsOf(events)).Error
}

// failed lets events wait for their next attempt, each for a time of its own, so that they are not together for ever with
// one that the server does not take.
func (o *Outbox) failed(ctx context.Context, lease string, events []failure) error {
	if len(events) == 0 {
		return nil
	}
	return o.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		for _, f := range events {
			err := tx.Exec(o.sql(`UPDATE workflowkit_outbox
				SET due_at_ms = {now} + ?, leased_until_ms = 0, lease = '', error = ? WHERE id = ? AND lease = ?`),
				o.backoff(f.Attempts).Milliseconds(), errorText(f.err), f.ID, lease).Error
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// release gives back events that were not tried.
func (o *Outbox) release(ctx context.Context, lease string) error {
	return o.db.WithContext(ctx).Exec(`UPDATE workflowkit_outbox
		SET leased_until_ms = 0, lease = '', attempts = attempts - 1 WHERE lease = ? AND state = 'waiting'`, lease).Error
}

// dead gives an event up.
func (o *Outbox) dead(ctx context.Context, lease string, event claimed, cause error) error {
	return o.db.WithContext(ctx).Exec(o.sql(`UPDATE workflowkit_outbox
		SET state = 'dead', done_at_ms = {now}, lease = '', error = ? WHERE id = ? AND lease = ?`),
		errorText(cause), event.ID, lease).Error
}

func idsOf(events []claimed) []int64 {
	ids := make([]int64, len(events))
	for i, e := range events {
		ids[i] = e.ID
	}
	return ids
}

// backoff returns how long to wait after an attempt, counted from 1: doubling, with up to a quarter less at random.
func (o *Outbox) backoff(attempt int) time.Duration {
	d := o.config.MinBackoff
	for range attempt - 1 {
		if d *= 2; d >= o.config.MaxBackoff {
			break
		}
	}
	d = min(d, o.config.MaxBackoff)
	return d - rand.N(d/4+1)
}
