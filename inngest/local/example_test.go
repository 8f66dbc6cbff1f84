package local_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"time"

	"github.com/inngest/inngestgo"
	"github.com/inngest/inngestgo/step"

	"github.com/workflowkit/workflowkit-go/inngest/local"
)

// app serves one function, which waits for an approval, on a local server.
func app(server *local.Server, f inngestgo.SDKFunction[map[string]any]) (*httptest.Server, error) {
	url, dev := server.URL(), true
	client, err := inngestgo.NewClient(inngestgo.ClientOpts{
		AppID: "blog", Dev: &dev, APIBaseURL: &url, EventAPIBaseURL: &url, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	_, err = inngestgo.CreateFunction(client, inngestgo.FunctionOpts{ID: "review"}, inngestgo.EventTrigger("post.updated", nil), f)
	return httptest.NewServer(client.Serve()), err
}

// awaitApproval runs a step, waits for an event for up to a day, and runs another step.
func awaitApproval(ctx context.Context, in inngestgo.Input[map[string]any]) (any, error) {
	draft, err := step.Run(ctx, "draft", func(context.Context) (string, error) { return "a better text", nil })
	if err != nil {
		return nil, err
	}
	same := "event.data.id == async.data.id"
	_, err = step.WaitForEvent[any](ctx, "approval", step.WaitForEventOpts{Event: "post.approved", If: &same, Timeout: 24 * time.Hour})
	if errors.Is(err, step.ErrEventNotReceived) {
		return "discarded", nil
	}
	return step.Run(ctx, "publish", func(context.Context) (string, error) { return "published " + draft, err })
}

func Example() {
	ctx := context.Background()
	server, err := local.Start(local.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	web, err := app(server, awaitApproval)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer web.Close()
	if err := server.Register(ctx, web.URL); err != nil {
		fmt.Println(err)
		return
	}

	ids, _ := server.Send(ctx, local.Event{Name: "post.updated", Data: map[string]any{"id": "7"}})
	_ = server.Idle(ctx) // the run now waits
	_, _ = server.Send(ctx, local.Event{Name: "post.approved", Data: map[string]any{"id": "7"}})
	run, _ := server.WaitRun(ctx, server.EventRuns(ids[0])[0].ID)
	fmt.Println(run.Status, string(run.Output))
	for _, s := range run.Steps {
		fmt.Println(s.Op, s.Name, s.Status)
	}
	fmt.Println(len(run.Calls), "calls, faults:", server.Err())
	// Output:
	// Completed "published a better text"
	// StepRun draft Completed
	// WaitForEvent approval Completed
	// StepRun publish Completed
	// 4 calls, faults: <nil>
}

func ExampleVirtualClock() {
	ctx := context.Background()
	clock := local.NewVirtualClock(time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC))
	server, err := local.Start(local.Config{Clock: clock})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	web, err := app(server, awaitApproval)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer web.Close()
	if err := server.Register(ctx, web.URL); err != nil {
		fmt.Println(err)
		return
	}

	ids, _ := server.Send(ctx, local.Event{Name: "post.updated", Data: map[string]any{"id": "7"}})
	_ = clock.Advance(ctx, 24*time.Hour) // nobody approves
	run := server.EventRuns(ids[0])[0]
	fmt.Println(run.Status, string(run.Output), "after", run.Ended.Sub(run.Started))
	// Output:
	// Completed "discarded" after 24h0m0s
}

func ExampleFaults() {
	ctx := context.Background()
	clock := local.NewVirtualClock(time.Time{})
	died := false
	server, err := local.Start(local.Config{
		Clock: clock,
		Faults: local.Faults{Crash: func(c local.Call) local.CrashPoint {
			if c.Number == 2 && !died { // the app dies after it has published, before it can say so
				died = true
				return local.CrashAfter
			}
			return local.NoCrash
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	published := 0
	web, err := app(server, func(ctx context.Context, in inngestgo.Input[map[string]any]) (any, error) {
		if _, err := step.Run(ctx, "draft", func(context.Context) (string, error) { return "text", nil }); err != nil {
			return nil, err
		}
		return step.Run(ctx, "publish", func(context.Context) (int, error) { published++; return published, nil })
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer web.Close()
	if err := server.Register(ctx, web.URL); err != nil {
		fmt.Println(err)
		return
	}

	ids, _ := server.Send(ctx, local.Event{Name: "post.updated"})
	_ = clock.Advance(ctx, time.Hour) // the call is retried
	run := server.EventRuns(ids[0])[0]
	fmt.Println(run.Status, "after", len(run.Calls), "calls; the step ran", published, "times")
	fmt.Println(run.Calls[1].Error)
	// Output:
	// Completed after 4 calls; the step ran 2 times
	// Unable to reach SDK URL: the app has died before it could answer (injected)
}
