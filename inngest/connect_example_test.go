package inngest_test

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// greeter returns an engine whose workflow has one action, which tells its event's data and how many events there are.
func greeter(tell func(text string)) *workflowkit.Engine {
	greet := workflowkit.Define(workflowkit.Spec{Kind: "greet"}, func(_ context.Context, run *workflowkit.Run, _ struct{}) (struct{}, error) {
		tell(fmt.Sprintf("%s %s, %d events", run.Event.Name, run.Event.Data, max(1, len(run.Events))))
		return struct{}{}, nil
	})
	engine, err := workflowkit.New(workflowkit.WithActions(greet), workflowkit.WithLogger(slog.New(slog.DiscardHandler)),
		workflowkit.WithLoader(workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
			return &workflowkit.Definition{JSON: []byte(`{"actions":[{"id":"1","kind":"greet"}],"edges":[{"from":"$source","to":"1"}]}`)}, nil
		})))
	if err != nil {
		panic(err)
	}
	return engine
}

// A worker executes functions without being called: it connects to the server. When its context ends, here with the
// signal of a deployment in a real program, it finishes what it has begun.
func ExampleConnect() {
	server, err := local.Start(local.Config{}) // or a dev server, or Inngest Cloud
	if err != nil {
		panic(err)
	}
	defer func() { _ = server.Close() }()
	client, err := inngest.NewClient(inngest.Config{AppID: "app", BaseURL: server.URL(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		panic(err)
	}
	told := make(chan string, 10)
	engine := greeter(func(text string) { told <- text })
	if err := inngest.Register(client, engine, inngest.Function{ID: "greet", Events: []string{"demo/greet"}}); err != nil {
		panic(err)
	}

	ctx, stop := context.WithCancel(context.Background()) // in a program: signal.NotifyContext(…, syscall.SIGTERM)
	ready, ended := make(chan struct{}), make(chan error)
	go func() { ended <- inngest.Connect(ctx, client, inngest.ConnectOpts{Ready: func() { close(ready) }}) }()
	<-ready
	if _, err := client.Send(ctx, workflowkit.Event{Name: "demo/greet", Data: []byte(`{"name":"Ada"}`)}); err != nil {
		panic(err)
	}
	fmt.Println(<-told)
	stop()
	fmt.Println(<-ended)
	// Output:
	// demo/greet {"name":"Ada"}, 1 events
	// <nil>
}

// A schedule starts runs at certain times. Their event is Inngest's own.
func ExampleTrigger_cron() {
	clock := local.NewVirtualClock(time.Date(2026, time.June, 1, 0, 0, 0, 0, time.UTC)) // a Monday
	server, err := local.Start(local.Config{Clock: clock})
	if err != nil {
		panic(err)
	}
	defer func() { _ = server.Close() }()
	client, err := inngest.NewClient(inngest.Config{AppID: "app", BaseURL: server.URL(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		panic(err)
	}
	told := make(chan string, 10)
	err = inngest.Register(client, greeter(func(text string) { told <- text }), inngest.Function{
		ID:       "report",
		Triggers: []inngest.Trigger{{Cron: "TZ=Europe/Zurich 0 9 * * MON-FRI"}},
	})
	if err != nil {
		panic(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error)
	go func() { ended <- inngest.Connect(ctx, client, inngest.ConnectOpts{Ready: func() { close(ready) }}) }()
	<-ready
	if err := clock.Advance(ctx, 24*time.Hour); err != nil {
		panic(err)
	}
	fmt.Println(<-told)
	stop()
	<-ended
	// Output: inngest/scheduled.timer {"cron":"TZ=Europe/Zurich 0 9 * * MON-FRI","fireAt":"2026-06-01T07:00:00Z","scheduledAt":"2026-06-01T07:00:00Z"}, 1 events
}

// A batch starts one run for many events.
func ExampleBatch() {
	server, err := local.Start(local.Config{})
	if err != nil {
		panic(err)
	}
	defer func() { _ = server.Close() }()
	client, err := inngest.NewClient(inngest.Config{AppID: "app", BaseURL: server.URL(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		panic(err)
	}
	told := make(chan string, 10)
	err = inngest.Register(client, greeter(func(text string) { told <- text }), inngest.Function{
		ID:     "import",
		Events: []string{"demo/row"},
		Batch:  &inngest.Batch{MaxSize: 3, Timeout: 10 * time.Second},
	})
	if err != nil {
		panic(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error)
	go func() { ended <- inngest.Connect(ctx, client, inngest.ConnectOpts{Ready: func() { close(ready) }}) }()
	<-ready
	var rows []workflowkit.Event
	for _, data := range []string{`{"row":1}`, `{"row":2}`, `{"row":3}`} {
		rows = append(rows, workflowkit.Event{Name: "demo/row", Data: []byte(data)})
	}
	if _, err := client.SendMany(ctx, rows); err != nil {
		panic(err)
	}
	fmt.Println(<-told)
	stop()
	<-ended
	// Output: demo/row {"row":1}, 3 events
}
