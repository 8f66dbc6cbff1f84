package inngest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"

	"github.com/gorilla/mux"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// A program that executes a workflow with one action, on an Inngest in the process. Without BaseURL, and with the
// variables of the environment, it would use a real one.
func Example() {
	server, err := local.Start(local.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = server.Close() }()

	type greetInput struct {
		Greeting string `json:"greeting"`
	}
	greet := workflowkit.Define(workflowkit.Spec{Kind: "greet"},
		func(ctx context.Context, run *workflowkit.Run, in greetInput) (string, error) {
			return workflowkit.Step(ctx, "greet", func(context.Context) (string, error) {
				return in.Greeting + ", " + string(run.Event.Data), nil
			})
		})
	workflow := workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
		return &workflowkit.Definition{ID: "1", JSON: json.RawMessage(`{
			"actions": [{"id": "1", "kind": "greet", "inputs": {"greeting": "Hello"}}],
			"edges": [{"from": "$source", "to": "1"}]
		}`)}, nil
	})
	engine, err := workflowkit.New(workflowkit.WithActions(greet), workflowkit.WithLoader(workflow))
	if err != nil {
		fmt.Println(err)
		return
	}

	client, err := inngest.NewClient(inngest.Config{
		AppID: "greeter", BaseURL: server.URL(), Dev: new(true), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := inngest.Register(client, engine, inngest.Function{ID: "greet", Events: []string{"somebody.came"}}); err != nil {
		fmt.Println(err)
		return
	}
	app := httptest.NewServer(client.Handler())
	defer app.Close()

	ctx := context.Background()
	if err := client.Sync(ctx, app.URL); err != nil {
		fmt.Println(err)
		return
	}
	id, err := client.Send(ctx, workflowkit.Event{Name: "somebody.came", Data: json.RawMessage(`{"name":"Ada"}`)})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := server.Idle(ctx); err != nil {
		fmt.Println(err)
		return
	}
	var result workflowkit.Result
	if err := json.Unmarshal(server.EventRuns(id)[0].Output, &result); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Status, string(result.Actions[0].Output))
	// Output: completed "Hello, {\"name\":\"Ada\"}"
}

func ExampleNewClient() {
	_, err := inngest.NewClient(inngest.Config{AppID: "my-app", Getenv: func(name string) string {
		return map[string]string{"INNGEST_DEV": "0"}[name]
	}})
	fmt.Println(errors.Is(err, inngest.ErrNoSigningKey))
	fmt.Println(err)
	// Output:
	// true
	// inngest client: cloud mode needs a signing key: set INNGEST_SIGNING_KEY, or INNGEST_DEV=1 to work with a dev server (cloud mode because INNGEST_DEV is off)
}

func ExampleMount() {
	client, err := inngest.NewClient(inngest.Config{AppID: "my-app", Dev: new(true), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	router := mux.NewRouter()
	inngest.Mount(router, "/api/inngest", client)

	w := httptest.NewRecorder()
	router.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/inngest", http.NoBody))
	fmt.Println(w.Code)
	// Output: 200
}

// Sending an event with an ID is idempotent, so it is safe to repeat whatever the error was.
func ExampleClient_Send() {
	client, err := inngest.NewClient(inngest.Config{
		AppID: "my-app", Dev: new(true), BaseURL: "http://127.0.0.1:1", Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	event, err := workflowkit.NewEvent("blog-post.updated", map[string]any{"id": "42"})
	if err != nil {
		fmt.Println(err)
		return
	}
	event.ID = "post-42-version-7"
	_, err = client.Send(context.Background(), event)
	var sendError *inngest.SendError
	if errors.As(err, &sendError) {
		fmt.Println("retryable:", sendError.Retryable, "attempts:", sendError.Attempts)
	}
	// Output: retryable: true attempts: 5
}

// A newer event for the same post replaces the active run, a post that is unpublished cancels it, and a run that fails
// for good is told about.
func ExampleRegister() {
	client, err := inngest.NewClient(inngest.Config{AppID: "cms", Dev: new(true), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	engine, err := workflowkit.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	function := inngest.Function{
		ID:        "blog-post-workflow",
		Events:    []string{"blog-post.updated", "blog-post.published"},
		Singleton: &inngest.Singleton{Key: `event.name + "/" + event.data.id`, Mode: inngest.SingletonCancel},
		CancelOn:  []inngest.CancelOn{{Event: "blog-post.unpublished", If: "async.data.id == event.data.id"}},
		OnFailure: func(_ context.Context, failure inngest.Failure) error {
			slog.Error("workflow failed", "run_id", failure.RunID, "error", failure.Message)
			return nil
		},
	}
	fmt.Println(inngest.Register(client, engine, function))
	fmt.Println(inngest.Register(client, engine, function))
	// Output:
	// <nil>
	// register function "blog-post-workflow": id "blog-post-workflow" is registered already
}
