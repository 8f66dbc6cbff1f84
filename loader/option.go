package loader

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/workflowkit/workflowkit-go/loader/outbox"
)

// Option changes what [Open] does by default.
type Option func(*settings) error

type settings struct {
	logger   *slog.Logger
	maxConns int
	busy     time.Duration
	outbox   outbox.Config
}

func defaultSettings() settings {
	return settings{logger: slog.New(slog.DiscardHandler), busy: 10 * time.Second}
}

// WithLogger sets where migrations, take-overs and seeds are reported. By default they are not. Neither texts of posts
// nor passwords are logged. A nil logger is refused.
func WithLogger(logger *slog.Logger) Option {
	return func(s *settings) error {
		if logger == nil {
			return errors.New("logger must not be nil")
		}
		s.logger = logger
		return nil
	}
}

// WithMaxConns sets how many connections the pool may open. The default is 10 for Postgres and 4 for a SQLite file; a
// SQLite database in memory always has one. A number below 1 is refused.
func WithMaxConns(n int) Option {
	return func(s *settings) error {
		if n < 1 {
			return fmt.Errorf("number of connections must be at least 1, not %d", n)
		}
		s.maxConns = n
		return nil
	}
}

// WithBusyTimeout sets how long a write to a SQLite file waits for another writer before it fails. The default is ten
// seconds. Postgres has settings of its own, which the connection URL can set (lock_timeout).
func WithBusyTimeout(d time.Duration) Option {
	return func(s *settings) error {
		if d <= 0 {
			return fmt.Errorf("busy timeout must be positive, not %s", d)
		}
		s.busy = d
		return nil
	}
}

// WithOutbox sets how [DB.Outbox] behaves. Without it, or where a field is zero, the defaults of package outbox apply; a
// nil logger means that of [WithLogger].
func WithOutbox(config outbox.Config) Option {
	return func(s *settings) error {
		s.outbox = config
		return nil
	}
}
