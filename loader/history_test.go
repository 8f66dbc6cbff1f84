package loader_test

import (
	"context"
	"testing"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/storetest"
)

// openHistory returns a history that is closed before its database.
func openHistory(t testing.TB, db *loader.DB, config loader.HistoryConfig) *loader.History {
	t.Helper()
	h := db.History(config)
	t.Cleanup(func() {
		if err := h.Close(context.Background()); err != nil {
			t.Errorf("close history: %v", err)
		}
	})
	return h
}

func TestHistoryConforms(t *testing.T) {
	t.Parallel()
	conforms := func(t *testing.T, dsn string) {
		h := openHistory(t, loadertest.Open(t, dsn), loader.HistoryConfig{})
		storetest.TestRuns(t, h, func(tr workflowkit.Transition) {
			h.Observe(context.Background(), tr)
			if err := h.Flush(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	onBoth(t, conforms)
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		conforms(t, ":memory:")
	})
}
