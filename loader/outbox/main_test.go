package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3/gormlite"
	"go.uber.org/goleak"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/workflowkit/workflowkit-go/loader/loadertest"
	"github.com/workflowkit/workflowkit-go/loader/outbox"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(childDSN); dsn != "" {
		os.Exit(childMain(dsn, os.Getenv(childTask)))
	}
	goleak.VerifyTestMain(m)
}

// connect opens a database as an application does that knows gorm and nothing of package loader.
func connect(dsn string) (*gorm.DB, error) {
	dial := postgres.Open(dsn)
	if filepath.Ext(dsn) == ".db" {
		dial = gormlite.Open("file:" + dsn + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_txlock=immediate")
	}
	return gorm.Open(dial, &gorm.Config{Logger: logger.Discard})
}

// shop is an application with a table of its own and an outbox.
type shop struct {
	*outbox.Outbox
	db *gorm.DB
}

type order struct {
	ID    int64
	Title string
}

func open(t testing.TB, dsn string, config outbox.Config) shop {
	t.Helper()
	db, err := connect(dsn)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	config.Logger = quiet()
	box, err := outbox.New(db, config)
	if err != nil {
		t.Fatal(err)
	}
	if err := box.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := db.AutoMigrate(&order{}); err != nil {
		t.Fatal(err)
	}
	return shop{box, db}
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

func event(id string) workflowkit.Event {
	return workflowkit.Event{ID: id, Name: "order.placed", Data: []byte(`{"text":"ünïcödé \u0000 🎉"}`)}
}

// place changes the application's table and enqueues an event in one transaction.
func (s shop) place(ids ...string) error {
	return s.Transaction(context.Background(), func(tx *gorm.DB) error {
		for _, id := range ids {
			if err := tx.Create(&order{Title: id}).Error; err != nil {
				return err
			}
			if _, err := s.Enqueue(tx, event(id)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s shop) orders(t *testing.T) int {
	t.Helper()
	var n int64
	if err := s.db.Model(&order{}).Count(&n).Error; err != nil {
		t.Fatal(err)
	}
	return int(n)
}

// server takes events, as far as it works.
type server struct {
	mu       sync.Mutex
	requests [][]string
	taken    []string
	// refuse returns the error for a request with these events, or nil.
	refuse func(ids []string) error
}

var errDown = errors.New("the server does not answer")

func (s *server) SendMany(ctx context.Context, events []workflowkit.Event) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var ids []string
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, ids)
	if s.refuse != nil {
		if err := s.refuse(ids); err != nil {
			return nil, err
		}
	}
	s.taken = append(s.taken, ids...)
	return ids, nil
}

func (s *server) set(refuse func(ids []string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = refuse
}

func (s *server) down(down bool) {
	s.set(func([]string) error {
		if down {
			return errDown
		}
		return nil
	})
}

func (s *server) got() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.taken)
}

// run runs the outbox until the test ends.
func run(t *testing.T, box *outbox.Outbox, to outbox.Sender) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- box.Run(ctx, to) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

// eventually polls until what is wanted is there.
func eventually(t *testing.T, what string, there func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !there(); <-time.After(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within a minute", what)
		}
	}
}

func names(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("event-%03d", i)
	}
	return ids
}
