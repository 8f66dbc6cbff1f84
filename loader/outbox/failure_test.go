package outbox_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/loader/outbox"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// A server that is stopped loses nothing, and nothing waits for it but the events.
func TestStoppedServer(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		s, to := open(t, dsn, fast()), &server{}
		to.down(true)
		run(t, s.Outbox, to)
		want := names(40)
		for _, id := range want {
			if err := s.place(id); err != nil {
				t.Fatal(err)
			}
		}
		eventually(t, "attempts", func() bool {
			stats, err := s.Stats(context.Background())
			return err == nil && stats.Failing == len(want) && stats.Waiting == len(want)
		})
		to.down(false)
		eventually(t, "all", func() bool { return len(to.got()) >= len(want) })
		got := to.got()
		slices.Sort(got)
		expect(t, "events", want, got)
		stats, err := s.Stats(context.Background())
		for err == nil && stats.Waiting > 0 { // the last ones are being noted
			stats, err = s.Stats(context.Background())
		}
		expect(t, "what waits", outbox.Stats{}, stats)
	})
}

// One event that the server never takes holds up none of the others, and is not lost silently.
func TestPoison(t *testing.T) {
	t.Parallel()
	errBad := errors.New("the event is refused")
	for name, config := range map[string]outbox.Config{
		"known by its error":      {Permanent: func(err error) bool { return errors.Is(err, errBad) }},
		"known by its attempts":   {MaxAttempts: 3},
		"known by its error type": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBoth(t, func(t *testing.T, dsn string) {
				ctx := context.Background()
				var told atomic.Int64
				config := config
				config.MinBackoff, config.MaxBackoff, config.PollInterval = time.Millisecond, time.Millisecond, time.Millisecond
				config.OnDead = func(_ context.Context, dead outbox.Dead) { told.Add(dead.ID) }
				s, to := open(t, dsn, config), &server{}
				to.set(func(ids []string) error {
					switch {
					case !slices.Contains(ids, "event-003"):
						return nil
					case name == "known by its error type":
						return workflowkit.NoRetryError(errBad)
					default:
						return errBad
					}
				})
				if err := s.place(names(7)...); err != nil {
					t.Fatal(err)
				}
				run(t, s.Outbox, to)
				eventually(t, "the others", func() bool { return len(to.got()) == 6 })
				var dead []outbox.Dead
				eventually(t, "the end of the bad one", func() bool {
					var err error
					dead, err = s.Dead(ctx)
					return err == nil && len(dead) == 1
				})
				if dead[0].Event.ID != "event-003" || dead[0].Error == "" || time.Since(dead[0].GivenUpAt).Abs() > time.Minute || dead[0].Attempts < 1 {
					t.Errorf("given up: %+v", dead[0])
				}
				eventually(t, "OnDead", func() bool { return told.Load() == dead[0].ID })
				stats, err := s.Stats(ctx)
				if err != nil || stats.Dead != 1 {
					t.Errorf("stats %+v, %v; want one dead", stats, err)
				}
				to.set(nil)
				if n, err := s.Retry(ctx, dead[0].ID, 999); err != nil || n != 1 {
					t.Errorf("Retry = %d, %v; want 1", n, err)
				}
				eventually(t, "the bad one after all", func() bool { return slices.Contains(to.got(), "event-003") })
			})
		})
	}
}

func TestPanickingSender(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		s, to := open(t, dsn, fast()), &server{}
		if err := s.place("a"); err != nil {
			t.Fatal(err)
		}
		deliver(t, s, senderFunc(func(context.Context, []workflowkit.Event) ([]string, error) { panic("fault") }))
		eventually(t, "a", func() bool { return deliver(t, s, to) == 1 })
	})
}

// A process that is stopped gives back what it has not sent, so that another need not wait for the lease.
func TestStopInTheMiddle(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		s, to := open(t, dsn, outbox.Config{Lease: time.Hour}), &server{}
		if err := s.place("a", "b"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		_, err := s.Deliver(ctx, senderFunc(func(ctx context.Context, _ []workflowkit.Event) ([]string, error) {
			cancel()
			<-ctx.Done()
			return nil, ctx.Err()
		}))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Deliver: %v, want context.Canceled", err)
		}
		expect(t, "sent by another", 2, deliver(t, s, to))
	})
}

