package loader

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"gorm.io/gorm"

	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// Store keeps the versions of the workflows of a [DB]: it is a store.Workflows. It is made by [DB.Store], is safe for
// concurrent use, and several processes may use one database.
//
// The column workflows.workflow holds the published version, which is what [DB.LoadWorkflow] and other software read.
// Drafts and older versions are kept beside it, as they were saved. A row that was there before becomes version 1 when
// it is first looked at. When other software has written the column, what it holds becomes a version without an author,
// which is both the draft and the published one; the draft that was there before stays in the list. Only what was
// replaced twice before this package looked once is not seen.
//
// Versions of a workflow that was deleted can still be read by their number, since runs refer to them.
type Store struct{ db *DB }

var _ store.Workflows = Store{}

// Store returns the database's workflows with their versions.
func (db *DB) Store() Store { return Store{db} }

// ListWorkflows implements store.Workflows.
func (s Store) ListWorkflows(ctx context.Context) ([]store.Workflow, error) {
	workflows, err := s.db.listWithHeads(ctx)
	return workflows, wrap(ctx, err, "list workflows")
}

// GetWorkflow implements store.Workflows.
func (s Store) GetWorkflow(ctx context.Context, id string) (store.Workflow, error) {
	number, err := workflowID(id)
	if err != nil {
		return store.Workflow{}, err
	}
	var out store.Workflow
	err = s.db.withHead(ctx, number, func(tx *gorm.DB, row workflowRow, head headRow) error {
		out = row.stored()
		if out.Draft, err = s.db.headVersion(tx, number, head.Newest); err != nil {
			return err
		}
		out.Published, err = s.db.headVersion(tx, number, head.Published)
		return err
	})
	if err != nil {
		return store.Workflow{}, wrap(ctx, err, "workflow %d", number)
	}
	return out, nil
}

// CreateWorkflow implements store.Workflows. A name or a trigger that is not given is empty.
func (s Store) CreateWorkflow(ctx context.Context, settings store.Settings) (store.Workflow, error) {
	edit := editOf(settings)
	empty := ""
	if edit.Name == nil {
		edit.Name = &empty // the columns of other applications may not be NULL
	}
	if edit.Trigger == nil {
		edit.Trigger = &empty
	}
	w, err := s.db.CreateWorkflow(ctx, edit)
	if err != nil {
		return store.Workflow{}, err
	}
	return s.GetWorkflow(ctx, strconv.FormatInt(w.ID, 10))
}

// ChangeWorkflow implements store.Workflows.
func (s Store) ChangeWorkflow(ctx context.Context, id string, settings store.Settings) (store.Workflow, error) {
	number, err := workflowID(id)
	if err != nil {
		return store.Workflow{}, err
	}
	if _, err := s.db.UpdateWorkflow(ctx, number, editOf(settings)); err != nil {
		return store.Workflow{}, err
	}
	return s.GetWorkflow(ctx, id)
}

func editOf(settings store.Settings) WorkflowEdit {
	return WorkflowEdit{
		Name: settings.Name, Description: settings.Description, Trigger: settings.Trigger, Enabled: settings.Enabled,
	}
}

// workflowID reads an id. A text that is no id is that of no workflow.
func workflowID(id string) (int64, error) {
	number, err := parseDecimalID(id)
	if err != nil {
		return 0, fmt.Errorf("workflow %q: %w", clip(id), ErrNotFound)
	}
	return number, nil
}

// stored returns the workflow without versions.
func (r workflowRow) stored() store.Workflow {
	return store.Workflow{
		ID: strconv.FormatInt(r.ID, 10), Name: text(r.Name), Description: text(r.Description), Trigger: text(r.Trigger),
		Enabled: r.enabled(), CreatedAt: r.Created.time,
	}
}

// storedHash identifies what the column holds. It is empty if there is no definition.
func (r workflowRow) storedHash() string {
	if isNull(json.RawMessage(r.Definition)) {
		return ""
	}
	return contentHash(json.RawMessage(r.Definition))
}
