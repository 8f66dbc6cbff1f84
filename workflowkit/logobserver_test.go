package workflowkit_test

import (
	"context"
	"errors"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// The log of a run: each line once, however often the run is replayed.
func ExampleLogObserver() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
	work := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "work"}, func(ctx context.Context, run *workflowkit.Run, _ map[string]any) (any, error) {
		if err := workflowkit.Sleep(ctx, "nap", time.Minute); err != nil {
			return nil, err
		}
		return workflowkit.Step(ctx, "do", func(context.Context) (bool, error) { return true, nil })
	})
	engine, err := workflowkit.New(workflowkit.WithActions(work), workflowkit.WithObservers(workflowkit.LogObserver(logger)))
	if err != nil {
		log.Fatal(err)
	}
	_, _ = workflowkittest.Run(context.Background(), engine, workflowkit.Event{Name: "go"},
		workflowkittest.WithWorkflow(`{"actions": [{"id": "1", "kind": "work"}, {"id": "2", "kind": "work"}, {"id": "3", "kind": "work"}],
			"edges": [{"from": "$source", "to": "1"}, {"from": "1", "to": "2"},
				{"from": "1", "to": "3", "conditional": {"type": "else", "ref": "!ref($.output)"}}]}`),
		workflowkittest.FailStep("1/do", errors.New("busy"), 1),
		workflowkittest.FailStep("2/do", workflowkit.NoRetryError(errors.New("broken")), 1),
		workflowkittest.WithRunID("run-1"), workflowkittest.WithReplay(1))
	// Output:
	// level=INFO msg="run started" run_id=run-1 workflow_id=test event=go
	// level=DEBUG msg="edge decided" run_id=run-1 workflow_id=test from=$source to=1 taken=true reason="no condition"
	// level=INFO msg="action started" run_id=run-1 workflow_id=test action_id=1 kind=work
	// level=INFO msg="action waits" run_id=run-1 workflow_id=test action_id=1 kind=work step_id=nap until=2026-01-01T00:01:00.000Z
	// level=WARN msg="action will be retried" run_id=run-1 workflow_id=test action_id=1 kind=work step_id=do attempt=0 error=busy
	// level=INFO msg="action completed" run_id=run-1 workflow_id=test action_id=1 kind=work attempt=1 duration=1m2s
	// level=DEBUG msg="edge decided" run_id=run-1 workflow_id=test from=1 to=2 taken=true reason="no condition"
	// level=DEBUG msg="edge decided" run_id=run-1 workflow_id=test from=1 to=3 taken=false reason="else: true is true"
	// level=INFO msg="action skipped" run_id=run-1 workflow_id=test action_id=3 kind=work reason="no edge to it was taken"
	// level=INFO msg="action started" run_id=run-1 workflow_id=test action_id=2 kind=work
	// level=INFO msg="action waits" run_id=run-1 workflow_id=test action_id=2 kind=work step_id=nap until=2026-01-01T00:02:02.000Z
	// level=ERROR msg="action failed" run_id=run-1 workflow_id=test action_id=2 kind=work attempt=1 duration=1m0s error="step \"do\": broken"
	// level=ERROR msg="run failed" run_id=run-1 workflow_id=test event=go duration=2m2s error="action \"2\" (kind \"work\"): step \"do\": broken (completed before: 1)"
}
