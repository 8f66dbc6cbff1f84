// Package cms is the application of the blog example: posts and workflows behind a JSON API and pages, and the function
// that runs the workflows on Inngest.
//
//	app, err := cms.New(cms.Config{DB: db, Client: client, Model: model, Access: people})
//	go app.Run(ctx)
//	err = http.ListenAndServe("127.0.0.1:3000", app.Handler())
//
// It takes its parts from outside (a migrated database, a client of any Inngest, a text model), so tests run the same
// application on other parts; package server chooses them from environment variables.
//
// # Decisions about posts
//
// An editor decides: send to review, revert, approve, discard, publish, unpublish. A decision stores the status and its
// event in one transaction, so that neither is there without the other, and [App.Run] sends the event when that has been
// committed. While Inngest does not answer, decisions are taken all the same and wait for it, each post's in their order.
// Approving and discarding change nothing else, since the run that asked is the one to act.
//
// At most one run works on the text of a post: a second review replaces the first, and reverting, unpublishing and
// publishing end a review. The database refuses what a run that is too late still writes.
//
// # Who may do what
//
// Every route has a rule: viewers read, editors write posts and automations and decide, admins also give roles. Package
// access says who makes a request. Who is not signed in is led to the sign-in page, or told so with 401; who may not is
// told with 403. Attempts to sign in, and decisions that start a workflow, are bounded: 429 and Retry-After.
//
// # Pages
//
// Pages are rendered here and work without a script. A script of the application's own adds what it can: parts of pages
// that change are replaced when the server says, by a stream at /live, that something has changed; small forms are sent
// without leaving the page; the preview follows what is written. Workflows are drawn in the editor of package editor.
//
// # Limits
//
// The bounds count in each process by itself. A user cannot be removed, only made a viewer, or kept out by AUTH_ALLOWED
// before the first sign-in. Ids of posts in events are strings, and an event with a number, sent by other
// software, starts a run that this application's events do not cancel, because Inngest compares them by type.
package cms
