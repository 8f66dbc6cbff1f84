package e2e_test

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// randomGraph returns a workflow of steps, some with a condition on the edge, some with a timeout, some for each item of a
// list, and which of its steps will run by rule 2: an oracle that knows nothing of the engine.
func randomGraph(random *rand.Rand) (definition string, runs []string) {
	n := 4 + random.Intn(7)
	type m = map[string]any
	actions, edges := []any{}, []any{}
	alive := map[string]bool{workflowkit.SourceID: true}
	ids := []string{workflowkit.SourceID}
	for i := range n {
		id := fmt.Sprintf("n%d", i)
		steps := 1 + random.Intn(3)
		action, prefixes := m{"id": id, "kind": "steps", "inputs": m{"steps": steps}}, []string{id}
		if random.Intn(4) == 0 {
			items := make([]int, 1+random.Intn(3))
			prefixes = nil
			for k := range items {
				prefixes = append(prefixes, fmt.Sprintf("%s/%d", id, k))
			}
			action["kind"], action["inputs"] = workflowkit.KindForEach, m{
				"items": items, "concurrency": 1 + random.Intn(3), "action": m{"kind": "steps", "inputs": m{"steps": steps}},
			}
		}
		if random.Intn(4) == 0 {
			action["timeout"] = "10m"
		}
		actions = append(actions, action)
		parents := random.Perm(len(ids))[:1+random.Intn(min(3, len(ids)))]
		for _, p := range parents {
			edge, taken := m{"from": ids[p], "to": id}, true
			if random.Intn(4) == 0 {
				edge["conditional"] = m{"type": "if", "ref": "!ref($.event.data.no)"}
				taken = false
			}
			edges = append(edges, edge)
			alive[id] = alive[id] || alive[ids[p]] && taken
		}
		ids = append(ids, id)
		for _, prefix := range prefixes {
			for s := range steps {
				if alive[id] {
					runs = append(runs, fmt.Sprintf("%s.s%d", prefix, s))
				}
			}
		}
	}
	raw, err := json.Marshal(m{"actions": actions, "edges": edges})
	if err != nil {
		panic(err)
	}
	return string(raw), runs
}

// TestRandomGraphs runs random graphs. On the in-process server, calls are delivered twice, steps come in random order,
// and either side dies around a call; rules 1 to 3 hold all the same. A real server has its own ways to be unpredictable.
func TestRandomGraphs(t *testing.T) {
	t.Parallel()
	for seed := range int64(24) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewSource(seed)) //nolint:gosec // reproducible on purpose
			definition, want := randomGraph(random)
			crashes := seed%3 == 2 && !onReal()
			faults := func(cfg *local.Config) {
				cfg.Faults = local.Faults{DuplicateDiscoveries: seed%3 == 1, ShuffleSteps: true, Seed: seed}
				if crashes {
					var mu sync.Mutex
					cfg.Faults.Crash = func(local.Call) local.CrashPoint {
						mu.Lock()
						defer mu.Unlock()
						if random.Intn(5) > 0 {
							return local.NoCrash
						}
						return local.CrashPoint(1 + random.Intn(3))
					}
				}
			}
			var l ledger
			event := "e2e/" + slug(t)
			retries := 20
			b := newBed(t, newEngine(t, workflowkit.WithActions(steps(&l)), constantLoader(definition)),
				inngest.Function{ID: functionID, Events: []string{event}, Retries: &retries}, faults)
			result := b.wait(t, b.send(t, event, map[string]bool{"no": false}), b.function(t)).result(t)
			if !crashes {
				l.once(t, want...)
			}
			var ran []string
			for _, a := range result.Actions {
				if a.Status == workflowkit.StatusCompleted {
					ran = append(ran, a.ID)
				}
			}
			for _, w := range want {
				if !l.has(w) {
					t.Errorf("%s was not executed", w)
				}
				if id := w[:strings.IndexAny(w, "./")]; !strings.Contains(" "+strings.Join(ran, " ")+" ", " "+id+" ") {
					t.Errorf("the result does not say that %s completed: %v", id, ran)
				}
			}
			l.mu.Lock()
			defer l.mu.Unlock()
			for what := range l.done {
				if !strings.Contains(" "+strings.Join(want, " ")+" ", " "+what+" ") {
					t.Errorf("rule 2: %s was executed in\n%s", what, definition)
				}
			}
		})
	}
}

// TestTimeStandsStill holds that a wait ends by its timeout, on the virtual clock.
func TestTimeStandsStill(t *testing.T) {
	t.Parallel()
	var l ledger
	event := "e2e/" + slug(t)
	b := newBed(t, newEngine(t, workflowkit.WithActions(steps(&l), await(&l, "e2e/never")), constantLoader(`{
		"actions":[{"id":"w","kind":"await","inputs":{"seconds":2}},{"id":"a","kind":"steps"}],
		"edges":[{"from":"$source","to":"w"},{"from":"w","to":"a"}]}`)),
		inngest.Function{ID: functionID, Events: []string{event}}, withVirtualClock)
	id := b.send(t, event, map[string]string{"id": "1"})
	eventually(t, "the wait", func() error {
		if !l.has("w.announced") {
			return fmt.Errorf("not announced")
		}
		return nil
	})
	if b.server.advance(t, time.Second) && l.has("a.s0") {
		t.Error("the wait ended before its time")
	}
	b.server.advance(t, time.Second)
	result := b.wait(t, id, b.function(t)).result(t)
	if out, _ := result.Action("w"); string(out.Output) != `{"received":false}` {
		t.Errorf("output of the wait: %s", out.Output)
	}
	l.once(t, "w.announced", "a.s0")
}
