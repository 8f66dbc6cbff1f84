package loadertest

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	// Databases are created by plain SQL, without the package under test.
	_ "github.com/jackc/pgx/v5/stdlib"
)

// RequireAll is the environment variable that turns skips into failures when it is "1".
const RequireAll = "WORKFLOWKIT_REQUIRE_ALL"

// Postgres returns the URL of a new, empty database on this test process's server, which is started on first use. The
// database is dropped after the test. Without Postgres on the machine the test is skipped, or fails if [RequireAll]
// asks for it.
func Postgres(tb testing.TB) (dsn string) {
	tb.Helper()
	srv, err := sharedServer()
	if err != nil {
		SkipOrFail(tb, "no Postgres server: "+err.Error())
	}
	dsn, err = srv.createDatabase()
	if err != nil {
		tb.Fatalf("create database: %v", err)
	}
	tb.Cleanup(func() {
		if err := srv.dropDatabase(dsn); err != nil {
			tb.Errorf("drop database: %v", err)
		}
	})
	return dsn
}

// SkipOrFail skips the test with the reason, or fails it if [RequireAll] asks for it.
func SkipOrFail(tb testing.TB, reason string) {
	tb.Helper()
	if os.Getenv(RequireAll) == "1" {
		tb.Fatalf("%s (and %s=1 forbids to skip)", reason, RequireAll)
		return
	}
	tb.Skip(reason)
}

// The server belongs to the process: tests of one package share it.
var sharedServer = sync.OnceValues(startServer)

type server struct {
	socketDir string
	user      string
	lifeline  io.Closer // kept open, and reachable, as long as the server is wanted
	count     atomic.Int64
}

// awaitReady polls until the server accepts connections.
func (s *server) awaitReady(limit time.Duration) error {
	deadline := time.Now().Add(limit)
	for {
		err := s.exec("SELECT 1")
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("postgres is not ready after %s: %w", limit, err)
		}
		<-time.After(20 * time.Millisecond)
	}
}

func (s *server) dsn(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.User(s.user), Path: "/" + database,
		RawQuery: url.Values{"host": {s.socketDir}, "sslmode": {"disable"}}.Encode(),
	}
	return u.String()
}

func (s *server) createDatabase() (string, error) {
	name := fmt.Sprintf("test_%d", s.count.Add(1))
	return s.dsn(name), s.exec("CREATE DATABASE " + name)
}

func (s *server) dropDatabase(dsn string) error {
	u, err := url.Parse(dsn)
	if err != nil {
		return err
	}
	return s.exec("DROP DATABASE IF EXISTS " + u.Path[1:] + " WITH (FORCE)")
}

// exec opens a connection for each statement, so that no pool outlives the test that used it.
func (s *server) exec(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	db, err := sql.Open("pgx", s.dsn("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(ctx, statement)
	return err
}
