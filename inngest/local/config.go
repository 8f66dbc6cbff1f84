package local

import (
	"log/slog"
	"net/http"
	"time"
)

// Config says how a [Server] behaves. The zero value is a dev server on a free port of 127.0.0.1 with real time.
type Config struct {
	// Clock is where time comes from; nil is the time of the machine. See [NewVirtualClock].
	Clock Clock
	// Logger receives what happens (debug), and everything that the real server would swallow (error); nil discards it.
	Logger *slog.Logger
	// Addr is the address to listen on; empty is a free port of 127.0.0.1.
	Addr string
	// SigningKey switches to the behaviour of the cloud: calls to apps are signed with it, and the HTTP API asks for it,
	// plain or hashed, as a bearer token. Empty is dev mode, in which nothing is signed or checked. It is hexadecimal,
	// with or without a "signkey-<env>-" in front.
	SigningKey string
	// EventKey is the only key that the event API accepts; empty accepts any.
	EventKey string
	// Backoff returns how long to wait after the given number of failed attempts (1 and up) when the app does not say
	// so; nil is the table of the real server: 15 s, 30 s, 1 m, 2 m, 5 m, 10 m, 20 m, 40 m, 1 h, 2 h, each with up to
	// 30 s of jitter.
	Backoff func(failed int) time.Duration
	// Faults makes things go wrong on purpose; the zero value does not.
	Faults Faults
	// HTTPClient makes the calls to the apps; nil is a client of the server's own without a time-out.
	HTTPClient *http.Client
	// Limits bounds sizes and counts; zero fields are the limits of the real server.
	Limits Limits
}

const (
	defaultRetries = 4
	maxRetries     = 20
	maxWait        = 366 * 24 * time.Hour
	dedupePeriod   = 24 * time.Hour
	maxBatch       = 5000
	minRetryDelay  = time.Second
	maxRetryDelay  = 24 * time.Hour
	retryJitter    = 30 * time.Second
)
