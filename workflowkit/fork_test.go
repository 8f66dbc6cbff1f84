package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// forks remembers results, and how groups were to be executed. Steps of groups end the pass.
type forks struct {
	direct
	memo  map[string]json.RawMessage
	modes []workflowkit.ForkMode
	group bool
	asked []string
}

func (f *forks) Run(ctx context.Context, id string, fn func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	if out, ok := f.memo[id]; ok {
		return out, nil
	}
	out, err := fn(ctx)
	if err != nil {
		return nil, err
	}
	f.memo[id] = out
	f.asked = append(f.asked, id)
	if f.group {
		return nil, workflowkit.ErrSuspended
	}
	return out, nil
}

func (f *forks) Parallel(ctx context.Context, mode workflowkit.ForkMode, branches []func(ctx context.Context) error) error {
	f.modes, f.group = append(f.modes, mode), true
	defer func() { f.group = false }()
	var suspended error
	for _, branch := range branches {
		if err := branch(ctx); err != nil {
			suspended = err
		}
	}
	return suspended
}

// forkEngine has the kinds a and b; those that are named never wait.
func forkEngine(t *testing.T, never string) *workflowkit.Engine {
	t.Helper()
	var actions []workflowkit.Action
	for _, kind := range []string{"a", "b"} {
		actions = append(actions, workflowkit.DefineUntyped(workflowkit.Spec{Kind: kind, NeverWaits: strings.Contains(never, kind)},
			func(ctx context.Context, run *workflowkit.Run, _ map[string]any) (any, error) {
				return nil, workflowkit.Do(ctx, "do", func(context.Context) error { return nil })
			}))
	}
	engine, err := workflowkit.New(workflowkit.WithActions(actions...), workflowkit.WithLogger(discard()))
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// forkRun executes a run to its end, with another engine for each pass, and returns the modes of its groups.
func forkRun(t *testing.T, definition string, engines ...*workflowkit.Engine) ([]workflowkit.ForkMode, *workflowkit.Result) {
	t.Helper()
	memo := map[string]json.RawMessage{}
	var modes []workflowkit.ForkMode
	for pass := 0; ; pass++ {
		tools := &forks{memo: memo}
		result, err := engines[min(pass, len(engines)-1)].Run(t.Context(), tools, workflowkit.RunInput{
			RunID: "r", Event: workflowkit.Event{Name: "e"}, Definition: &workflowkit.Definition{JSON: json.RawMessage(definition)},
		})
		modes = append(modes, tools.modes...)
		if !errors.Is(err, workflowkit.ErrSuspended) {
			if err != nil {
				t.Fatal(err)
			}
			return modes, result
		}
		if len(tools.asked) == 0 {
			t.Fatal("the run is stuck")
		}
	}
}

// lettered returns a definition from ids with the kind as their first letter.
func lettered(edges ...string) string {
	w := workflowkit.Workflow{}
	seen := map[string]bool{workflowkit.SourceID: true}
	for _, edge := range edges {
		from, to, _ := strings.Cut(edge, ">")
		w.Edges = append(w.Edges, workflowkit.Edge{From: from, To: to})
		for _, id := range []string{from, to} {
			if !seen[id] {
				seen[id] = true
				w.Actions = append(w.Actions, workflowkit.WorkflowAction{ID: id, Kind: id[:1]})
			}
		}
	}
	raw, err := json.Marshal(&w)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// Rules 5 and 6: a group of actions that never wait is left for the serial part again; another one is closed by $finish.
func TestForksAreScheduledByWhatTheirActionsDeclare(t *testing.T) {
	t.Parallel()
	const (
		race = workflowkit.ForkRace
		wait = workflowkit.ForkWait
	)
	// a1 -< a2, a3 >- a4 -< b5, a6 >- a7
	two := lettered("$source>a1", "a1>a2", "a1>a3", "a2>a4", "a3>a4", "a4>b5", "a4>a6", "b5>a7", "a6>a7")
	cases := map[string]struct {
		definition string
		never      string
		want       []workflowkit.ForkMode // in the passes that come to a group
		finish     bool
	}{
		"no action has declared anything":       {two, "", []workflowkit.ForkMode{race, race, race, race, race, race}, true},
		"all have":                              {two, "ab", []workflowkit.ForkMode{wait, wait, wait, wait, wait}, false},
		"those of the first fork have":          {two, "a", []workflowkit.ForkMode{wait, wait, race, wait, race, wait, race, wait, race}, true},
		"branches that end nowhere":             {lettered("$source>a1", "a1>a2", "a1>a3"), "a", []workflowkit.ForkMode{wait, wait}, false},
		"a branch past a fork that may wait":    {lettered("$source>a1", "$source>a2", "a1>b3", "a1>b4"), "a", []workflowkit.ForkMode{race, race, race, race}, true},
		"a fork at the start, no end of it":     {lettered("$source>a1", "$source>b2"), "ab", []workflowkit.ForkMode{wait, wait}, false},
		"an edge over the end of the fork":      {lettered("$source>a1", "$source>a2", "a1>a3", "a2>a3", "a3>b4", "a1>b4"), "a", []workflowkit.ForkMode{wait, wait}, false},
		"a chain needs no group, whoever is in": {lettered("$source>b1", "b1>b2"), "", nil, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modes, result := forkRun(t, tc.definition, forkEngine(t, tc.never))
			if diff := cmp.Diff(tc.want, modes); diff != "" {
				t.Errorf("modes (-want +got):\n%s", diff)
			}
			for _, action := range result.Actions {
				if action.Status != workflowkit.StatusCompleted {
					t.Errorf("action %s is %s", action.ID, action.Status)
				}
			}
		})
	}
}

// Rule 10: what an action declares is pinned with the workflow. A run keeps to it when the process is replaced.
func TestDeploymentDoesNotChangeHowAForkGoesOn(t *testing.T) {
	t.Parallel()
	definition := lettered("$source>a1", "a1>a2", "a1>a3", "a2>a4", "a3>a4")
	for name, tc := range map[string]struct {
		before, after string
		want          workflowkit.ForkMode
	}{
		"a promise is taken back": {"a", "", workflowkit.ForkWait},
		"a promise is made":       {"", "a", workflowkit.ForkRace},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modes, _ := forkRun(t, definition, forkEngine(t, tc.before), forkEngine(t, tc.after))
			for i, mode := range modes {
				if mode != tc.want {
					t.Errorf("group %d has mode %d, want %d", i, mode, tc.want)
				}
			}
		})
	}
}

