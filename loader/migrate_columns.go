package loader

import (
	"context"
	"database/sql"
	"fmt"
)

// latestVersion is the version of the schema that this package needs.
const latestVersion = 6

const (
	uniqueTriggerIndex = "workflowkit_one_enabled_per_trigger"
	uniqueNameIndex    = "workflowkit_one_per_name"
)

type column struct {
	table, name, postgres, sqlite string
}

// columns are all that the package reads or writes. A database that was created has most of them from the first
// migration; one that was taken over has those of the application's version. Each is nullable or has a default, so
// that an application that knows nothing of it can go on inserting rows.
var columns = []column{
	{workflowsTable, "created_at", "timestamptz DEFAULT now()", "DATETIME"},
	{workflowsTable, "workflow", "jsonb", "JSONB"},
	{workflowsTable, "enabled", "boolean DEFAULT false", "BOOLEAN DEFAULT 0"},
	{workflowsTable, "trigger", "text", "TEXT"},
	{workflowsTable, "description", "text", "TEXT"},
	{workflowsTable, "name", "text", "TEXT"},

	{postsTable, "created_at", "timestamptz DEFAULT now()", "DATETIME"},
	{postsTable, "title", "text", "TEXT"},
	{postsTable, "subtitle", "text", "TEXT"},
	{postsTable, "status", "text", "TEXT"},
	{postsTable, "markdown", "text", "TEXT"},
	{postsTable, "markdown_ai_revision", "text", "TEXT"},
	{postsTable, "ai_publishing_recommendations", "text", "TEXT"},
	// The two that are our own: why the last run failed, and which run made the revision from which text.
	{postsTable, "workflow_error", "text", "TEXT"},
	{postsTable, "workflow_revision", "text", "TEXT"},
}

func (db *DB) addColumns(ctx context.Context, tx *sql.Tx) error {
	if err := db.limitLockWait(ctx, tx); err != nil {
		return err
	}
	return db.addMissing(ctx, tx, columns)
}

func (db *DB) addMissing(ctx context.Context, tx *sql.Tx, columns []column) error {
	for _, c := range columns {
		exists, err := db.columnExists(ctx, tx, c)
		if err != nil {
			return fmt.Errorf("look for column %s.%s: %w", c.table, c.name, err)
		}
		if exists {
			continue
		}
		kind := c.sqlite
		if db.dialect == dialectPostgres {
			kind = c.postgres
		}
		if _, err := tx.ExecContext(ctx, fmt.Sprintf(`ALTER TABLE %s ADD COLUMN "%s" %s`, c.table, c.name, kind)); err != nil {
			return fmt.Errorf("add column %s.%s: %w", c.table, c.name, err)
		}
	}
	return nil
}

func (db *DB) columnExists(ctx context.Context, tx *sql.Tx, c column) (exists bool, err error) {
	query := "SELECT EXISTS (SELECT 1 FROM pragma_table_info(?) WHERE lower(name) = ?)"
	if db.dialect == dialectPostgres {
		query = `SELECT EXISTS (SELECT 1 FROM pg_attribute
			WHERE attrelid = to_regclass($1) AND attname = $2 AND NOT attisdropped)`
	}
	err = tx.QueryRowContext(ctx, query, c.table, c.name).Scan(&exists)
	return exists, err
}

// addIndexes creates the index that finds the workflow for an event, and on tables of our own the constraints. A
// constraint on a table that was taken over could make a write of its application fail, and existing rows may break
// it already; there, our own writes check for themselves.
func (db *DB) addIndexes(ctx context.Context, tx *sql.Tx) error {
	if err := db.limitLockWait(ctx, tx); err != nil {
		return err
	}
	statements := []string{
		`CREATE INDEX IF NOT EXISTS workflowkit_workflow_of_event ON workflows ("trigger", id) WHERE enabled`,
	}
	var takenOver bool
	err := tx.QueryRowContext(ctx, "SELECT taken_over FROM workflowkit_tables WHERE name = 'workflows'").Scan(&takenOver)
	if err != nil {
		return fmt.Errorf("read table list: %w", err)
	}
	if !takenOver {
		statements = append(statements,
			`CREATE UNIQUE INDEX IF NOT EXISTS `+uniqueTriggerIndex+` ON workflows ("trigger") WHERE enabled AND "trigger" <> ''`,
			`CREATE UNIQUE INDEX IF NOT EXISTS `+uniqueNameIndex+` ON workflows (name) WHERE name <> ''`)
	}
	if db.dialect == dialectPostgres {
		statements = append(statements, revokeFromWebRoles)
	}
	for _, s := range statements {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// revokeFromWebRoles takes back what the default privileges of a Supabase database give to everybody with the public
// key: all rights on every new table.
const revokeFromWebRoles = `DO $$
DECLARE r text;
BEGIN
	FOR r IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
		EXECUTE format('REVOKE ALL ON workflowkit_tables, workflowkit_writes, workflowkit_migrations FROM %I', r);
	END LOOP;
END $$`

// limitLockWait keeps a migration from waiting for a table for long, since every query behind it would wait as well. A
// lock_timeout in the connection's URL is kept.
func (db *DB) limitLockWait(ctx context.Context, tx *sql.Tx) error {
	if db.dialect != dialectPostgres {
		return nil
	}
	_, err := tx.ExecContext(ctx, `SELECT set_config('lock_timeout', '10s', true) WHERE current_setting('lock_timeout') = '0'`)
	return err
}
