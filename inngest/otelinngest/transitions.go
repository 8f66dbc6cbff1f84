package otelinngest

import (
	"cmp"
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Observe implements [workflowkit.Observer]: what is over is a span, and is counted.
func (t *Telemetry) Observe(ctx context.Context, transition workflowkit.Transition) {
	if transition.Recovered {
		return
	}
	switch transition.Type {
	case workflowkit.RunCompleted, workflowkit.RunFailed, workflowkit.RunSkipped:
		t.runOver(ctx, transition)
	case workflowkit.ActionCompleted, workflowkit.ActionFailed:
		t.actionOver(ctx, transition)
	case workflowkit.ActionSkipped:
		t.metrics.actions.Add(ctx, 1, metric.WithAttributes(kindOf(transition.Action), outcomes[transition.Type]))
	case workflowkit.ActionRetrying:
		t.metrics.retries.Add(ctx, 1, metric.WithAttributes(kindOf(transition.Action)))
	}
}

// outcomes are the attributes for what a run or an action has come to.
var outcomes = map[workflowkit.TransitionType]attribute.KeyValue{
	workflowkit.RunCompleted: outcome("completed"), workflowkit.RunFailed: outcome("failed"), workflowkit.RunSkipped: outcome("skipped"),
	workflowkit.ActionCompleted: outcome("completed"), workflowkit.ActionFailed: outcome("failed"), workflowkit.ActionSkipped: outcome("skipped"),
}

func outcome(text string) attribute.KeyValue { return attribute.String("outcome", text) }

func kindOf(action workflowkit.ActionInfo) attribute.KeyValue {
	return attribute.String("action.kind", action.Kind)
}

func (t *Telemetry) runOver(ctx context.Context, transition workflowkit.Transition) {
	of := metric.WithAttributes(attribute.String("workflow.id", transition.Workflow.ID), outcomes[transition.Type])
	t.metrics.runs.Add(ctx, 1, of)
	if !transition.Started.IsZero() {
		t.metrics.runTime.Record(ctx, transition.Time.Sub(transition.Started).Seconds(), of)
	}
	name := cmp.Or(transition.Workflow.Name, transition.Workflow.ID, transition.Event.Name)
	t.span(ctx, "run "+name, transition, attribute.String("event.name", transition.Event.Name))
}

func (t *Telemetry) actionOver(ctx context.Context, transition workflowkit.Transition) {
	of := metric.WithAttributes(kindOf(transition.Action), outcomes[transition.Type])
	t.metrics.actions.Add(ctx, 1, of)
	if !transition.Started.IsZero() {
		t.metrics.actionTime.Record(ctx, transition.Time.Sub(transition.Started).Seconds(), of)
	}
	t.span(ctx, "action "+transition.Action.Kind, transition,
		append(actionAttributes(transition.Action), attribute.Int("failed_attempts", transition.Attempt))...)
}

// span makes the span of something that is over. It is a child of the server's, not of the call in which it has ended, as
// it may have been started long before, and links to that.
func (t *Telemetry) span(ctx context.Context, name string, transition workflowkit.Transition, attributes ...attribute.KeyValue) {
	started := transition.Started
	if started.IsZero() {
		started = transition.Time
	}
	call := trace.SpanContextFromContext(ctx)
	if remote, ok := ctx.Value(remoteKey{}).(trace.SpanContext); ok {
		ctx = trace.ContextWithRemoteSpanContext(ctx, remote)
	}
	attributes = append(attributes, outcomes[transition.Type])
	attributes = append(attributes, runAttributes(transition.RunID, transition.FunctionID, transition.Workflow)...)
	_, span := t.tracer.Start(ctx, name, trace.WithTimestamp(started), trace.WithAttributes(attributes...),
		trace.WithLinks(trace.Link{SpanContext: call}))
	if transition.Error != "" {
		span.SetStatus(codes.Error, transition.Error)
	}
	span.End(trace.WithTimestamp(transition.Time))
}

func runAttributes(runID, functionID string, workflow workflowkit.WorkflowInfo) []attribute.KeyValue {
	attributes := []attribute.KeyValue{attribute.String("run.id", runID)}
	for _, a := range []attribute.KeyValue{
		attribute.String("function.id", functionID), attribute.String("workflow.id", workflow.ID),
		attribute.String("workflow.name", workflow.Name), attribute.String("workflow.version", workflow.Version),
	} {
		if a.Value.AsString() != "" {
			attributes = append(attributes, a)
		}
	}
	return attributes
}

func actionAttributes(action workflowkit.ActionInfo) []attribute.KeyValue {
	if action.ID == "" {
		return nil
	}
	return []attribute.KeyValue{attribute.String("action.id", action.ID), kindOf(action)}
}

// StartStep implements [workflowkit.StepObserver]: an attempt of a step is a span, which is the current one meanwhile.
func (t *Telemetry) StartStep(ctx context.Context, step workflowkit.StepInfo) (context.Context, func(error)) {
	attributes := append(runAttributes(step.RunID, step.FunctionID, step.Workflow), actionAttributes(step.Action)...)
	attributes = append(attributes, attribute.String("step.id", step.StepID), attribute.Int("attempt", step.Attempt))
	started := time.Now()
	ctx, span := t.tracer.Start(ctx, "step "+step.StepID, trace.WithTimestamp(started), trace.WithAttributes(attributes...))
	return ctx, func(err error) {
		result := outcome("completed")
		if err != nil {
			result = outcome("failed")
			span.SetStatus(codes.Error, err.Error())
		}
		span.SetAttributes(result)
		span.End()
		of := []attribute.KeyValue{result}
		if step.Action.ID != "" {
			of = append(of, kindOf(step.Action))
		}
		t.metrics.stepTime.Record(ctx, time.Since(started).Seconds(), metric.WithAttributes(of...))
	}
}
