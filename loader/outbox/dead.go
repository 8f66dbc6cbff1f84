package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Dead is an event that was given up.
type Dead struct {
	// ID names the event in the outbox, for [Outbox.Retry].
	ID int64
	// Event is the event.
	Event workflowkit.Event
	// Attempts is how often it was tried.
	Attempts int
	// Error is the text of the last attempt's error.
	Error string
	// GivenUpAt is when it was given up.
	GivenUpAt time.Time
}

// Dead lists the events that were given up, the oldest first, 1,000 at most.
func (o *Outbox) Dead(ctx context.Context) ([]Dead, error) {
	var rows []struct {
		ID       int64
		Event    string
		Attempts int
		Error    string
		DoneAtMS int64 `gorm:"column:done_at_ms"`
	}
	err := o.db.WithContext(ctx).Raw(`SELECT id, event, attempts, error, done_at_ms FROM workflowkit_outbox
		WHERE state = 'dead' ORDER BY id LIMIT 1000`).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list events that were given up: %w", err)
	}
	dead := make([]Dead, len(rows))
	for i, row := range rows {
		dead[i] = Dead{ID: row.ID, Attempts: row.Attempts, Error: row.Error, GivenUpAt: time.UnixMilli(row.DoneAtMS).UTC()}
		_ = json.Unmarshal([]byte(row.Event), &dead[i].Event)
	}
	return dead, nil
}

// Retry has events that were given up sent after all, and returns how many of the ids were such events. An event with
// an order key is sent before those of its key that still wait.
func (o *Outbox) Retry(ctx context.Context, ids ...int64) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	result := o.db.WithContext(ctx).Exec(`UPDATE workflowkit_outbox
		SET state = 'waiting', attempts = 0, due_at_ms = 0, leased_until_ms = 0, done_at_ms = NULL WHERE state = 'dead' AND id IN ?`, ids)
	if result.Error != nil {
		return 0, fmt.Errorf("retry events that were given up: %w", result.Error)
	}
	o.Wake()
	return int(result.RowsAffected), nil
}

// Stats is what an operator wants to know of an outbox.
type Stats struct {
	// Waiting is the number of events that are not sent yet, and Failing that of those of which an attempt has failed.
	Waiting, Failing int
	// OldestAge is how long the oldest of them has been waiting, or 0.
	OldestAge time.Duration
	// Dead is the number of events that were given up.
	Dead int
}

// Stats counts the events that are not sent.
func (o *Outbox) Stats(ctx context.Context) (Stats, error) {
	var row struct {
		Waiting, Failing, Dead int
		Age                    int64
	}
	err := o.db.WithContext(ctx).Raw(o.sql(`SELECT
		count(*) AS waiting, coalesce(sum(CASE WHEN error <> '' THEN 1 END), 0) AS failing,
		coalesce(max({now} - created_at_ms), 0) AS age,
		(SELECT count(*) FROM workflowkit_outbox WHERE state = 'dead') AS dead
		FROM workflowkit_outbox WHERE state = 'waiting'`)).Scan(&row).Error
	if err != nil {
		return Stats{}, fmt.Errorf("count events of the outbox: %w", err)
	}
	return Stats{
		Waiting: row.Waiting, Failing: row.Failing, Dead: row.Dead, OldestAge: time.Duration(row.Age) * time.Millisecond,
	}, nil
}
