package workflowkit

import "context"

// StepOptions say how a backend is to execute a step. The engine puts them into the context that it passes to the
// methods of [Tools]; a backend reads them with [StepOptionsFrom] where it needs them, which is when a step fails.
type StepOptions struct {
	// Retries is how often the step is tried again: those of the action that it belongs to. Nil means as often as the
	// backend is configured, and as it is for steps of the engine's own.
	Retries *int
	// Isolated says that the step must not share its attempts. A backend that counts the attempts of requests, in which
	// several steps can be executed, gives the step a request of its own.
	Isolated bool
}

type stepOptionsKey struct{}

// StepOptionsFrom returns the options of the step that a context was passed for. A context without any has the zero value.
func StepOptionsFrom(ctx context.Context) StepOptions {
	if options, ok := ctx.Value(stepOptionsKey{}).(StepOptions); ok {
		return options
	}
	if n, ok := ctx.Value(nodeKey{}).(*node); ok {
		return StepOptions{Retries: n.retries}
	}
	return StepOptions{}
}

func withStepOptions(ctx context.Context, options StepOptions) context.Context {
	return context.WithValue(ctx, stepOptionsKey{}, options)
}

// StepFailures is implemented by [Tools] that can tell which steps have failed for good without being asked to execute
// them. A handler that has failed outside of its steps is then not called again by chance, so nothing that it would do
// there can change what has been decided, or go ahead of its next attempt.
type StepFailures interface {
	// Failed reports whether the result of a step is the error of its last attempt.
	Failed(id string) bool

	// Quiet reports whether no step had failed for good when this pass began, and the pass was not made to execute a single
	// step. Most passes are quiet, and the engine asks for no more then.
	Quiet() bool

	// Planning reports whether a step of a branch that has no result is only planned in this pass, to be executed in
	// another one.
	Planning() bool
}

// bare returns the tools of the backend, whoever stands before them.
func bare(tools Tools) Tools {
	if w, ok := tools.(*witness); ok {
		return w.Tools
	}
	return tools
}

type attemptKey struct{}

// WithStepAttempt returns a context that tells a step's function which attempt of the step it is, counted from 0. A
// backend that executes several steps in a pass passes it on; otherwise the attempt is that of the [RunInput].
func WithStepAttempt(ctx context.Context, attempt int) context.Context {
	return context.WithValue(ctx, attemptKey{}, attempt)
}

// stepAttempt returns the attempt of the step whose function has the context.
func (n *node) stepAttempt(ctx context.Context) int {
	if attempt, ok := ctx.Value(attemptKey{}).(int); ok {
		return attempt
	}
	return n.run.Attempt
}
