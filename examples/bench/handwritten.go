package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/inngest/inngestgo"
	"github.com/inngest/inngestgo/group"
	"github.com/inngest/inngestgo/pkg/checkpoint"
	"github.com/inngest/inngestgo/step"
)

// tokenData is the data of an event that starts a run.
type tokenData struct {
	Token string `json:"token"`
}

type handInput = inngestgo.Input[tokenData]

// registerHandwritten registers the functions that have the steps of the workflows, as one writes them with inngestgo.
func registerHandwritten(client inngestgo.Client, r *recorder) error {
	var errs []error
	add := func(scenario string, fn inngestgo.SDKFunction[tokenData]) {
		_, err := inngestgo.CreateFunction(client,
			inngestgo.FunctionOpts{ID: scenario, Checkpoint: checkpoint.ConfigSafe},
			inngestgo.EventTrigger(startEvent(scenario, handVariant), nil), fn)
		errs = append(errs, err)
	}
	add("two", func(ctx context.Context, _ handInput) (any, error) {
		if err := handLoad(ctx); err != nil {
			return nil, err
		}
		return nil, errors.Join(handRevise(ctx, "revise-1"), handRevise(ctx, "revise-2"))
	})
	add("review", func(ctx context.Context, in handInput) (any, error) {
		if err := handLoad(ctx); err != nil {
			return nil, err
		}
		if err := errors.Join(handRevise(ctx, "revise-1"), handRevise(ctx, "revise-2")); err != nil {
			return nil, err
		}
		return nil, handApprove(ctx, in.Event.Data.Token, r)
	})
	add("fork", func(ctx context.Context, _ handInput) (any, error) {
		if err := handLoad(ctx); err != nil {
			return nil, err
		}
		var callbacks []func(ctx context.Context) (any, error)
		for i := range branches {
			callbacks = append(callbacks, func(ctx context.Context) (any, error) {
				return nil, handRevise(ctx, fmt.Sprintf("revise-%d", i))
			})
		}
		if err := group.Parallel(ctx, callbacks...).AnyError(); err != nil {
			return nil, err
		}
		return step.Run(ctx, "join", work)
	})
	return errors.Join(errs...)
}

// handLoad is the step in which a workflow is loaded: what is configured by data has to be read, however it is written.
func handLoad(ctx context.Context) error {
	_, err := step.Run(ctx, "load", work)
	return err
}

func handRevise(ctx context.Context, prefix string) error {
	for _, name := range stepNames {
		if _, err := step.Run(ctx, prefix+"/"+name, work); err != nil {
			return err
		}
	}
	return nil
}

// handApprove asks and then waits. An approval that comes before the wait is registered is lost, so the one who approves
// has to do it again.
func handApprove(ctx context.Context, token string, r *recorder) error {
	if _, err := step.Run(ctx, "load-blog-post", work); err != nil {
		return err
	}
	if _, err := step.Run(ctx, "request-approval", func(context.Context) (bool, error) {
		r.ask(token)
		return true, nil
	}); err != nil {
		return err
	}
	if _, err := step.WaitForEvent[any](ctx, "wait-for-approval", step.WaitForEventOpts{
		Event: approvalEvent, If: new(sameToken), Timeout: approvalTimeout,
	}); err != nil {
		return err
	}
	_, err := step.Run(ctx, "apply-ai-revision", work)
	return err
}
