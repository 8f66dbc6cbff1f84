// Package outbox sends events that belong to a change of the database: an event is written in the transaction that
// changes the rows, and sent when that has been committed. So a change and its event happen both or not at all, whatever
// is stopped, full or killed in between.
//
//	box, err := outbox.New(db, outbox.Config{})           // any *gorm.DB on Postgres or SQLite
//	err = box.Migrate(ctx)                                // creates the table workflowkit_outbox
//	go box.Run(ctx, client)                               // in every process: client is an *inngest.Client
//
//	err = box.Transaction(ctx, func(tx *gorm.DB) error {
//		if err := tx.Create(&order).Error; err != nil {
//			return err
//		}
//		_, err := box.Enqueue(tx, event)
//		return err
//	})
//
// With Inngest, Run is to be called when the app is registered: events that the server gets before it knows the functions
// start nothing.
//
// Users of package loader have an outbox already: loader.DB.Outbox.
//
// # What is promised
//
//   - An event of a transaction that was committed is sent, and an event of one that was rolled back is not.
//   - It is sent once, unless a process ends or the database fails after the server has taken it and before that is noted.
//     Then it is sent again, with the same id, by which Inngest recognises it for 24 hours.
//   - What the server does not take is tried again, less and less often, for as long as it takes. Only an event that
//     [Config.Permanent] or [Config.MaxAttempts] gives up is not: it is kept, logged as an error, counted by
//     [Outbox.Stats], listed by [Outbox.Dead], and sent after all by [Outbox.Retry].
//   - Events with an order key are sent one after another, in the order in which they were enqueued, each when the one
//     before it was taken or given up. Transactions that use one key at the same time should lock a row first, as they do
//     when they change the row that the key names: on Postgres an event is seen when it is committed. Events without a key
//     are sent in no particular order.
//
// Any number of processes may run one outbox. Each takes events for the time of a lease; what a process that was killed
// has taken is sent by another when the lease ends. All times are those of the database's clock.
//
// An event is sent within milliseconds after its commit if the process that has committed it runs the outbox, and within
// [Config.PollInterval] by another one.
package outbox
