package inngest

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"regexp"
	"strings"
)

const (
	defaultDevURL      = "http://localhost:8288"
	defaultAPIURL      = "https://api.inngest.com"
	defaultEventURL    = "https://inn.gs"
	devEventKey        = "NO_EVENT_KEY_SET" // a dev server wants some key in the path, and accepts any
	defaultMaxBodySize = 32 << 20
)

// ErrNoSigningKey is returned by [NewClient] in cloud mode without a signing key.
var ErrNoSigningKey = errors.New("cloud mode needs a signing key: set INNGEST_SIGNING_KEY, " +
	"or INNGEST_DEV=1 to work with a dev server")

// settings are a configuration after the environment has been applied.
type settings struct {
	dev    bool
	chosen bool   // dev or cloud was asked for, not deduced from the absence of everything
	reason string // why this mode

	apiURL, eventURL         string
	eventKey                 string
	signingKey, signingKeyFB string
	env                      string
	serveOrigin, servePath   string
	platform                 string      // what hosts the process; empty means that it is not known
	outOfBandOnly            bool        // signed requests for a sync are answered like others
	streaming                bool        // answers to calls grow while functions are executed
	logLevel                 *slog.Level // nil leaves it to the logger
}

func (s settings) mode() string {
	if s.dev {
		return "dev"
	}
	return "cloud"
}

// signingKeys returns the keys that are set, the one to prefer first.
func (s settings) signingKeys() []string {
	var keys []string
	for _, key := range []string{s.signingKey, s.signingKeyFB} {
		if key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// LogValue implements [slog.LogValuer]. It says of keys only whether they are set.
func (s settings) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("mode", s.mode()),
		slog.String("reason", s.reason),
		slog.String("api", redactURL(s.apiURL)),
		slog.String("event_api", redactURL(s.eventURL)),
		slog.String("event_key", mask(s.eventKey)),
		slog.String("signing_key", mask(s.signingKey)),
		slog.String("signing_key_fallback", mask(s.signingKeyFB)),
		slog.String("env", s.env),
	)
}

// String returns the settings without keys.
func (s settings) String() string { return s.LogValue().String() }

// getenv looks up a variable, without spaces around its value.
func (c Config) getenv(name string) string {
	if c.Getenv == nil {
		return strings.TrimSpace(os.Getenv(name))
	}
	return strings.TrimSpace(c.Getenv(name))
}

// resolve applies the environment to what c leaves open, and checks the outcome.
func (c Config) resolve() (settings, error) {
	env := c.getenv

	s := settings{
		eventKey:     first(c.EventKey, env("INNGEST_EVENT_KEY")),
		signingKey:   first(c.SigningKey, env("INNGEST_SIGNING_KEY")),
		signingKeyFB: first(c.SigningKeyFallback, env("INNGEST_SIGNING_KEY_FALLBACK")),
		env:          first(c.Env, env("INNGEST_ENV")),
		// INNGEST_SERVE_HOST is what inngestgo calls the origin.
		serveOrigin: first(c.ServeOrigin, env("INNGEST_SERVE_ORIGIN"), env("INNGEST_SERVE_HOST")),
		servePath:   first(c.ServePath, env("INNGEST_SERVE_PATH")),
		platform:    detectPlatform(env),
	}
	if text := env("INNGEST_ALLOW_IN_BAND_SYNC"); text != "" {
		allowed, _ := parseDev(text)
		s.outOfBandOnly = !allowed
	}
	s.streaming, _ = parseDev(env("INNGEST_STREAMING"))
	if c.Streaming != nil {
		s.streaming = *c.Streaming
	}
	var levelErr error
	s.logLevel, levelErr = parseLogLevel(env("INNGEST_LOG_LEVEL"))
	devURL := s.chooseMode(c.Dev, env("INNGEST_DEV"))

	apiDefault, eventDefault := defaultAPIURL, defaultEventURL
	if s.dev {
		apiDefault = first(devURL, defaultDevURL)
		eventDefault = apiDefault
	}
	s.apiURL = first(c.APIBaseURL, c.BaseURL, env("INNGEST_API_BASE_URL"), env("INNGEST_API_ORIGIN"), env("INNGEST_BASE_URL"), apiDefault)
	s.eventURL = first(c.EventAPIBaseURL, c.BaseURL, env("INNGEST_EVENT_API_BASE_URL"), env("INNGEST_EVENT_API_ORIGIN"), env("INNGEST_BASE_URL"), eventDefault)
	return s, errors.Join(s.check(), levelErr)
}

// chooseMode decides between dev and cloud mode, and returns the URL of the dev server if INNGEST_DEV holds one.
func (s *settings) chooseMode(dev *bool, variable string) (devURL string) {
	on, devURL := parseDev(variable)
	s.chosen = true
	switch {
	case dev != nil:
		s.dev, s.reason = *dev, "Config.Dev is set"
	case variable != "" && on:
		s.dev, s.reason = true, "INNGEST_DEV is set"
	case variable != "":
		s.reason = "INNGEST_DEV is off"
	case s.signingKey != "" || s.signingKeyFB != "" || s.eventKey != "":
		s.reason = "keys are set"
	default:
		s.dev, s.chosen, s.reason = true, false, "neither keys nor INNGEST_DEV are set"
	}
	return devURL
}

// parseDev reads INNGEST_DEV: a switch, or the address of a dev server, which implies on.
func parseDev(v string) (on bool, devURL string) {
	switch strings.ToLower(v) {
	case "", "0", "f", "false", "n", "no", "off":
		return false, ""
	}
	if u, err := url.Parse(v); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return true, v
	}
	if u, err := url.Parse("http://" + v); err == nil && u.Port() != "" { // localhost:8288
		return true, "http://" + v
	}
	return true, ""
}

func (s *settings) check() error {
	errs := []error{checkURL("API base URL", &s.apiURL), checkURL("event API base URL", &s.eventURL)}
	if s.serveOrigin != "" {
		errs = append(errs, checkURL("serve origin", &s.serveOrigin))
	}
	if s.servePath != "" && !strings.HasPrefix(s.servePath, "/") {
		errs = append(errs, fmt.Errorf("serve path %q does not begin with a slash", s.servePath))
	}
	errs = append(errs, checkSigningKey("signing key", s.signingKey), checkSigningKey("signing key fallback", s.signingKeyFB))
	if !s.dev && s.signingKey == "" {
		errs = append(errs, fmt.Errorf("%w (cloud mode because %s)", ErrNoSigningKey, s.reason))
	}
	return errors.Join(errs...)
}

// checkURL checks the URL at s, and removes the slash at its end so that paths can be appended.
func checkURL(name string, s *string) error {
	u, err := url.Parse(*s)
	if err != nil {
		// The error of url.Parse repeats the text, which may hold a password.
		return fmt.Errorf("%s is not a URL", name)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%s %q: http:// or https:// with a host, and without a query, is needed", name, u.Redacted())
	}
	*s = strings.TrimRight(*s, "/")
	return nil
}

var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`)

// checkID refuses ids that Inngest would change on the way: they are parts of URLs and of one another.
func checkID(what, id string) error {
	switch {
	case id == "":
		return fmt.Errorf("%s is empty", what)
	case len(id) > 128:
		return fmt.Errorf("%s is %d bytes long, at most 128 are possible", what, len(id))
	case !idPattern.MatchString(id):
		return fmt.Errorf("%s %q: letters, digits, dots, hyphens and underscores are possible, a letter or digit first", what, id)
	}
	return nil
}

func redactURL(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return "malformed"
	}
	return u.Redacted()
}

// first returns the first of its arguments that is not empty.
func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
