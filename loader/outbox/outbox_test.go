package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"github.com/workflowkit/workflowkit-go/loader/outbox"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func deliver(t *testing.T, s shop, to outbox.Sender) int {
	t.Helper()
	n, err := s.Deliver(context.Background(), to)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func expect(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestEventsOfCommittedTransactionsAreSent(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		s, to := open(t, dsn, outbox.Config{BatchSize: 2}), &server{}
		if err := s.place("a", "b", "c"); err != nil {
			t.Fatal(err)
		}
		rolledBack := errors.New("changed my mind")
		err := s.Transaction(context.Background(), func(tx *gorm.DB) error {
			if _, err := s.Enqueue(tx, event("lost"), event("lost too")); err != nil {
				return err
			}
			return rolledBack
		})
		if !errors.Is(err, rolledBack) {
			t.Errorf("Transaction: %v, want the error of its function", err)
		}
		expect(t, "sent", 3, deliver(t, s, to))
		expect(t, "requests", [][]string{{"a", "b"}, {"c"}}, to.requests)
		expect(t, "sent again", 0, deliver(t, s, to))
		// An id that is there is not enqueued again: a step may be repeated.
		if err := s.place("b", "d"); err != nil {
			t.Fatal(err)
		}
		expect(t, "sent of one that is there and a new one", 1, deliver(t, s, to))
	})
}

func TestEventsArriveAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		s := open(t, dsn, outbox.Config{})
		want := workflowkit.Event{
			Name: "n", Data: []byte(`{"b":12345678901234567890,"a":"<\u0000>"}`), User: []byte(`{"id":1}`), Timestamp: 1767607872345, Version: "2",
		}
		ids, err := s.Enqueue(s.db, want, want)
		if err != nil || len(ids) != 2 || ids[0] == ids[1] {
			t.Fatalf("ids %v, %v; want two", ids, err)
		}
		var got []workflowkit.Event
		deliver(t, s, senderFunc(func(_ context.Context, events []workflowkit.Event) ([]string, error) {
			got = append(got, events...)
			return nil, nil
		}))
		first, second := want, want
		first.ID, second.ID = ids[0], ids[1]
		expect(t, "events", []workflowkit.Event{first, second}, got)
	})
}

type senderFunc func(ctx context.Context, events []workflowkit.Event) ([]string, error)

func (f senderFunc) SendMany(ctx context.Context, events []workflowkit.Event) ([]string, error) {
	return f(ctx, events)
}

func TestEventsThatNoServerTakesAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		s := open(t, dsn, outbox.Config{})
		for what, e := range map[string]workflowkit.Event{
			"no name":       {},
			"a list":        {Name: "n", Data: []byte(`[]`)},
			"not JSON":      {Name: "n", Data: []byte(`{"a":`)},
			"a user's name": {Name: "n", User: []byte(`"Ada"`)},
		} {
			if _, err := s.Enqueue(s.db, event("fine"), e); !errors.Is(err, outbox.ErrInvalid) {
				t.Errorf("%s: error %v, want ErrInvalid", what, err)
			}
		}
	})
}

// A process that runs the outbox sends an event as soon as it is committed, however rarely it polls.
func TestEventsAreSentAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		s, to := open(t, dsn, outbox.Config{PollInterval: time.Hour}), &server{}
		run(t, s.Outbox, to)
		for _, id := range names(5) {
			if err := s.place(id); err != nil {
				t.Fatal(err)
			}
			eventually(t, id, func() bool { return slices.Contains(to.got(), id) })
		}
		// Also if the transaction is not the outbox's and is committed some time after the event was written.
		err := s.db.Transaction(func(tx *gorm.DB) error {
			if _, err := s.Enqueue(tx, event("late")); err != nil {
				return err
			}
			<-time.After(50 * time.Millisecond)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "late", func() bool { return slices.Contains(to.got(), "late") })
	})
}

// A process finds the events of others by polling.
func TestEventsOfOtherProcessesAreSent(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		here, there := open(t, dsn, outbox.Config{PollInterval: 20 * time.Millisecond}), open(t, dsn, outbox.Config{})
		to := &server{}
		run(t, here.Outbox, to)
		if err := there.place("a"); err != nil {
			t.Fatal(err)
		}
		eventually(t, "a", func() bool { return slices.Contains(to.got(), "a") })
	})
}

func TestSeveralProcessesSendEachEventOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		const replicas, each = 4, 60
		to := &server{}
		var shops []shop
		for range replicas {
			shops = append(shops, open(t, dsn, outbox.Config{BatchSize: 7, PollInterval: 5 * time.Millisecond}))
		}
		for _, s := range shops {
			run(t, s.Outbox, to)
		}
		var all sync.WaitGroup
		for i, s := range shops {
			all.Go(func() {
				for _, id := range names(each) {
					if err := s.place(string(rune('a'+i)) + id); err != nil {
						t.Errorf("%s: %v", id, err)
					}
				}
			})
		}
		all.Wait()
		eventually(t, "all", func() bool { return len(to.got()) >= replicas*each })
		got := to.got()
		slices.Sort(got)
		expect(t, "events, and how many are different", []int{replicas * each, replicas * each}, []int{len(got), len(slices.Compact(got))})
	})
}

func TestOrderOfAKey(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		to := &server{}
		shops := []shop{open(t, dsn, fast()), open(t, dsn, fast())}
		want := map[string][]string{}
		for _, id := range names(30) {
			for _, key := range []string{"x", "y"} {
				if _, err := shops[0].EnqueueInOrder(shops[0].db, key, event(key+id)); err != nil {
					t.Fatal(err)
				}
				want[key] = append(want[key], key+id)
			}
		}
		attempts := map[string]int{}
		to.set(func(ids []string) error {
			for _, id := range ids {
				if attempts[id]++; attempts[id] == 1 && strings.HasSuffix(id, "7") {
					return errDown // some need a second attempt, and those behind them must wait
				}
			}
			return nil
		})
		for _, s := range shops {
			run(t, s.Outbox, to)
		}
		eventually(t, "all", func() bool { return len(to.got()) >= 60 })
		got := map[string][]string{}
		for _, id := range to.got() {
			got[id[:1]] = append(got[id[:1]], id)
		}
		expect(t, "order", want, got)
	})
}

// fast are settings with which nothing waits for long.
func fast() outbox.Config {
	return outbox.Config{PollInterval: 5 * time.Millisecond, MinBackoff: time.Millisecond, MaxBackoff: 20 * time.Millisecond}
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	if _, err := outbox.New(nil, outbox.Config{}); err == nil {
		t.Error("no error for no database")
	}
	onBoth(t, func(t *testing.T, dsn string) {
		s := open(t, dsn, outbox.Config{})
		for _, config := range []outbox.Config{{BatchSize: -1}, {Lease: -1}, {MaxAttempts: -1}, {PollInterval: -1}, {MinBackoff: -1}} {
			if _, err := outbox.New(s.db, config); err == nil {
				t.Errorf("no error for %+v", config)
			}
		}
		if err := s.Run(context.Background(), nil); err == nil {
			t.Error("no error for no sender")
		}
	})
	if _, err := outbox.Schema("mysql"); err == nil {
		t.Error("no error for a database that is not supported")
	}
}
