package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// actor is an action whose input says what it does.
func actor() workflowkit.Action {
	return workflowkit.DefineUntyped(workflowkit.Spec{Kind: "act"}, func(ctx context.Context, _ *workflowkit.Run, in map[string]any) (any, error) {
		switch in["do"] {
		case "sleep":
			return "awake", workflowkit.Sleep(ctx, "nap", time.Hour)
		case "sleep until":
			return "awake", workflowkit.SleepUntil(ctx, "nap", time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC))
		case "wait":
			_, err := workflowkit.WaitForEvent(ctx, "answer", workflowkit.WaitForEventOpts{Event: "never", Timeout: 2 * time.Hour})
			return errors.Is(err, workflowkit.ErrEventNotReceived), nil
		case "nap twice":
			if err := workflowkit.Sleep(ctx, "nap", time.Minute); err != nil {
				return nil, err
			}
			return nil, workflowkit.Sleep(ctx, "nap", time.Minute)
		case "fail":
			return nil, errors.New("no luck")
		case "step":
			return workflowkit.Step(ctx, "work", func(context.Context) (string, error) { return "done", nil })
		}
		return "fine", nil
	})
}

// observe runs a workflow of one action, a, and of b after it, and returns what an observer was told.
func observe(t *testing.T, inputs string, options ...workflowkittest.Option) ([]string, *workflowkittest.Result) {
	t.Helper()
	seen := &transitions{}
	engine, err := workflowkit.New(workflowkit.WithActions(actor()), workflowkit.WithObservers(seen), workflowkit.WithLogger(discard()))
	if err != nil {
		t.Fatal(err)
	}
	options = append(options, workflowkittest.WithReplay(1), workflowkittest.WithWorkflow(
		`{"actions": [{"id": "a", "kind": "act", "inputs": `+inputs+`}, {"id": "b", "kind": "act"}],
			"edges": [{"from": "$source", "to": "a"}, {"from": "a", "to": "b"}]}`))
	result, _ := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "go"}, options...)
	var lines []string
	for _, told := range seen.list {
		if told.Action.ID != "a" {
			continue
		}
		line := fmt.Sprintf("%s %s", told.Type, told.Time.Format("15:04:05"))
		if told.StepID != "" {
			line += " in " + told.StepID
		}
		if !told.Until.IsZero() {
			line += " until " + told.Until.Format("2 15:04:05")
		}
		if told.Error != "" {
			line += ": " + told.Error
		}
		if told.Attempt > 0 {
			line += fmt.Sprintf(" (attempt %d)", told.Attempt)
		}
		lines = append(lines, line)
	}
	return lines, result
}

// Waits, attempts and ends are told with their times, of the backend's clock.
func TestWhatObserversAreTold(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		inputs  string
		options []workflowkittest.Option
		want    []string
	}{
		"a sleep": {`{"do": "sleep"}`, nil, []string{
			"action.started 00:00:00", "action.waiting 00:00:00 in nap until 1 01:00:00", "action.completed 01:00:00",
		}},
		"a sleep until a time": {`{"do": "sleep until"}`, nil, []string{
			"action.started 00:00:00", "action.waiting 00:00:00 in nap until 2 00:00:00", "action.completed 00:00:00",
		}},
		"a wait for an event": {`{"do": "wait"}`, nil, []string{
			"action.started 00:00:00", "action.waiting 00:00:00 in answer until 1 02:00:00", "action.completed 02:00:00",
		}},
		"two sleeps with the same id": {`{"do": "nap twice"}`, nil, []string{
			"action.started 00:00:00", "action.waiting 00:00:00 in nap until 1 00:01:00", "action.waiting 00:01:00 in nap until 1 00:02:00",
			"action.completed 00:02:00",
		}},
		"a step that fails once": {`{"do": "step"}`, []workflowkittest.Option{workflowkittest.FailStep("work", errors.New("busy"), 1)}, []string{
			"action.started 00:00:00", "action.retrying 00:00:00 in work: busy", "action.completed 00:00:02 (attempt 1)",
		}},
		"a step that fails for good": {`{"do": "step"}`, []workflowkittest.Option{
			workflowkittest.FailStep("work", errors.New("busy"), 9), workflowkittest.WithRetries(1),
		}, []string{
			"action.started 00:00:00", "action.retrying 00:00:00 in work: busy", `action.failed 00:00:02: step "work": busy (attempt 2)`,
		}},
		"an error outside of steps": {`{"do": "fail"}`, []workflowkittest.Option{workflowkittest.WithRetries(1)}, []string{
			"action.started 00:00:00", "action.retrying 00:00:00: no luck", "action.failed 00:00:02: no luck (attempt 2)",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, result := observe(t, tc.inputs, tc.options...)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			a, _ := result.Run.Action("a")
			if a.Started.IsZero() || a.Finished.Before(a.Started) || result.Run.Finished.Before(a.Finished) {
				t.Errorf("rule 14: the run was from %v to %v, the action from %v to %v", result.Run.Started, result.Run.Finished, a.Started, a.Finished)
			}
		})
	}
}

