package soak

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Config says what to run. Replicas and Runs are required.
type Config struct {
	// Inngest is the URL of a server. Empty means one in the process, with keys and with faults of its own.
	Inngest string
	// SigningKey and EventKey are those of the server. Without a signing key it is taken for a dev server.
	SigningKey, EventKey string
	// Database is postgres://… or the path of an SQLite file. Empty means a temporary file.
	Database string
	// Replicas is how many processes serve the workflows: one of them with an older catalogue, so 2 at least.
	Replicas int
	// Runs is how many runs to start.
	Runs int
	// Seed is what all random choices follow from.
	Seed int64
	// Every is the time between two starts of runs.
	Every time.Duration
	// Kill is the average time between two deaths. Zero means that nobody dies.
	Kill time.Duration
	// Skew is by how much the clocks of two replicas are wrong, one in each direction.
	Skew time.Duration
	// Timeout is how long the whole may take. Zero means ten minutes.
	Timeout time.Duration
	// Logger is told what happens. Nil means that nobody is.
	Logger *slog.Logger
	// LogLevel is what replicas write to standard error.
	LogLevel slog.Level
}

func (c *Config) check() error {
	var errs []error
	if c.Replicas < 2 {
		errs = append(errs, fmt.Errorf("%d replicas: one has an older catalogue, so 2 are needed at least", c.Replicas))
	}
	if c.Runs < 1 {
		errs = append(errs, fmt.Errorf("%d runs: 1 is needed at least", c.Runs))
	}
	if c.Inngest == "" && (c.SigningKey != "" || c.EventKey != "") {
		errs = append(errs, errors.New("keys are for a server that is named"))
	}
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Minute
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return errors.Join(errs...)
}
