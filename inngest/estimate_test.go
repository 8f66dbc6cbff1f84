package inngest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// pricedActions are actions that declare truthfully what they cost. Results of their steps are numbers of one digit.
func pricedActions() []workflowkit.Action {
	action := func(spec workflowkit.Spec, waits bool, announced bool, steps func(run *workflowkit.Run) int) workflowkit.Action {
		return workflowkit.Define(spec, func(ctx context.Context, run *workflowkit.Run, _ none) (none, error) {
			for i := range steps(run) {
				if _, err := workflowkit.Step(ctx, fmt.Sprint(i), func(context.Context) (int, error) { return i, nil }); err != nil {
					return none{}, err
				}
			}
			switch {
			case announced:
				_, err := workflowkit.WaitForEvent(ctx, "wait", workflowkit.WaitForEventOpts{
					Event: "never", Timeout: time.Minute,
					Announce: &workflowkit.Announcement{StepID: "tell", Run: func(context.Context) error { return nil }},
				})
				if !errors.Is(err, workflowkit.ErrEventNotReceived) {
					return none{}, err
				}
			case waits:
				return none{}, workflowkit.Sleep(ctx, "sleep", time.Second)
			}
			return none{}, nil
		})
	}
	exactly := workflowkit.Exactly
	constant := func(n int) func(*workflowkit.Run) int { return func(*workflowkit.Run) int { return n } }
	var actions []workflowkit.Action
	for n := range 4 {
		actions = append(actions, action(workflowkit.Spec{
			Kind: fmt.Sprintf("s%d", n), NeverWaits: true, Cost: &workflowkit.Cost{Steps: exactly(n), Bytes: exactly(n)},
		}, false, false, constant(n)))
	}
	return append(actions,
		action(workflowkit.Spec{
			Kind: "sleeps", Cost: &workflowkit.Cost{Steps: exactly(1), Waits: exactly(1), Bytes: exactly(1 + len("null"))},
		}, true, false, constant(1)),
		action(workflowkit.Spec{Kind: "asks", Cost: &workflowkit.Cost{
			Steps: exactly(2), Waits: exactly(1), Announced: exactly(1), Bytes: exactly(1 + 2*len("null")),
		}}, true, true, constant(1)),
		action(workflowkit.Spec{
			Kind: "varies", NeverWaits: true,
			Cost: &workflowkit.Cost{Steps: workflowkit.Between(1, 3), Bytes: workflowkit.Between(1, 3)},
		}, false, false, func(run *workflowkit.Run) int { return 1 + len(run.Action.ID)%3 }),
	)
}

