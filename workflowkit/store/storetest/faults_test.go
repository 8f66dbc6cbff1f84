package storetest_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/memory"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// faulty is a store with a fault. The zero fault is none.
type faulty struct {
	*memory.Store
	fault string
}

func (f faulty) SaveVersion(ctx context.Context, id string, save store.Save) (store.Version, error) {
	v, err := f.Store.SaveVersion(ctx, id, save)
	var conflict *store.ConflictError
	if f.fault == "overwrites" && errors.As(err, &conflict) {
		save.Base = conflict.Current.Number
		return f.Store.SaveVersion(ctx, id, save)
	}
	return v, err
}

func (f faulty) PublishVersion(ctx context.Context, id string, number int) (store.Workflow, error) {
	if f.fault == "does not publish" {
		return f.GetWorkflow(ctx, id)
	}
	return f.Store.PublishVersion(ctx, id, number)
}

func (f faulty) ListVersions(ctx context.Context, id string) ([]store.Version, error) {
	versions, err := f.Store.ListVersions(ctx, id)
	if f.fault == "forgets versions" && len(versions) > 1 {
		versions = versions[:1]
	}
	return versions, err
}

func (f faulty) ListRuns(ctx context.Context, query store.RunQuery) (store.RunPage, error) {
	if f.fault == "ignores the status" {
		query.Status = ""
	}
	return f.Store.ListRuns(ctx, query)
}

func (f faulty) AwaitChange(ctx context.Context, workflowID string, after int64) (int64, error) {
	if f.fault == "wakes everybody" {
		workflowID = ""
	}
	return f.Store.AwaitChange(ctx, workflowID, after)
}

func (f faulty) observe(t workflowkit.Transition) {
	if f.fault == "loses results" {
		t.Result = nil
	}
	if f.fault == "does not know what is told twice" {
		t.Key = ""
	}
	f.Observe(context.Background(), t)
}

const faultVariable = "STORETEST_FAULT"

// TestStoreWithFault is what [TestFaultsAreFound] runs in processes of their own.
func TestStoreWithFault(t *testing.T) {
	t.Parallel()
	f := faulty{memory.New(), os.Getenv(faultVariable)}
	t.Run("workflows", func(t *testing.T) { storetest.TestWorkflows(t, f) })
	t.Run("runs", func(t *testing.T) { storetest.TestRuns(t, f, f.observe) })
}

// The tests can fail.
func TestFaultsAreFound(t *testing.T) {
	t.Parallel()
	for fault, found := range map[string]string{
		"overwrites":                       "a_save_over_somebody_else's_is_refused",
		"does not publish":                 "publishing_makes_a_version_the_one_that_is_run",
		"forgets versions":                 "versions_are_listed_newest_first_without_content",
		"ignores the status":               "runs_are_listed_by_workflow_and_status",
		"wakes everybody":                  "a_change_of_another_workflow_wakes_nobody",
		"loses results":                    "the_end_of_a_run_brings_what_was_missed",
		"does not know what is told twice": "what_is_told_twice_is_written_once",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestStoreWithFault$")
			cmd.Env = append(os.Environ(), faultVariable+"="+fault)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "FAIL: TestStoreWithFault") || !strings.Contains(string(out), found) {
				t.Errorf("the fault is not found (%v):\n%s", err, out)
			}
		})
	}
}
