package loader

import (
	"context"
	"database/sql"

	"github.com/workflowkit/workflowkit-go/loader/outbox"
)

// addOutbox creates the table of package outbox.
func (db *DB) addOutbox(ctx context.Context, tx *sql.Tx) error {
	if err := db.limitLockWait(ctx, tx); err != nil {
		return err
	}
	statements, err := outbox.Schema(string(db.dialect))
	if err != nil {
		return err
	}
	if db.dialect == dialectPostgres {
		statements = append(statements, `DO $$
			DECLARE r text;
			BEGIN
				FOR r IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
					EXECUTE format('REVOKE ALL ON workflowkit_outbox FROM %I', r);
				END LOOP;
			END $$`)
	}
	for _, s := range statements {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
