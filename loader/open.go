package loader

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/gormlite"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/workflowkit/workflowkit-go/loader/outbox"
)

// DB is an open database. It implements workflowkit.Loader. All methods are safe for concurrent use, and several
// processes may use the same database.
type DB struct {
	gorm    *gorm.DB
	sql     *sql.DB
	dialect dialect
	log     *slog.Logger
	outbox  *outbox.Outbox
}

type dialect string

const (
	dialectPostgres dialect = "postgres"
	dialectSQLite   dialect = "sqlite"
)

// Open connects to the database that dsn names and checks that it answers. It changes nothing in it: call
// [DB.Migrate] next.
//
// A dsn that starts with postgres:// or postgresql:// is a Postgres URL, with the parameters of libpq. Those that
// Prisma adds for itself are understood (schema, connection_limit, pgbouncer) or ignored. Everything else without a
// scheme is the path of a SQLite file, which is created if it is missing; a file: URI and :memory: work as well.
//
// No error holds the password. The caller must close the database.
func Open(ctx context.Context, dsn string, opts ...Option) (*DB, error) {
	set := defaultSettings()
	for _, opt := range opts {
		if err := opt(&set); err != nil {
			return nil, fmt.Errorf("open database: %w", err)
		}
	}
	src, err := parseDSN(dsn, set)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db, err := connect(ctx, src, set)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", src.name, src.hide(err))
	}
	return db, nil
}

func connect(ctx context.Context, src source, set settings) (*DB, error) {
	var (
		pool *sql.DB
		dial gorm.Dialector
	)
	switch src.dialect {
	case dialectPostgres:
		pool = stdlib.OpenDB(*src.pg)
		pool.SetConnMaxIdleTime(5 * time.Minute)
		pool.SetConnMaxLifetime(time.Hour)
		dial = postgres.New(postgres.Config{Conn: pool})
	default:
		var err error
		if pool, err = driver.Open(src.sqlite); err != nil {
			return nil, err
		}
		dial = gormlite.OpenDB(pool)
	}
	pool.SetMaxOpenConns(src.maxConns)
	pool.SetMaxIdleConns(src.maxConns)

	if err := ping(ctx, pool, src.dialect); err != nil {
		_ = pool.Close()
		return nil, err
	}
	orm, err := gorm.Open(dial, &gorm.Config{
		Logger:                 logger.Discard,
		TranslateError:         true,
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
	})
	if err != nil {
		_ = pool.Close()
		return nil, err
	}
	if set.outbox.Logger == nil {
		set.outbox.Logger = set.logger
	}
	box, err := outbox.New(orm, set.outbox)
	if err != nil {
		_ = pool.Close()
		return nil, err
	}
	return &DB{gorm: orm, sql: pool, dialect: src.dialect, log: set.logger, outbox: box}, nil
}

// ping asks for something that is in the database: opening a SQLite file reads nothing of it, and a file that is no
// database is to be found here.
func ping(ctx context.Context, pool *sql.DB, d dialect) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	query := "SELECT 1"
	if d == dialectSQLite {
		query = "PRAGMA schema_version"
	}
	for {
		var number int64
		err := pool.QueryRowContext(ctx, query).Scan(&number)
		// The first connections to a new file all switch it to the write-ahead log, for which SQLite does not wait by
		// itself: it could be for ever.
		if !errors.Is(err, sqlite3.BUSY) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Close closes the connections. Queries that are running are waited for.
func (db *DB) Close() error { return db.sql.Close() }

// Ping checks that the database answers, for a health check.
func (db *DB) Ping(ctx context.Context) error {
	return wrap(ctx, db.sql.PingContext(ctx), "ping database")
}

// Dialect returns "postgres" or "sqlite".
func (db *DB) Dialect() string { return string(db.dialect) }

// read returns gorm for a query outside a transaction.
func (db *DB) read(ctx context.Context) *gorm.DB { return db.gorm.WithContext(ctx) }

// write runs f in one transaction, which is rolled back when f returns an error. On SQLite the transaction takes the
// write lock at its start (_txlock=immediate), so that reading first and writing later cannot fail half-way.
func (db *DB) write(ctx context.Context, f func(tx *gorm.DB) error) error {
	return db.gorm.WithContext(ctx).Transaction(f)
}
