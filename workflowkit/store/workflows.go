package store

import (
	"context"
	"encoding/json"
	"time"
)

// Workflow is a stored workflow: what it is called, which event starts it, and its two current versions.
type Workflow struct {
	// ID identifies the workflow.
	ID string `json:"id"`
	// Name and Description are for people. They may be empty.
	Name        string `json:"name"`
	Description string `json:"description"`
	// Trigger is the name of the event that starts the workflow. It may be empty: then nothing does.
	Trigger string `json:"trigger"`
	// Enabled says whether the event starts it.
	Enabled bool `json:"enabled"`
	// CreatedAt is nil if it is not known.
	CreatedAt *time.Time `json:"created_at"`
	// Draft is the newest version. It is nil for a workflow that has not been drawn yet.
	Draft *Version `json:"draft"`
	// Published is the version that runs load. It is nil if none is.
	Published *Version `json:"published"`
}

// Version is an immutable state of a workflow's definition.
type Version struct {
	// Number counts the versions of a workflow, from 1.
	Number int `json:"number"`
	// Hash identifies the content: the SHA-256 of its canonical form, in hex, as in workflowkit.WorkflowInfo.
	Hash string `json:"hash"`
	// Author is who saved it. It is empty if that is not known.
	Author string `json:"author"`
	// Note is what the author wrote about it. It may be empty.
	Note string `json:"note"`
	// CreatedAt is when it was saved.
	CreatedAt time.Time `json:"created_at"`
	// Definition is the workflow's JSON. It is nil in lists.
	Definition json.RawMessage `json:"definition,omitempty"`
}

// Save is a new version of a workflow.
type Save struct {
	// Base is the number of the version that the author has worked on, or 0 if there was none. If the newest version is
	// another one, the save is refused with a *[ConflictError].
	Base int
	// Definition is the workflow's JSON.
	Definition json.RawMessage
	// Author and Note describe the version. They may be empty.
	Author, Note string
}

// Settings are what can be said about a workflow beside its definition. A nil field leaves what is there.
type Settings struct {
	Name        *string `json:"name,omitempty"`
	Description *string `json:"description,omitempty"`
	Trigger     *string `json:"trigger,omitempty"`
	Enabled     *bool   `json:"enabled,omitempty"`
}

// Workflows keeps workflows. Its methods are safe for concurrent use, by several processes too. They return errors that
// match [ErrNotFound], [ErrExists], [ErrInvalid] or *[ConflictError]; any other error means that the store does not
// work.
type Workflows interface {
	// ListWorkflows returns all workflows by id. Their versions have no definitions.
	ListWorkflows(ctx context.Context) ([]Workflow, error)
	// GetWorkflow returns a workflow with the definitions of its draft and its published version.
	GetWorkflow(ctx context.Context, id string) (Workflow, error)
	// CreateWorkflow adds a workflow without versions. It is not enabled unless the settings say so.
	CreateWorkflow(ctx context.Context, settings Settings) (Workflow, error)
	// ChangeWorkflow changes settings. [ErrExists] means that another workflow has the name, or is enabled for the trigger.
	ChangeWorkflow(ctx context.Context, id string, settings Settings) (Workflow, error)
	// SaveVersion makes a version, which is the draft then. Content that is the same as the draft's makes none, and the
	// draft is returned.
	SaveVersion(ctx context.Context, id string, save Save) (Version, error)
	// PublishVersion makes a version the one that runs load.
	PublishVersion(ctx context.Context, id string, number int) (Workflow, error)
	// ListVersions returns the versions of a workflow, newest first, without definitions.
	ListVersions(ctx context.Context, id string) ([]Version, error)
	// GetVersion returns a version with its definition.
	GetVersion(ctx context.Context, id string, number int) (Version, error)
}
