package memory_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/memory"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWorkflows(t *testing.T) {
	t.Parallel()
	storetest.TestWorkflows(t, memory.New())
}

func TestRuns(t *testing.T) {
	t.Parallel()
	s := memory.New()
	storetest.TestRuns(t, s, func(told workflowkit.Transition) { s.Observe(t.Context(), told) })
}
