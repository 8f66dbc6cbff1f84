package loadertest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// inbox is a server that takes every event.
type inbox struct {
	mu     sync.Mutex
	events []workflowkit.Event
}

// SendMany implements outbox.Sender.
func (b *inbox) SendMany(_ context.Context, events []workflowkit.Event) ([]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.events = append(b.events, events...)
	return nil, nil
}

// ids returns the ids of the events with one of the names, in the order in which they came.
func (b *inbox) ids(names ...string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	ids := []string{}
	for _, e := range b.events {
		if slices.Contains(names, e.Name) {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

func testRequestEvents(t *testing.T, db *loader.DB) {
	ctx := context.Background()
	post := newPost(t, db)
	told := name("event") // the outbox may hold events of other cases
	event := func(id string) workflowkit.Event { return workflowkit.Event{ID: told + id, Name: told} }

	review := must(db.SendToReview(ctx, post.ID, event("1"), event("2")))(t)
	must(db.RevertPost(ctx, post.ID, event("3")))(t)
	if err := db.EnqueueFor(ctx, post.ID, event("4")); err != nil {
		t.Fatal(err)
	}
	must(db.PublishPost(ctx, post.ID, event("5")))(t)
	last := must(db.UnpublishPost(ctx, post.ID, event("6")))(t)

	// What is refused leaves no event, and an event that is refused no change.
	if _, err := db.SendToReview(ctx, 1<<40, event("of no post")); !errors.Is(err, loader.ErrNotFound) {
		t.Errorf("decision on no post: %v, want ErrNotFound", err)
	}
	if err := db.EnqueueFor(ctx, 1<<40, event("of no post")); !errors.Is(err, loader.ErrNotFound) {
		t.Errorf("events of no post: %v, want ErrNotFound", err)
	}
	if _, err := db.PublishPost(ctx, post.ID, event("with a bad one"), workflowkit.Event{}); err == nil {
		t.Error("no error for an event without a name")
	}
	unchanged(t, db, last.Post)
	if _, err := db.Rollback(ctx, review); !errors.Is(err, loader.ErrInvalid) {
		t.Errorf("rollback of a decision whose events will be sent: %v, want ErrInvalid", err)
	}

	var to inbox
	want := []string{told + "1", told + "2", told + "3", told + "4", told + "5", told + "6"}
	for deadline := time.Now().Add(time.Minute); len(to.ids(told)) < len(want) && time.Now().Before(deadline); {
		if _, err := db.Outbox().Deliver(ctx, &to); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "events, in the order of the decisions", want, to.ids(told))
}
