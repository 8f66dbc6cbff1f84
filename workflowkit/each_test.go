package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// forEach is a workflow of one for_each over the list in the event, with an error edge.
func forEach(inputs string) string {
	return fmt.Sprintf(`{"actions":[{"id":"each","kind":"builtin:for_each","inputs":{"items":"!ref($.event.data.items)",%s}},
		{"id":"after","kind":"echo","inputs":{"first":"!ref($.state.each.results[0])"}},{"id":"rescue","kind":"echo","inputs":{"why":"!ref($.state.each.error)"}}],
		"edges":[{"from":"$source","to":"each"},{"from":"each","to":"after"},{"from":"each","to":"rescue","conditional":{"type":"error"}}]}`, inputs)
}

// eachLog is what the items of a for_each have done, in order.
type eachLog struct {
	mu   sync.Mutex
	done []string
}

func (l *eachLog) note(format string, args ...any) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	what := fmt.Sprintf(format, args...)
	l.done = append(l.done, what)
	n := 0
	for _, d := range l.done {
		if d == what {
			n++
		}
	}
	return n
}

// work is an action of two steps for an item {"name", "hours", "fails", "flaky"}: it sleeps between them if there are hours,
// and fails in the first one if it is to fail.
func (l *eachLog) work() workflowkit.Action {
	type input struct {
		Item struct {
			Name  string `json:"name"`
			Hours int    `json:"hours,omitempty"`
			Fails bool   `json:"fails,omitempty"`
			Flaky int    `json:"flaky,omitempty"`
		} `json:"item"`
		Index int    `json:"index"`
		Text  string `json:"text,omitempty"`
	}
	type output struct {
		Name string `json:"name"`
		Text string `json:"text,omitempty"`
	}
	return workflowkit.Define(workflowkit.Spec{Kind: "work"}, func(ctx context.Context, run *workflowkit.Run, in input) (output, error) {
		if want := fmt.Sprintf("each/%d", in.Index); run.Action.ID != want {
			return output{}, workflowkit.NoRetryError(fmt.Errorf("the action's id is %s, want %s", run.Action.ID, want))
		}
		_, err := workflowkit.Step(ctx, "one", func(context.Context) (int, error) {
			n := l.note("%s.one", in.Item.Name)
			if in.Item.Fails || n <= in.Item.Flaky {
				return 0, fmt.Errorf("%s is broken", in.Item.Name)
			}
			return n, nil
		})
		if err != nil {
			return output{}, err
		}
		if in.Item.Hours > 0 {
			if err := workflowkit.Sleep(ctx, "sleep", time.Duration(in.Item.Hours)*time.Hour); err != nil {
				return output{}, err
			}
		}
		return output{in.Item.Name, in.Text}, workflowkit.Do(ctx, "two", func(context.Context) error { l.note("%s.two", in.Item.Name); return nil })
	})
}

func runEach(t *testing.T, definition, items string, options ...workflowkittest.Option) (*workflowkittest.Result, *eachLog) {
	t.Helper()
	l := &eachLog{}
	engine, err := workflowkit.New(quiet(), workflowkit.WithActions(l.work(), workflowkit.DefineUntyped(workflowkit.Spec{Kind: "echo"}, echo)))
	if err != nil {
		t.Fatal(err)
	}
	if problems := engine.Validate(json.RawMessage(definition)); len(problems) > 0 {
		t.Fatalf("the workflow is not valid: %v", problems)
	}
	event := workflowkit.Event{ID: "e", Name: "test", Data: json.RawMessage(`{"items":` + items + `,"word":"hello"}`)}
	options = append([]workflowkittest.Option{workflowkittest.WithWorkflow(definition), workflowkittest.WithRetries(1)}, options...)
	result, err := workflowkittest.Run(t.Context(), engine, event, options...)
	if err != nil {
		t.Fatal(err)
	}
	return result, l
}

