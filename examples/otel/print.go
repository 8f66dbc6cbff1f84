package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// spanPrinter is an exporter that writes a line for each span.
type spanPrinter struct{ out io.Writer }

// ExportSpans implements [sdktrace.SpanExporter].
func (p spanPrinter) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	for _, s := range spans {
		line := fmt.Sprintf("trace %.8s  %-28s %8v", s.SpanContext().TraceID(), s.Name(), s.EndTime().Sub(s.StartTime()).Round(time.Millisecond))
		if text := s.Status().Description; text != "" {
			line += "  " + text
		}
		if _, err := fmt.Fprintln(p.out, line); err != nil {
			return err
		}
	}
	return nil
}

// Shutdown implements [sdktrace.SpanExporter].
func (spanPrinter) Shutdown(context.Context) error { return nil }

// printMetrics writes a line for each series.
func printMetrics(ctx context.Context, out io.Writer, reader *sdkmetric.ManualReader) error {
	var data metricdata.ResourceMetrics
	if err := reader.Collect(ctx, &data); err != nil {
		return err
	}
	var lines []string
	for _, scope := range data.ScopeMetrics {
		for _, m := range scope.Metrics {
			switch d := m.Data.(type) {
			case metricdata.Sum[int64]:
				for _, point := range d.DataPoints {
					lines = append(lines, fmt.Sprintf("%s{%s} %d", m.Name, labels(point.Attributes), point.Value))
				}
			case metricdata.Histogram[float64]:
				for _, point := range d.DataPoints {
					lines = append(lines, fmt.Sprintf("%s{%s} %d times", m.Name, labels(point.Attributes), point.Count))
				}
			}
		}
	}
	slices.Sort(lines)
	_, err := fmt.Fprintf(out, "\n%s\n", strings.Join(lines, "\n"))
	return err
}

func labels(set attribute.Set) string { return set.Encoded(attribute.DefaultEncoder()) }
