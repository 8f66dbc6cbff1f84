package otelinngest

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/workflowkit/workflowkit-go/inngest"
)

// remoteKey leads to the span of the server that a call belongs to.
type remoteKey struct{}

// StartCall implements [inngest.CallObserver]: the call is a span of the run's trace.
func (t *Telemetry) StartCall(ctx context.Context, call inngest.CallInfo) (context.Context, func(inngest.CallOutcome)) {
	ctx = t.propagator.Extract(ctx, propagation.HeaderCarrier(call.Header))
	if remote := trace.SpanContextFromContext(ctx); remote.IsValid() {
		ctx = context.WithValue(ctx, remoteKey{}, remote)
	}
	function := attribute.String("function.id", call.FunctionID)
	attributes := []attribute.KeyValue{
		function, attribute.String("run.id", call.RunID), attribute.Int("attempt", call.Attempt), attribute.Int("inngest.results", call.Results),
	}
	if call.StepID != "" {
		attributes = append(attributes, attribute.String("inngest.planned_step", call.StepID))
	}
	ctx, span := t.tracer.Start(ctx, "inngest call "+call.FunctionID,
		trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(call.Started), trace.WithAttributes(attributes...))
	return ctx, func(outcome inngest.CallOutcome) {
		status := attribute.Int("http.response.status_code", outcome.Status)
		span.SetAttributes(status)
		if outcome.Hydrated {
			span.SetAttributes(attribute.Bool("inngest.hydrated", true))
		}
		if outcome.Status >= http.StatusBadRequest {
			span.SetStatus(codes.Error, outcome.Error)
		}
		span.End()
		of := metric.WithAttributes(function)
		t.metrics.callTime.Record(ctx, outcome.Duration.Seconds(), metric.WithAttributes(function, status))
		count := func(counter metric.Int64Counter, n int) {
			if n > 0 {
				counter.Add(ctx, int64(n), of)
			}
		}
		count(t.metrics.replays, min(call.Results, 1))
		count(t.metrics.checkpoints, outcome.Stored)
		count(t.metrics.checkpointFails, outcome.NotStored)
		if outcome.Hydrated {
			count(t.metrics.hydrations, 1)
		}
	}
}
