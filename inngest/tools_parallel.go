package inngest

import (
	"context"
	"errors"

	"github.com/inngest/inngestgo/group"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// parallelRace makes the server call again after every completed step, not only when nothing else is pending: otherwise
// a wait in one branch would hold up all others. It is the value of a constant in a module that must not be imported.
const parallelRace = 2

// Parallel implements [workflowkit.Tools].
func (t *stepTools) Parallel(ctx context.Context, mode workflowkit.ForkMode, branches []func(ctx context.Context) error) error {
	if t.ended {
		return workflowkit.ErrSuspended
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := t.flush(ctx); err != nil {
		return err
	}
	suspended := false
	var failed error
	callbacks := make([]func(ctx context.Context) (any, error), len(branches))
	for i, branch := range branches {
		callbacks[i] = func(ctx context.Context) (any, error) {
			t.hijack = nil
			switch err := branch(asBranch(ctx)); {
			case errors.Is(err, workflowkit.ErrSuspended):
				suspended = true
				if t.hijack != nil {
					panic(t.hijack) // where inngestgo expects it: in the callback's goroutine
				}
			case failed == nil:
				failed = err
			}
			return nil, nil
		}
	}
	err := t.guard("group", func() error {
		var opts group.ParallelOpts
		if mode == workflowkit.ForkRace {
			opts.ParallelMode = parallelRace
		}
		group.ParallelWithOpts(ctx, opts, callbacks...)
		return nil
	})
	if err == nil && suspended {
		err = workflowkit.ErrSuspended
	}
	if failed != nil {
		err = failed
	}
	return t.ending(ctx, err)
}

// asBranch marks the context of a callback of a group. It must be derived from the one that the callback gets.
func asBranch(ctx context.Context) context.Context {
	return context.WithValue(ctx, branchKey{}, true)
}
