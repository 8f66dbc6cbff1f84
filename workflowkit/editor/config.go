package editor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// Config configures [Handler]. Engine and Store are required.
type Config struct {
	// Engine is asked for the catalogue, validates, and runs dry. It should be the engine that executes the workflows, or
	// have the same catalogue.
	Engine *workflowkit.Engine
	// Store keeps the workflows.
	Store store.Workflows
	// Runs is the history of runs. Nil means that there is none: the pages of runs are not offered.
	Runs store.Runs
	// Authorize says who makes a request, and what the person may do. Nil refuses every request; see [Loopback] for a
	// first try.
	Authorize Authorize

	// Prefix is the path at which browsers find the editor, for instance "/admin/editor". Empty means that it is derived
	// from the request, which works behind [http.StripPrefix] and on the patterns of [http.ServeMux]. Set it with other
	// routers that do not strip the prefix, and behind a proxy that changes paths.
	Prefix string
	// Title is the name of the editor in its pages. Empty means "Workflows".
	Title string
	// HomeURL is where a link leads that leaves the editor: a path, or an http or https URL. Empty means no link.
	HomeURL string
	// SampleEvent returns the event that a dry run of a workflow is offered to start with, if the workflow has not run
	// yet. Nil, or an event without a name, means one with the workflow's trigger for a name and no data.
	SampleEvent func(ctx context.Context, workflow store.Workflow) (workflowkit.Event, error)

	// MaxBody is the largest body of a request in bytes. Zero means 4 MiB, which is above what the default limits of an
	// engine allow for a definition.
	MaxBody int64
	// MaxStreams is how many streams of events can be open at once. Zero means 500.
	MaxStreams int
	// DryRunTimeout bounds a dry run. Zero means 5 seconds.
	DryRunTimeout time.Duration
	// Protection refuses requests that other sites make a browser send. Nil means the strictest: none is trusted.
	Protection *http.CrossOriginProtection
	// Logger is told about stores that fail. Nil means slog.Default.
	Logger *slog.Logger
}

const (
	defaultTitle         = "Workflows"
	defaultMaxBody       = 4 << 20
	defaultMaxStreams    = 500
	defaultDryRunTimeout = 5 * time.Second
)

// checked returns the configuration with its defaults, or all that is wrong with it.
func (c Config) checked() (Config, error) {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if c.Engine == nil {
		fault("Engine is nil")
	}
	if c.Store == nil {
		fault("Store is nil")
	}
	if c.MaxBody < 0 || c.MaxStreams < 0 || c.DryRunTimeout < 0 {
		fault("MaxBody, MaxStreams and DryRunTimeout must not be negative")
	}
	c.Prefix = strings.TrimRight(c.Prefix, "/")
	if c.Prefix != "" && !validPrefix(c.Prefix) {
		fault("Prefix %q is not a path such as /admin/editor", c.Prefix)
	}
	if !validHome(c.HomeURL) {
		fault("HomeURL %q is neither a path nor an http or https URL", c.HomeURL)
	}
	if c.Title == "" {
		c.Title = defaultTitle
	}
	if c.MaxBody == 0 {
		c.MaxBody = defaultMaxBody
	}
	if c.MaxStreams == 0 {
		c.MaxStreams = defaultMaxStreams
	}
	if c.DryRunTimeout == 0 {
		c.DryRunTimeout = defaultDryRunTimeout
	}
	if c.Authorize == nil {
		c.Authorize = refuse
	}
	if c.Protection == nil {
		c.Protection = http.NewCrossOriginProtection()
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	return c, errors.Join(faults...)
}

// validHome keeps schemes out of the link that are none for a link, such as javascript.
func validHome(home string) bool {
	if home == "" {
		return true
	}
	u, err := url.Parse(home)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "":
		return u.Host == "" && strings.HasPrefix(home, "/")
	case "http", "https":
		return u.Host != ""
	}
	return false
}
