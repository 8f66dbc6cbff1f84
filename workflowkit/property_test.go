package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// model is a random workflow, and what its actions do.
type model struct {
	nodes []modelNode
	edges []modelEdge
}

type modelNode struct {
	// output is what conditions look at.
	output int
	// steps is how many steps the action runs, and waitHours how long it sleeps after the first one.
	steps, waitHours int
	fails            bool
	// flaky says how often its first step fails before it succeeds.
	flaky int
	// retries are those of its own, or -1, and timeoutHours is its timeout, or 0.
	retries, timeoutHours int
	// items says for how many items the action is executed, and at once how many are; 0 means that there is no list.
	items, concurrency int
	// reads are the actions whose outputs its inputs refer to, and all says that it looks at the whole state.
	reads []int
	all   bool
}

type modelEdge struct {
	from, to int // from is -1 for $source
	kind     string
	value    int
}

func id(i int) string { return fmt.Sprintf("n%02d", i) }

// drawModel draws a workflow without faults: no cycle, every node is reachable.
func drawModel(t *rapid.T) model {
	n := rapid.IntRange(1, 9).Draw(t, "nodes")
	m := model{nodes: make([]modelNode, n)}
	before := make([]map[int]bool, n)
	for to := range n {
		before[to] = map[int]bool{}
		froms := rapid.SliceOfNDistinct(rapid.IntRange(-1, to-1), 1, min(to+1, 3), rapid.ID[int]).Draw(t, "froms")
		for _, from := range froms {
			kinds := []string{"", "", "if", "else", "match"}
			if from >= 0 {
				kinds = append(kinds, "error")
			}
			kind := rapid.SampledFrom(kinds).Draw(t, "condition")
			m.edges = append(m.edges, modelEdge{from: from, to: to, kind: kind, value: rapid.IntRange(0, 2).Draw(t, "value")})
			if from >= 0 {
				before[to][from] = true
				for i := range before[from] {
					before[to][i] = true
				}
			}
		}
		m.nodes[to] = modelNode{
			output: rapid.IntRange(0, 2).Draw(t, "output"), steps: rapid.IntRange(0, 3).Draw(t, "steps"),
			waitHours: rapid.SampledFrom([]int{0, 0, 0, 1, 24}).Draw(t, "wait"), flaky: rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "flaky"),
			fails: rapid.IntRange(0, 7).Draw(t, "fails") == 0, all: rapid.IntRange(0, 4).Draw(t, "all") == 0,
			retries: rapid.SampledFrom([]int{-1, -1, 0, 1, 2, 5}).Draw(t, "retries"), timeoutHours: rapid.SampledFrom([]int{0, 0, 2}).Draw(t, "timeout"),
			items: rapid.SampledFrom([]int{0, 0, 0, 1, 3}).Draw(t, "items"), concurrency: rapid.IntRange(1, 3).Draw(t, "concurrency"),
		}
		for i := range to {
			if before[to][i] && rapid.Bool().Draw(t, "reads") {
				m.nodes[to].reads = append(m.nodes[to].reads, i)
			}
		}
	}
	order := rapid.Permutation(m.edges).Draw(t, "order")
	m.edges = order
	return m
}

// neverWaits reports whether no action of the model waits, which they promise then.
func (m model) neverWaits() bool {
	return !slices.ContainsFunc(m.nodes, func(n modelNode) bool { return n.waitHours > 0 })
}

// defaultRetries is how often a step is tried again whose action has no retries.
const defaultRetries = 3

// completes says how many steps of the action are executed with success, and whether the action then succeeds.
func (n modelNode) completes() (steps int, ok bool) {
	budget := n.retries
	if budget < 0 {
		budget = defaultRetries
	}
	switch {
	case n.steps > 0 && n.flaky > budget:
		return 0, false
	case n.steps > 0 && n.timeoutHours > 0 && n.waitHours > n.timeoutHours:
		return 1, false
	}
	return n.steps, !n.fails
}

