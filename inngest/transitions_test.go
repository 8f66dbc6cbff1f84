package inngest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// observed is an observer that keeps what it is told.
type observed struct {
	mu   sync.Mutex
	list []workflowkit.Transition
}

func (o *observed) Observe(_ context.Context, t workflowkit.Transition) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = append(o.list, t)
}

// of returns the transitions of a run.
func (o *observed) of(runID string) []workflowkit.Transition {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(o.list), func(t workflowkit.Transition) bool { return t.RunID != runID })
}

// name identifies a transition for people.
func transitionName(t workflowkit.Transition) string {
	switch {
	case t.Edge != nil:
		return fmt.Sprintf("edge %s-%s %v", t.Edge.From, t.Edge.To, t.Edge.Taken)
	case t.StepID != "":
		return fmt.Sprintf("%s %s/%s %d", t.Type, t.Action.ID, t.StepID, t.Attempt)
	case t.Action.ID != "":
		return string(t.Type) + " " + t.Action.ID
	}
	return string(t.Type)
}

// checkTransitions holds what was told to the result of the run. Where processes die a transition may be told again.
func checkTransitions(told []workflowkit.Transition, output string, again bool) error {
	var result workflowkit.Result
	if err := json.Unmarshal([]byte(output), &result); err != nil {
		return fmt.Errorf("result %s: %w", output, err)
	}
	var faults []error
	count := map[string]int{}
	keys := map[string]string{}
	for _, t := range told {
		name := transitionName(t)
		if !t.Recovered || count[name] == 0 {
			count[name]++
		}
		if before, ok := keys[t.Key]; ok && before != name {
			faults = append(faults, fmt.Errorf("key %s is that of %s and of %s", t.Key, before, name))
		}
		keys[t.Key] = name
	}
	want := map[string]bool{"run.started": true, "run." + string(result.Status): true}
	for _, a := range result.Actions {
		want["action."+string(a.Status)+" "+a.ID] = true
		if a.Status != workflowkit.StatusSkipped {
			want["action.started "+a.ID] = true
		}
	}
	for _, e := range result.Edges {
		want[fmt.Sprintf("edge %s-%s %v", e.From, e.To, e.Taken)] = true
	}
	for name, n := range count {
		extra := strings.HasPrefix(name, "action.waiting") || strings.HasPrefix(name, "action.retrying")
		if !want[name] && !extra || n > 1 && !again {
			faults = append(faults, fmt.Errorf("%s is told %d times", name, n))
		}
	}
	for name := range want {
		if count[name] == 0 {
			faults = append(faults, fmt.Errorf("%s is not told", name))
		}
	}
	return errors.Join(faults...)
}

// observedGraph is a random workflow of actions that run steps, sleep, and fail now and then.
type observedGraph struct {
	definition  string
	steps       map[string]string // what the actions do, a letter for each step
	checkpoints inngest.CheckpointMode
	// neverWaits says that the actions promise not to wait. Then they do not.
	neverWaits bool
}

func drawObservedGraph(r *rapid.T) observedGraph {
	g := observedGraph{steps: map[string]string{}, checkpoints: rapid.SampledFrom([]inngest.CheckpointMode{inngest.CheckpointOff, inngest.CheckpointEachStep}).Draw(r, "checkpoints")}
	g.neverWaits = rapid.Bool().Draw(r, "never waits")
	letters := []string{"r", "r", "s", "f"}
	if g.neverWaits {
		letters = []string{"r", "r", "f"}
	}
	type object = map[string]any
	var actions, edges []object
	for i := range rapid.IntRange(1, 6).Draw(r, "nodes") {
		id := fmt.Sprintf("n%d", i)
		g.steps[id] = strings.Join(rapid.SliceOfN(rapid.SampledFrom(letters), 0, 3).Draw(r, "steps"), "")
		actions = append(actions, object{"id": id, "kind": "act", "inputs": object{"i": i}})
		for _, from := range rapid.SliceOfNDistinct(rapid.IntRange(-1, i-1), 1, 2, rapid.ID[int]).Draw(r, "from") {
			edge := object{"from": workflowkit.SourceID, "to": id}
			if from >= 0 {
				edge["from"] = fmt.Sprintf("n%d", from)
				if kind := rapid.SampledFrom([]string{"", "", "if", "else"}).Draw(r, "condition"); kind != "" {
					edge["conditional"] = object{"type": kind, "ref": "!ref($.output)"}
				}
			}
			edges = append(edges, edge)
		}
	}
	raw, err := json.Marshal(object{"actions": actions, "edges": edges})
	if err != nil {
		r.Fatal(err)
	}
	g.definition = string(raw)
	return g
}

