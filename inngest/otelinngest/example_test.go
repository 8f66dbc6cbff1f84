package otelinngest_test

import (
	"fmt"
	"log"

	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/otelinngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// One value observes the engine and the client. See examples/otel for a program that prints what comes of it.
func Example() {
	telemetry, err := otelinngest.New(otelinngest.Config{
		TracerProvider: sdktrace.NewTracerProvider(), // with an exporter; nil means the global one
		MeterProvider:  sdkmetric.NewMeterProvider(), // with a reader; nil means the global one
		Propagator:     propagation.TraceContext{},   // nil means this one, and baggage
	})
	if err != nil {
		log.Fatal(err)
	}
	engine, err := workflowkit.New(workflowkit.WithObservers(telemetry))
	if err != nil {
		log.Fatal(err)
	}
	client, err := inngest.NewClient(inngest.Config{
		AppID: "app", Observers: []inngest.CallObserver{telemetry}, Getenv: func(string) string { return "" },
	})
	if err != nil {
		log.Fatal(err)
	}
	err = inngest.Register(client, engine, inngest.Function{ID: "workflow", Events: []string{"go"}})
	fmt.Println(err)
	// Output: <nil>
}
