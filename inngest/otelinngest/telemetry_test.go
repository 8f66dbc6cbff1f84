package otelinngest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/inngest/otelinngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lab executes workflows and keeps what is observed.
type lab struct {
	t      *testing.T
	server *local.Server
	spans  *tracetest.SpanRecorder
	reader *sdkmetric.ManualReader
	mu     sync.Mutex
	// traceparents are the headers of the server's calls.
	traceparents []string
}

// run executes a workflow once. The faults are those of the server's API, by a prefix of their path.
func run(t *testing.T, definition string, limits local.Limits, broken string, actions ...workflowkit.Action) *lab {
	t.Helper()
	l := &lab{t: t, spans: tracetest.NewSpanRecorder(), reader: sdkmetric.NewManualReader()}
	telemetry, err := otelinngest.New(otelinngest.Config{
		TracerProvider: sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(l.spans)),
		MeterProvider:  sdkmetric.NewMeterProvider(sdkmetric.WithReader(l.reader)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if l.server, err = local.Start(local.Config{Backoff: func(int) time.Duration { return time.Millisecond }, Limits: limits}); err != nil {
		t.Fatal(err)
	}
	defer l.server.Close()
	transport := &http.Transport{DisableKeepAlives: true}
	client, err := inngest.NewClient(inngest.Config{
		AppID: "app", BaseURL: l.server.URL(), Logger: slog.New(slog.DiscardHandler), Getenv: func(string) string { return "" },
		Observers: []inngest.CallObserver{telemetry},
		HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if broken != "" && strings.HasPrefix(r.URL.Path, broken) {
				return nil, errors.New("broken")
			}
			return transport.RoundTrip(r)
		})},
	})
	if err != nil {
		t.Fatal(err)
	}
	engine, err := workflowkit.New(workflowkit.WithActions(actions...), workflowkit.WithObservers(telemetry),
		workflowkit.WithLogger(slog.New(slog.DiscardHandler)),
		workflowkit.WithLoader(workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
			return &workflowkit.Definition{ID: "w", JSON: json.RawMessage(definition)}, nil
		})))
	if err != nil {
		t.Fatal(err)
	}
	if err := inngest.Register(client, engine, inngest.Function{ID: "fn", Events: []string{"go"}}); err != nil {
		t.Fatal(err)
	}
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			l.mu.Lock()
			l.traceparents = append(l.traceparents, r.Header.Get("Traceparent"))
			l.mu.Unlock()
		}
		client.Handler().ServeHTTP(w, r)
	}))
	defer app.Close()
	if err := l.server.Register(t.Context(), app.URL); err != nil {
		t.Fatal(err)
	}
	ids, err := l.server.Send(t.Context(), local.Event{Name: "go", Data: json.RawMessage(`{"key":"hunter2"}`)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.server.WaitRun(t.Context(), l.server.EventRuns(ids[0])[0].ID); err != nil {
		t.Fatal(err)
	}
	return l
}

type roundTrip func(r *http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// names counts the spans by name.
func (l *lab) names() map[string]int {
	names := map[string]int{}
	for _, s := range l.spans.Ended() {
		names[s.Name()]++
	}
	return names
}

// sums returns the values of counters.
func (l *lab) sums() map[string]int64 {
	l.t.Helper()
	var data metricdata.ResourceMetrics
	if err := l.reader.Collect(context.Background(), &data); err != nil {
		l.t.Fatal(err)
	}
	sums := map[string]int64{}
	for _, scope := range data.ScopeMetrics {
		for _, m := range scope.Metrics {
			if sum, ok := m.Data.(metricdata.Sum[int64]); ok {
				for _, point := range sum.DataPoints {
					sums[m.Name+" "+point.Attributes.Encoded(attribute.DefaultEncoder())] = point.Value
				}
			}
		}
	}
	return sums
}

// stepper runs two steps, the second of which fails once if its input says so.
func stepper() workflowkit.Action {
	var tried sync.Map
	return workflowkit.DefineUntyped(workflowkit.Spec{
		Kind: "steps", Inputs: workflowkit.Inputs{{Name: "key", Type: json.RawMessage(`{"writeOnly":true}`)}, {Name: "flaky", Type: json.RawMessage(`{}`)}},
	}, func(ctx context.Context, run *workflowkit.Run, in map[string]any) (any, error) {
		if err := workflowkit.Do(ctx, "first", func(ctx context.Context) error {
			if !trace.SpanContextFromContext(ctx).IsValid() {
				return workflowkit.NoRetryError(errors.New("there is no span"))
			}
			return nil
		}); err != nil {
			return nil, err
		}
		return nil, workflowkit.Do(ctx, "second", func(context.Context) error {
			if _, again := tried.LoadOrStore(run.Action.ID, true); in["flaky"] == true && !again {
				return fmt.Errorf("refused: %v", in["key"])
			}
			return nil
		})
	})
}

// All spans of a run join the server's trace, there is one for each thing that was really done, and none shows a secret.
func TestSpansJoinTheTraceOfTheServer(t *testing.T) {
	t.Parallel()
	l := run(t, `{"name": "W", "actions": [{"id": "a", "kind": "steps"}, {"id": "b", "kind": "steps", "inputs": {"flaky": true, "key": "!ref($.event.data.key)"}},
		{"id": "c", "kind": "steps"}, {"id": "d", "kind": "steps"}],
		"edges": [{"from": "$source", "to": "a"}, {"from": "a", "to": "b"}, {"from": "a", "to": "c"},
			{"from": "a", "to": "d", "conditional": {"type": "if", "ref": "!ref($.output)"}}]}`, local.Limits{}, "", stepper())
	want := map[string]int{
		"step $load": 1, "step first": 3, "step second": 4, "step $finish": 1, "action steps": 3, "run W": 1, "inngest call app-fn": len(l.traceparents),
	}
	if diff := cmp.Diff(want, l.names()); diff != "" {
		t.Errorf("spans (-want +got):\n%s", diff)
	}
	_, id, _ := strings.Cut(l.traceparents[0], "-")
	id, _, _ = strings.Cut(id, "-")
	calls := map[trace.SpanID]bool{}
	for _, s := range l.spans.Ended() {
		if s.SpanKind() == trace.SpanKindServer {
			calls[s.SpanContext().SpanID()] = true
		}
	}
	for _, s := range l.spans.Ended() {
		if got := s.SpanContext().TraceID().String(); got != id {
			t.Errorf("span %q belongs to the trace %s, the server's is %s", s.Name(), got, id)
		}
		switch {
		case strings.HasPrefix(s.Name(), "step ") && !calls[s.Parent().SpanID()]:
			t.Errorf("span %q is in no call", s.Name())
		case strings.HasPrefix(s.Name(), "action ") && (!s.Parent().IsRemote() || s.EndTime().Before(s.StartTime()) || len(s.Links()) != 1):
			t.Errorf("span %q from %v to %v has the parent %v and %d links", s.Name(), s.StartTime(), s.EndTime(), s.Parent(), len(s.Links()))
		}
		if text := fmt.Sprint(s.Attributes(), s.Status(), s.Events()); strings.Contains(text, "hunter2") {
			t.Errorf("span %q shows a secret: %s", s.Name(), text)
		}
	}
	got := l.sums()
	for name, n := range map[string]int64{
		"workflowkit.runs outcome=completed,workflow.id=w":             1,
		"workflowkit.actions action.kind=steps,outcome=completed":      3,
		"workflowkit.actions action.kind=steps,outcome=skipped":        1,
		"workflowkit.action.retries action.kind=steps":                 1,
		"inngest.replays function.id=app-fn":                           int64(len(l.traceparents) - 1),
		"inngest.checkpoints function.id=app-fn":                       3,
		"inngest.checkpoint.failures function.id=app-fn":               0,
		"inngest.hydrations function.id=app-fn":                        0,
		"workflowkit.actions action.kind=steps,outcome=failed":         0,
		"workflowkit.runs outcome=failed,workflow.id=w":                0,
		"workflowkit.action.retries action.kind=steps,outcome=skipped": 0,
	} {
		if got[name] != n {
			t.Errorf("%s is %d, want %d\n%v", name, got[name], n, got)
		}
	}
}

// What costs time without getting anything done is counted.
func TestTroubleIsCounted(t *testing.T) {
	t.Parallel()
	chain := `{"actions": [{"id": "a", "kind": "steps"}, {"id": "b", "kind": "steps"}], "edges": [{"from": "$source", "to": "a"}, {"from": "a", "to": "b"}]}`
	l := run(t, chain, local.Limits{}, "/v1/checkpoint", stepper())
	if n := l.sums()["inngest.checkpoint.failures function.id=app-fn"]; n != 1 {
		t.Errorf("%d failures to store a step are counted, want 1: none is tried for a while then", n)
	}
	big := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "big"}, func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
		text, err := workflowkit.Step(ctx, "make", func(context.Context) (string, error) { return strings.Repeat("x", 8<<10), nil })
		if err == nil {
			err = workflowkit.Sleep(ctx, "nap", time.Millisecond)
		}
		return len(text), err
	})
	l = run(t, `{"actions": [{"id": "a", "kind": "big"}], "edges": [{"from": "$source", "to": "a"}]}`, local.Limits{RequestBody: 4 << 10}, "", big)
	if n := l.sums()["inngest.hydrations function.id=app-fn"]; n != 1 {
		t.Errorf("%d hydrations are counted, want 1", n)
	}
}

