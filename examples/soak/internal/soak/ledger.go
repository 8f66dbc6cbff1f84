package soak

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	// The ledger speaks plain SQL.
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/ncruces/go-sqlite3/driver"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// ledger is where the replicas write down what they do. All of them share its database.
type ledger struct{ db *sql.DB }

func openLedger(ctx context.Context, dsn string) (*ledger, error) {
	driver := "pgx"
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		driver = "sqlite3"
		dsn = "file:" + dsn + "?_txlock=immediate&_pragma=busy_timeout(30000)&_pragma=journal_mode(wal)&_pragma=synchronous(off)"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	l := &ledger{db}
	for _, statement := range []string{
		// What a step has done, by its idempotency key, and each time that it was executed.
		`CREATE TABLE IF NOT EXISTS soak_effects (number INTEGER NOT NULL, step TEXT NOT NULL, run TEXT NOT NULL, PRIMARY KEY (number, step, run))`,
		`CREATE TABLE IF NOT EXISTS soak_executions (number INTEGER NOT NULL, step TEXT NOT NULL, run TEXT NOT NULL)`,
		`CREATE TABLE IF NOT EXISTS soak_questions (id TEXT PRIMARY KEY, answered INTEGER NOT NULL DEFAULT 0)`,
		`CREATE TABLE IF NOT EXISTS soak_registrations (replica INTEGER NOT NULL)`,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return nil, fmt.Errorf("create tables: %w", err)
		}
	}
	return l, nil
}

func (l *ledger) close() error { return l.db.Close() }

// record writes down a step. Its key is that of the run and the step, so a repeated execution has no second effect.
func (l *ledger) record(ctx context.Context, run *workflowkit.Run, step string) error {
	return l.write(ctx, run, step, nil)
}

// ask writes down a question, as the effect of a step.
func (l *ledger) ask(ctx context.Context, run *workflowkit.Run, key string) error {
	return l.write(ctx, run, "ask", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO soak_questions (id) VALUES ($1) ON CONFLICT DO NOTHING`, key)
		return err
	})
}

func (l *ledger) write(ctx context.Context, run *workflowkit.Run, step string, more func(tx *sql.Tx) error) error {
	var data started
	if err := run.Event.DecodeData(&data); err != nil {
		return workflowkit.NoRetryError(err)
	}
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	name := run.Action.ID + "/" + step
	for _, table := range []string{"soak_executions", "soak_effects"} {
		statement := "INSERT INTO " + table + " (number, step, run) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
		if _, err := tx.ExecContext(ctx, statement, data.Number, name, run.ID); err != nil {
			return err
		}
	}
	if more != nil {
		if err := more(tx); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// register notes that a replica has registered the app with the server.
func (l *ledger) register(ctx context.Context, replica int) error {
	_, err := l.db.ExecContext(ctx, `INSERT INTO soak_registrations (replica) VALUES ($1)`, replica)
	return err
}

func (l *ledger) registered(ctx context.Context) (yes bool, err error) {
	err = l.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM soak_registrations)`).Scan(&yes)
	return yes, err
}

// questions returns what nobody has answered yet.
func (l *ledger) questions(ctx context.Context) ([]string, error) {
	return texts(l.db.QueryContext(ctx, `SELECT id FROM soak_questions WHERE answered = 0 ORDER BY id`))
}

func (l *ledger) answered(ctx context.Context, question string) error {
	_, err := l.db.ExecContext(ctx, `UPDATE soak_questions SET answered = 1 WHERE id = $1`, question)
	return err
}

// begun returns the numbers of the runs that have had an effect.
func (l *ledger) begun(ctx context.Context) (map[int]bool, error) {
	rows, err := l.db.QueryContext(ctx, `SELECT DISTINCT number FROM soak_effects`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // what has been read is what counts
	begun := map[int]bool{}
	for rows.Next() {
		var number int
		if err := rows.Scan(&number); err != nil {
			return nil, err
		}
		begun[number] = true
	}
	return begun, rows.Err()
}

// reopen asks again what was answered without effect, and returns how many questions that were.
func (l *ledger) reopen(ctx context.Context) (int, error) {
	result, err := l.db.ExecContext(ctx, `UPDATE soak_questions SET answered = 0 WHERE answered = 1 AND NOT EXISTS (
		SELECT 1 FROM soak_effects e WHERE e.step LIKE '%/answered' AND e.run || '/' || replace(e.step, '/answered', '') = soak_questions.id)`)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// finished returns how many runs have come to their end.
func (l *ledger) finished(ctx context.Context) (n int, err error) {
	err = l.db.QueryRowContext(ctx, `SELECT count(DISTINCT number) FROM soak_effects WHERE step = 'end/finish'`).Scan(&n)
	return n, err
}

// effectsOf returns the steps that have had an effect for an event, and the runs that had them.
func (l *ledger) effectsOf(ctx context.Context, number int) (steps, runs []string, err error) {
	steps, err = texts(l.db.QueryContext(ctx, `SELECT step FROM soak_effects WHERE number = $1 ORDER BY step`, number))
	if err != nil {
		return nil, nil, err
	}
	runs, err = texts(l.db.QueryContext(ctx, `SELECT DISTINCT run FROM soak_effects WHERE number = $1`, number))
	return steps, runs, err
}

// counts returns how many effects there are, and how many executions it took.
func (l *ledger) counts(ctx context.Context) (effects, executions int, err error) {
	err = l.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM soak_effects), (SELECT count(*) FROM soak_executions)`).Scan(&effects, &executions)
	return effects, executions, err
}

func texts(rows *sql.Rows, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // what has been read is what counts
	var list []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, rows.Err()
}