// An action that breaks its promise would hold up others. It fails, at once and with the way out.
func TestActionThatBreaksItsPromise(t *testing.T) {
	t.Parallel()
	waits := map[string]func(ctx context.Context) error{
		"Sleep":      func(ctx context.Context) error { return workflowkit.Sleep(ctx, "x", time.Second) },
		"SleepUntil": func(ctx context.Context) error { return workflowkit.SleepUntil(ctx, "x", time.Now()) },
		"Wait": func(ctx context.Context) error {
			_, err := workflowkit.WaitForEvent(ctx, "x", workflowkit.WaitForEventOpts{Event: "e", Timeout: time.Second})
			return err
		},
		"Invoke": func(ctx context.Context) error {
			_, err := workflowkit.Invoke[int](ctx, "x", workflowkit.InvokeOpts{Function: "f"})
			return err
		},
	}
	for name, wait := range waits {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			action := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "liar", NeverWaits: true},
				func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
					calls++
					return nil, wait(ctx)
				})
			_, err := workflowkittest.RunAction(t.Context(), action, map[string]any{})
			if err == nil || !strings.Contains(err.Error(), `action kind "liar" has declared that it never does: take NeverWaits out of its Spec`) {
				t.Errorf("error is %v", err)
			}
			if calls != 1 {
				t.Errorf("the handler was called %d times", calls)
			}
		})
	}
}
