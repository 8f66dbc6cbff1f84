// Command otel runs a workflow and prints the traces and metrics that it makes, without a collector. A program that has
// one gives the providers an exporter for it instead of the two here, and changes nothing else.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"time"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/inngest/otelinngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

const workflow = `{"name": "Welcome",
	"actions": [{"id": "1", "kind": "greet", "inputs": {"name": "!ref($.event.data.name)"}},
		{"id": "2", "kind": "builtin:delay", "inputs": {"duration": "1s"}},
		{"id": "3", "kind": "greet", "inputs": {"name": "!ref($.event.data.name), again"}}],
	"edges": [{"from": "$source", "to": "1"}, {"from": "1", "to": "2"}, {"from": "2", "to": "3"}]}`

type greeting struct {
	Name string `json:"name"`
}

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		slog.Error("example failed", "error", err)
		os.Exit(1)
	}
}

// run executes the workflow once on an Inngest inside this process, and writes what was observed.
func run(ctx context.Context, out io.Writer) error {
	reader := sdkmetric.NewManualReader()
	traces := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spanPrinter{out}))
	metrics := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	telemetry, err := otelinngest.New(otelinngest.Config{TracerProvider: traces, MeterProvider: metrics})
	if err != nil {
		return err
	}

	failed := false
	greet := workflowkit.Define(workflowkit.Spec{Kind: "greet"},
		func(ctx context.Context, _ *workflowkit.Run, in greeting) (string, error) {
			return workflowkit.Step(ctx, "say-hello", func(context.Context) (string, error) {
				if !failed {
					failed = true
					return "", errors.New("nobody listens")
				}
				return "Hello, " + in.Name + "!", nil
			})
		})
	logger := slog.New(slog.DiscardHandler)
	engine, err := workflowkit.New(workflowkit.WithActions(greet), workflowkit.WithObservers(telemetry), workflowkit.WithLogger(logger),
		workflowkit.WithLoader(workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
			return &workflowkit.Definition{ID: "welcome", JSON: []byte(workflow)}, nil
		})))
	if err != nil {
		return err
	}
	if err := serve(ctx, engine, telemetry, logger); err != nil {
		return err
	}
	return errors.Join(printMetrics(ctx, out, reader), traces.Shutdown(ctx), metrics.Shutdown(ctx))
}

// serve serves the engine to an Inngest inside this process, sends an event, and waits for the run.
func serve(ctx context.Context, engine *workflowkit.Engine, telemetry *otelinngest.Telemetry, logger *slog.Logger) error {
	server, err := local.Start(local.Config{Backoff: func(int) time.Duration { return time.Second }})
	if err != nil {
		return err
	}
	defer func() { _ = server.Close() }()
	client, err := inngest.NewClient(inngest.Config{
		AppID: "otel", BaseURL: server.URL(), Logger: logger, Observers: []inngest.CallObserver{telemetry},
		Getenv: func(string) string { return "" },
	})
	if err != nil {
		return err
	}
	if err := inngest.Register(client, engine, inngest.Function{ID: "welcome", Events: []string{"user/registered"}}); err != nil {
		return err
	}
	app := httptest.NewServer(client.Handler())
	defer app.Close()
	if err := client.Sync(ctx, app.URL); err != nil {
		return err
	}
	ids, err := server.Send(ctx, local.Event{Name: "user/registered", Data: json.RawMessage(`{"name":"Ada"}`)})
	if err != nil {
		return err
	}
	_, err = server.WaitRun(ctx, server.EventRuns(ids[0])[0].ID)
	return err
}
