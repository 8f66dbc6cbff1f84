package loader

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// SaveVersion implements store.Workflows. The definition must be a JSON object that the database can hold, or the error
// matches [ErrInvalid]: Postgres refuses \u0000, for instance.
func (s Store) SaveVersion(ctx context.Context, id string, save store.Save) (store.Version, error) {
	number, err := workflowID(id)
	if err != nil {
		return store.Version{}, err
	}
	if err := checkSave(save); err != nil {
		return store.Version{}, fmt.Errorf("save workflow %d: %w", number, err)
	}
	var out versionRow
	err = s.db.changeHead(ctx, number, func(tx *gorm.DB, row workflowRow, head headRow) error {
		hash, err := s.db.hashOf(tx, save.Definition)
		if err != nil {
			return err
		}
		draft, err := s.db.readVersion(tx, number, head.Newest)
		if err != nil {
			return err
		}
		if draft.Number > 0 && draft.Hash == hash {
			out = draft
			return nil
		}
		if draft.Number != save.Base {
			return &store.ConflictError{Base: save.Base, Current: draft.version()}
		}
		out = newVersion(number, draft.Number+1, hash, save.Author, save.Note)
		out.Definition = storedJSON(save.Definition)
		if err := tx.Create(&out).Error; err != nil {
			return err
		}
		head.Newest = out.Number
		return saveHead(tx, head)
	})
	if err != nil {
		return store.Version{}, wrap(ctx, err, "save workflow %d", number)
	}
	return out.version(), nil
}

func checkSave(save store.Save) error {
	if isNull(save.Definition) {
		return fmt.Errorf("%w definition: it is missing, a JSON object is needed", ErrInvalid)
	}
	if err := checkDefinition(save.Definition); err != nil {
		return err
	}
	if err := checkText("author", save.Author); err != nil {
		return err
	}
	return checkText("note", save.Note)
}

// PublishVersion implements store.Workflows. The definition becomes what the column workflows.workflow holds.
func (s Store) PublishVersion(ctx context.Context, id string, number int) (store.Workflow, error) {
	workflow, err := workflowID(id)
	if err != nil {
		return store.Workflow{}, err
	}
	err = s.db.changeHead(ctx, workflow, func(tx *gorm.DB, _ workflowRow, head headRow) error {
		if number == head.Published && number > 0 {
			return nil
		}
		version, err := s.db.readVersion(tx, workflow, number)
		if err != nil {
			return err
		}
		if version.Number == 0 {
			return fmt.Errorf("version %d: %w", number, ErrNotFound)
		}
		definition := json.RawMessage(version.Definition)
		if err := checkDefinition(definition); err != nil {
			return err
		}
		err = tx.Model(&workflowRow{}).Where("id = ?", workflow).Update("workflow", s.db.definitionValue(definition)).Error
		if err != nil {
			return err
		}
		row, err := s.db.readWorkflow(tx, workflow)
		if err != nil {
			return err
		}
		head.Published, head.StoredHash = number, row.storedHash()
		return saveHead(tx, head)
	})
	if err != nil {
		return store.Workflow{}, wrap(ctx, err, "publish workflow %d", workflow)
	}
	return s.GetWorkflow(ctx, id)
}

// ListVersions implements store.Workflows.
func (s Store) ListVersions(ctx context.Context, id string) ([]store.Version, error) {
	number, err := workflowID(id)
	if err != nil {
		return nil, err
	}
	versions := []store.Version{}
	err = s.db.withHead(ctx, number, func(tx *gorm.DB, _ workflowRow, _ headRow) error {
		var rows []versionRow
		err := tx.Select(versionColumns).Where("workflow_id = ?", number).Order("number DESC").Find(&rows).Error
		for _, row := range rows {
			versions = append(versions, row.version())
		}
		return err
	})
	if err != nil {
		return nil, wrap(ctx, err, "versions of workflow %d", number)
	}
	return versions, nil
}

// GetVersion implements store.Workflows. It finds the versions of deleted workflows too.
func (s Store) GetVersion(ctx context.Context, id string, number int) (store.Version, error) {
	workflow, err := workflowID(id)
	if err != nil {
		return store.Version{}, err
	}
	row, err := s.db.readVersion(s.db.read(ctx), workflow, number)
	if err == nil && row.Number == 0 {
		// It may be a row that nobody has looked at yet.
		err = s.db.withHead(ctx, workflow, func(tx *gorm.DB, _ workflowRow, _ headRow) (err error) {
			if row, err = s.db.readVersion(tx, workflow, number); err == nil && row.Number == 0 {
				err = ErrNotFound
			}
			return err
		})
	}
	if err != nil {
		return store.Version{}, wrap(ctx, err, "version %d of workflow %d", number, workflow)
	}
	return row.version(), nil
}
