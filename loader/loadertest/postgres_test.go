package loadertest_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/workflowkit/workflowkit-go/loader/loadertest"
)

// childMode makes a process of the test binary one that starts a server and then waits to be killed.
const childMode = "LOADERTEST_CHILD"

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func connect(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestEveryCallerGetsADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dropped := ""
	t.Run("two databases", func(t *testing.T) {
		dropped = loadertest.Postgres(t)
		one, two := connect(t, dropped), connect(t, loadertest.Postgres(t))
		if _, err := one.ExecContext(ctx, "CREATE TABLE mine (id int)"); err != nil {
			t.Fatal(err)
		}
		var seen bool
		if err := two.QueryRowContext(ctx, "SELECT to_regclass('mine') IS NOT NULL").Scan(&seen); err != nil || seen {
			t.Errorf("the second database has the first one's table: %v, %v", seen, err)
		}
	})
	if err := connect(t, dropped).PingContext(ctx); err == nil {
		t.Error("the database is still there after its test")
	}
}

// A server does not outlive its tests, even if they are killed.
func TestServerEndsWithItsProcess(t *testing.T) {
	if os.Getenv(childMode) != "" {
		fmt.Println("dsn", loadertest.Postgres(t))
		select {}
	}
	t.Parallel()
	loadertest.Postgres(t) // skips here where the child would
	cmd := exec.Command(os.Args[0], "-test.run=^TestServerEndsWithItsProcess$")
	cmd.Env = append(os.Environ(), childMode+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	dsn := ""
	for lines := bufio.NewScanner(out); dsn == "" && lines.Scan(); {
		dsn, _ = strings.CutPrefix(lines.Text(), "dsn ")
	}
	if err := connect(t, dsn).Ping(); err != nil {
		t.Errorf("the child's server does not answer: %v", err)
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	dir := u.Query().Get("host")
	for deadline := time.Now().Add(20 * time.Second); ; <-time.After(20 * time.Millisecond) {
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the folder %s of the server is still there", dir)
		}
	}
}

// recorder is a test of which only the verdict matters.
type recorder struct {
	testing.TB
	verdict string
}

func (r *recorder) Helper()                      {}
func (r *recorder) Skip(args ...any)             { r.verdict = "skip: " + fmt.Sprint(args...) }
func (r *recorder) Fatalf(f string, args ...any) { r.verdict = "fail: " + fmt.Sprintf(f, args...) }

func TestSkipOrFail(t *testing.T) {
	for value, want := range map[string]string{
		"": "skip: no Postgres", "0": "skip: no Postgres", "1": "fail: no Postgres (and WORKFLOWKIT_REQUIRE_ALL=1 forbids to skip)",
	} {
		t.Setenv(loadertest.RequireAll, value)
		var r recorder
		loadertest.SkipOrFail(&r, "no Postgres")
		if r.verdict != want {
			t.Errorf("with %q: %s, want %s", value, r.verdict, want)
		}
	}
}
