package inngest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

type postData struct {
	ID    string `json:"id" jsonschema:"minLength=1"`
	Likes int    `json:"likes,omitempty"`
}

func TestTypedEventsAreCheckedBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	api := newEventAPI(t, func(w http.ResponseWriter, _, events int) { answerIDs(w, events) })
	client := newClient(t, inngest.Config{BaseURL: api.URL})
	updated := workflowkit.DefineEvent[postData]("blog-post.updated")

	var invalid *workflowkit.EventError
	_, err := inngest.SendTyped(t.Context(), client, updated, postData{ID: "1"}, postData{})
	if !errors.As(err, &invalid) || !errors.Is(err, inngest.ErrInvalidEvent) || invalid.Problems[0].Path != "/id" {
		t.Errorf("error is %v", err)
	}
	if _, err := inngest.SendTyped(t.Context(), client, workflowkit.DefineEvent[[]int]("e"), []int{1}); !errors.Is(err, inngest.ErrInvalidEvent) {
		t.Errorf("error of an unusable definition is %v", err)
	}
	if _, err := inngest.SendTyped(t.Context(), nil, updated, postData{ID: "1"}); err == nil {
		t.Error("a client that is nil sends")
	}
	if len(api.requests) != 0 {
		t.Errorf("%d requests were made", len(api.requests))
	}
	ids, err := inngest.SendTyped(t.Context(), client, updated, postData{ID: "1"}, postData{ID: "2", Likes: 3})
	if err != nil || len(ids) != 2 {
		t.Errorf("ids %v, error %v", ids, err)
	}
	want := `[{"name":"blog-post.updated","data":{"id":"1"}},{"name":"blog-post.updated","data":{"id":"2","likes":3}}]`
	if diff := cmp.Diff([]string{want}, api.bodies); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
}

// One value sends an event, starts runs by it, and reads it.
func ExampleSendTyped() {
	type greeting struct {
		Name string `json:"name" jsonschema:"minLength=1"`
	}
	greeted := workflowkit.DefineEvent[greeting]("demo/greeted")

	hello := workflowkit.Define(workflowkit.Spec{Kind: "hello"}, func(ctx context.Context, run *workflowkit.Run, _ struct{}) (string, error) {
		data, err := greeted.Data(run.Event)
		return "Hello, " + data.Name, err
	})
	if err := greet(hello, inngest.On(greeted, `event.data.name != "Bob"`), func(ctx context.Context, client *inngest.Client) error {
		_, err := inngest.SendTyped(ctx, client, greeted, greeting{Name: "Bob"}, greeting{Name: "Ada"})
		return err
	}); err != nil {
		fmt.Println(err)
	}

	_, err := greeted.New(greeting{})
	fmt.Println(err)
	// Output:
	// "Hello, Ada"
	// invalid event: data of event "demo/greeted": /name: minLength: got 0, want 1 [event_data]
}

// greet runs a workflow of one action on an Inngest in the process, and prints the outputs of the runs that send starts.
func greet(action workflowkit.Action, trigger inngest.Trigger, send func(ctx context.Context, client *inngest.Client) error) error {
	ctx := context.Background()
	engine, err := workflowkit.New(workflowkit.WithActions(action), workflowkit.WithLoader(workflowkit.LoaderFunc(
		func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
			return &workflowkit.Definition{JSON: json.RawMessage(`{"actions":[{"id":"1","kind":"hello"}],"edges":[{"from":"$source","to":"1"}]}`)}, nil
		})))
	if err != nil {
		return err
	}
	server, err := local.Start(local.Config{})
	if err != nil {
		return err
	}
	defer server.Close()
	client, err := inngest.NewClient(inngest.Config{AppID: "demo", BaseURL: server.URL(), Dev: new(true), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if err := inngest.Register(client, engine, inngest.Function{ID: "hello", Triggers: []inngest.Trigger{trigger}}); err != nil {
		return err
	}
	app := httptest.NewServer(client.Handler())
	defer app.Close()
	if err := errors.Join(client.Sync(ctx, app.URL), send(ctx, client), server.Idle(ctx)); err != nil {
		return err
	}
	for _, run := range server.Runs(local.Filter{}) {
		var result workflowkit.Result
		if err := json.Unmarshal(run.Output, &result); err != nil {
			return err
		}
		fmt.Println(string(result.Actions[0].Output))
	}
	return nil
}
