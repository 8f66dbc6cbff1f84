package loader_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
)

func TestNoErrorHoldsThePassword(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]string{
		"nobody listens":                            "postgres://me:hunter2@127.0.0.1:1/db",
		"no such host":                              "postgresql://me:hunter2@host.invalid/db?connect_timeout=2",
		"a password that is not escaped":            "postgres://me:hunter2%zz@127.0.0.1/db",
		"a password with a slash":                   "postgres://me:hunter2/more@127.0.0.1:1/db",
		"a password with a hash":                    "postgres://me:hunter2#more@127.0.0.1:1/db",
		"a password of digits with a slash":         "postgres://me:7177/hunter2@127.0.0.1:1/db",
		"a password of digits with a hash":          "postgres://me:7177#hunter2@127.0.0.1:1/db",
		"a password of digits with a question mark": "postgres://me:7177?hunter2@127.0.0.1:1/db",
		"a password with an at sign":                "postgres://me:a@hunter2@127.0.0.1:1/db",
		"a password as a parameter":                 "postgres://127.0.0.1:1/db?user=me&password=hunter2",
		"a port that is not one":                    "postgres://me:hunter2@127.0.0.1:port/db",
		"an unknown sslmode":                        "postgres://me:hunter2@127.0.0.1:1/db?sslmode=hunter2",
		"an unusable limit":                         "postgres://me:hunter2@127.0.0.1:1/db?connection_limit=many",
		"another database":                          "mysql://me:hunter2@127.0.0.1/db",
		"a socket that does not exist":              "postgres://me:hunter2@/db?host=/nonexistent",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := loader.Open(context.Background(), dsn)
			if err == nil {
				_ = db.Close()
				t.Fatal("it opened")
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				if text := fmt.Sprintf("%v %+v %#v", e, e, e); strings.Contains(text, "hunter2") || strings.Contains(text, "7177") {
					t.Errorf("the error holds the password: %s", text)
				}
			}
		})
	}
	t.Run("the server refuses", func(t *testing.T) {
		t.Parallel()
		u := mustParse(t, loadertest.Postgres(t))
		u.User = url.UserPassword("stranger", "hunter2")
		db, err := loader.Open(context.Background(), u.String())
		if err == nil {
			_ = db.Close()
			t.Fatal("it opened")
		}
		if !strings.Contains(err.Error(), "stranger") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("error %q; want the role in it, and no password", err)
		}
	})
}

func TestAddressesOfSQLite(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]func(dir string) string{
		"a path":                  func(dir string) string { return filepath.Join(dir, "my.db") },
		"a path with odd letters": func(dir string) string { return filepath.Join(dir, "50% of a?b#c ü.db") },
		"a URI":                   func(dir string) string { return "file:" + filepath.Join(dir, "my.db") },
		"a URI with an authority": func(dir string) string { return "file://" + filepath.Join(dir, "my.db") },
		"a URI with parameters": func(dir string) string {
			return "file:" + filepath.Join(dir, "my.db") + "?_txlock=deferred&connection_limit=1"
		},
		"a path without an ending": func(dir string) string { return filepath.Join(dir, "data") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			db := loadertest.Open(t, path(dir))
			if _, err := db.Seed(context.Background()); err != nil {
				t.Fatal(err)
			}
			if db.Dialect() != "sqlite" {
				t.Errorf("dialect %s", db.Dialect())
			}
			files, err := os.ReadDir(dir)
			if err != nil || len(files) == 0 {
				t.Fatalf("no file in the folder: %v", err)
			}
			want := filepath.Base(strings.TrimPrefix(path(dir), "file:"))
			want, _, _ = strings.Cut(want, "?_txlock")
			if files[0].Name() != want {
				t.Errorf("the file is called %q, want %q", files[0].Name(), want)
			}
			// The next program that opens it finds what is in it.
			posts, err := open(t, path(dir)).Posts(context.Background())
			if err != nil || len(posts) != 3 {
				t.Errorf("%d posts, %v", len(posts), err)
			}
		})
	}
}

func TestDatabasesInMemoryAreSeparate(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, dsn := range []string{":memory:", "file::memory:", "file:some?mode=memory"} {
		one, two := loadertest.Open(t, dsn), loadertest.Open(t, dsn)
		if _, err := one.Seed(ctx); err != nil {
			t.Fatal(err)
		}
		if posts, err := two.Posts(ctx); err != nil || len(posts) != 0 {
			t.Errorf("%s: %d posts in the other database, %v", dsn, len(posts), err)
		}
	}
}

func TestFilesThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, bytes.Repeat([]byte("not a database "), 100), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, dsn := range map[string]string{
		"nothing":                    " ",
		"a file that is no database": text,
		"a folder":                   dir,
		"a folder that is missing":   filepath.Join(dir, "missing", "my.db"),
		"a URI with odd parameters":  "file:" + filepath.Join(dir, "x.db") + "?a=%zz",
		"a file that must exist":     "file:" + filepath.Join(dir, "y.db") + "?mode=rw",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := loader.Open(context.Background(), dsn)
			if err == nil {
				_ = db.Close()
				t.Fatal("it opened")
			}
			if !strings.HasPrefix(err.Error(), "open database") {
				t.Errorf("error %q does not say what was being done", err)
			}
		})
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, opt := range map[string]loader.Option{
		"no logger": loader.WithLogger(nil), "no connections": loader.WithMaxConns(0), "no time": loader.WithBusyTimeout(0),
	} {
		if db, err := loader.Open(ctx, ":memory:", opt); err == nil {
			_ = db.Close()
			t.Errorf("%s: it opened", name)
		}
	}
	onBoth(t, func(t *testing.T, dsn string) {
		var log bytes.Buffer
		db := open(t, dsn, loader.WithLogger(slog.New(slog.NewJSONHandler(&log, nil))), loader.WithMaxConns(1))
		if _, err := db.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Seed(ctx); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		if len(lines) != 2 || !strings.Contains(lines[0], `"database migrated"`) || !strings.Contains(lines[1], `"database seeded"`) {
			t.Errorf("log:\n%s", log.String())
		}
		if err := db.Ping(ctx); err != nil {
			t.Error(err)
		}
		t.Run("conformance with one connection", func(t *testing.T) { loadertest.Conformance(t, db) })
	})
}

// A read-only SQLite file can be looked at.
func TestReadOnlyFile(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	path := loadertest.SQLite(t)
	if _, err := loadertest.Open(t, path).Seed(ctx); err != nil {
		t.Fatal(err)
	}
	db := open(t, "file:"+path+"?mode=ro")
	if posts, err := db.Posts(ctx); err != nil || len(posts) != 3 {
		t.Errorf("%d posts, %v", len(posts), err)
	}
	if _, err := db.CreatePost(ctx, loader.NewPost{Title: "x"}); err == nil {
		t.Error("a post was written to a read-only file")
	}
}

// Several programs write to one SQLite file: none fails because another one has the lock.
func TestProgramsThatShareAFile(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	path := loadertest.SQLite(t)
	const programs, goroutines, rounds = 4, 4, 10
	first := loadertest.Open(t, path)
	post, err := first.CreatePost(ctx, loader.NewPost{Title: "Post"})
	if err != nil {
		t.Fatal(err)
	}
	failures := make(chan error, programs*goroutines)
	for p := range programs {
		db := open(t, path)
		for g := range goroutines {
			go func() {
				var err error
				for r := 0; r < rounds && err == nil; r++ {
					key := fmt.Sprintf("%d/%d/%d", p, g, r)
					_, err = db.AppendRecommendations(ctx, loader.Change{PostID: post.ID, RunID: "run", Key: key}, key, "text")
				}
				failures <- err
			}()
		}
	}
	for range programs * goroutines {
		if err := <-failures; err != nil {
			t.Error(err)
		}
	}
	got, err := first.Post(ctx, post.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(programs*goroutines*rounds, strings.Count(*got.Recommendations, "## ")); diff != "" {
		t.Errorf("sections (-want +got):\n%s", diff)
	}
}

// A writer that waits for another one's lock stops waiting when its context ends.
func TestWaitingWriterHearsItsContext(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		db := loadertest.Open(t, dsn)
		post, err := db.CreatePost(context.Background(), loader.NewPost{Title: "Post"})
		if err != nil {
			t.Fatal(err)
		}
		other := openLegacy(t, dsn)
		conn, err := other.Conn(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		begin := "BEGIN IMMEDIATE"
		if db.Dialect() == "postgres" {
			begin = "BEGIN; LOCK TABLE blog_posts IN ACCESS EXCLUSIVE MODE"
		}
		if _, err := conn.ExecContext(context.Background(), begin); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		start := time.Now()
		_, err = db.SendToReview(ctx, post.ID)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want context.DeadlineExceeded", err)
		}
		if took := time.Since(start); took > time.Minute {
			t.Errorf("it took %s", took)
		}
		if _, err := conn.ExecContext(context.Background(), "ROLLBACK"); err != nil {
			t.Fatal(err)
		}
		if got, err := db.SendToReview(context.Background(), post.ID); err != nil || got.Post.Status != loader.StatusUnderReview {
			t.Errorf("afterwards: %+v, %v", got.Post, err)
		}
	})
}
