// Command conformance serves the functions that Inngest's conformance suite asks of an SDK, through package inngest:
//
//	INNGEST_DEV=http://127.0.0.1:8288 INNGEST_SIGNING_KEY=… go run ./examples/conformance
//	inngest alpha conformance run --transport serve --sdk-url http://127.0.0.1:3000/api/inngest --dev-url http://127.0.0.1:8288 --signing-key …
//
// The suite knows the functions by their ids and the ids of their steps, and compares every call. So these are plain
// inngestgo functions: the engine would put the action's id before that of each step.
package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		slog.Error("conformance", "error", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	client, err := inngest.NewClient(inngest.Config{AppID: "conformance"})
	if err != nil {
		return err
	}
	if err := register(client); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/api/inngest", client.Handler())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:"+cmp.Or(os.Getenv("PORT"), "3000"))
	if err != nil {
		return err
	}
	slog.Info("conformance functions are served", "url", "http://"+listener.Addr().String()+"/api/inngest")
	done := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(grace)
	})
	defer done()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
