package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

// The example prints one trace for the run, with the work that was really done, and the metrics.
func TestExamplePrintsTracesAndMetrics(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	spans, metrics, _ := strings.Cut(out.String(), "\n\n")
	traces := map[string]bool{}
	for _, m := range regexp.MustCompile(`trace (\w+)`).FindAllStringSubmatch(spans, -1) {
		traces[m[1]] = true
	}
	if len(traces) != 1 {
		t.Errorf("the spans belong to %d traces:\n%s", len(traces), spans)
	}
	for name, want := range map[string]int{
		"step $load": 1, "step say-hello": 3, "nobody listens": 1, "action greet": 2, "action builtin:delay": 1, "run Welcome": 1,
	} {
		if n := strings.Count(spans, name); n != want {
			t.Errorf("%q is there %d times, want %d:\n%s", name, n, want, spans)
		}
	}
	for _, want := range []string{
		"workflowkit.runs{outcome=completed,workflow.id=welcome} 1",
		"workflowkit.actions{action.kind=greet,outcome=completed} 2",
		"workflowkit.action.retries{action.kind=greet} 1",
		"workflowkit.step.duration{action.kind=greet,outcome=failed} 1 times",
		"inngest.replays{function.id=otel-welcome} ",
		"inngest.checkpoints{function.id=otel-welcome} ",
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("%q is missing in\n%s", want, metrics)
		}
	}
}