// executed lists the steps that are executed if the node is.
func (n modelNode) executed(id string) []string {
	steps, ok := n.completes()
	var out []string
	if n.items == 0 {
		for s := range steps {
			out = append(out, fmt.Sprintf("%s/step-%d", id, s))
		}
		return out
	}
	started := n.items
	if !ok {
		started = min(n.items, n.concurrency) // the first ones, none of which leaves its place to another
	}
	for k := range started {
		for s := range steps {
			out = append(out, fmt.Sprintf("%s/%d/step-%d", id, k, s))
		}
	}
	return out
}

// action writes the node as an action of a workflow.
func (n modelNode) action(id string, inputs map[string]any) map[string]any {
	action := map[string]any{"id": id, "kind": "model", "inputs": inputs}
	if n.items > 0 {
		items := make([]int, n.items)
		for k := range items {
			items[k] = k
		}
		inputs["item"], inputs["at"] = "!ref($.item)", "!ref($.index)"
		action["kind"] = workflowkit.KindForEach
		action["inputs"] = map[string]any{
			"items": items, "concurrency": n.concurrency, "action": map[string]any{"kind": "model", "inputs": inputs},
		}
	}
	if n.retries >= 0 {
		action["retries"] = n.retries
	}
	if n.timeoutHours > 0 {
		action["timeout"] = fmt.Sprintf("%dh", n.timeoutHours)
	}
	return action
}

