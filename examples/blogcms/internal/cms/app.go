package cms

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/access"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/limit"
	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/editor"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// Config holds the parts of an application. DB, Client and Model are required.
type Config struct {
	// DB holds posts, workflows and users. It must have been migrated. The application does not close it.
	DB *loader.DB
	// Client connects to an Inngest server. New registers the application's function with it, so one client makes one
	// application.
	Client *inngest.Client
	// Model writes the texts.
	Model actions.TextModel
	// Access says who people are. Nil means a local admin.
	Access *access.Access
	// Limits bound how often people may do what costs something. The zero value has defaults.
	Limits Limits
	// History is told of runs, and asked by the pages. It must be one of DB, and is not closed by the application. Nil means
	// that there is none, and that pages show no progress.
	History *loader.History
	// Retries is how often a step is tried again. Nil means inngest.DefaultRetries.
	Retries *int
	// Logger is where the application logs. Nil means slog.Default().
	Logger *slog.Logger
}

// App is the application. It is safe for concurrent use.
type App struct {
	db        *loader.DB
	client    *inngest.Client
	engine    *workflowkit.Engine
	kinds     map[string]string // names of actions, by their kinds
	access    *access.Access
	signIns   bound
	starts    bound
	workflows store.Workflows
	history   *loader.History // nil if there is none
	runs      store.Runs      // the same
	editor    *editor.Editor
	changes   *changes
	logger    *slog.Logger
	pages     *pages
	clicks    *clicks
	handler   http.Handler
}

// New returns an application, and registers its function with the client.
func New(config Config) (*App, error) {
	switch {
	case config.DB == nil:
		return nil, errors.New("blog: database is nil")
	case config.Client == nil:
		return nil, errors.New("blog: inngest client is nil")
	case config.Model == nil:
		return nil, errors.New("blog: text model is nil")
	}
	limits := config.Limits.withDefaults()
	app := &App{
		db: config.DB, client: config.Client, access: config.Access, workflows: config.DB.Store(), history: config.History, logger: config.Logger, clicks: newClicks(),
		kinds: map[string]string{},
	}
	signIns := limit.New(limits.SignIns, nil)
	app.signIns = bound{signIns, signIns}
	app.starts = bound{limit.New(limits.Starts, nil), limit.New(limits.LocalStarts, nil)}
	if app.logger == nil {
		app.logger = slog.Default()
	}
	if err := app.assemble(config); err != nil {
		return nil, fmt.Errorf("blog: %w", err)
	}
	app.handler = app.routes()
	return app, nil
}

// assemble makes the parts that need others.
func (a *App) assemble(config Config) (err error) {
	if a.access == nil {
		if a.access, err = access.New(access.Config{DB: a.db, Logger: a.logger}); err != nil {
			return err
		}
	}
	a.changes = &changes{look: a.db.PostsDigest}
	observers := []workflowkit.Observer{workflowkit.ObserverFunc(a.observe)}
	if a.history != nil {
		a.runs, observers = a.history, append(observers, a.history)
		a.changes.await = func(ctx context.Context, after int64) (int64, error) { return a.runs.AwaitChange(ctx, "", after) }
	}
	blog, err := actions.New(actions.Config{Posts: posts{a.db}, Model: config.Model})
	if err != nil {
		return err
	}
	a.engine, err = workflowkit.New(
		workflowkit.WithActions(blog...), workflowkit.WithLoader(fresh{a.db}), workflowkit.WithLogger(a.logger),
		workflowkit.WithObservers(observers...),
	)
	if err != nil {
		return err
	}
	for _, spec := range a.engine.Catalog() {
		a.kinds[spec.Kind] = spec.Name
	}
	if err := inngest.Register(a.client, a.engine, a.function(config.Retries)); err != nil {
		return err
	}
	if a.editor, err = editor.Handler(a.editorConfig()); err != nil {
		return err
	}
	a.pages, err = parsePages()
	return err
}

// Close ends the streams by which pages are told of changes, and waits for what looks for them. A server calls it when
// it begins to shut down, since such a stream ends by itself only when its reader goes away.
func (a *App) Close() {
	_ = a.editor.Close() // it never fails
	a.changes.close()
}

// Run sends the events of decisions until ctx ends. Without it they wait in the database. Every process of the
// application runs it, once Inngest knows the function: it starts nothing for an event that it gets before.
func (a *App) Run(ctx context.Context) error { return a.db.Outbox().Run(ctx, a.client) }

// Handler returns the application's pages, its API, and Inngest's endpoint at /api/inngest.
func (a *App) Handler() http.Handler { return a.handler }

// Engine returns the engine that runs the workflows, for whoever wants to validate one or list the actions.
func (a *App) Engine() *workflowkit.Engine { return a.engine }
