package otelinngest

import (
	"errors"

	"go.opentelemetry.io/otel/metric"
)

// metrics are the instruments.
type metrics struct {
	runs, actions, retries                            metric.Int64Counter
	replays, hydrations, checkpoints, checkpointFails metric.Int64Counter
	runTime, actionTime, stepTime, callTime           metric.Float64Histogram
}

func newMetrics(meter metric.Meter) (*metrics, error) {
	m := &metrics{}
	var faults []error
	for _, c := range []struct {
		counter                 *metric.Int64Counter
		name, unit, description string
	}{
		{&m.runs, "workflowkit.runs", "{run}", "Runs that are over."},
		{&m.actions, "workflowkit.actions", "{action}", "Actions that are over."},
		{&m.retries, "workflowkit.action.retries", "{attempt}", "Attempts that have failed and are followed by another one."},
		{&m.replays, "inngest.replays", "{call}", "Calls that began with the results of earlier ones."},
		{&m.hydrations, "inngest.hydrations", "{call}", "Calls whose state had to be fetched."},
		{&m.checkpoints, "inngest.checkpoints", "{step}", "Steps that were stored while a call went on."},
		{&m.checkpointFails, "inngest.checkpoint.failures", "{step}", "Steps that could not be stored while a call went on."},
	} {
		var err error
		*c.counter, err = meter.Int64Counter(c.name, metric.WithUnit(c.unit), metric.WithDescription(c.description))
		faults = append(faults, err)
	}
	// Runs and actions can wait for days, steps and calls cannot.
	long := metric.WithExplicitBucketBoundaries(.01, .1, 1, 10, 60, 600, 3600, 6*3600, 24*3600, 7*24*3600)
	short := metric.WithExplicitBucketBoundaries(.001, .005, .01, .05, .1, .5, 1, 5, 10, 60, 300)
	for _, h := range []struct {
		histogram         *metric.Float64Histogram
		name, description string
		buckets           metric.HistogramOption
	}{
		{&m.runTime, "workflowkit.run.duration", "Time from the start of a run to its end.", long},
		{&m.actionTime, "workflowkit.action.duration", "Time from the start of an action to its end.", long},
		{&m.stepTime, "workflowkit.step.duration", "Time of an attempt of a step.", short},
		{&m.callTime, "inngest.call.duration", "Time of a call of the server.", short},
	} {
		var err error
		*h.histogram, err = meter.Float64Histogram(h.name, metric.WithUnit("s"), metric.WithDescription(h.description), h.buckets)
		faults = append(faults, err)
	}
	return m, errors.Join(faults...)
}