// definition writes the model as a workflow.
func (m model) definition(t interface{ Fatal(...any) }) string {
	type object = map[string]any
	actions, edges := []any{}, []any{}
	for i, n := range m.nodes {
		inputs := object{"index": i}
		for _, r := range n.reads {
			inputs["read"+id(r)] = fmt.Sprintf("!ref($.state.%s)", id(r))
		}
		if n.all {
			inputs["all"] = "!ref($.state)"
		}
		actions = append(actions, n.action(id(i), inputs))
	}
	for _, e := range m.edges {
		from, ref := workflowkit.SourceID, "!ref($.output.data.output)"
		if e.from >= 0 {
			from, ref = id(e.from), "!ref($.output.output)"
			if m.nodes[e.from].items > 0 {
				ref = "!ref($.output.results[0].output)"
			}
		}
		edge := object{"from": from, "to": id(e.to)}
		if e.kind != "" {
			conditional := object{"type": e.kind, "ref": ref}
			switch e.kind {
			case "match":
				conditional["value"] = e.value
			case "error":
				delete(conditional, "ref")
			}
			edge["conditional"] = conditional
		}
		edges = append(edges, edge)
	}
	raw, err := json.Marshal(object{"actions": actions, "edges": edges})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// outcome is what the rules say about a run, computed without the engine: by going through the nodes again and again
// until nothing changes.
type outcome struct {
	// status is "ran", "failed", "skipped" or "blocked" (an ancestor failed).
	status map[string]string
	taken  map[[2]int]bool
}

const eventOutput = 1

// handled reports whether an error edge leaves a node.
func (m model) handled(node int) bool {
	return slices.ContainsFunc(m.edges, func(e modelEdge) bool { return e.from == node && e.kind == "error" })
}

func (m model) expect() outcome {
	out := outcome{status: map[string]string{}, taken: map[[2]int]bool{}}
	met := func(e modelEdge) bool {
		value := eventOutput
		if e.from >= 0 {
			value = m.nodes[e.from].output
		}
		switch e.kind {
		case "if":
			return value != 0
		case "else":
			return value == 0
		case "match":
			return value == e.value
		case "error":
			return false
		}
		return true
	}
	for range len(m.nodes) + 1 {
		for i, n := range m.nodes {
			if out.status[id(i)] != "" {
				continue
			}
			decided, taken, blocked := true, false, false
			for _, e := range m.edges {
				if e.to != i {
					continue
				}
				source := "ran"
				if e.from >= 0 {
					source = out.status[id(e.from)]
				}
				switch source {
				case "ran":
					taken = taken || met(e)
					out.taken[[2]int{e.from, e.to}] = met(e)
				case "skipped":
				case "failed":
					blocked = blocked || !m.handled(e.from)
					taken = taken || e.kind == "error"
				case "blocked":
					blocked = true
				default:
					decided = false
				}
			}
			switch {
			case !decided:
			case blocked:
				out.status[id(i)] = "blocked"
			case !taken:
				out.status[id(i)] = "skipped"
			case !succeeds(n):
				out.status[id(i)] = "failed"
			default:
				out.status[id(i)] = "ran"
			}
		}
	}
	return out
}

func succeeds(n modelNode) bool {
	_, ok := n.completes()
	return ok
}

// record is what the handlers of a run have seen and done.
type record struct {
	// done lists the steps in the order in which they were executed.
	done []string
	// inputs are the inputs of each action, as JSON. They must be the same in every pass.
	inputs map[string]string
	calls  map[string]int
	fault  string
}

// engine returns an engine for the model, and where its handlers record.
func (m model) engine(t interface{ Fatal(...any) }, options ...workflowkit.Option) (*workflowkit.Engine, *record) {
	r := &record{inputs: map[string]string{}, calls: map[string]int{}}
	handler := func(ctx context.Context, run *workflowkit.Run, inputs map[string]any) (any, error) {
		raw, err := json.Marshal(inputs)
		if err != nil {
			return nil, err
		}
		id := run.Action.ID
		if before, ok := r.inputs[id]; ok && before != string(raw) {
			r.fault = fmt.Sprintf("inputs of %s were %s, and are %s in a later pass", id, before, raw)
		}
		r.inputs[id] = string(raw)
		index, err := inputs["index"].(json.Number).Int64()
		if err != nil {
			return nil, err
		}
		n := m.nodes[index]
		for s := range n.steps {
			err := workflowkit.Do(ctx, fmt.Sprintf("step-%d", s), func(context.Context) error {
				key := fmt.Sprintf("%s/step-%d", id, s)
				if r.calls[key]++; s == 0 && r.calls[key] <= n.flaky {
					return errors.New("flaky")
				}
				r.done = append(r.done, key)
				return nil
			})
			if err != nil {
				return nil, err
			}
			if s == 0 && n.waitHours > 0 {
				if err := workflowkit.Sleep(ctx, "sleep", time.Duration(n.waitHours)*time.Hour); err != nil {
					return nil, err
				}
			}
		}
		if n.fails {
			return nil, workflowkit.NoRetryError(errors.New("fails"))
		}
		return map[string]any{"output": n.output, "id": id}, nil
	}
	options = append(options, workflowkit.WithActions(workflowkit.DefineUntyped(workflowkit.Spec{Kind: "model", NeverWaits: m.neverWaits()}, handler)))
	engine, err := workflowkit.New(options...)
	if err != nil {
		t.Fatal(err)
	}
	return engine, r
}

func TestRandomWorkflowsKeepTheRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		definition := m.definition(t)
		want := m.expect()
		var first *workflowkit.Result
		seed := rapid.Int64().Draw(t, "seed")
		for _, options := range [][]workflowkittest.Option{
			nil, {workflowkittest.WithReplay(seed)}, {workflowkittest.WithReplay(seed + 1)},
		} {
			engine, r := m.engine(t)
			if problems := engine.Validate(json.RawMessage(definition)).Errors(); len(problems) > 0 {
				t.Fatalf("the workflow is not valid: %v\n%s", problems, definition)
			}
			options = append(options, workflowkittest.WithWorkflow(definition))
			event := workflowkit.Event{Name: "test", Data: json.RawMessage(fmt.Sprintf(`{"output":%d}`, eventOutput))}
			result, err := workflowkittest.Run(context.Background(), engine, event, options...)
			if result.Run == nil {
				t.Fatalf("the run has no result: %v", err)
			}
			m.judge(t, want, result.Run, err, r)
			for i, step := range result.Steps {
				if step.ID == "$finish" && i < len(result.Steps)-1 {
					t.Errorf("the barrier was executed before %s", result.Steps[i+1].ID)
				}
			}
			if first == nil {
				first = result.Run
			} else if diff := cmp.Diff(first, result.Run, cmp.FilterPath(func(p cmp.Path) bool {
				return p.String() == "Error" || p.String() == "Actions" || p.String() == "Finished" // have their own rules
			}, cmp.Ignore())); diff != "" {
				t.Errorf("rule 4: the result depends on the order of completion (-first +this):\n%s", diff)
			}
			if diff := cmp.Diff(ranBesides(first), ranBesides(result.Run)); diff != "" {
				t.Errorf("rule 4: what ran depends on the order of completion (-first +this):\n%s", diff)
			}
		}
	})
}

