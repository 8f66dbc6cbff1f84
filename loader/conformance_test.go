package loader_test

import (
	"testing"

	"github.com/workflowkit/workflowkit-go/loader/loadertest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		loadertest.Conformance(t, loadertest.Open(t, dsn))
	})
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		loadertest.Conformance(t, loadertest.Open(t, ":memory:"))
	})
}
