// Package loader keeps workflows and blog posts in Postgres or SQLite, by gorm. [DB] is a workflowkit.Loader, and it
// has the writes that the blog's actions and editors make.
//
//	db, err := loader.Open(ctx, os.Getenv("DATABASE_URL")) // postgres://… or the path of a SQLite file
//	_, err = db.Migrate(ctx)
//	_, err = db.Seed(ctx)
//	engine, err := workflowkit.New(workflowkit.WithLoader(db), …)
//
// # Whose tables these are
//
// The tables workflows and blog_posts have the shape that the TypeScript workflow kit's blog uses, on Supabase
// (Postgres) and with Prisma (SQLite). In an empty database [DB.Migrate] creates them. If one of them exists, or both,
// the migrations take it over: the application that created it remains its owner and can go on running beside this
// one, on the same rows. What is added then is all that is added:
//
//   - to both tables, those of the columns named below that an older version of the application did not have;
//   - to blog_posts, workflow_error (why the last run failed) and workflow_revision (which run made the revision, from
//     which text), both nullable text;
//   - to workflows, the index workflowkit_workflow_of_event, which answers [DB.LoadWorkflow];
//   - users, unless there is a table of that name (one with ids that are texts, like Prisma's, gets the columns that it
//     lacks), and beside it workflowkit_identities, workflowkit_sessions, workflowkit_logins and workflowkit_post_runs;
//   - the tables workflowkit_migrations (goose's list), workflowkit_tables (which tables were here before, and when
//     the seeds were put in) and workflowkit_writes (keys of writes, kept for 90 days);
//   - workflowkit_versions and workflowkit_heads (the versions of workflows, see [Store]);
//   - workflowkit_runs, workflowkit_run_actions, workflowkit_run_edges, workflowkit_run_keys and
//     workflowkit_run_sequence (the history of runs);
//   - workflowkit_outbox (events that wait to be sent).
//
// Nothing is dropped, renamed, retyped or rewritten. Rows, identity sequences, grants, row level security, triggers and
// publications stay as they are. Tables that the migrations have created also get two unique indexes: one enabled
// workflow for each trigger, and no two workflows of one name. In tables that were taken over only the writes of this
// package keep to that, since an index could make a write of the other application fail.
//
// The columns are, of workflows: id, created_at, workflow, enabled, trigger, description, name; of blog_posts: id, title,
// subtitle, status, markdown, created_at, markdown_ai_revision, ai_publishing_recommendations. Ids are integers; another
// type of id is refused before anything is changed. Migrations go one way: there is no "down" that could lose rows.
//
// On Postgres the tables are found along the search_path, and what is new is created in its first schema. On SQLite,
// times are read in every layout that applications are known to store, and a new row's time is written like the one
// of the row before it. An update writes the columns that it changes and no others.
//
// # Migrations in production
//
// Several replicas may call [DB.Migrate] at once: one does the work, the others wait for it. It needs a role that owns
// the tables. To keep that right from the application, run a program of a few lines with the owner's URL before each
// release,
//
//	db, err := loader.Open(ctx, os.Getenv("MIGRATION_DATABASE_URL"))
//	report, err := db.Migrate(ctx)
//
// grant the application's role SELECT, INSERT, UPDATE and DELETE on workflows, blog_posts and the new tables, and of
// workflowkit_migrations and workflowkit_tables SELECT only, and call [DB.CheckSchema] in the application. A migration that cannot have a table's lock
// within ten seconds (or the URL's lock_timeout) gives up and changes nothing, so that it never queues in front of the
// application's own queries; run it again. On Supabase, the roles anon and authenticated get no rights on the new tables; connect as postgres, since
// a role to which row level security applies would not see the posts. Migrations need a session: use the direct
// address or the session pooler. Behind a transaction pooler, ?default_query_exec_mode=exec in the URL (or Prisma's
// pgbouncer=true) keeps the application from preparing statements.
//
// # Versions
//
// [DB.Store] keeps the versions of workflows, for an editor: drafts, what is published, and all that came before. What
// the older functions write ([DB.CreateWorkflow], [DB.UpdateWorkflow]), and what other software writes into the column,
// becomes a version too. [DB.LoadWorkflow] names the version that a run is pinned to.
//
// # Runs
//
// [DB.History] keeps what runs did: it observes the engine, and answers an editor's questions, whichever process has
// executed a run. What a run did is written behind its back and never holds it up; its end waits until it is written,
// for two seconds at most. Runs are kept for 30 days, and the last 10,000 of each workflow, unless [HistoryConfig] says
// otherwise. What happens to a run while no process works on it is told by whoever knows: [History.MarkFailed] and
// [History.MarkCancelled].
//
// # Events
//
// A decision of an editor and its event happen together: [DB.SendToReview] and the others leave events in [DB.Outbox] in
// the transaction that changes the post. Package outbox is for anybody's gorm.DB.
//
// # Writes
//
// Every write is one transaction in which the row is locked. A write of a run carries a key, and a write whose key
// was applied before is not made again: a step may run twice. What a write would overwrite must be what its author has
// seen. For that a post has no counter, which other software would not keep, but a [Post.Version] computed from its
// texts, so a change by the TypeScript application is noticed like one of our own. Beyond the version:
//
//   - A revision remembers from which text it was made. If the text is edited in the meantime, the run's next revision
//     and its application are refused with [ErrChanged], even if the run has read the post again in between.
//   - After an editor's decision (review, revert, publish, unpublish) no run that has written before may write again.
//   - A newer run is not stopped by what an older one left behind, and an older one cannot disturb a newer one.
//
// Inngest's run ids tell by themselves which run is newer. With other ids, the run that wrote to the post first counts
// as the older one.
//
// # Users
//
// A [User] is a row of users, in the shape that Prisma gives it, so people keep their roles when a database is taken over.
// [DB.SignIn] finds the person behind an account of a provider, [DB.CreateSession] and [DB.Session] keep them signed in.
// Of tokens only hashes are stored. Tables accounts and sessions of the other application are not used.
//
// # Limits
//
// What other software writes into a workflow's column twice before this package looks once is seen once. What a run did
// while the database could not be written is in memory, and lost if the process ends before it can be; unless the end of
// the run was told after that, the run stays unfinished in the history until somebody marks it.
//
// A workflow's definition is stored byte for byte on SQLite. On Postgres it is a jsonb, which keeps neither the order
// of keys nor white space nor duplicate keys, and refuses \u0000. A SQLite file must be on a disk of the machine, not on a
// network share. :memory: has one connection, so it is for tests. Prisma's relative paths (file:./dev.db) are relative
// to its schema's folder; here they are relative to the working directory.
package loader
