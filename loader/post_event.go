package loader

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/workflowkit/workflowkit-go/loader/outbox"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Outbox returns the database's outbox, in which the decisions about posts leave their events. Something must run it:
//
//	go db.Outbox().Run(ctx, client)
//
// Its settings are those of [WithOutbox]. It can be used for other events as well.
func (db *DB) Outbox() *outbox.Outbox { return db.outbox }

// EnqueueFor leaves events about a post in the outbox. They are sent after those that were left for the post before. It is
// for events that change nothing by themselves, such as an approval, which the run that has asked for it carries out.
func (db *DB) EnqueueFor(ctx context.Context, postID int64, events ...workflowkit.Event) error {
	err := db.write(ctx, func(tx *gorm.DB) error {
		if _, err := lockPost(tx, postID); err != nil {
			return err
		}
		return db.enqueueFor(tx, postID, events)
	})
	if err != nil {
		return wrap(ctx, err, "enqueue events of post %d", postID)
	}
	db.outbox.Wake()
	return nil
}

// enqueueFor leaves events in a transaction in which the post is locked, so that they are in the order of its changes.
func (db *DB) enqueueFor(tx *gorm.DB, postID int64, events []workflowkit.Event) error {
	if len(events) == 0 {
		return nil
	}
	_, err := db.outbox.EnqueueInOrder(tx, fmt.Sprintf("post/%d", postID), events...)
	return err
}
