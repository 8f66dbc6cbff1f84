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

// Limits are the bounds that Inngest puts on runs. A zero field is the default given with it.
type Limits struct {
	// StepOutput is the size in bytes of what one step may return: 4 MiB.
	StepOutput int
	// ResponseBody is the size in bytes of one answer of an app: 8 MiB.
	ResponseBody int
	// RequestBody is the size in bytes from which on a call carries no state and the app has to fetch it (use_api): 4 MiB.
	RequestBody int
	// RunState is the size in bytes of the results of all steps of a run: 32 MiB.
	RunState int
	// Steps is the number of steps of a run: 1000.
	Steps int
	// Event is the size in bytes of one event: 3 MiB, as on the dev server; most plans of the cloud allow 512 KiB.
	Event int
}

func (l Limits) withDefaults() Limits {
	const mib = 1 << 20
	orElse := func(value *int, otherwise int) {
		if *value <= 0 {
			*value = otherwise
		}
	}
	orElse(&l.StepOutput, 4*mib)
	orElse(&l.ResponseBody, 8*mib)
	orElse(&l.RequestBody, 4*mib)
	orElse(&l.RunState, 32*mib)
	orElse(&l.Steps, 1000)
	orElse(&l.Event, 3*mib)
	return l
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

// backoffTable holds the delays of the real server after the first, second, ... failed attempt, without jitter.
var backoffTable = [...]time.Duration{
	15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute,
	20 * time.Minute, 40 * time.Minute, time.Hour, 2 * time.Hour,
}

// backoff returns the delay after a number of failed attempts. The server's mutex is held.
func (s *Server) backoff(failed int) time.Duration {
	if s.cfg.Backoff != nil {
		return max(0, s.cfg.Backoff(failed))
	}
	index := min(max(failed-1, 0), len(backoffTable)-1)
	return backoffTable[index] + time.Duration(s.rng.Int64N(int64(retryJitter)))
}
