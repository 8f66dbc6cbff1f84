package actions_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

const markdown = "# Hello\n\nthis is is a post.\n\n## One\n\nText.\n"

func draft() actions.Post {
	return actions.Post{ID: "7", Title: "Hello", Status: actions.StatusUnderReview, Markdown: markdown, Version: 3}
}

// modelFunc makes a function a text model.
type modelFunc func(ctx context.Context, prompt actions.Prompt) (actions.Text, error)

func (f modelFunc) Generate(ctx context.Context, prompt actions.Prompt) (actions.Text, error) {
	return f(ctx, prompt)
}

// recorder keeps the prompts and answers with a text that names the task.
type recorder struct {
	mu      sync.Mutex
	prompts []actions.Prompt
}

func (r *recorder) Generate(_ context.Context, prompt actions.Prompt) (actions.Text, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.prompts = append(r.prompts, prompt)
	return actions.Text{Content: prompt.Document + "\n(" + prompt.Task.TaskName() + ")", Model: "test"}, nil
}

func newEngine(t *testing.T, posts actions.Posts, model actions.TextModel, options ...workflowkit.Option) *workflowkit.Engine {
	t.Helper()
	all, err := actions.New(actions.Config{Posts: posts, Model: model})
	if err != nil {
		t.Fatal(err)
	}
	engine, err := workflowkit.New(append([]workflowkit.Option{
		workflowkit.WithActions(all...), workflowkit.WithLogger(slog.New(slog.DiscardHandler)),
	}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// chain returns a workflow that runs nodes one after another, with the ids 1, 2 and so on.
func chain(t *testing.T, nodes ...map[string]any) workflowkittest.Option {
	t.Helper()
	var edges []map[string]any
	from := workflowkit.SourceID
	for i, node := range nodes {
		id := string(rune('1' + i))
		node["id"] = id
		edges = append(edges, map[string]any{"from": from, "to": id})
		from = id
	}
	raw, err := json.Marshal(map[string]any{"actions": nodes, "edges": edges})
	if err != nil {
		t.Fatal(err)
	}
	return workflowkittest.WithWorkflow(string(raw))
}

func node(kind string, inputs ...any) map[string]any {
	n := map[string]any{"kind": kind}
	if len(inputs) == 1 {
		n["inputs"] = inputs[0]
	}
	return n
}

func updated(t *testing.T, id string) workflowkit.Event {
	t.Helper()
	event, err := actions.PostUpdated(id)
	if err != nil {
		t.Fatal(err)
	}
	return event
}

func output[T any](t *testing.T, result *workflowkittest.Result, id string) T {
	t.Helper()
	var out T
	action, ok := result.Run.Action(id)
	if !ok {
		t.Fatalf("action %q is not in the result", id)
	}
	if err := json.Unmarshal(action.Output, &out); err != nil {
		t.Fatalf("output of action %q: %v", id, err)
	}
	return out
}

// stepIDs returns the steps of actions, without those of the engine.
func stepIDs(result *workflowkittest.Result) []string {
	var ids []string
	for _, step := range result.Steps {
		if !strings.HasPrefix(step.ID, "$") {
			ids = append(ids, step.ID)
		}
	}
	return ids
}
