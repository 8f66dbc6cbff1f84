package access

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/workflowkit/workflowkit-go/loader"
)

const (
	// DefaultIdle is how long a session lasts without being used.
	DefaultIdle = 24 * time.Hour
	// DefaultAbsolute is how long a session lasts at most.
	DefaultAbsolute = 14 * 24 * time.Hour
	// loginTime is how long somebody may take at the provider.
	loginTime = 10 * time.Minute
	// providerTimeout is how long a provider may take to answer.
	providerTimeout = 10 * time.Second
)

// Config says how people sign in. The zero value, with a DB, is for the local admin.
type Config struct {
	// DB holds users and sessions. It is required.
	DB *loader.DB
	// Providers are where people sign in. None means that there is a local admin.
	Providers []Provider
	// BaseURL is the application's URL as browsers see it, without a path. It is required if there are providers. Unless it
	// is one of this machine it must be https.
	BaseURL string
	// Admins are the e-mail addresses of people who are admins whatever the table of users says.
	Admins []string
	// Allowed are the e-mail addresses, or domains ("example.com"), of people who may sign in without being users yet. None
	// means everybody for whom a provider vouches. Admins, and those who are users already, may in any case.
	Allowed []string
	// Limits say how long a session lasts. The zero value means DefaultIdle and DefaultAbsolute.
	Limits loader.SessionLimits
	// Logger is where sign-ins are logged. Nil means slog.Default().
	Logger *slog.Logger
	// Now is the clock. Nil means time.Now.
	Now func() time.Time
}

// Access answers who makes a request. It is safe for concurrent use.
type Access struct {
	db        *loader.DB
	providers []*provider
	base      *url.URL
	admins    map[string]bool
	allowed   []string
	limits    loader.SessionLimits
	logger    *slog.Logger
	now       func() time.Time
	client    *http.Client
}

// New returns an Access. It does not talk to the providers yet.
func New(config Config) (*Access, error) {
	if config.DB == nil {
		return nil, errors.New("access: database is nil")
	}
	a := &Access{
		db: config.DB, admins: map[string]bool{}, limits: config.Limits, logger: config.Logger, now: config.Now,
		client: &http.Client{Timeout: providerTimeout},
	}
	if a.logger == nil {
		a.logger = slog.Default()
	}
	if a.now == nil {
		a.now = time.Now
	}
	if a.limits == (loader.SessionLimits{}) {
		a.limits = loader.SessionLimits{Idle: DefaultIdle, Absolute: DefaultAbsolute}
	}
	for _, email := range config.Admins {
		a.admins[strings.ToLower(strings.TrimSpace(email))] = true
	}
	for _, allowed := range config.Allowed {
		a.allowed = append(a.allowed, strings.ToLower(strings.TrimSpace(allowed)))
	}
	if len(config.Providers) == 0 {
		return a, nil
	}
	var err error
	if a.base, err = parseBase(config.BaseURL); err != nil {
		return nil, err
	}
	for _, p := range config.Providers {
		if err := p.check(); err != nil {
			return nil, err
		}
		a.providers = append(a.providers, &provider{Provider: p, redirect: a.base.JoinPath("sign-in", p.ID, "callback").String()})
	}
	return a, nil
}

func parseBase(text string) (*url.URL, error) {
	base, err := url.Parse(text)
	switch {
	case text == "":
		return nil, errors.New("access: the application's own URL is needed for sign-in: set APP_URL, for instance to https://blog.example.com")
	case err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https":
		return nil, fmt.Errorf("access: the application's own URL is %q, it must be like https://blog.example.com: check APP_URL", text)
	case strings.Trim(base.Path, "/") != "" || base.RawQuery != "" || base.User != nil:
		return nil, fmt.Errorf("access: the application's own URL is %q, it must have no path: check APP_URL", text)
	case base.Scheme == "http" && !isLoopbackName(base.Host):
		return nil, fmt.Errorf("access: the application's own URL is %q, it must be https: check APP_URL", text)
	}
	return &url.URL{Scheme: base.Scheme, Host: base.Host}, nil
}

// Local reports whether there are no providers, but a local admin.
func (a *Access) Local() bool { return len(a.providers) == 0 }

// Configured reports whether the address is of somebody who is an admin whatever the table of users says.
func (a *Access) Configured(email string) bool { return a.admins[strings.ToLower(email)] }

// HasAdmins reports whether there are such people.
func (a *Access) HasAdmins() bool { return len(a.admins) > 0 }

// rule says what becomes of somebody who signs in.
func (a *Access) rule(email string) loader.SignInRule {
	email = strings.ToLower(email)
	if a.admins[email] {
		return loader.SignInRule{New: loader.RoleAdmin, Raise: true}
	}
	if len(a.allowed) == 0 {
		return loader.SignInRule{New: loader.RoleViewer}
	}
	_, domain, _ := strings.Cut(email, "@")
	for _, allowed := range a.allowed {
		if allowed == email || strings.TrimPrefix(allowed, "@") == domain {
			return loader.SignInRule{New: loader.RoleViewer}
		}
	}
	return loader.SignInRule{}
}
