package loader_test

import (
	"context"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(childDSN); dsn != "" {
		os.Exit(childMain(dsn))
	}
	goleak.VerifyTestMain(m)
}

// onBoth runs a test on an empty SQLite file and on an empty Postgres database.
func onBoth(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, loadertest.SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, loadertest.Postgres(t))
	})
}

func open(t *testing.T, dsn string, opts ...loader.Option) *loader.DB {
	t.Helper()
	db, err := loader.Open(context.Background(), dsn, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}
