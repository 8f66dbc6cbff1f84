package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/cms"
	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/outbox"
)

const (
	defaultHost     = "127.0.0.1"
	defaultPort     = "3000"
	defaultDatabase = "blogcms.db"

	// appID is the application's name in Inngest. Ids of functions begin with it.
	appID = "blogcms"
)

// Options say where a server gets its settings and what it tells.
type Options struct {
	// Environ is the environment, as os.Environ returns it.
	Environ []string
	// Logger is where everything is logged. It is required.
	Logger *slog.Logger
	// Connect executes workflows over a connection to the Inngest server, instead of being called by it.
	Connect bool
	// Listening is called with the URL of the application once it can be used. It may be nil.
	Listening func(url string)
}

// Run runs the application until ctx ends, then finishes the requests in progress and stops. It returns nil after such
// a stop, and an error if the application cannot start or fails.
func Run(ctx context.Context, options Options) (err error) {
	env, logger := environment(options.Environ), options.Logger
	model, err := actions.ModelFromEnvironment(env.get, logger)
	if err != nil {
		return err
	}
	server, err := startInngest(ctx, env, logger)
	if err != nil {
		return err
	}
	if server != nil {
		defer func() { err = errors.Join(err, server.Close()) }()
	}
	client, err := newClient(env, server, logger)
	if err != nil {
		return err
	}
	db, err := openDatabase(ctx, cmp.Or(env.get("DATABASE_URL"), defaultDatabase), logger)
	if err != nil {
		return err
	}
	history := db.History(loader.HistoryConfig{})
	defer func() { err = errors.Join(err, closeHistory(ctx, history), db.Close()) }()
	listeners, err := listen(ctx, cmp.Or(env.get("HOST"), defaultHost), cmp.Or(env.get("PORT"), defaultPort), server != nil)
	if err != nil {
		return err
	}
	people, err := newAccess(ctx, env, db, listeners.ownURL(), logger)
	if err != nil {
		return errors.Join(err, listeners.close())
	}
	app, err := newApp(ctx, cms.Config{DB: db, Client: client, Model: model, Access: people, History: history, Logger: logger}, server != nil)
	if err != nil {
		return errors.Join(err, listeners.close())
	}
	announce := func() {
		logger.InfoContext(ctx, "blogcms is ready", "url", listeners.url())
		if options.Listening != nil {
			options.Listening(listeners.url())
		}
	}
	announce = sync.OnceFunc(announce)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var failed error
	err = listeners.serve(ctx, app, logger, func(ctx context.Context) {
		var background sync.WaitGroup
		background.Go(func() { prune(ctx, people, logger) })
		defer background.Wait()
		// Inngest starts nothing for an event that comes before it knows the function.
		deliver := sync.OnceFunc(func() {
			background.Go(func() { _ = app.Run(ctx) }) // which ends without an error
		})
		if server == nil {
			announce() // for what follows may have to wait for the server
		}
		if options.Connect {
			if failed = inngest.Connect(ctx, client, inngest.ConnectOpts{Ready: func() { deliver(); announce() }}); failed != nil {
				stop()
			}
			return
		}
		register(ctx, client, listeners.serveURL(), logger)
		deliver()
		announce()
	})
	return errors.Join(err, failed)
}

// closeHistory waits, for a while, until what is known of runs is written.
func closeHistory(ctx context.Context, history *loader.History) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	return history.Close(ctx)
}

// newApp returns the application. If the runs of the process before ended with it, their posts are drafts again.
func newApp(ctx context.Context, config cms.Config, embedded bool) (*cms.App, error) {
	app, err := cms.New(config)
	if err != nil || !embedded {
		return app, err
	}
	return app, app.Recover(ctx)
}

// startInngest starts an Inngest inside the process, unless the environment names one.
func startInngest(ctx context.Context, env settings, logger *slog.Logger) (*local.Server, error) {
	if env.inngest() {
		return nil, nil
	}
	server, err := local.Start(local.Config{Logger: logger})
	if err != nil {
		return nil, fmt.Errorf("start the in-process Inngest: %w", err)
	}
	logger.InfoContext(ctx, "no INNGEST_ variable is set, so an Inngest inside this process is used: runs are kept in memory and end with the process",
		"url", server.URL())
	return server, nil
}

func newClient(env settings, server *local.Server, logger *slog.Logger) (*inngest.Client, error) {
	config := inngest.Config{AppID: appID, Logger: logger, Getenv: env.get}
	if server != nil {
		config.BaseURL = server.URL()
	}
	return inngest.NewClient(config)
}

// unsendable reports whether an event can never be sent.
func unsendable(err error) bool {
	return errors.Is(err, inngest.ErrInvalidEvent) || errors.Is(err, inngest.ErrEventTooLarge)
}

// openDatabase opens the database and brings it up to date.
func openDatabase(ctx context.Context, dsn string, logger *slog.Logger) (*loader.DB, error) {
	db, err := loader.Open(ctx, dsn, loader.WithLogger(logger), loader.WithOutbox(outbox.Config{Permanent: unsendable}))
	if err != nil {
		return nil, err
	}
	if _, err = db.Migrate(ctx); err == nil {
		_, err = db.Seed(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	attributes := []any{"dialect", db.Dialect()}
	if db.Dialect() == "sqlite" { // a URL may hold a password
		attributes = append(attributes, "file", dsn)
	}
	logger.InfoContext(ctx, "database is ready", attributes...)
	return db, nil
}