// Runs that end before they begin are told, too.
func TestObserversOfRunsThatDoNothing(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		load workflowkit.LoaderFunc
		want []string
	}{
		"no workflow": {
			func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) { return nil, nil },
			[]string{`run.skipped | no enabled workflow for event "go"`},
		},
		"no definition": {func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
			return &workflowkit.Definition{ID: "w"}, nil
		}, []string{`run.skipped | workflow "w" has no definition yet`}},
		"an invalid workflow": {func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
			return &workflowkit.Definition{ID: "w", JSON: json.RawMessage(`{"actions":[],"edges":[{"from":"$source","to":"1"}]}`)}, nil
		}, []string{"run.started", "run.failed | …"}},
		"a loader that fails": {func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
			return nil, errors.New("the database is away")
		}, []string{`run.failed | load workflow for event "go": step "$load": the database is away`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := &transitions{}
			engine, err := workflowkit.New(workflowkit.WithLoader(tc.load), workflowkit.WithObservers(seen), workflowkit.WithLogger(discard()))
			if err != nil {
				t.Fatal(err)
			}
			_, _ = workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "go"}, workflowkittest.WithReplay(1))
			got := seen.lines()
			for i, line := range got {
				if before, _, ok := strings.Cut(line, " | invalid workflow"); ok {
					got[i] = before + " | …"
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if last := seen.list[len(seen.list)-1]; last.Result == nil {
				t.Error("the end has no result")
			}
		})
	}
}

// An observer that panics harms neither the run nor other observers.
func TestObserverThatPanics(t *testing.T) {
	t.Parallel()
	seen := &transitions{}
	engine, err := workflowkit.New(workflowkit.WithActions(actor()), workflowkit.WithLogger(discard()), workflowkit.WithObservers(
		workflowkit.ObserverFunc(func(context.Context, workflowkit.Transition) { panic("broken") }), seen))
	if err != nil {
		t.Fatal(err)
	}
	_, err = workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "go"}, workflowkittest.WithWorkflow(
		`{"actions": [{"id": "a", "kind": "act"}], "edges": [{"from": "$source", "to": "a"}]}`))
	if err != nil || len(seen.list) != 5 {
		t.Errorf("error %v, told: %v", err, seen.lines())
	}
}

// A dry run is no run: it is told to nobody.
func TestDryRunsAreNotObserved(t *testing.T) {
	t.Parallel()
	seen := &transitions{}
	engine, err := workflowkit.New(workflowkit.WithActions(secretActions(map[string]string{})...), workflowkit.WithObservers(seen))
	if err != nil {
		t.Fatal(err)
	}
	result, err := engine.DryRun(t.Context(), json.RawMessage(`{
		"actions": [{"id": "in", "kind": "login", "inputs": {"password": "hunter2"}}, {"id": "out", "kind": "use", "inputs": {"key": "!ref($.state.in.session.token)"}}],
		"edges": [{"from": "$source", "to": "in"}, {"from": "in", "to": "out"}]}`),
		workflowkit.DryRunInput{Outputs: map[string]json.RawMessage{"in": json.RawMessage(`{"session":{"token":"hunter2"}}`)}})
	if err != nil {
		t.Fatal(err)
	}
	if text := string(raw(panics{}, result)); strings.Contains(text, "hunter2") || strings.Count(text, "[secret]") != 3 {
		t.Errorf("a dry run shows secrets, or hides too much: %s", text)
	}
	if len(seen.list) > 0 {
		t.Errorf("told: %v", seen.lines())
	}
}

// silent are tools that say nothing about their passes: an engine remembers for a while what it has told.
func TestToolsWithoutProgress(t *testing.T) {
	t.Parallel()
	seen := &transitions{}
	engine, err := workflowkit.New(workflowkit.WithActions(actor()), workflowkit.WithObservers(seen))
	if err != nil {
		t.Fatal(err)
	}
	definition := `{"actions": [{"id": "a", "kind": "act", "inputs": {"do": "step"}}, {"id": "b", "kind": "act", "inputs": {"do": "step"}}],
		"edges": [{"from": "$source", "to": "a"}, {"from": "a", "to": "b"}]}`
	tools := &remembering{memo: map[string]json.RawMessage{}}
	in := workflowkit.RunInput{RunID: "r", Event: workflowkit.Event{Name: "go"}, Definition: &workflowkit.Definition{JSON: json.RawMessage(definition)}}
	for range 3 {
		result, err := engine.Run(t.Context(), tools, in)
		if err != nil {
			t.Fatal(err)
		}
		if len(seen.list) != 8 {
			t.Fatalf("told: %v", seen.lines())
		}
		_ = result
	}
}
