package workflowkit

import (
	"context"
	"encoding/json"
)

// Definition is a stored workflow as it is in its store: raw JSON, not yet validated.
type Definition struct {
	// ID identifies the workflow in its store, for instance the primary key of its row. It appears in results and logs.
	ID string
	// Version names this state of the workflow, if the store keeps versions. Empty means that it does not.
	Version string
	// JSON is the definition. Empty or null means a workflow that has no definition yet: a run then has nothing to do.
	JSON json.RawMessage
}

// Loader finds the workflow that an event starts. Implementations must be safe for concurrent use.
type Loader interface {
	// LoadWorkflow returns the workflow for the event, or nil without an error if there is none: the run then ends at
	// once, normally (rule 11). It is called in a run's first step, so an error is retried as any step's is, unless it
	// is marked by [NoRetryError].
	LoadWorkflow(ctx context.Context, event Event) (*Definition, error)
}

// LoaderFunc makes a function a [Loader].
type LoaderFunc func(ctx context.Context, event Event) (*Definition, error)

// LoadWorkflow calls f.
func (f LoaderFunc) LoadWorkflow(ctx context.Context, event Event) (*Definition, error) {
	return f(ctx, event)
}
