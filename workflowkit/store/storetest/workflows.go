package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

var unique atomic.Int64

// name returns a name that nothing else has in this process, nor in the next.
func name(prefix string) string {
	return fmt.Sprintf("%s %d-%d", prefix, time.Now().UnixNano(), unique.Add(1))
}

// TestWorkflows tests a store's workflows and versions. Cases run in parallel.
func TestWorkflows(t *testing.T, workflows store.Workflows) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T, w store.Workflows){
		"a new workflow has settings and no versions":      testCreate,
		"settings change one by one":                       testSettings,
		"names and triggers are unique":                    testUnique,
		"a save makes a draft, and a draft is not loaded":  testDraft,
		"publishing makes a version the one that is run":   testPublish,
		"the same content makes no new version":            testSameContent,
		"a save over somebody else's is refused":           testConflict,
		"restoring an old version makes a new one":         testRestore,
		"versions are listed newest first without content": testVersionList,
		"what does not exist is not found":                 testNotFound,
		"what is no definition is refused":                 testInvalid,
		"a large definition is kept":                       testLarge,
		"of many savers at once one wins":                  testSavers,
		"a cancelled context ends a call":                  testCancelled,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, workflows)
		})
	}
}

func definition(n int) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(
		`{"name":"Demo %d","actions":[{"id":"1","kind":"k","inputs":{"n":%d}}],"edges":[{"from":"$source","to":"1"}]}`, n, n))
}

func create(t *testing.T, w store.Workflows) store.Workflow {
	t.Helper()
	title, trigger := name("Workflow"), name("event")
	return must(w.CreateWorkflow(context.Background(), store.Settings{Name: &title, Trigger: &trigger}))(t)
}

// must fails the test on an error; it wraps a call that returns a value and an error.
func must[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func failed[T any](_ T, err error) error { return err }

func equal(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// sameJSON compares two texts as JSON: databases may reorder members.
func sameJSON(t *testing.T, what string, want, got json.RawMessage) {
	t.Helper()
	var a, b any
	if err := json.Unmarshal(want, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(got, &b); err != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("%s is %s (%v), want %s", what, got, err, want)
	}
}

func testCreate(t *testing.T, w store.Workflows) {
	ctx := context.Background()
	title, text, trigger := name("Workflow"), "What it does", name("event")
	got := must(w.CreateWorkflow(ctx, store.Settings{Name: &title, Description: &text, Trigger: &trigger}))(t)
	if got.ID == "" {
		t.Error("the workflow has no id")
	}
	want := store.Workflow{ID: got.ID, Name: title, Description: text, Trigger: trigger, CreatedAt: got.CreatedAt}
	equal(t, "workflow", want, got)
	equal(t, "workflow, read again", want, must(w.GetWorkflow(ctx, got.ID))(t))
	equal(t, "versions", []store.Version{}, must(w.ListVersions(ctx, got.ID))(t))
	must(w.CreateWorkflow(ctx, store.Settings{}))(t)
	must(w.CreateWorkflow(ctx, store.Settings{}))(t) // no name is not a name that is taken
}

func testSettings(t *testing.T, w store.Workflows) {
	ctx := context.Background()
	want := create(t, w)
	title, text, trigger, on := name("Renamed"), "text", name("event"), true
	for what, change := range map[string]struct {
		settings store.Settings
		apply    func()
	}{
		"nothing":     {store.Settings{}, func() {}},
		"name":        {store.Settings{Name: &title}, func() { want.Name = title }},
		"description": {store.Settings{Description: &text}, func() { want.Description = text }},
		"trigger":     {store.Settings{Trigger: &trigger}, func() { want.Trigger = trigger }},
		"enabled":     {store.Settings{Enabled: &on}, func() { want.Enabled = true }},
	} {
		change.apply()
		equal(t, what, want, must(w.ChangeWorkflow(ctx, want.ID, change.settings))(t))
	}
	equal(t, "workflow", want, must(w.GetWorkflow(ctx, want.ID))(t))
}

func testUnique(t *testing.T, w store.Workflows) {
	ctx := context.Background()
	on := true
	first, second := create(t, w), create(t, w)
	must(w.ChangeWorkflow(ctx, first.ID, store.Settings{Enabled: &on}))(t)
	must(w.ChangeWorkflow(ctx, second.ID, store.Settings{Trigger: &first.Trigger}))(t)
	for what, err := range map[string]error{
		"a second workflow of the name":      failed(w.CreateWorkflow(ctx, store.Settings{Name: &first.Name})),
		"a change to the name":               failed(w.ChangeWorkflow(ctx, second.ID, store.Settings{Name: &first.Name})),
		"a second one enabled for the event": failed(w.ChangeWorkflow(ctx, second.ID, store.Settings{Enabled: &on})),
	} {
		if !errors.Is(err, store.ErrExists) {
			t.Errorf("%s: error %v, want ErrExists", what, err)
		}
	}
}

func testSavers(t *testing.T, w store.Workflows) {
	ctx := context.Background()
	created := create(t, w)
	const savers = 12
	var (
		all       sync.WaitGroup
		saved     atomic.Int64
		conflicts atomic.Int64
	)
	for i := range savers {
		all.Go(func() {
			_, err := w.SaveVersion(ctx, created.ID, store.Save{Definition: definition(i)})
			var conflict *store.ConflictError
			switch {
			case err == nil:
				saved.Add(1)
			case errors.As(err, &conflict) && conflict.Current.Number == 1 && conflict.Current.Definition != nil:
				conflicts.Add(1)
			default:
				t.Errorf("saver %d: %v", i, err)
			}
		})
	}
	all.Wait()
	equal(t, "savers that won", int64(1), saved.Load())
	equal(t, "savers that were told of the other", int64(savers-1), conflicts.Load())
	equal(t, "versions", 1, len(must(w.ListVersions(ctx, created.ID))(t)))
}

func testCancelled(t *testing.T, w store.Workflows) {
	ctx, cancel := context.WithCancel(context.Background())
	created := create(t, w)
	cancel()
	for what, err := range map[string]error{
		"list": failed(w.ListWorkflows(ctx)),
		"get":  failed(w.GetWorkflow(ctx, created.ID)),
		"save": failed(w.SaveVersion(ctx, created.ID, store.Save{Definition: definition(1)})),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v, want context.Canceled", what, err)
		}
	}
}