// ranBesides returns the actions of a result by id.
func ranBesides(r *workflowkit.Result) map[string]workflowkit.ActionResult {
	out := map[string]workflowkit.ActionResult{}
	for _, a := range r.Actions {
		a.Started, a.Finished = time.Time{}, time.Time{} // an action may have to wait for others
		out[a.ID] = a
	}
	return out
}

// judge holds one run to the rules.
func (m model) judge(t *rapid.T, want outcome, result *workflowkit.Result, err error, r *record) {
	if r.fault != "" {
		t.Errorf("rule 8: %s", r.fault)
	}
	failed := false
	for i := range m.nodes {
		failed = failed || want.status[id(i)] == "failed" && !m.handled(i)
	}
	if failed != (err != nil) {
		t.Fatalf("rule 13: error %v, statuses %v", err, want.status)
	}
	got := map[string]string{}
	for _, a := range result.Actions {
		switch {
		case a.Status == workflowkit.StatusCompleted:
			got[a.ID] = "ran"
		case a.Status == workflowkit.StatusFailed:
			got[a.ID] = "failed"
		case a.Reason == "the run failed before":
			got[a.ID] = "blocked"
		default:
			got[a.ID] = "skipped"
		}
	}
	if diff := cmp.Diff(want.status, got); diff != "" {
		t.Errorf("rules 2 and 3 (-want +got):\n%s", diff)
	}
	// Rule 1: each step of each action that ran was executed once.
	executed := map[string]int{}
	for _, step := range r.done {
		executed[step]++
	}
	wantExecuted := map[string]int{}
	for i, n := range m.nodes {
		if got[id(i)] == "ran" || got[id(i)] == "failed" {
			for _, step := range n.executed(id(i)) {
				wantExecuted[step] = 1
			}
		}
	}
	if diff := cmp.Diff(wantExecuted, executed); diff != "" {
		t.Errorf("rule 1: how often steps were executed (-want +got):\n%s", diff)
	}
	// Rule 3: no step of a node before the last one of a live parent.
	last, first := map[string]int{}, map[string]int{}
	for i, step := range r.done {
		node, _, _ := strings.Cut(step, "/")
		last[node] = i
		if _, ok := first[node]; !ok {
			first[node] = i
		}
	}
	for _, e := range m.edges {
		if e.from < 0 {
			continue
		}
		end, okEnd := last[id(e.from)]
		start, okStart := first[id(e.to)]
		if okEnd && okStart && end > start {
			t.Errorf("rule 3: %s started before %s had ended: %v", id(e.to), id(e.from), r.done)
		}
	}
	m.judgeOrder(t, result)
}

