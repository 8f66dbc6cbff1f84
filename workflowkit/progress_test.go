package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// stepwise are tools that execute one step in a pass, and number the passes.
type stepwise struct {
	direct
	memo  map[string]json.RawMessage
	since map[string]int
	pass  int
	now   time.Time
	asked string
	watch workflowkit.StepWatcher
}

var _ workflowkit.Progress = (*stepwise)(nil)

func (c *stepwise) Run(ctx context.Context, id string, fn func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	c.asked = id
	if raw, ok := c.memo[id]; ok {
		return raw, nil
	}
	if c.watch != nil {
		var end func(error, bool)
		ctx, end = c.watch(ctx, id, 0)
		defer end(nil, false)
	}
	raw, err := fn(ctx)
	if err == nil {
		c.memo[id], c.since[id] = raw, c.pass+1
	}
	return nil, errors.Join(err, workflowkit.ErrSuspended)
}

func (c *stepwise) Pass() (int, bool)               { return c.pass, true }
func (c *stepwise) Known() int                      { return c.since[c.asked] }
func (c *stepwise) Watch(f workflowkit.StepWatcher) { c.watch = f }
func (c *stepwise) Now() time.Time                  { return c.now }
func (c *stepwise) Memory() *workflowkit.Memory     { return nil }

// Rule 14: a result says of an action when it was started and finished if the process that makes it has seen that, and
// nothing otherwise. Each replica tells what is new in its own passes.
func TestTimesAreThoseThatAProcessHasSeen(t *testing.T) {
	t.Parallel()
	definition := &workflowkit.Definition{ID: "w", JSON: json.RawMessage(`{
		"actions": [{"id": "a", "kind": "act", "inputs": {"do": "step"}}, {"id": "b", "kind": "act", "inputs": {"do": "step"}}],
		"edges": [{"from": "$source", "to": "a"}, {"from": "a", "to": "b"}]}`)}
	for name, replicas := range map[string]int{"one process": 1, "each pass in another one": 4} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := &transitions{}
			var engines []*workflowkit.Engine
			for range replicas {
				engine, err := workflowkit.New(workflowkit.WithActions(actor()), workflowkit.WithObservers(seen))
				if err != nil {
					t.Fatal(err)
				}
				engines = append(engines, engine)
			}
			start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			memo, since := map[string]json.RawMessage{}, map[string]int{}
			var result *workflowkit.Result
			for pass := 0; result == nil; pass++ {
				tools := &stepwise{memo: memo, since: since, pass: pass, now: start.Add(time.Duration(pass) * time.Hour)}
				var err error
				result, err = engines[pass%replicas].Run(t.Context(), tools, workflowkit.RunInput{RunID: "r", Event: workflowkit.Event{Name: "go"}, Definition: definition})
				if err != nil && !errors.Is(err, workflowkit.ErrSuspended) || pass > 9 {
					t.Fatal(err)
				}
			}
			if len(seen.list) != 8 {
				t.Errorf("told: %v", seen.lines())
			}
			a, _ := result.Action("a")
			b, _ := result.Action("b")
			want := map[string]time.Time{"a.Started": start.Add(time.Hour), "a.Finished": start.Add(2 * time.Hour), "b.Started": start.Add(2 * time.Hour)}
			if replicas > 1 {
				want = map[string]time.Time{}
			}
			for name, got := range map[string]time.Time{"a.Started": a.Started, "a.Finished": a.Finished, "b.Started": b.Started} {
				if !got.Equal(want[name]) {
					t.Errorf("%s is %v, want %v", name, got, want[name])
				}
			}
			// The last pass has seen the end of b, and of the run.
			if end := start.Add(3 * time.Hour); !b.Finished.Equal(end) || !result.Finished.Equal(end) {
				t.Errorf("b finished at %v, the run at %v, want %v", b.Finished, result.Finished, end)
			}
		})
	}
}
