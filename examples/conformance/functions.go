package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/inngest/inngestgo"
	"github.com/inngest/inngestgo/step"

	"github.com/workflowkit/workflowkit-go/inngest"
)

type input = inngestgo.Input[map[string]any]

// register registers the five functions of the suite.
func register(client *inngest.Client) error {
	tries := &attempts{seen: map[string]int{}}
	return errors.Join(
		add(client, "test-suite-simple-fn", "tests/function.test", nil, simple),
		add(client, "test-suite-step-test", "tests/step.test", nil, steps),
		add(client, "test-suite-retry-test", "tests/retry.test", nil, tries.retry),
		add(client, "test-suite-cancel-test", "tests/cancel.test", []inngestgo.ConfigCancel{{
			Event: "cancel/please", If: inngestgo.StrPtr("async.data.request_id == event.data.request_id"),
		}}, cancelled),
		add(client, "test-suite-wait-for-event", "tests/wait.test", nil, wait),
	)
}

func add(client *inngest.Client, id, event string, cancel []inngestgo.ConfigCancel, fn inngestgo.SDKFunction[map[string]any]) error {
	opts := inngestgo.FunctionOpts{ID: id, Cancel: cancel}
	trigger := inngestgo.MultipleTriggers{inngestgo.EventTrigger(event, nil)}
	return inngest.RegisterFunction(client, opts, trigger, fn)
}

func answer(in input) map[string]any { return map[string]any{"name": in.Event.Name, "body": "ok"} }

func simple(_ context.Context, in input) (any, error) { return answer(in), nil }

func steps(ctx context.Context, in input) (any, error) {
	first, err := step.Run(ctx, "first step", func(context.Context) (string, error) { return "first step", nil })
	if err != nil {
		return nil, err
	}
	step.Sleep(ctx, "sleep", 2*time.Second)
	_, err = step.Run(ctx, "second step", func(context.Context) (map[string]any, error) {
		return map[string]any{"first": first, "second": true}, nil
	})
	return answer(in), err
}

// attempts remembers, by run, what has failed once already: the suite wants a step and then the function to fail at
// their first attempts.
type attempts struct {
	mu   sync.Mutex
	seen map[string]int
}

// next counts the attempts of one thing, from 1.
func (a *attempts) next(what string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seen[what]++
	return a.seen[what]
}

func (a *attempts) retry(ctx context.Context, in input) (any, error) {
	_, err := step.Run(ctx, "first step", func(context.Context) (string, error) {
		if a.next(in.InputCtx.RunID+"/step") == 1 {
			return "", errors.New("broken")
		}
		return "yes: 2", nil
	})
	if err != nil {
		return nil, err
	}
	if a.next(in.InputCtx.RunID+"/function") == 1 {
		return nil, errors.New("broken func")
	}
	return answer(in), nil
}

func cancelled(ctx context.Context, in input) (any, error) {
	step.Sleep(ctx, "sleep", 10*time.Second)
	_, err := step.Run(ctx, "After the sleep", func(context.Context) (string, error) {
		return "a matching event should have cancelled this", nil
	})
	return answer(in), err
}

func wait(ctx context.Context, _ input) (any, error) {
	event, err := step.WaitForEvent[map[string]any](ctx, "wait", step.WaitForEventOpts{
		Event: "test/resume", Timeout: 10 * time.Second,
		If: inngestgo.StrPtr("async.data.resume == true && async.data.id == event.data.id"),
	})
	if err != nil {
		return nil, err
	}
	return map[string]any{"result": event["data"]}, nil
}