// action does what the graph says. The letter f is a step whose first attempt fails.
func (g observedGraph) action() workflowkit.Action {
	var tried sync.Map
	return workflowkit.DefineUntyped(workflowkit.Spec{Kind: "act", NeverWaits: g.neverWaits}, func(ctx context.Context, run *workflowkit.Run, _ map[string]any) (any, error) {
		for k, step := range g.steps[run.Action.ID] {
			id := fmt.Sprint(k)
			var err error
			switch step {
			case 's':
				err = workflowkit.Sleep(ctx, id, 500*time.Millisecond)
			default:
				err = workflowkit.Do(ctx, id, func(context.Context) error {
					if _, again := tried.LoadOrStore(run.Action.ID+id, true); step == 'f' && !again {
						return errors.New("not yet")
					}
					return nil
				})
			}
			if err != nil {
				return nil, err
			}
		}
		return len(g.steps[run.Action.ID])%2 == 0, nil
	})
}

// runObserved executes a graph on replicas, each of which is asked in turn, and returns what was told.
func runObserved(ctx context.Context, t *testing.T, g observedGraph, replicas int, faults local.Faults) ([]workflowkit.Transition, local.Run, error) {
	clock := local.NewVirtualClock(time.Time{})
	server, err := local.Start(local.Config{Clock: clock, Faults: faults, Backoff: func(int) time.Duration { return time.Second }})
	if err != nil {
		return nil, local.Run{}, err
	}
	defer server.Close()
	clock.AutoAdvance(true)
	seen, action := &observed{}, g.action()
	var handlers []http.Handler
	for range replicas {
		client := newClient(t, inngest.Config{BaseURL: server.URL()})
		engine, err := workflowkit.New(workflowkit.WithActions(action), workflowkit.WithObservers(seen),
			workflowkit.WithLogger(slog.New(slog.DiscardHandler)),
			workflowkit.WithLoader(workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
				return &workflowkit.Definition{ID: "w", JSON: json.RawMessage(g.definition)}, nil
			})))
		if err != nil {
			return nil, local.Run{}, err
		}
		if err := inngest.Register(client, engine, inngest.Function{ID: "fn", Events: []string{"go"}, Checkpoints: g.checkpoints}); err != nil {
			return nil, local.Run{}, err
		}
		handlers = append(handlers, client.Handler())
	}
	var asked atomic.Int64
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handlers[int(asked.Add(1))%replicas].ServeHTTP(w, r)
	}))
	defer app.Close()
	if err := server.Register(ctx, app.URL); err != nil {
		return nil, local.Run{}, err
	}
	ids, err := server.Send(ctx, local.Event{Name: "go", Data: json.RawMessage(`{}`)})
	if err != nil {
		return nil, local.Run{}, err
	}
	run, err := server.WaitRun(ctx, server.EventRuns(ids[0])[0].ID)
	if err == nil {
		err = server.Err()
	}
	return seen.of(run.ID), run, err
}

// An observer is told of each transition exactly once by all replicas together, whatever the graph and the order in which
// the server delivers, and at least once, with the same key, where processes die.
func TestObserversAreToldOnceByAllReplicas(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		g := drawObservedGraph(r)
		replicas := rapid.IntRange(1, 3).Draw(r, "replicas")
		faults := local.Faults{
			Seed: rapid.Int64Range(0, 1<<30).Draw(r, "seed"), ShuffleSteps: rapid.Bool().Draw(r, "shuffle"),
			DuplicateDiscoveries: rapid.Bool().Draw(r, "duplicate"), ReorderDiscoveries: rapid.Bool().Draw(r, "reorder"),
		}
		point := rapid.SampledFrom([]local.CrashPoint{local.NoCrash, local.NoCrash, local.CrashBefore, local.CrashAfter, local.ServerCrash}).Draw(r, "crash")
		at := rapid.IntRange(1, 20).Draw(r, "crash at")
		var crashed atomic.Bool
		faults.Crash = func(c local.Call) local.CrashPoint {
			if c.Number >= at && crashed.CompareAndSwap(false, true) {
				return point
			}
			return local.NoCrash
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		told, run, err := runObserved(ctx, t, g, replicas, faults)
		if err != nil {
			r.Fatal(err)
		}
		// A process knows what it has told itself. Another one that gets a call again cannot know.
		// Neither can one that is called so late that it ends the run instead of those that were to come.
		again := replicas > 1 && (point != local.NoCrash || faults.DuplicateDiscoveries || faults.ReorderDiscoveries ||
			slices.ContainsFunc(slices.Collect(maps.Values(g.steps)), func(s string) bool { return strings.Contains(s, "f") }))
		if err := checkTransitions(told, string(run.Output), again); err != nil {
			var names []string
			for _, t := range told {
				names = append(names, transitionName(t))
			}
			r.Fatalf("%v\n%s\n%v\ntold: %s", err, g.definition, g.steps, strings.Join(names, ", "))
		}
	})
}
