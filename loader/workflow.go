package loader

import (
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Workflow is a stored workflow. Its JSON form has the names of the columns.
type Workflow struct {
	ID int64 `json:"id"`
	// CreatedAt is in UTC. It is nil if the row has no time or one that cannot be read.
	CreatedAt   *time.Time `json:"created_at"`
	Name        *string    `json:"name"`
	Description *string    `json:"description"`
	// Trigger is the name of the event that starts the workflow, or nil.
	Trigger *string `json:"trigger"`
	Enabled bool    `json:"enabled"`
	// Definition is the workflow's JSON: byte for byte as it was stored on SQLite, with another order of keys on
	// Postgres, which stores it as jsonb. It is nil for a workflow that has no definition yet, and a JSON string for a
	// row of other software that holds something else than JSON.
	Definition json.RawMessage `json:"workflow"`
	// Version stands for the content of the definition, whatever the order of its keys. It is empty if there is none. It
	// is not the number of a version: see [Store].
	Version string `json:"version"`
}

// workflowRow is a row of workflows.
type workflowRow struct {
	ID          int64      `gorm:"column:id;primaryKey"`
	Created     storedTime `gorm:"column:created_at"`
	Name        *string    `gorm:"column:name"`
	Description *string    `gorm:"column:description"`
	Trigger     *string    `gorm:"column:trigger"`
	Enabled     *bool      `gorm:"column:enabled"`
	Definition  storedJSON `gorm:"column:workflow"`
}

// TableName names the table for gorm.
func (workflowRow) TableName() string { return workflowsTable }

func (r workflowRow) enabled() bool { return r.Enabled != nil && *r.Enabled }

func (r workflowRow) workflow() Workflow {
	return Workflow{
		ID: r.ID, CreatedAt: r.Created.time, Name: r.Name, Description: r.Description, Trigger: r.Trigger,
		Enabled: r.enabled(), Definition: json.RawMessage(r.Definition),
		Version: definitionVersion(json.RawMessage(r.Definition)),
	}
}

// workflowColumns are those of workflowRow, the definition last.
const workflowColumns = `id, created_at, name, description, "trigger", enabled, `

// selectWorkflows is the start of every query for workflows.
func (db *DB) selectWorkflows(tx *gorm.DB) *gorm.DB {
	return tx.Model(&workflowRow{}).Select(workflowColumns + db.readableColumn("workflow"))
}

// readableColumn selects a definition. SQLite's binary form of JSON, which its own functions write, is turned into
// text; text stays as it is.
func (db *DB) readableColumn(name string) string {
	if db.dialect != dialectSQLite {
		return name
	}
	return "CASE WHEN typeof(" + name + ") = 'blob' AND json_valid(" + name + ", 8) THEN json(" + name + ") ELSE " +
		name + " END AS " + name
}

// loadedRow is a workflow with its head.
type loadedRow struct {
	Row        workflowRow `gorm:"embedded"`
	Published  int         `gorm:"column:published"`
	StoredHash string      `gorm:"column:stored_hash"`
}

// LoadWorkflow implements workflowkit.Loader: the enabled workflow whose trigger is the event's name, the one with the
// lowest id if there are several, or nil if there is none. It is one query that an index answers, and what it returns
// is never cached, so a change takes effect with the next run in every process.
//
// The definition's version is the number of the published version, as [Store] counts them. If other software has
// changed the row, it becomes a version now. Where that cannot be written, the workflow runs nevertheless, without a
// version.
func (db *DB) LoadWorkflow(ctx context.Context, event workflowkit.Event) (*workflowkit.Definition, error) {
	def, err := db.load(ctx, db.workflowOfEvent(db.read(ctx), event.Name))
	return def, wrap(ctx, err, "load workflow for event %q", event.Name)
}

// LoadWorkflowByID implements workflowkit.WorkflowLoader: the workflow with an id, enabled or not, or nil if there is none.
// Otherwise it is like LoadWorkflow.
func (db *DB) LoadWorkflowByID(ctx context.Context, id string) (*workflowkit.Definition, error) {
	key, err := ParseID(id)
	if err != nil {
		return nil, nil //nolint:nilerr // no workflow has such an id
	}
	def, err := db.load(ctx, db.loadable(db.read(ctx)).Where("id = ?", key))
	return def, wrap(ctx, err, "load workflow %d", key)
}

// load returns the definition of the first of the workflows that a query finds.
func (db *DB) load(ctx context.Context, query *gorm.DB) (*workflowkit.Definition, error) {
	var rows []loadedRow
	if err := query.Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	loaded := rows[0]
	if loaded.StoredHash != loaded.Row.storedHash() {
		loaded = db.loadForeign(ctx, loaded.Row)
	}
	def := &workflowkit.Definition{ID: strconv.FormatInt(loaded.Row.ID, 10), JSON: json.RawMessage(loaded.Row.Definition)}
	if loaded.Published > 0 {
		def.Version = strconv.Itoa(loaded.Published)
	}
	return def, nil
}

// loadForeign makes a version of what other software has written, and returns the row with its number.
func (db *DB) loadForeign(ctx context.Context, row workflowRow) loadedRow {
	loaded := loadedRow{Row: row}
	err := db.changeHead(ctx, row.ID, func(_ *gorm.DB, now workflowRow, head headRow) error {
		loaded.Row, loaded.Published = now, head.Published
		return nil
	})
	if err != nil {
		db.log.WarnContext(ctx, "workflow has no version since it cannot be written", slog.Int64("workflow_id", row.ID),
			slog.Any("error", err))
		return loadedRow{Row: row}
	}
	return loaded
}

// workflowOfEvent spells the condition as the index does: SQLite uses a partial index only then.
func (db *DB) workflowOfEvent(tx *gorm.DB, event string) *gorm.DB {
	return db.loadable(tx).Where(`"trigger" = ? AND enabled`, event).Order("id").Limit(1)
}

// loadable selects workflows with what loading one needs.
func (db *DB) loadable(tx *gorm.DB) *gorm.DB {
	return tx.Model(&workflowRow{}).
		Select(workflowColumns + db.readableColumn("workflow") + ", coalesce(published, 0) AS published, coalesce(stored_hash, '') AS stored_hash").
		Joins("LEFT JOIN workflowkit_heads ON workflow_id = id")
}

// Workflows lists all workflows by id.
func (db *DB) Workflows(ctx context.Context) ([]Workflow, error) {
	var rows []workflowRow
	if err := db.selectWorkflows(db.read(ctx)).Order("id").Find(&rows).Error; err != nil {
		return nil, wrap(ctx, err, "list workflows")
	}
	workflows := make([]Workflow, len(rows))
	for i, row := range rows {
		workflows[i] = row.workflow()
	}
	return workflows, nil
}

// Workflow returns one workflow, or an error that matches [ErrNotFound].
func (db *DB) Workflow(ctx context.Context, id int64) (Workflow, error) {
	row, err := db.readWorkflow(db.read(ctx), id)
	if err != nil {
		return Workflow{}, wrap(ctx, err, "workflow %d", id)
	}
	return row.workflow(), nil
}

func (db *DB) readWorkflow(tx *gorm.DB, id int64) (workflowRow, error) {
	var row workflowRow
	err := db.selectWorkflows(tx).Where("id = ?", id).Take(&row).Error
	return row, err
}