// What is sent while the lease is held is not sent by another, and what was taken by one that never answers is.
func TestLease(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		frozen, other := open(t, dsn, outbox.Config{Lease: 400 * time.Millisecond}), open(t, dsn, fast())
		to, sending, goOn := &server{}, make(chan struct{}), make(chan struct{})
		if err := frozen.place("a"); err != nil {
			t.Fatal(err)
		}
		ended := make(chan int)
		go func() {
			n, _ := frozen.Deliver(context.Background(), senderFunc(func(context.Context, []workflowkit.Event) ([]string, error) {
				close(sending)
				<-goOn // which does not obey its context
				return nil, nil
			}))
			ended <- n
		}()
		<-sending
		expect(t, "sent while the lease is held", 0, deliver(t, other, to))
		eventually(t, "the end of the lease", func() bool { return deliver(t, other, to) == 1 })
		close(goOn)
		expect(t, "sent by the frozen one", 1, <-ended)
		expect(t, "sent after that", 0, deliver(t, other, to))
	})
}

// When the disk is full neither the change nor its event is written, and events that are there stay.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		s, to := open(t, dsn, fast()), &server{}
		if err := s.place("before"); err != nil {
			t.Fatal(err)
		}
		room := fill(t, s, dsn)
		failed := 0
		for _, id := range names(200) {
			if err := s.place(id); err != nil {
				failed++
			}
		}
		if failed == 0 {
			t.Fatal("the disk is not full")
		}
		written := s.orders(t)
		room()
		sent := 0
		eventually(t, "all that was written", func() bool {
			sent += deliver(t, s, to)
			return sent >= written
		})
		expect(t, "orders, and events sent", []int{written, written}, []int{200 - failed + 1, len(to.got())})
		if err := s.place("after"); err != nil {
			t.Fatal(err)
		}
		expect(t, "sent when there is room again", 1, deliver(t, s, to))
	})
}

// fill leaves no room for another page on SQLite, and makes Postgres report a full disk. It returns how to make room.
func fill(t *testing.T, s shop, dsn string) (room func()) {
	t.Helper()
	exec := func(statements ...string) {
		t.Helper()
		for _, statement := range statements {
			if err := s.db.Exec(statement).Error; err != nil {
				t.Fatal(err)
			}
		}
	}
	if filepath.Ext(dsn) == ".db" {
		pool, err := s.db.DB()
		if err != nil {
			t.Fatal(err)
		}
		pool.SetMaxOpenConns(1) // the limit is one of the connection
		exec("PRAGMA max_page_count = 1")
		return func() { exec("PRAGMA max_page_count = 1000000") }
	}
	exec(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$`,
		`CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON workflowkit_outbox FOR EACH ROW EXECUTE FUNCTION full_disk()`)
	if _, err := s.Deliver(context.Background(), &server{}); err == nil {
		t.Error("no error while nothing can be claimed")
	}
	return func() { exec("DROP TRIGGER full_disk ON workflowkit_outbox") }
}

func TestEventsAreKeptForAWhile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keep time.Duration
		want int64
	}{"a week": {0, 2}, "a moment": {time.Nanosecond, 0}, "not at all": {-1, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBoth(t, func(t *testing.T, dsn string) {
				config := fast()
				config.Keep = c.keep
				s := open(t, dsn, config)
				if err := s.place("a", "b"); err != nil {
					t.Fatal(err)
				}
				deliver(t, s, &server{})
				var left int64
				eventually(t, "removal", func() bool {
					if _, err := s.Prune(context.Background()); err != nil {
						t.Fatal(err)
					}
					if err := s.db.Table(outbox.Table).Count(&left).Error; err != nil {
						t.Fatal(err)
					}
					return left == c.want
				})
			})
		})
	}
}

// A running outbox removes old events as fast as new ones come.
func TestRemovalKeepsUp(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		s := open(t, dsn, fast())
		err := s.db.Exec(`INSERT INTO workflowkit_outbox
			(event_id, order_key, event, state, attempts, created_at_ms, due_at_ms, leased_until_ms, lease, error, done_at_ms)
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1700)
			SELECT 'old ' || i, '', '{}', 'sent', 1, 0, 0, 0, '', '', 0 FROM n`).Error
		if err != nil {
			t.Fatal(err)
		}
		run(t, s.Outbox, &server{})
		eventually(t, "removal", func() bool {
			var left int64
			return s.db.Table(outbox.Table).Count(&left).Error == nil && left == 0
		})
	})
}
