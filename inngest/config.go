package inngest

import (
	"log/slog"
	"net/http"
	"time"
)

// Config says who the app is and which Inngest server it works with. Only AppID is required: what is not set is read
// from the environment, and what is set wins over the environment. Printing or logging a Config does not reveal keys.
type Config struct {
	// AppID identifies the app in Inngest. It must not change once functions have run: their ids begin with it. It is
	// required.
	AppID string
	// AppVersion names the version of the app, shown in Inngest. Empty means none.
	AppVersion string

	// Dev chooses between dev mode (true) and cloud mode (false). Nil means: see the package documentation.
	Dev *bool
	// BaseURL is the URL of the Inngest server for both of its APIs. Empty means INNGEST_BASE_URL.
	BaseURL string
	// APIBaseURL is the URL of the server's API. Empty means BaseURL, or INNGEST_API_BASE_URL.
	APIBaseURL string
	// EventAPIBaseURL is the URL to which events are sent. Empty means BaseURL, or INNGEST_EVENT_API_BASE_URL.
	EventAPIBaseURL string

	// EventKey permits to send events. Empty means INNGEST_EVENT_KEY. Dev mode needs none.
	EventKey string
	// SigningKey proves that calls come from Inngest, and authenticates calls of its API. Empty means
	// INNGEST_SIGNING_KEY. Cloud mode needs one.
	SigningKey string
	// SigningKeyFallback is tried where SigningKey fails, so that keys can be rotated. Empty means
	// INNGEST_SIGNING_KEY_FALLBACK.
	SigningKeyFallback string
	// Env is the name of the Inngest environment. Empty means INNGEST_ENV, and without it the one to which the keys
	// belong.
	Env string

	// ServeOrigin is scheme, host and port at which Inngest reaches the handler, for instance
	// "https://app.example.com". Empty means INNGEST_SERVE_ORIGIN, and without it that of the sync request.
	ServeOrigin string
	// ServePath is the path at which Inngest reaches the handler. It must be set if a proxy or [http.StripPrefix]
	// changes the path on the way. Empty means INNGEST_SERVE_PATH, and without it that of the sync request.
	ServePath string
	// AllowUnsignedSync permits anybody to make the app register its functions in cloud mode. It should stay false
	// unless something that cannot sign, for instance a deploy script, triggers the sync.
	AllowUnsignedSync bool
	// MaxBodySize limits the body of a call, in bytes. Zero means 32 MiB; Inngest sends at most 4.
	MaxBodySize int64

	// Streaming makes answers to calls grow by a byte every few seconds while a function is executed, for proxies and
	// platforms that cut connections on which nothing comes for a while. The HTTP status of every executed call is then
	// 201, and the real one is in the body. Nil means INNGEST_STREAMING, and without it false.
	Streaming *bool

	// HTTPClient makes all requests to the Inngest server. Nil means a client of its own with a timeout of 30 seconds.
	HTTPClient *http.Client
	// Logger is where the package logs. Nil means [slog.Default]. INNGEST_LOG_LEVEL (debug, info, warn, error or silent)
	// decides how much, if it is set.
	Logger *slog.Logger
	// Observers are told of the calls that the server makes.
	Observers []CallObserver
	// Now tells the time, by which signatures are made and judged. Nil means [time.Now].
	Now func() time.Time
	// Getenv looks up an environment variable. Nil means [os.Getenv].
	Getenv func(name string) string
}

// LogValue implements [slog.LogValuer]. It reveals of a key only whether it is set.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("app_id", c.AppID),
		slog.String("base_url", redactURL(c.BaseURL)),
		slog.String("api_base_url", redactURL(c.APIBaseURL)),
		slog.String("event_api_base_url", redactURL(c.EventAPIBaseURL)),
		slog.String("event_key", mask(c.EventKey)),
		slog.String("signing_key", mask(c.SigningKey)),
		slog.String("signing_key_fallback", mask(c.SigningKeyFallback)),
		slog.String("env", c.Env),
		slog.String("serve_origin", c.ServeOrigin),
		slog.String("serve_path", c.ServePath),
	)
}

// String returns the configuration without its keys.
func (c Config) String() string { return c.LogValue().String() }

// GoString returns the configuration without its keys.
func (c Config) GoString() string { return "inngest.Config" + c.String() }

// mask says whether a secret is set, and nothing else about it.
func mask(secret string) string {
	if secret == "" {
		return "not set"
	}
	return "set"
}
