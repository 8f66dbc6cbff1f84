package loader

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

const (
	workflowsTable = "workflows"
	postsTable     = "blog_posts"
)

// tableRecord is a row of workflowkit_tables.
type tableRecord struct {
	Name      string
	TakenOver bool
	Seeded    bool
}

func (db *DB) tables(ctx context.Context) ([]tableRecord, error) {
	var records []tableRecord
	err := db.read(ctx).Table("workflowkit_tables").
		Select("name, taken_over, seeded_at IS NOT NULL AS seeded").Order("name").Find(&records).Error
	return records, err
}

// preflight refuses, before anything is changed, what could not be used after the migrations.
func (db *DB) preflight(ctx context.Context) error {
	if db.dialect == dialectPostgres {
		var schema sql.NullString
		if err := db.sql.QueryRowContext(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
			return wrap(ctx, err, "find schema")
		}
		if !schema.Valid {
			return fmt.Errorf("%w: no schema of the search_path exists or is visible to this role", ErrSchema)
		}
	}
	for _, table := range []string{workflowsTable, postsTable} {
		kind, idType, err := db.describe(ctx, table)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			continue // it does not exist and will be created
		case err != nil:
			return wrap(ctx, err, "describe table %s", table)
		case kind != "table":
			return fmt.Errorf("%w: %s is a %s, a table is needed", ErrSchema, table, kind)
		case idType == "":
			return fmt.Errorf("%w: table %s has no column id", ErrSchema, table)
		case !strings.Contains(strings.ToLower(idType), "int"):
			return fmt.Errorf("%w: column id of table %s is of type %s, an integer is needed", ErrSchema, table, idType)
		}
	}
	return nil
}

// describe returns what the name stands for and the type of its id, or sql.ErrNoRows if nothing has this name.
func (db *DB) describe(ctx context.Context, table string) (kind, idType string, err error) {
	return db.describeIn(ctx, db.sql, table)
}

func (db *DB) describeIn(ctx context.Context, q queryer, table string) (kind, idType string, err error) {
	query := `SELECT m.type, coalesce((SELECT c.type FROM pragma_table_info(m.name) c WHERE lower(c.name) = 'id'), '')
		FROM sqlite_master m WHERE m.name = ? COLLATE NOCASE`
	if db.dialect == dialectPostgres {
		query = `SELECT CASE WHEN c.relkind IN ('r', 'p') THEN 'table' WHEN c.relkind = 'f' THEN 'foreign table' ELSE 'view' END,
			coalesce(format_type(a.atttypid, NULL), '')
			FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'id' AND NOT a.attisdropped
			WHERE c.oid = to_regclass($1)`
	}
	err = q.QueryRowContext(ctx, query, table).Scan(&kind, &idType)
	return kind, idType, err
}