// pricedWorkflow draws a workflow without cycles, some of whose edges have conditions on the event.
func pricedWorkflow(t *rapid.T) json.RawMessage {
	kinds := []string{"s0", "s1", "s2", "s3", "varies", "sleeps", "asks"}
	switch rapid.IntRange(0, 9).Draw(t, "kinds") { // those that ask take a fifth of a second each
	case 0, 1, 2, 3:
		kinds = kinds[:5]
	case 4, 5, 6, 7, 8:
		kinds = kinds[:6]
	}
	w := workflowkit.Workflow{}
	for to := range rapid.IntRange(1, 7).Draw(t, "actions") {
		id := fmt.Sprintf("n%0*d", rapid.IntRange(1, 3).Draw(t, "width"), to)
		reached := false
		connect := func(from string, how int) {
			edge := workflowkit.Edge{From: from, To: id}
			ref := fmt.Sprintf("!ref($.event.data.b%d)", rapid.IntRange(0, 1).Draw(t, "bit"))
			switch how {
			case 1:
				edge.Conditional = &workflowkit.Conditional{Type: workflowkit.ConditionIf, Ref: ref}
			case 2:
				edge.Conditional = &workflowkit.Conditional{Type: workflowkit.ConditionElse, Ref: ref}
			case 3:
				edge.Conditional = &workflowkit.Conditional{Type: workflowkit.ConditionMatch, Ref: ref, Value: json.RawMessage("1")}
			}
			w.Edges, reached = append(w.Edges, edge), true
		}
		for _, before := range w.Actions {
			if rapid.IntRange(0, 2).Draw(t, "edge") == 0 {
				connect(before.ID, rapid.IntRange(0, 5).Draw(t, "condition"))
			}
		}
		if !reached {
			connect(workflowkit.SourceID, rapid.IntRange(0, 9).Draw(t, "condition"))
		}
		w.Actions = append(w.Actions, workflowkit.WorkflowAction{ID: id, Kind: rapid.SampledFrom(kinds).Draw(t, "kind")})
	}
	raw, err := json.Marshal(&w)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// What was estimated is what inngest/local counts: exactly where nothing depends on conditions, and within the range
// otherwise.
func TestEstimateHoldsOnTheLocalServer(t *testing.T) {
	t.Parallel()
	modes := []inngest.CheckpointMode{inngest.CheckpointEachStep, inngest.CheckpointOff}
	rapid.Check(t, func(t *rapid.T) {
		definition := workflowkit.Definition{ID: "w", Version: "7", JSON: pricedWorkflow(t)}
		f := inngest.Function{ID: "fn", Events: []string{"go"}, Checkpoints: rapid.SampledFrom(modes).Draw(t, "checkpoints")}
		data := fmt.Sprintf(`{"b0":%d,"b1":%d}`, rapid.IntRange(0, 2).Draw(t, "b0"), rapid.IntRange(0, 2).Draw(t, "b1"))
		engine, err := workflowkit.New(workflowkit.WithActions(pricedActions()...), workflowkit.WithLogger(slog.New(slog.DiscardHandler)),
			workflowkit.WithLoader(workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
				return &definition, nil
			})))
		if err != nil {
			t.Fatal(err)
		}
		estimate, err := inngest.Estimate(engine, definition, f)
		if err != nil {
			t.Fatal(err)
		}
		run, stored := localRun(t, engine, f, data)
		steps, waits, size := 0, 0, 0
		for _, step := range run.Steps {
			size += len(step.Output)
			switch step.Op {
			case "StepRun":
				steps++
			default:
				waits++
				if len(step.Output) == 0 {
					size += len("null")
				}
			}
		}
		// A wait that announces itself takes a call less if it is answered at once.
		exact := (f.Checkpoints == inngest.CheckpointOff || !strings.Contains(string(definition.JSON), "asks")) &&
			!strings.Contains(string(definition.JSON), "conditional") && !strings.Contains(string(definition.JSON), "varies")
		for _, sum := range []struct {
			name  string
			value workflowkit.Range
			found int
		}{
			{"calls", estimate.Calls, len(run.Calls)},
			{"steps", estimate.Steps, steps},
			{"waits", estimate.Waits, waits},
			{"checkpoints", estimate.Checkpoints, stored},
			{"bytes", estimate.Bytes, size},
		} {
			if !sum.value.Contains(sum.found) || exact && sum.value.Min != sum.value.Max {
				t.Errorf("%s are %d, estimated %v, exact: %v; event %s, workflow %s", sum.name, sum.found, sum.value, exact, data, definition.JSON)
			}
		}
	})
}

// localRun executes a run on a server of its own and counts the steps that were stored while calls went on.
func localRun(t *rapid.T, engine *workflowkit.Engine, f inngest.Function, data string) (run local.Run, stored int) {
	clock := local.NewVirtualClock(time.Time{})
	server, err := local.Start(local.Config{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}()
	clock.AutoAdvance(true)
	client, err := inngest.NewClient(inngest.Config{
		AppID: "app", BaseURL: server.URL(), Logger: slog.New(slog.DiscardHandler), Getenv: func(string) string { return "" },
		HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := inngest.Register(client, engine, f); err != nil {
		t.Fatal(err)
	}
	app := httptest.NewServer(client.Handler())
	defer app.Close()
	ctx := context.Background()
	if err := server.Register(ctx, app.URL); err != nil {
		t.Fatal(err)
	}
	id, err := client.Send(ctx, workflowkit.Event{Name: "go", Data: json.RawMessage(data)})
	if err != nil {
		t.Fatal(err)
	}
	run, err = server.WaitRun(ctx, server.EventRuns(id)[0].ID)
	if err != nil || run.Status != local.Completed {
		t.Fatalf("run is %s: %v, %+v", run.Status, err, run.Error)
	}
	return run, int(client.CheckpointStats().Stored)
}