// Runs and actions that fail are errors in the trace, and counted as such.
func TestFailuresAreErrors(t *testing.T) {
	t.Parallel()
	broken := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "broken"}, func(context.Context, *workflowkit.Run, map[string]any) (any, error) {
		return nil, workflowkit.NoRetryError(errors.New("no luck"))
	})
	l := run(t, `{"actions": [{"id": "a", "kind": "broken"}], "edges": [{"from": "$source", "to": "a"}]}`, local.Limits{}, "", broken)
	var texts []string
	for _, s := range l.spans.Ended() {
		if s.Status().Description != "" {
			texts = append(texts, s.Name()+": "+s.Status().Description)
		}
	}
	want := []string{"action broken: no luck", `run w: action "a" (kind "broken"): no luck`, `inngest call app-fn: action "a" (kind "broken"): no luck`}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	sums := l.sums()
	if sums["workflowkit.runs outcome=failed,workflow.id=w"] != 1 || sums["workflowkit.actions action.kind=broken,outcome=failed"] != 1 {
		t.Errorf("counted: %v", sums)
	}
}

// What another process has probably told is not counted again.
func TestRecoveredTransitionsAreLeftOut(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewSpanRecorder()
	telemetry, err := otelinngest.New(otelinngest.Config{TracerProvider: sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))})
	if err != nil {
		t.Fatal(err)
	}
	telemetry.Observe(t.Context(), workflowkit.Transition{Type: workflowkit.ActionCompleted, Recovered: true})
	telemetry.Observe(t.Context(), workflowkit.Transition{Type: workflowkit.ActionCompleted, Action: workflowkit.ActionInfo{ID: "a", Kind: "k"}})
	if n := len(spans.Ended()); n != 1 {
		t.Errorf("%d spans, want 1", n)
	}
}
