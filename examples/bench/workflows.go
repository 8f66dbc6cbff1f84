package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// The names of events. Those that start runs have the scenario and the variant in them.
const approvalEvent = "bench/approve"

func startEvent(scenario, variant string) string { return "bench/" + scenario + "." + variant }

const (
	engineVariant = "engine"
	handVariant   = "hand-written"
)

// approvalTimeout is how long an approval is waited for.
const approvalTimeout = time.Hour

const sameToken = "event.data.token == async.data.token"

// stepNames are the steps of an action that revises a post.
var stepNames = []string{"load-blog-post", "generate", "save-ai-revision"}

// result is what a step returns.
type result struct {
	Text string `json:"text"`
}

func work(context.Context) (result, error) {
	return result{Text: "A text of some length, as a post has."}, nil
}

type none = struct{}

// benchActions are the actions of the workflows. Their steps do nothing.
func benchActions(r *recorder) []workflowkit.Action {
	revise := func(ctx context.Context) error {
		for _, name := range stepNames {
			if _, err := workflowkit.Step(ctx, name, work); err != nil {
				return err
			}
		}
		return nil
	}
	return []workflowkit.Action{
		workflowkit.Define(workflowkit.Spec{Kind: "revise", NeverWaits: true, Cost: &workflowkit.Cost{Steps: workflowkit.Exactly(3)}},
			func(ctx context.Context, _ *workflowkit.Run, _ none) (none, error) { return none{}, revise(ctx) }),
		workflowkit.Define(workflowkit.Spec{Kind: "join", NeverWaits: true, Cost: &workflowkit.Cost{Steps: workflowkit.Exactly(1)}},
			func(ctx context.Context, _ *workflowkit.Run, _ none) (none, error) {
				_, err := workflowkit.Step(ctx, "join", work)
				return none{}, err
			}),
		workflowkit.Define(workflowkit.Spec{Kind: "approve"}, func(ctx context.Context, run *workflowkit.Run, _ none) (none, error) {
			var data struct {
				Token string `json:"token"`
			}
			if err := json.Unmarshal(run.Event.Data, &data); err != nil {
				return none{}, err
			}
			if _, err := workflowkit.Step(ctx, "load-blog-post", work); err != nil {
				return none{}, err
			}
			if _, err := workflowkit.WaitForEvent(ctx, "wait-for-approval", workflowkit.WaitForEventOpts{
				Event: approvalEvent, If: sameToken, Timeout: approvalTimeout,
				Announce: &workflowkit.Announcement{StepID: "request-approval", Run: func(context.Context) error {
					r.ask(data.Token)
					return nil
				}},
			}); err != nil {
				return none{}, err
			}
			_, err := workflowkit.Step(ctx, "apply-ai-revision", work)
			return none{}, err
		}),
	}
}

// definition returns a workflow from chains like "$source>a>b". The first part of an id up to the hyphen is its kind.
func definition(chains ...string) json.RawMessage {
	var w workflowkit.Workflow
	seen := map[string]bool{workflowkit.SourceID: true}
	for _, chain := range chains {
		ids := strings.Split(chain, ">")
		for i, id := range ids {
			if !seen[id] {
				seen[id] = true
				kind, _, _ := strings.Cut(id, "-")
				w.Actions = append(w.Actions, workflowkit.WorkflowAction{ID: id, Kind: kind})
			}
			if i > 0 {
				w.Edges = append(w.Edges, workflowkit.Edge{From: ids[i-1], To: id})
			}
		}
	}
	raw, err := json.Marshal(&w)
	if err != nil {
		panic(err) // plain data
	}
	return raw
}

// definitions are the workflows by scenario.
func definitions() map[string]json.RawMessage {
	var fork []string
	for i := range branches {
		fork = append(fork, fmt.Sprintf("$source>revise-%d>join", i))
	}
	return map[string]json.RawMessage{
		"two":    definition("$source>revise-1>revise-2"),
		"review": definition("$source>revise-1>revise-2>approve"),
		"fork":   definition(fork...),
	}
}

// branches is how many the fork has.
const branches = 10

// registerWorkflows registers a function for each workflow.
func registerWorkflows(client *inngest.Client, r *recorder) error {
	for scenario, raw := range definitions() {
		engine, err := workflowkit.New(
			workflowkit.WithActions(benchActions(r)...), workflowkit.WithLogger(slog.New(slog.DiscardHandler)),
			workflowkit.WithLoader(workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
				return &workflowkit.Definition{ID: scenario, JSON: raw}, nil
			})))
		if err != nil {
			return err
		}
		f := inngest.Function{ID: scenario, Events: []string{startEvent(scenario, engineVariant)}}
		if err := inngest.Register(client, engine, f); err != nil {
			return err
		}
	}
	return nil
}
