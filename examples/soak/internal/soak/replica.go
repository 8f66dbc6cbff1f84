package soak

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// replicaVariable holds the settings of a process that is to be a replica.
const replicaVariable = "SOAK_REPLICA"

// replicaSettings are what a replica is told by its parent.
type replicaSettings struct {
	Index    int           `json:"index"`
	Listen   string        `json:"listen"`
	URL      string        `json:"url"` // the balancer's, where Inngest finds the app
	Database string        `json:"database"`
	Seed     int64         `json:"seed"`
	Older    bool          `json:"older"`
	Skew     time.Duration `json:"skew"`
	LogLevel slog.Level    `json:"log_level"`

	Inngest    string `json:"inngest"`
	SigningKey string `json:"signing_key"`
	EventKey   string `json:"event_key"`
}

// IsReplica reports whether this process was started by a parent to be a replica.
func IsReplica() bool { return os.Getenv(replicaVariable) != "" }

// RunReplica serves the workflows until the process is asked to stop, and returns its exit code.
func RunReplica() int {
	var s replicaSettings
	if err := json.Unmarshal([]byte(os.Getenv(replicaVariable)), &s); err != nil {
		fmt.Fprintln(os.Stderr, "replica: settings:", err)
		return 2
	}
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: s.LogLevel})).With("replica", s.Index)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := s.serve(ctx, logger); err != nil {
		logger.Error("replica failed", "error", err)
		return 1
	}
	return 0
}

func (s replicaSettings) clientConfig(logger *slog.Logger) inngest.Config {
	return inngest.Config{
		AppID: "soak", BaseURL: s.Inngest, SigningKey: s.SigningKey, EventKey: s.EventKey, Dev: new(s.SigningKey == ""), Logger: logger,
		Now: func() time.Time { return time.Now().Add(s.Skew) },
	}
}

func (s replicaSettings) serve(ctx context.Context, logger *slog.Logger) (err error) {
	ledger, err := openLedger(ctx, s.Database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ledger.close()) }()
	engine, err := workflowkit.New(
		workflowkit.WithActions(ledger.actions(s.Older)...), workflowkit.WithLogger(logger), workflowkit.WithRollingCatalog(),
		workflowkit.WithLoader(workflowkit.LoaderFunc(func(_ context.Context, event workflowkit.Event) (*workflowkit.Definition, error) {
			var data started
			if err := event.DecodeData(&data); err != nil {
				return nil, workflowkit.NoRetryError(err)
			}
			definition, err := newGraph(s.Seed, data.Number).definition()
			return &workflowkit.Definition{ID: fmt.Sprint(data.Number), JSON: definition}, err
		})))
	if err != nil {
		return err
	}
	client, err := inngest.NewClient(s.clientConfig(logger))
	if err != nil {
		return err
	}
	retries := 20 // a step fails as often as the processes die that work on it
	if err := inngest.Register(client, engine, inngest.Function{ID: "soak", Events: []string{startEvent}, Retries: &retries}); err != nil {
		return err
	}
	return s.listen(ctx, client, ledger, logger)
}

// listen serves until ctx ends, and then lets calls in progress come to the end of their step.
func (s replicaSettings) listen(ctx context.Context, client *inngest.Client, ledger *ledger, logger *slog.Logger) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.Listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: client.Handler(), ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	err = client.Sync(ctx, s.URL)
	if err == nil {
		err = ledger.register(ctx, s.Index)
	}
	if err != nil && ctx.Err() == nil {
		logger.Warn("replica could not register the app; another one has to", "error", err)
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	client.Drain()
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err = server.Shutdown(limited)
	if served := <-done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
