package loader_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// benchmarkHistory tells of runs of one action, five transitions each.
func benchmarkHistory(b *testing.B, run func(b *testing.B, h *loader.History)) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": loadertest.SQLite, "postgres": loadertest.Postgres} {
		b.Run(name, func(b *testing.B) {
			run(b, openHistory(b, loadertest.Open(b, dsn(b)), loader.HistoryConfig{}))
		})
	}
}

// What a run waits for: its end is written before it goes on.
func BenchmarkHistoryRun(b *testing.B) {
	benchmarkHistory(b, func(b *testing.B, h *loader.History) {
		for n := 0; b.Loop(); n++ {
			tell(h, told(fmt.Sprint("run ", n), "w")...)
		}
	})
}

// The same by 50 runs at once, which share transactions.
func BenchmarkHistoryManyRuns(b *testing.B) {
	benchmarkHistory(b, func(b *testing.B, h *loader.History) {
		var n atomic.Int64
		b.SetParallelism(25) // for each of the processors
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				tell(h, told(fmt.Sprint("run ", n.Add(1)), "w")...)
			}
		})
	})
}

// What an action waits for: a place in memory.
func BenchmarkHistoryTransition(b *testing.B) {
	benchmarkHistory(b, func(b *testing.B, h *loader.History) {
		t := told("run", "w")[2]
		t.Type = workflowkit.ActionWaiting
		for n := 0; b.Loop(); n++ {
			t.Key = fmt.Sprint(n)
			h.Observe(context.Background(), t)
			if n%1000 == 999 {
				b.StopTimer()
				if err := h.Flush(context.Background()); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		}
	})
}
