package inngest

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/inngest/inngestgo"
)

// Client connects an app to an Inngest server: it sends events, and its handler executes the functions that were
// registered. It is safe for concurrent use. Clients are made by [NewClient].
type Client struct {
	appID, appVersion string
	settings          settings
	http              *http.Client
	logger            *slog.Logger
	now               func() time.Time
	maxBody           int64
	unsigned          bool // Config.AllowUnsignedSync
	streamInterval    time.Duration
	observers         []CallObserver

	// inngestgo executes, without asking for a signature again, what the handler has let through, and describes the
	// functions to who signs with describeKey.
	sdk         inngestgo.Client
	calls       http.Handler
	describer   inngestgo.Client
	describe    http.Handler
	describeKey string
	handler     http.Handler
	serve       *handler // the same
	getenv      func(name string) string
	checkpoints checkpoints
	acceptedKey atomic.Int32 // index of the signing key that the API accepted last

	mu        sync.Mutex
	functions map[string]bool // ids, without the app's
}

// NewClient returns a client for config, completed from the environment, and logs what it resolved to. It makes no
// request. It returns all faults of the configuration joined into one error, which matches [ErrNoSigningKey] if that is
// among them; no error holds a key.
func NewClient(config Config) (*Client, error) {
	resolved, err := config.resolve()
	if slices.Contains(config.Observers, nil) {
		err = errors.Join(err, errors.New("an observer is nil"))
	}
	if err = errors.Join(checkID("app id", config.AppID), err); err != nil {
		return nil, fmt.Errorf("inngest client: %w", err)
	}
	c := &Client{
		appID: config.AppID, appVersion: config.AppVersion, settings: resolved, http: config.HTTPClient, logger: config.Logger, now: config.Now,
		maxBody: config.MaxBodySize, unsigned: config.AllowUnsignedSync, functions: map[string]bool{},
		streamInterval: streamInterval, getenv: config.getenv,
		describeKey: newDescribeKey(), observers: slices.Clone(config.Observers),
	}
	if c.http == nil {
		c.http = &http.Client{Timeout: 30 * time.Second, Transport: newTransport()}
	}
	if c.logger == nil {
		c.logger = slog.Default()
	}
	if c.now == nil {
		c.now = time.Now
	}
	if resolved.logLevel != nil {
		c.logger = slog.New(leveled{c.logger.Handler(), *resolved.logLevel})
	}
	if c.maxBody <= 0 {
		c.maxBody = defaultMaxBodySize
	}
	if err := c.connectSDK(); err != nil {
		return nil, fmt.Errorf("inngest client: %w", err)
	}
	c.serve = newHandler(c)
	c.handler = c.serve

	c.logger.Info("inngest client", "app_id", c.appID, "inngest", resolved)
	if resolved.dev && resolved.chosen && len(resolved.signingKeys()) == 0 {
		c.logger.Warn("inngest dev mode executes functions for everybody who can reach the handler; " +
			"set INNGEST_SIGNING_KEY and INNGEST_DEV=0 in production")
	}
	return c, nil
}

// newTransport returns a transport that keeps as many connections to the server as there are runs at once in a busy app:
// each of their steps is stored by a request. The default of two would close and open one for most of them.
func newTransport() http.RoundTripper {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport // the application has put in its own
	}
	transport := standard.Clone()
	transport.MaxIdleConnsPerHost = 100
	return transport
}

// connectSDK makes the clients of inngestgo. Everything that they would otherwise look up in the environment is given to
// them, so that it is decided in one place only.
func (c *Client) connectSDK() error {
	options := inngestgo.ClientOpts{
		AppID:           c.appID,
		AppVersion:      optional(c.appVersion),
		HTTPClient:      c.http,
		Logger:          slog.New(sdkLog{c.logger.Handler()}),
		Dev:             new(true), // the handler has verified the call
		APIBaseURL:      new(c.settings.apiURL),
		EventAPIBaseURL: new(c.settings.eventURL),
		RegisterURL:     new(c.settings.apiURL + "/fn/register"),
		EventKey:        new(c.settings.eventKey),
		// It needs them to authenticate checkpoints only, for which the hashes are enough.
		SigningKey:         new(hashOrEmpty(c.settings.signingKey)),
		SigningKeyFallback: new(hashOrEmpty(c.settings.signingKeyFB)),
		Env:                new(c.settings.env),
		MaxBodySize:        hydratedBodyLimit,
	}
	var err error
	if c.sdk, err = inngestgo.NewClient(options); err != nil {
		return err
	}
	options.SigningKey, options.SigningKeyFallback = new(c.describeKey), new("")
	if c.describer, err = inngestgo.NewClient(options); err != nil {
		return err
	}
	serve := inngestgo.ServeOpts{Origin: optional(c.settings.serveOrigin), Path: optional(c.settings.servePath)}
	c.calls, c.describe = c.sdk.ServeWithOpts(serve), c.describer.ServeWithOpts(serve)
	return nil
}

// AppID returns the id of the app.
func (c *Client) AppID() string { return c.appID }

// Dev reports whether the client is in dev mode.
func (c *Client) Dev() bool { return c.settings.dev }

// LogValue implements [slog.LogValuer]. It reveals no key.
func (c *Client) LogValue() slog.Value {
	return slog.GroupValue(slog.String("app_id", c.appID), slog.Attr{Key: "inngest", Value: c.settings.LogValue()})
}

// String returns the client's app and settings without keys.
func (c *Client) String() string { return c.LogValue().String() }

// GoString returns the client's app and settings without keys.
func (c *Client) GoString() string { return "&inngest.Client" + c.String() }

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