// judgeOrder holds the order of the results to rule 4: what ran is in topological order, skipped ones last.
func (m model) judgeOrder(t *rapid.T, result *workflowkit.Result) {
	place := map[string]int{}
	skipped := false
	for i, a := range result.Actions {
		place[a.ID] = i
		if a.Status == workflowkit.StatusSkipped {
			skipped = true
		} else if skipped {
			t.Errorf("rule 14: %s ran and stands behind a skipped action", a.ID)
		}
	}
	for _, e := range m.edges {
		if e.from < 0 {
			continue
		}
		from, _ := result.Action(id(e.from))
		to, _ := result.Action(id(e.to))
		if from.Status == workflowkit.StatusCompleted && to.Status == workflowkit.StatusCompleted && place[from.ID] > place[to.ID] {
			t.Errorf("rule 4: %s stands before its ancestor %s", to.ID, from.ID)
		}
	}
}

// prefix is a backend that knows the results of the first steps of a run, and stops at the next one.
type prefix struct {
	direct
	memo  map[string]json.RawMessage
	asked []string
}

func (p *prefix) Run(_ context.Context, id string, _ func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	p.asked = append(p.asked, id)
	if raw, ok := p.memo[id]; ok {
		return raw, nil
	}
	return nil, workflowkit.ErrSuspended
}

func (p *prefix) Sleep(_ context.Context, id string, _ time.Duration) error {
	p.asked = append(p.asked, id)
	if _, ok := p.memo[id]; ok {
		return nil
	}
	return workflowkit.ErrSuspended
}

// TestReplaysDecideTheSame replays a run from every prefix of its memoised steps: each pass must ask for the steps of the
// one before it, in the same order, before it asks for new ones of the same action (rule 4).
func TestReplaysDecideTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		for i := range m.nodes {
			m.nodes[i].flaky, m.nodes[i].fails = 0, false
			if m.nodes[i].waitHours > m.nodes[i].timeoutHours {
				m.nodes[i].timeoutHours = 0
			}
		}
		definition := m.definition(t)
		engine, _ := m.engine(t)
		event := workflowkit.Event{Name: "test", Data: json.RawMessage(fmt.Sprintf(`{"output":%d}`, eventOutput))}
		full, err := workflowkittest.Run(context.Background(), engine, event,
			workflowkittest.WithWorkflow(definition), workflowkittest.WithReplay(rapid.Int64().Draw(t, "seed")))
		if err != nil {
			t.Fatal(err)
		}
		memo := map[string]json.RawMessage{}
		asked := map[string][]string{}
		for i, step := range full.Steps {
			p := &prefix{memo: memo}
			in := workflowkit.RunInput{RunID: "r", Event: event, Definition: &workflowkit.Definition{ID: "test", JSON: json.RawMessage(definition)}}
			if _, err := engine.Run(context.Background(), p, in); !errors.Is(err, workflowkit.ErrSuspended) {
				t.Fatalf("with %d of %d steps: got %v, want ErrSuspended", i, len(full.Steps), err)
			}
			now := map[string][]string{}
			for _, id := range p.asked {
				// Items of a list are as independent as actions are.
				node := id[:max(0, strings.LastIndexByte(id, '/'))]
				now[node] = append(now[node], id)
			}
			for node, before := range asked {
				if len(now[node]) < len(before) || !slices.Equal(before, now[node][:len(before)]) {
					t.Errorf("with %d steps, %s asked for %v, and before for %v", i, node, now[node], before)
				}
			}
			asked = now
			output := step.Output
			if output == nil {
				output = json.RawMessage("null")
			}
			memo[step.ID] = output
		}
		p := &prefix{memo: memo}
		in := workflowkit.RunInput{RunID: "r", Event: event, Definition: &workflowkit.Definition{ID: "test", JSON: json.RawMessage(definition)}}
		result, err := engine.Run(context.Background(), p, in)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(full.Run, result, cmpopts.IgnoreTypes(time.Time{})); diff != "" { // these tools know no times
			t.Errorf("the replay with all steps has another result (-run +replay):\n%s", diff)
		}
	})
}
