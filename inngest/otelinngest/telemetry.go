package otelinngest

import (
	"fmt"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// scope is the name under which spans and metrics are made.
const scope = "github.com/workflowkit/workflowkit-go/inngest/otelinngest"

// Config says where traces and metrics go. The zero value means the global providers.
type Config struct {
	// TracerProvider makes spans. Nil means [otel.GetTracerProvider].
	TracerProvider trace.TracerProvider
	// MeterProvider makes metrics. Nil means [otel.GetMeterProvider].
	MeterProvider metric.MeterProvider
	// Propagator reads the trace that the server sends. Nil means the W3C headers, which Inngest uses.
	Propagator propagation.TextMapPropagator
}

// Telemetry makes traces and metrics. It is an observer of engines and of clients, of any number of both, and safe for
// concurrent use. It is made by [New].
type Telemetry struct {
	tracer     trace.Tracer
	propagator propagation.TextMapPropagator
	metrics    *metrics
}

var (
	_ workflowkit.StepObserver = (*Telemetry)(nil)
	_ inngest.CallObserver     = (*Telemetry)(nil)
)

// New returns an observer. The error is that of a meter provider which cannot make the metrics.
func New(config Config) (*Telemetry, error) {
	if config.TracerProvider == nil {
		config.TracerProvider = otel.GetTracerProvider()
	}
	if config.MeterProvider == nil {
		config.MeterProvider = otel.GetMeterProvider()
	}
	if config.Propagator == nil {
		config.Propagator = propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})
	}
	m, err := newMetrics(config.MeterProvider.Meter(scope))
	if err != nil {
		return nil, fmt.Errorf("metrics of workflows: %w", err)
	}
	return &Telemetry{tracer: config.TracerProvider.Tracer(scope), propagator: config.Propagator, metrics: m}, nil
}