const workOnIt = `"action":{"kind":"work","inputs":{"item":"!ref($.item)","index":"!ref($.index)"}}`

func TestForEach(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		inputs, items string
		// output is that of the for_each; err is in its error.
		output, err string
		// done is what was done: in this order with one item at a time, in any order with more.
		done []string
		// never is what must not have been done.
		never   []string
		elapsed time.Duration
	}{
		"one item after another, results in order": {
			inputs: workOnIt, items: `[{"name":"a"},{"name":"b","hours":2},{"name":"c"}]`,
			output: `{"results":[{"name":"a"},{"name":"b"},{"name":"c"}],"errors":[]}`,
			done:   []string{"a.one", "a.two", "b.one", "b.two", "c.one", "c.two"}, elapsed: 2 * time.Hour,
		},
		"an empty list": {inputs: workOnIt, items: `[]`, output: `{"results":[],"errors":[]}`},
		"refs see the item, its index, and what lies before": {
			inputs: `"action":{"kind":"work","inputs":{"item":{"name":"!ref($.item.name)"},"index":"!ref($.index)","text":"!ref($.event.data.word) !ref($.item.tags[0]) !ref($.index)"}}`,
			items:  `[{"name":"a","tags":["x"]},{"name":"b","tags":["!ref($.event)"]}]`,
			output: `{"results":[{"name":"a","text":"hello x 0"},{"name":"b","text":"hello !ref($.event) 1"}],"errors":[]}`,
		},
		"a wait in one item does not hold up others": {
			inputs: workOnIt + `,"concurrency":2`, items: `[{"name":"a","hours":5},{"name":"b","hours":1},{"name":"c","hours":1},{"name":"d","hours":1},{"name":"e","hours":1}]`,
			output: `{"results":[{"name":"a"},{"name":"b"},{"name":"c"},{"name":"d"},{"name":"e"}],"errors":[]}`,
			done:   []string{"a.one", "a.two", "b.one", "b.two", "c.one", "c.two", "d.one", "d.two", "e.one", "e.two"}, elapsed: 5 * time.Hour,
		},
		"concurrency bounds what is going on at once": {
			inputs: workOnIt + `,"concurrency":2`, items: `[{"name":"a","hours":1},{"name":"b","hours":1},{"name":"c","hours":1},{"name":"d","hours":1}]`,
			output: `{"results":[{"name":"a"},{"name":"b"},{"name":"c"},{"name":"d"}],"errors":[]}`, elapsed: 2 * time.Hour,
		},
		"an item that fails stops the rest": {
			inputs: workOnIt, items: `[{"name":"a"},{"name":"b","fails":true},{"name":"c"}]`,
			err: `item 1: step "1/one": b is broken`, done: []string{"a.one", "a.two", "b.one", "b.one"},
		},
		"items in flight are finished when one fails, and no further one is started": {
			inputs: workOnIt + `,"concurrency":2`, items: `[{"name":"a","fails":true},{"name":"b","hours":1},{"name":"c"},{"name":"d"}]`,
			err: `item 0: step "0/one": a is broken`, done: []string{"a.one", "a.one", "b.one", "b.two"}, never: []string{"c.one", "d.one"},
		},
		"two items that fail": {
			inputs: workOnIt + `,"concurrency":5`, items: `[{"name":"a"},{"name":"b","fails":true},{"name":"c","fails":true}]`,
			err: `item 1: step "1/one": b is broken (2 items have failed)`,
		},
		"errors can be collected": {
			inputs: workOnIt + `,"errors":"collect"`, items: `[{"name":"a","fails":true},{"name":"b"},{"name":"c","fails":true}]`,
			output: `{"results":[null,{"name":"b"},null],"errors":[{"index":0,"error":"step \"0/one\": a is broken"},{"index":2,"error":"step \"2/one\": c is broken"}]}`,
		},
		"errors can be collected from items at once": {
			inputs: workOnIt + `,"errors":"collect","concurrency":2`, items: `[{"name":"a","fails":true},{"name":"b"},{"name":"c","fails":true},{"name":"d"}]`,
			output: `{"results":[null,{"name":"b"},null,{"name":"d"}],"errors":[{"index":0,"error":"step \"0/one\": a is broken"},{"index":2,"error":"step \"2/one\": c is broken"}]}`,
		},
		"an input that does not fit fails its item": {
			inputs: workOnIt, items: `[{"name":"a"},{"name":7}]`, err: `item 1: inputs of action "each/1" (kind "work"): /item/name: input "item/name": got number, want string`,
		},
		"more items than are allowed": {
			inputs: workOnIt + `,"limit":2`, items: `[1,2,3]`, err: "the list has 3 items, at most 2 are allowed", done: []string{},
		},
		"retries of the action are those of each item's steps": {
			inputs: `"action":{"kind":"work","retries":3,"inputs":{"item":"!ref($.item)","index":"!ref($.index)"}},"concurrency":3`,
			items:  `[{"name":"a","flaky":3},{"name":"b","flaky":3}]`, output: `{"results":[{"name":"a"},{"name":"b"}],"errors":[]}`,
		},
		"a timeout of the action is that of each item": {
			inputs: `"action":{"kind":"work","timeout":"90m","inputs":{"item":"!ref($.item)","index":"!ref($.index)"}},"errors":"collect"`,
			items:  `[{"name":"a","hours":1},{"name":"b","hours":2},{"name":"c","hours":1}]`,
			output: `{"results":[{"name":"a"},null,{"name":"c"}],"errors":[{"index":1,"error":"action \"each/1\" took longer than its timeout of 1h30m0s"}]}`, elapsed: 210 * time.Minute,
		},
		"a built-in action": {
			inputs: `"action":{"kind":"builtin:delay","inputs":{"duration":"!ref($.item)"}},"concurrency":9`, items: `["1h","2h","30m"]`,
			output: `{"results":[{},{},{}],"errors":[]}`, elapsed: 2 * time.Hour,
		},
	} {
		for mode, options := range modes() {
			t.Run(name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				result, l := runEach(t, forEach(tc.inputs), tc.items, options...)
				each, _ := result.Run.Action("each")
				if tc.err != "" && (each.Status != workflowkit.StatusFailed || !strings.Contains(each.Error, tc.err)) {
					t.Fatalf("the action is %+v, want the error %q", each, tc.err)
				}
				if tc.output != "" && string(each.Output) != tc.output {
					t.Errorf("output: %s %s\nwant:   %s", each.Output, each.Error, tc.output)
				}
				if rescue, _ := result.Run.Action("rescue"); (rescue.Status == workflowkit.StatusCompleted) != (tc.err != "") {
					t.Errorf("the error edge leads to %+v", rescue)
				}
				if tc.done != nil {
					done := slices.Clone(l.done)
					if strings.Contains(tc.inputs, "concurrency") {
						slices.Sort(done)
					}
					if diff := cmp.Diff(tc.done, append([]string{}, done...)); diff != "" {
						t.Errorf("what was done (-want +got):\n%s", diff)
					}
				}
				for _, never := range tc.never {
					if slices.Contains(l.done, never) {
						t.Errorf("%s was done: %v", never, l.done)
					}
				}
				if tc.elapsed > 0 && result.Elapsed != tc.elapsed {
					t.Errorf("%v have passed, want %v", result.Elapsed, tc.elapsed)
				}
			})
		}
	}
}

