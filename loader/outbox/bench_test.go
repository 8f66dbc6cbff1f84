package outbox_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/workflowkit/workflowkit-go/loader/loadertest"
	"github.com/workflowkit/workflowkit-go/loader/outbox"
)

func benchmark(b *testing.B, f func(b *testing.B, s shop)) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": loadertest.SQLite, "postgres": loadertest.Postgres} {
		b.Run(name, func(b *testing.B) { f(b, open(b, dsn(b), outbox.Config{})) })
	}
}

// What a transaction pays for its event: see BenchmarkPlain for the transaction without one.
func BenchmarkEnqueue(b *testing.B) {
	benchmark(b, func(b *testing.B, s shop) {
		for n := 0; b.Loop(); n++ {
			if err := s.place(fmt.Sprint(n)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkPlain(b *testing.B) {
	benchmark(b, func(b *testing.B, s shop) {
		for n := 0; b.Loop(); n++ {
			if err := s.db.Create(&order{Title: fmt.Sprint(n)}).Error; err != nil {
				b.Fatal(err)
			}
		}
	})
}

// What it takes to deliver 100 events that are there, besides sending them.
func BenchmarkDeliver100(b *testing.B) {
	benchmark(b, func(b *testing.B, s shop) {
		for n := 0; b.Loop(); n++ {
			b.StopTimer()
			ids := make([]string, 100)
			for i := range ids {
				ids[i] = fmt.Sprintf("%d-%d", n, i)
			}
			if err := s.place(ids...); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			if sent, err := s.Deliver(context.Background(), &server{}); err != nil || sent != len(ids) {
				b.Fatalf("sent %d, %v", sent, err)
			}
		}
	})
}
