package cms

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Config holds the parts of an application. DB, Client and Model are required.
type Config struct {
	// DB holds posts and workflows. It must have been migrated. The application does not close it.
	DB *loader.DB
	// Client connects to an Inngest server. New registers the application's function with it, so one client makes one
	// application.
	Client *inngest.Client
	// Model writes the texts.
	Model actions.TextModel
	// Retries is how often a step is tried again. Nil means inngest.DefaultRetries.
	Retries *int
	// Logger is where the application logs. Nil means slog.Default().
	Logger *slog.Logger
}

// App is the application. It is safe for concurrent use.
type App struct {
	db      *loader.DB
	client  *inngest.Client
	engine  *workflowkit.Engine
	logger  *slog.Logger
	pages   *pages
	clicks  *clicks
	handler http.Handler
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
	app := &App{db: config.DB, client: config.Client, logger: config.Logger, clicks: newClicks()}
	if app.logger == nil {
		app.logger = slog.Default()
	}
	blog, err := actions.New(actions.Config{Posts: posts{config.DB}, Model: config.Model})
	if err != nil {
		return nil, fmt.Errorf("blog: %w", err)
	}
	app.engine, err = workflowkit.New(
		workflowkit.WithActions(blog...), workflowkit.WithLoader(fresh{config.DB}), workflowkit.WithLogger(app.logger),
	)
	if err != nil {
		return nil, fmt.Errorf("blog: %w", err)
	}
	if err := inngest.Register(app.client, app.engine, app.function(config.Retries)); err != nil {
		return nil, fmt.Errorf("blog: %w", err)
	}
	if app.pages, err = parsePages(); err != nil {
		return nil, fmt.Errorf("blog: %w", err)
	}
	app.handler = app.routes()
	return app, nil
}

// Handler returns the application's pages, its API, and Inngest's endpoint at /api/inngest.
func (a *App) Handler() http.Handler { return a.handler }

// Engine returns the engine that runs the workflows, for whoever wants to validate one or list the actions.
func (a *App) Engine() *workflowkit.Engine { return a.engine }

// Recover makes drafts of the posts whose review ended with the process that ran it, and says so on each of them. It
// is to be called at start if Inngest runs inside the process, and never otherwise: a run on a server of its own has
// survived.
func (a *App) Recover(ctx context.Context) error {
	released, err := a.db.ReleasePosts(ctx, "The review was lost because the application was restarted. Send the post to review again.")
	if err != nil {
		return fmt.Errorf("release posts of lost runs: %w", err)
	}
	if len(released) > 0 {
		a.logger.WarnContext(ctx, "posts are drafts again because their runs ended with the previous process", "posts", released)
	}
	return nil
}