// TestForEachStepIDs holds rule 12: the ids of steps carry the index.
func TestForEachStepIDs(t *testing.T) {
	t.Parallel()
	result, _ := runEach(t, forEach(workOnIt), `[{"name":"a"},{"name":"b"}]`)
	var ids []string
	for _, step := range result.Steps {
		ids = append(ids, step.ID)
	}
	want := []string{"$load", "each/0/one", "each/0/two", "each/1/one", "each/1/two"}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

// TestForEachNeverGoesBack holds rule 6: after a group of items nothing is executed serially, and a barrier closes it.
func TestForEachNeverGoesBack(t *testing.T) {
	t.Parallel()
	result, _ := runEach(t, forEach(workOnIt+`,"concurrency":2`), `[{"name":"a"},{"name":"b"}]`, workflowkittest.WithReplay(3))
	if last := result.Steps[len(result.Steps)-1]; last.ID != "$finish" {
		t.Errorf("the last step is %+v", last)
	}
}

// library is a loader with workflows by their ids.
type library struct {
	start     string
	workflows map[string]string
	mu        sync.Mutex
	loaded    map[string]int
}

func (l *library) LoadWorkflow(ctx context.Context, _ workflowkit.Event) (*workflowkit.Definition, error) {
	return l.LoadWorkflowByID(ctx, l.start)
}

func (l *library) LoadWorkflowByID(_ context.Context, id string) (*workflowkit.Definition, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loaded == nil {
		l.loaded = map[string]int{}
	}
	l.loaded[id]++
	text, ok := l.workflows[id]
	if !ok {
		return nil, nil
	}
	return &workflowkit.Definition{ID: id, Version: fmt.Sprint(l.loaded[id]), JSON: json.RawMessage(text)}, nil
}

func TestForEachRunsWorkflows(t *testing.T) {
	t.Parallel()
	outer := func(inputs string) string {
		return fmt.Sprintf(`{"actions":[{"id":"each","kind":"builtin:for_each","retries":0,"inputs":{"items":[3,8],"workflow":"inner",%s}}],
			"edges":[{"from":"$source","to":"each"}]}`, inputs)
	}
	inner := `{"actions":[{"id":"if","kind":"builtin:if","inputs":{"condition":{">":["!ref($.event.data.item)",5]}}},
			{"id":"big","kind":"count","inputs":{"n":"!ref($.event.data.item)"}},{"id":"nap","kind":"builtin:delay","inputs":{"duration":"1h"}}],
		"edges":[{"from":"$source","to":"if"},{"from":"$source","to":"nap"},
			{"from":"if","to":"big","conditional":{"type":"if","ref":"!ref($.output.result)"}},{"from":"if","to":"$sink","conditional":{"type":"else","ref":"!ref($.output.result)"}}]}`
	for name, tc := range map[string]struct {
		workflows map[string]string
		err       string
		// statuses of the inner actions, by item.
		statuses []map[string]workflowkit.Status
		loads    int
	}{
		"its result is the item's output": {
			workflows: map[string]string{"outer": outer(`"concurrency":2`), "inner": inner}, loads: 1,
			statuses: []map[string]workflowkit.Status{
				{"if": "completed", "big": "skipped", "nap": "completed"}, {"if": "completed", "big": "completed", "nap": "completed"},
			},
		},
		"one at a time": {
			workflows: map[string]string{"outer": outer(`"concurrency":1`), "inner": inner}, loads: 1,
			statuses: []map[string]workflowkit.Status{
				{"if": "completed", "big": "skipped", "nap": "completed"}, {"if": "completed", "big": "completed", "nap": "completed"},
			},
		},
		"data is what it sees": {
			workflows: map[string]string{"outer": outer(`"data":{"item":"!ref($.index)"}`), "inner": inner}, loads: 1,
			statuses: []map[string]workflowkit.Status{
				{"if": "completed", "big": "skipped", "nap": "completed"}, {"if": "completed", "big": "skipped", "nap": "completed"},
			},
		},
		"an action in it that fails fails the item": {
			workflows: map[string]string{"outer": outer(`"concurrency":2`), "inner": strings.Replace(inner, `"count"`, `"broken"`, 1)}, loads: 1,
			err: `item 1: action "big" (kind "broken"): step "1/big/do": broken`,
		},
		"it has to be there": {workflows: map[string]string{"outer": outer(`"limit":5`)}, err: "there is no workflow with this id", loads: 1},
		"it has to be valid": {workflows: map[string]string{"outer": outer(`"limit":5`), "inner": `{"actions":[{"id":"1","kind":"gone"}],"edges":[]}`}, err: `workflow "inner": invalid workflow: `, loads: 1},
		"it must not be endless": {
			workflows: map[string]string{"outer": outer(`"limit":5`), "inner": outer(`"limit":5`)}, err: `does "inner" run itself?`, loads: 15,
		},
	} {
		for mode, options := range modes() {
			t.Run(name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				l := &library{start: "outer", workflows: tc.workflows}
				calls := &eachLog{}
				engine, err := workflowkit.New(quiet(), workflowkit.WithLoader(l), workflowkit.WithActions(
					workflowkit.DefineUntyped(workflowkit.Spec{Kind: "broken"}, func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
						return nil, workflowkit.Do(ctx, "do", func(context.Context) error { calls.note("broken"); return errors.New("broken") })
					}),
					workflowkit.DefineUntyped(workflowkit.Spec{Kind: "count"}, func(ctx context.Context, run *workflowkit.Run, in map[string]any) (any, error) {
						return in, workflowkit.Do(ctx, "do", func(context.Context) error { calls.note("%s %v", run.Action.ID, in["n"]); return nil })
					})))
				if err != nil {
					t.Fatal(err)
				}
				result, err := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "test"}, options...)
				if tc.err != "" {
					if err == nil || !strings.Contains(err.Error(), tc.err) {
						t.Fatalf("error: got %v, want %q", err, tc.err)
					}
					if n := len(calls.done); strings.Contains(tc.err, "broken") && n != 1 {
						t.Errorf("retries of the for_each do not hold for what it runs: %d attempts", n)
					}
				} else if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(tc.err, "itself") {
					return // how often it is loaded depends on what fails first
				}
				if l.loaded["inner"] != tc.loads {
					t.Errorf("the workflow was loaded %d times, want %d", l.loaded["inner"], tc.loads)
				}
				if tc.err != "" {
					return
				}
				each, _ := result.Run.Action("each")
				var out struct{ Results []workflowkit.Result }
				if err := json.Unmarshal(each.Output, &out); err != nil {
					t.Fatal(err)
				}
				var statuses []map[string]workflowkit.Status
				for _, r := range out.Results {
					m := map[string]workflowkit.Status{}
					for _, a := range r.Actions {
						m[a.ID] = a.Status
					}
					statuses = append(statuses, m)
				}
				if diff := cmp.Diff(tc.statuses, statuses); diff != "" {
					t.Errorf("statuses (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// Without a loader that finds workflows by their ids, the error says so.
func TestForEachNeedsALoader(t *testing.T) {
	t.Parallel()
	_, err := runHandlers(t, `{"actions":[{"id":"each","kind":"builtin:for_each","inputs":{"items":[1],"workflow":"w"}}],"edges":[{"from":"$source","to":"each"}]}`, nil)
	if err == nil || !strings.Contains(err.Error(), "it has to be a WorkflowLoader") {
		t.Errorf("got %v", err)
	}
}

// TestForEachInDryRuns holds that items are mocked by their ids, and all else is real.
func TestForEachInDryRuns(t *testing.T) {
	t.Parallel()
	engine := dryEngine(t)
	definition := json.RawMessage(`{"actions":[{"id":"each","kind":"builtin:for_each","inputs":{"items":"!ref($.event.data.items)","errors":"collect",
			"action":{"kind":"anything","inputs":{"n":"!ref($.item)"}}}},
			{"id":"switch","kind":"builtin:for_each","inputs":{"items":"!ref($.event.data.items)","concurrency":2,
			"action":{"kind":"builtin:switch","inputs":{"value":"!ref($.item)","cases":[{"name":"one","value":1}]}}}},
			{"id":"flow","kind":"builtin:for_each","inputs":{"items":[1],"workflow":"w"}},
			{"id":"whole","kind":"builtin:for_each","inputs":{"items":[1],"workflow":"w"}}],
		"edges":[{"from":"$source","to":"each"},{"from":"each","to":"switch"},{"from":"switch","to":"flow"},{"from":"flow","to":"whole"}]}`)
	result, err := engine.DryRun(t.Context(), definition, workflowkit.DryRunInput{
		Event: workflowkit.Event{Name: "test", Data: json.RawMessage(`{"items":[1,2,3]}`)},
		Outputs: rawMap(map[string]string{
			"each/1": `{"ok":true}`, "each/2": `{"$error":"no luck"}`, "flow/0": `"done"`, "whole": `{"results":[7],"errors":[]}`, "each/9": `1`,
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, a := range result.Actions {
		got[a.ID] = string(a.Output) + a.Error
	}
	want := map[string]string{
		"each":   `{"results":[null,{"ok":true},null],"errors":[{"index":2,"error":"no luck"}]}`,
		"switch": `{"results":[{"case":"one"},{"case":"default"},{"case":"default"}],"errors":[]}`,
		"flow":   `{"results":["done"],"errors":[]}`,
		"whole":  `{"results":[7],"errors":[]}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"each/9"}, result.Unused); diff != "" {
		t.Errorf("unused (-want +got):\n%s", diff)
	}
}

// Items can be faked by their ids, and by the kind that is run for each.
func TestForEachCanBeFaked(t *testing.T) {
	t.Parallel()
	result, l := runEach(t, forEach(workOnIt), `[{"name":"a"},{"name":"b"}]`,
		workflowkittest.WithOutput("each/1", map[string]string{"name": "fake"}))
	if each, _ := result.Run.Action("each"); string(each.Output) != `{"results":[{"name":"a"},{"name":"fake"}],"errors":[]}` {
		t.Errorf("output: %s", each.Output)
	}
	if diff := cmp.Diff([]string{"a.one", "a.two"}, l.done); diff != "" {
		t.Errorf("what was done (-want +got):\n%s", diff)
	}
	result, _ = runEach(t, forEach(workOnIt), `[{"name":"a"}]`, workflowkittest.WithOutput("work", map[string]string{"name": "fake"}))
	if each, _ := result.Run.Action("each"); string(each.Output) != `{"results":[{"name":"fake"}],"errors":[]}` {
		t.Errorf("output: %s", each.Output)
	}
}

// What is secret in the action's schema is secret in what it returns for each item.
func TestForEachKeepsSecrets(t *testing.T) {
	t.Parallel()
	type input struct {
		Key string `json:"key" jsonschema_extras:"writeOnly=true"`
	}
	type output struct {
		Token string `json:"token" jsonschema_extras:"writeOnly=true"`
		Name  string `json:"name"`
	}
	engine, err := workflowkit.New(quiet(), workflowkit.WithActions(workflowkit.Define(workflowkit.Spec{Kind: "login"},
		func(_ context.Context, _ *workflowkit.Run, in input) (output, error) {
			return output{"token-" + in.Key, "n"}, nil
		})))
	if err != nil {
		t.Fatal(err)
	}
	result, err := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "test"}, workflowkittest.WithWorkflow(
		`{"actions":[{"id":"each","kind":"builtin:for_each","inputs":{"items":[1],"action":{"kind":"login","inputs":{"key":"sesame"}}}}],"edges":[{"from":"$source","to":"each"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	each, _ := result.Run.Action("each")
	if strings.Contains(string(each.Inputs)+string(each.Output), "sesame") || !strings.Contains(string(each.Output), `"name":"n"`) {
		t.Errorf("inputs %s, output %s", each.Inputs, each.Output)
	}
}
