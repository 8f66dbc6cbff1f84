package loadertest

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/workflowkit/workflowkit-go/loader"
)

// SQLite returns the path of a SQLite file that does not exist yet and is removed after the test.
func SQLite(tb testing.TB) (path string) {
	tb.Helper()
	return filepath.Join(tb.TempDir(), "test.db")
}

// Open opens a database, migrates it and closes it after the test.
func Open(tb testing.TB, dsn string, opts ...loader.Option) *loader.DB {
	tb.Helper()
	db, err := loader.Open(context.Background(), dsn, opts...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close database: %v", err)
		}
	})
	if _, err := db.Migrate(context.Background()); err != nil {
		tb.Fatal(err)
	}
	return db
}
