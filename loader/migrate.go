package loader

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrationFiles embed.FS

const (
	// versionTable is not goose's default name: the application whose database is taken over may use goose as well.
	versionTable = "workflowkit_migrations"
	// migrationLock is the advisory lock of Postgres that serialises migrations; a number of our own, so that they do
	// not wait for those of others.
	migrationLock int64 = 0x776f726b666c6f77
)

// Migrated says what [DB.Migrate] found and did.
type Migrated struct {
	// Applied is the number of migrations that this call applied. Another process may have applied the others.
	Applied int
	// TakenOver lists the tables that existed before the first migration and belong to another application as well.
	TakenOver []string
	// Created lists the tables that the migrations created.
	Created []string
}

// Migrate brings the schema up to date: it creates the tables, or takes over those of an existing application, which
// loses no row and keeps working (the package documentation lists what is added). It does nothing in a database that
// is up to date, and any number of processes may call it at once.
//
// The role must own the tables. An application whose role does not can have the migrations run by another program and
// call [DB.CheckSchema] instead.
func (db *DB) Migrate(ctx context.Context) (Migrated, error) {
	if err := db.preflight(ctx); err != nil {
		return Migrated{}, fmt.Errorf("migrate: %w", err)
	}
	provider, err := db.provider()
	if err != nil {
		return Migrated{}, fmt.Errorf("migrate: %w", err)
	}
	applied, err := provider.Up(ctx)
	if err != nil {
		return Migrated{}, wrap(ctx, err, "migrate")
	}
	report := Migrated{Applied: len(applied)}
	tables, err := db.tables(ctx)
	if err != nil {
		return report, wrap(ctx, err, "migrate: read table list")
	}
	for _, t := range tables {
		if t.TakenOver {
			report.TakenOver = append(report.TakenOver, t.Name)
		} else {
			report.Created = append(report.Created, t.Name)
		}
	}
	if report.Applied > 0 {
		db.log.InfoContext(ctx, "database migrated", slog.Int("applied", report.Applied),
			slog.Any("created", report.Created), slog.Any("taken_over", report.TakenOver))
	}
	return report, nil
}

// CheckSchema returns an error that matches [ErrSchema] if migrations are missing. It reads only, so that an
// application can start without the right to change tables.
func (db *DB) CheckSchema(ctx context.Context) error {
	exists, err := db.tableExists(ctx, db.sql, versionTable)
	if err != nil {
		return wrap(ctx, err, "check schema")
	}
	var current int64
	if exists {
		row := db.sql.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM "+versionTable)
		if err := row.Scan(&current); err != nil {
			return wrap(ctx, err, "check schema")
		}
	}
	if current < latestVersion {
		return fmt.Errorf("%w: it is at version %d and this program needs %d; run the migrations first",
			ErrSchema, current, latestVersion)
	}
	return nil
}

func (db *DB) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrationFiles, "migrations/"+string(db.dialect))
	if err != nil {
		return nil, err
	}
	opts := []goose.ProviderOption{
		goose.WithDisableGlobalRegistry(true),
		goose.WithSlog(db.log),
		goose.WithGoMigrations(
			goose.NewGoMigration(2, &goose.GoFunc{RunTx: db.addColumns}, nil),
			goose.NewGoMigration(3, &goose.GoFunc{RunTx: db.addIndexes}, nil),
			goose.NewGoMigration(5, &goose.GoFunc{RunTx: db.addUsers}, nil),
			goose.NewGoMigration(6, &goose.GoFunc{RunTx: db.addOutbox}, nil),
		),
	}
	if db.dialect == dialectSQLite {
		store, err := newSQLiteStore()
		if err != nil {
			return nil, err
		}
		return goose.NewProvider(goose.DialectCustom, db.sql, files, append(opts, goose.WithStore(store))...)
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(migrationLock), lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil, err
	}
	opts = append(opts, goose.WithTableName(versionTable), goose.WithSessionLocker(locker))
	return goose.NewProvider(goose.DialectPostgres, db.sql, files, opts...)
}

// sqliteStore makes goose's bookkeeping safe for several processes. SQLite has no session lock that goose could hold,
// but each migration is one immediate transaction and changes nothing the second time, so it is enough that the loser
// of a race records nothing.
type sqliteStore struct{ database.Store }

func newSQLiteStore() (database.Store, error) {
	store, err := database.NewStore(database.DialectSQLite3, versionTable)
	if err != nil {
		return nil, err
	}
	return sqliteStore{store}, nil
}

// CreateVersionTable creates the table unless another process was faster.
func (s sqliteStore) CreateVersionTable(ctx context.Context, tx database.DBTxConn) error {
	exists, err := s.TableExists(ctx, tx)
	if err != nil || exists {
		return err
	}
	return s.Store.CreateVersionTable(ctx, tx)
}

// Insert records a version unless another process did.
func (s sqliteStore) Insert(ctx context.Context, tx database.DBTxConn, req database.InsertRequest) error {
	var known bool
	err := tx.QueryRowContext(ctx,
		"SELECT EXISTS (SELECT 1 FROM "+versionTable+" WHERE version_id = ?)", req.Version).Scan(&known)
	if err != nil || known {
		return err
	}
	return s.Store.Insert(ctx, tx, req)
}

// TableExists tells goose whether the version table exists, so that it does not find out by a query that fails.
func (s sqliteStore) TableExists(ctx context.Context, tx database.DBTxConn) (bool, error) {
	return sqliteTableExists(ctx, tx, versionTable)
}

type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func sqliteTableExists(ctx context.Context, q queryer, table string) (bool, error) {
	var exists bool
	err := q.QueryRowContext(ctx,
		"SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = ? COLLATE NOCASE)", table).Scan(&exists)
	return exists, err
}

func (db *DB) tableExists(ctx context.Context, q queryer, table string) (bool, error) {
	if db.dialect == dialectSQLite {
		return sqliteTableExists(ctx, q, table)
	}
	var exists bool
	err := q.QueryRowContext(ctx, "SELECT to_regclass($1) IS NOT NULL", table).Scan(&exists)
	return exists, err
}
