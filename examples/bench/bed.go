package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/inngest/inngestgo"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
)

// bed is a server with the two apps: workflows, and the functions written by hand.
type bed struct {
	options
	local    *local.Server // nil if the server is another one
	client   *inngest.Client
	recorder *recorder
	http     *http.Server
	served   chan error
}

// The paths at which the apps are served.
const (
	workflowPath = "/api/workflows"
	handPath     = "/api/handwritten"
)

func start(ctx context.Context, o options) (*bed, error) {
	b := &bed{options: o, recorder: newRecorder(), served: make(chan error, 1)}
	if b.server == "" {
		server, err := local.Start(local.Config{})
		if err != nil {
			return nil, err
		}
		b.local, b.server = server, server.URL()
	}
	b.server = strings.TrimRight(b.server, "/")
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.listen)
	if err != nil {
		b.close()
		return nil, err
	}
	origin := "http://" + listener.Addr().String()
	mux := http.NewServeMux()
	b.http = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { b.served <- b.http.Serve(listener) }()
	if err := b.serve(ctx, mux, origin); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// serve registers both apps with the server.
func (b *bed) serve(ctx context.Context, mux *http.ServeMux, origin string) error {
	quiet := slog.New(slog.DiscardHandler)
	// Apps that an earlier run has left on the server get no events of this one.
	suffix := fmt.Sprint(time.Now().UnixMilli())
	config := inngest.Config{AppID: "bench-" + suffix, BaseURL: b.server, Logger: quiet}
	if os.Getenv("INNGEST_DEV") == "" {
		config.Dev = new(os.Getenv("INNGEST_SIGNING_KEY") == "")
	}
	client, err := inngest.NewClient(config)
	if err != nil {
		return err
	}
	b.client = client
	if err := registerWorkflows(client, b.recorder); err != nil {
		return err
	}
	mux.Handle(workflowPath, b.recorder.wrap(client.Handler()))
	hand, err := inngestgo.NewClient(inngestgo.ClientOpts{
		AppID: "bench-hand-" + suffix, Logger: quiet, Dev: new(client.Dev()),
		APIBaseURL: &b.server, EventAPIBaseURL: &b.server, RegisterURL: new(b.server + "/fn/register"),
		SigningKey: new(os.Getenv("INNGEST_SIGNING_KEY")), EventKey: new(cmp.Or(os.Getenv("INNGEST_EVENT_KEY"), "bench")),
	})
	if err != nil {
		return err
	}
	if err := registerHandwritten(hand, b.recorder); err != nil {
		return err
	}
	mux.Handle(handPath, b.recorder.wrap(hand.ServeWithOpts(inngestgo.ServeOpts{Origin: &origin, Path: new(handPath)})))
	if err := client.Sync(ctx, origin+workflowPath); err != nil {
		return err
	}
	return syncHandwritten(ctx, origin+handPath)
}

// syncHandwritten makes the app register its functions.
func syncHandwritten(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, url, http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	if err := response.Body.Close(); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the functions written by hand are not registered: %s answered %s", url, response.Status)
	}
	return nil
}

// close stops what was started.
func (b *bed) close() {
	if b.local != nil {
		if err := b.local.Close(); err != nil {
			slog.Warn(err.Error())
		}
	}
	if b.http != nil {
		if err := b.http.Close(); err != nil {
			slog.Warn(err.Error())
		}
		if err := <-b.served; !errors.Is(err, http.ErrServerClosed) {
			slog.Warn(err.Error())
		}
	}
	http.DefaultClient.CloseIdleConnections()
}
