package loader

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"
)

// WorkflowEdit is a change of a workflow, or a new one. A nil field stays as it is; in a new workflow it is NULL, and
// Enabled false.
type WorkflowEdit struct {
	Name, Description, Trigger *string
	Enabled                    *bool
	// Definition is a JSON object, or null for a workflow without a definition. It becomes a version, and the published
	// one at once.
	Definition json.RawMessage
	// Author and Note describe the version that a new definition makes. They may be empty.
	Author, Note string
	// Seen is the [Workflow.Version] that the caller has seen. If the workflow has another definition by now, the
	// edit is refused with [ErrChanged], unless that is the one of the edit. Empty means that the edit is made in any
	// case.
	Seen string
}

func (e WorkflowEdit) check() error {
	for field, value := range map[string]*string{
		"name": e.Name, "description": e.Description, "trigger": e.Trigger, "author": &e.Author, "note": &e.Note,
	} {
		if err := checkText(field, text(value)); err != nil {
			return err
		}
	}
	return checkDefinition(e.Definition)
}

// CreateWorkflow stores a new workflow and returns it with its id. A name that another workflow has, or a trigger for
// which another workflow is enabled, gives [ErrConflict].
func (db *DB) CreateWorkflow(ctx context.Context, w WorkflowEdit) (Workflow, error) {
	if err := w.check(); err != nil {
		return Workflow{}, fmt.Errorf("create workflow: %w", err)
	}
	var row workflowRow
	err := db.write(ctx, func(tx *gorm.DB) (err error) {
		if err := db.lockWorkflows(tx); err != nil {
			return err
		}
		row, err = db.insertWorkflow(tx, w)
		return err
	})
	if err != nil {
		return Workflow{}, wrap(ctx, asConflict(err), "create workflow")
	}
	return row.workflow(), nil
}

func (db *DB) insertWorkflow(tx *gorm.DB, w WorkflowEdit) (workflowRow, error) {
	enabled := w.Enabled != nil && *w.Enabled
	row := workflowRow{
		Name: w.Name, Description: w.Description, Trigger: w.Trigger, Enabled: &enabled,
		Definition: db.definitionValue(w.Definition),
	}
	if err := db.checkUnique(tx, workflowRow{}, row); err != nil {
		return workflowRow{}, err
	}
	create := tx
	if db.dialect == dialectPostgres {
		create = tx.Omit("Created") // the column's default is the server's clock
	} else {
		now, err := sqliteNow(tx, workflowsTable)
		if err != nil {
			return workflowRow{}, err
		}
		row.Created = now
	}
	if err := create.Create(&row).Error; err != nil {
		return workflowRow{}, err
	}
	row, err := db.readWorkflow(tx, row.ID)
	if err == nil {
		_, err = db.adopt(tx, row, authorship{w.Author, w.Note})
	}
	return row, err
}

// UpdateWorkflow changes a workflow and returns it. It gives [ErrNotFound], [ErrConflict] as [DB.CreateWorkflow] does,
// or [ErrChanged]. Columns that the edit does not name are not written.
func (db *DB) UpdateWorkflow(ctx context.Context, id int64, edit WorkflowEdit) (Workflow, error) {
	if err := edit.check(); err != nil {
		return Workflow{}, fmt.Errorf("update workflow %d: %w", id, err)
	}
	var row workflowRow
	err := db.write(ctx, func(tx *gorm.DB) error {
		if err := db.lockWorkflows(tx); err != nil {
			return err
		}
		before, err := db.lockWorkflow(tx, id)
		if err != nil {
			return err
		}
		row = before
		changes := db.applyEdit(&row, edit)
		if edit.Seen != "" && before.workflow().Version != edit.Seen && before.workflow().Version != row.workflow().Version {
			return ErrChanged
		}
		if len(changes) == 0 {
			return nil
		}
		if err := db.checkUnique(tx, before, row); err != nil {
			return err
		}
		row, err = db.applyChanges(tx, before, changes, authorship{edit.Author, edit.Note})
		return err
	})
	if err != nil {
		return Workflow{}, wrap(ctx, asConflict(err), "update workflow %d", id)
	}
	return row.workflow(), nil
}

// applyChanges writes the columns. What a new definition replaces, and the definition itself, become versions.
func (db *DB) applyChanges(tx *gorm.DB, before workflowRow, changes map[string]any, by authorship) (workflowRow, error) {
	_, redefined := changes["workflow"]
	if redefined {
		if _, err := db.adoptForeign(tx, before); err != nil {
			return workflowRow{}, err
		}
	}
	if err := tx.Model(&workflowRow{}).Where("id = ?", before.ID).Updates(changes).Error; err != nil {
		return workflowRow{}, err
	}
	row, err := db.readWorkflow(tx, before.ID)
	if err == nil && redefined {
		_, err = db.adopt(tx, row, by)
	}
	return row, err
}

// applyEdit changes the row in memory and returns the columns to write.
func (db *DB) applyEdit(row *workflowRow, edit WorkflowEdit) map[string]any {
	changes := map[string]any{}
	set := func(column string, field **string, value *string) {
		if value != nil {
			*field, changes[column] = value, *value
		}
	}
	set("name", &row.Name, edit.Name)
	set("description", &row.Description, edit.Description)
	set("trigger", &row.Trigger, edit.Trigger)
	if edit.Enabled != nil {
		row.Enabled, changes["enabled"] = edit.Enabled, *edit.Enabled
	}
	if len(edit.Definition) > 0 {
		row.Definition = db.definitionValue(edit.Definition)
		changes["workflow"] = row.Definition
	}
	return changes
}

// SetWorkflowEnabled turns a workflow on or off. Turning on gives [ErrConflict] if another workflow is enabled for the
// same trigger.
func (db *DB) SetWorkflowEnabled(ctx context.Context, id int64, enabled bool) (Workflow, error) {
	return db.UpdateWorkflow(ctx, id, WorkflowEdit{Enabled: &enabled})
}

// DeleteWorkflow removes a workflow. Runs that have begun keep the definition that they have loaded, and its versions
// stay readable by [Store.GetVersion].
func (db *DB) DeleteWorkflow(ctx context.Context, id int64) error {
	err := db.changeHead(ctx, id, func(tx *gorm.DB, _ workflowRow, head headRow) error {
		if err := tx.Where("id = ?", id).Delete(&workflowRow{}).Error; err != nil || head.Newest == 0 {
			return err
		}
		head.Published, head.StoredHash = 0, ""
		return saveHead(tx, head)
	})
	return wrap(ctx, err, "delete workflow %d", id)
}
