package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// ErrInvalid is returned for an event that no server would take: one without a name, or whose data is not a JSON object.
var ErrInvalid = errors.New("invalid event")

// Enqueue writes events in a transaction of the caller's, and returns their ids. They are sent once it is committed. An
// event without an ID gets one; an event whose ID is in the table already is not written again, so a step that is
// repeated enqueues once. The events have no order: see [Outbox.EnqueueInOrder].
//
// If Enqueue fails the transaction must be rolled back. A gorm.DB that is not a transaction is possible: then the events
// are sent in any case.
func (o *Outbox) Enqueue(tx *gorm.DB, events ...workflowkit.Event) (ids []string, err error) {
	return o.EnqueueInOrder(tx, "", events...)
}

// EnqueueInOrder is like [Outbox.Enqueue], and the events are sent after each other, and after those that were enqueued
// with the same key before. An empty key means no order.
func (o *Outbox) EnqueueInOrder(tx *gorm.DB, key string, events ...workflowkit.Event) (ids []string, err error) {
	for i, event := range events {
		if err := check(event); err != nil {
			return nil, fmt.Errorf("enqueue event %d (%q): %w", i, event.Name, err)
		}
		if event.ID == "" {
			id, err := uuid.NewV7()
			if err != nil {
				return nil, fmt.Errorf("enqueue event: %w", err)
			}
			event.ID = id.String()
		}
		raw, err := encode(event)
		if err != nil {
			return nil, fmt.Errorf("enqueue event %d (%q): %w: %w", i, event.Name, ErrInvalid, err)
		}
		err = tx.Session(&gorm.Session{NewDB: true}).Exec(o.sql(`INSERT INTO workflowkit_outbox
			(event_id, order_key, event, state, attempts, created_at_ms, due_at_ms, leased_until_ms, lease, error)
			VALUES (?, ?, ?, 'waiting', 0, {now}, 0, 0, '', '') ON CONFLICT (event_id) DO NOTHING`),
			event.ID, key, raw).Error
		if err != nil {
			return nil, fmt.Errorf("enqueue event %d (%q): %w", i, event.Name, err)
		}
		ids = append(ids, event.ID)
	}
	if len(ids) > 0 {
		o.Wake()
	}
	return ids, nil
}

// encode returns an event's JSON, with its texts as they are.
func encode(event workflowkit.Event) (string, error) {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(event)
	return strings.TrimSuffix(out.String(), "\n"), err
}

func check(event workflowkit.Event) error {
	switch {
	case event.Name == "":
		return fmt.Errorf("%w: the name is empty", ErrInvalid)
	case !isObject(event.Data):
		return fmt.Errorf("%w: data is not a JSON object", ErrInvalid)
	case !isObject(event.User):
		return fmt.Errorf("%w: user is not a JSON object", ErrInvalid)
	}
	return nil
}

// isObject reports whether raw is a JSON object, or nothing.
func isObject(raw json.RawMessage) bool {
	trimmed := bytes.TrimSpace(raw)
	return len(trimmed) == 0 || trimmed[0] == '{' && json.Valid(trimmed)
}

// Transaction calls f in a transaction, commits it unless f returns an error, and has its events sent at once.
func (o *Outbox) Transaction(ctx context.Context, f func(tx *gorm.DB) error) error {
	err := o.db.WithContext(ctx).Transaction(f)
	o.Wake()
	return err
}
