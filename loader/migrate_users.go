package loader

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

const (
	usersTable      = "users"
	identitiesTable = "workflowkit_identities"
	sessionsTable   = "workflowkit_sessions"
	loginsTable     = "workflowkit_logins"
	postRunsTable   = "workflowkit_post_runs"
)

// userTables creates what sign-in needs, beside a table of users that may be there already, with accounts and sessions
// of another application that this one does not touch: its sessions hold tokens in the clear, ours only hashes.
var userTables = []string{
	`CREATE TABLE IF NOT EXISTS workflowkit_identities (
		issuer        text   NOT NULL,
		subject       text   NOT NULL,
		user_id       text   NOT NULL,
		created_at_ms bigint NOT NULL,
		PRIMARY KEY (issuer, subject)
	)`,
	`CREATE TABLE IF NOT EXISTS workflowkit_sessions (
		token_hash    text   PRIMARY KEY,
		user_id       text   NOT NULL,
		created_at_ms bigint NOT NULL,
		seen_at_ms    bigint NOT NULL,
		expires_at_ms bigint NOT NULL
	)`,
	`CREATE INDEX IF NOT EXISTS workflowkit_sessions_user ON workflowkit_sessions (user_id)`,
	`CREATE INDEX IF NOT EXISTS workflowkit_sessions_end ON workflowkit_sessions (expires_at_ms)`,
	`CREATE TABLE IF NOT EXISTS workflowkit_logins (
		state_hash    text   PRIMARY KEY,
		browser_hash  text   NOT NULL,
		provider      text   NOT NULL,
		nonce         text   NOT NULL,
		verifier      text   NOT NULL,
		return_to     text   NOT NULL,
		expires_at_ms bigint NOT NULL
	)`,
	`CREATE TABLE IF NOT EXISTS workflowkit_post_runs (
		run_id        text   PRIMARY KEY,
		post_id       bigint NOT NULL,
		started_at_ms bigint NOT NULL
	)`,
	`CREATE INDEX IF NOT EXISTS workflowkit_post_runs_post ON workflowkit_post_runs (post_id, started_at_ms)`,
}

// newUsers is the table of users in the shape that Prisma gives it.
var newUsers = map[dialect]string{
	dialectPostgres: `CREATE TABLE users (
		id             text PRIMARY KEY,
		email          text NOT NULL UNIQUE,
		name           text,
		image          text,
		role           text NOT NULL DEFAULT 'viewer',
		email_verified timestamptz,
		created_at     timestamptz NOT NULL DEFAULT now(),
		updated_at     timestamptz NOT NULL DEFAULT now()
	)`,
	dialectSQLite: `CREATE TABLE users (
		id             TEXT NOT NULL PRIMARY KEY,
		email          TEXT NOT NULL UNIQUE,
		name           TEXT,
		image          TEXT,
		role           TEXT NOT NULL DEFAULT 'viewer',
		email_verified DATETIME,
		created_at     DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
		updated_at     DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
	)`,
}

// userColumns are what a table of users that was there before may lack.
var userColumns = []column{
	{usersTable, "email", "text", "TEXT"},
	{usersTable, "name", "text", "TEXT"},
	{usersTable, "image", "text", "TEXT"},
	{usersTable, "role", "text DEFAULT 'viewer'", "TEXT DEFAULT 'viewer'"},
	{usersTable, "email_verified", "timestamptz", "DATETIME"},
	{usersTable, "created_at", "timestamptz DEFAULT now()", "DATETIME"},
	{usersTable, "updated_at", "timestamptz DEFAULT now()", "DATETIME"},
}

// addUsers is the migration that makes sign-in possible. A table of users whose ids are not texts belongs to something
// else and is left alone: [DB.CheckUsers] says so to an application that needs it.
func (db *DB) addUsers(ctx context.Context, tx *sql.Tx) error {
	if err := db.limitLockWait(ctx, tx); err != nil {
		return err
	}
	exists, err := db.tableExists(ctx, tx, usersTable)
	if err != nil {
		return fmt.Errorf("look for table %s: %w", usersTable, err)
	}
	ours := append([]string(nil), userTables...)
	private := []string{identitiesTable, sessionsTable, loginsTable, postRunsTable}
	if !exists {
		ours, private = append(ours, newUsers[db.dialect]), append(private, usersTable)
	}
	for _, statement := range ours {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if fits, err := db.usersFit(ctx, tx); err == nil && fits {
		err = db.addMissing(ctx, tx, userColumns)
		if err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	if db.dialect != dialectPostgres {
		return nil
	}
	_, err = tx.ExecContext(ctx, strings.ReplaceAll(revokeFromWebRoles,
		"workflowkit_tables, workflowkit_writes, workflowkit_migrations", strings.Join(private, ", ")))
	return err
}

// usersFit reports whether the ids of the table of users are texts, or UUIDs.
func (db *DB) usersFit(ctx context.Context, q queryer) (bool, error) {
	kind, idType, err := db.describeIn(ctx, q, usersTable)
	if err != nil {
		return false, fmt.Errorf("describe table %s: %w", usersTable, err)
	}
	idType = strings.ToLower(idType)
	text := strings.Contains(idType, "char") || strings.Contains(idType, "text") || idType == "uuid"
	return kind == "table" && text, nil
}

// CheckUsers returns an error that matches [ErrSchema] if the table of users cannot be used for sign-in, because it
// belonged to something else before the migrations: it has ids that are not texts. Posts and workflows work in any case.
func (db *DB) CheckUsers(ctx context.Context) error {
	fits, err := db.usersFit(ctx, db.sql)
	if err != nil {
		return wrap(ctx, err, "check users")
	}
	if !fits {
		return fmt.Errorf("check users: %w: table %s must have an id that is a text or a UUID", ErrSchema, usersTable)
	}
	return nil
}
