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

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

func TestEngineIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	engine := echoEngine(t, workflowkit.WithPlanCache(2))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for k := range 20 {
				definition := generateEcho(3+(i+k)%4, fmt.Sprint(k%5))
				event := workflowkit.Event{Name: "test", Data: json.RawMessage(fmt.Sprintf(`{"n":%d}`, i))}
				result, err := workflowkittest.Run(context.Background(), engine, event, workflowkittest.WithWorkflow(definition))
				if err != nil {
					t.Error(err)
					return
				}
				if last := result.Run.Actions[len(result.Run.Actions)-1]; string(last.Output) != fmt.Sprintf(`{"n":%d,"text":"%s"}`, i, fmt.Sprint(k%5)) {
					t.Errorf("run %d: got %s", i, last.Output)
				}
				if problems := engine.Validate(json.RawMessage(strings.ReplaceAll(definition, "echo", "ehco"))); len(problems) != len(result.Run.Actions) {
					t.Errorf("got %d findings", len(problems))
				}
			}
		}()
	}
	wg.Wait()
}

// generateEcho writes a fork: one action, and n behind it.
func generateEcho(n int, text string) string {
	actions := []string{`{"id":"0","kind":"echo","inputs":{"n":"!ref($.event.data.n)"}}`}
	edges := []string{`{"from":"$source","to":"0"}`}
	for i := range n {
		actions = append(actions, fmt.Sprintf(`{"id":"%d","kind":"echo","inputs":{"n":"!ref($.state.0.n)","text":%q}}`, i+1, text))
		edges = append(edges, fmt.Sprintf(`{"from":"0","to":"%d"}`, i+1))
	}
	return fmt.Sprintf(`{"actions":[%s],"edges":[%s]}`, strings.Join(actions, ","), strings.Join(edges, ","))
}

// asking notes the ids of all steps that are asked for.
type asking struct {
	direct
	ids []string
}

func (a *asking) Run(ctx context.Context, id string, fn func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	a.ids = append(a.ids, id)
	return fn(ctx)
}

// Rule 4: nothing in the engine is random, not even the order of Go's maps.
func TestTheOrderOfStepsIsAlwaysTheSame(t *testing.T) {
	t.Parallel()
	step := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "trace"}, func(ctx context.Context, _ *workflowkit.Run, inputs map[string]any) (any, error) {
		return inputs, workflowkit.Do(ctx, "do", func(context.Context) error { return nil })
	})
	engine, err := workflowkit.New(workflowkit.WithActions(step))
	if err != nil {
		t.Fatal(err)
	}
	definition := graph("$source>a", "$source>b", "a>c", "a>d", "b>d", "b>e", "c>f", "d>f", "e>g", "f>h", "g>h", "$source>i", "i>h")
	in := workflowkit.RunInput{Definition: &workflowkit.Definition{JSON: json.RawMessage(definition)}}
	var first []string
	for range 1000 {
		tools := &asking{}
		if _, err := engine.Run(t.Context(), tools, in); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = tools.ids
		} else if !slices.Equal(first, tools.ids) {
			t.Fatalf("got %v, then %v", first, tools.ids)
		}
	}
	want := []string{"$load", "a/do", "b/do", "i/do", "c/do", "d/do", "e/do", "f/do", "g/do", "h/do", "$finish"}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("rule 4: breadth first, in the order of the edges (-want +got):\n%s", diff)
	}
}

// Rule 6: a workflow in which only one action can run at a time has no group.
func TestSerialWorkflowsStaySerial(t *testing.T) {
	t.Parallel()
	for name, edges := range map[string][]string{
		"a chain":                              {"$source>a", "a>b", "b>c"},
		"an if with both branches":             {"$source>a", "a>b if !ref($.output.x)", "a>c else !ref($.output.x)", "b>d", "c>d"},
		"a fork with one branch that is taken": {"$source>a if !ref($.event.data.no)", "$source>b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tools := &asking{}
			engine := echoEngine(t)
			definition := strings.ReplaceAll(graph(edges...), `"kind":"trace"`, `"kind":"echo"`)
			in := workflowkit.RunInput{Definition: &workflowkit.Definition{JSON: json.RawMessage(definition)}}
			if _, err := engine.Run(t.Context(), tools, in); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"$load"}, tools.ids); diff != "" {
				t.Errorf("rule 6: steps (-want +got):\n%s", diff)
			}
		})
	}
}

// Rule 12: two actions may have steps of the same name.
func TestActionsDoNotShareSteps(t *testing.T) {
	t.Parallel()
	both := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "same"}, func(ctx context.Context, run *workflowkit.Run, _ map[string]any) (any, error) {
		return workflowkit.Step(ctx, "do", func(context.Context) (string, error) { return "of " + run.Action.ID, nil })
	})
	for mode, options := range modes() {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			engine, err := workflowkit.New(workflowkit.WithActions(both))
			if err != nil {
				t.Fatal(err)
			}
			definition := strings.ReplaceAll(graph("$source>a", "$source>b", "a>c", "b>c"), `"kind":"trace"`, `"kind":"same"`)
			result, err := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "test"}, append(options, workflowkittest.WithWorkflow(definition))...)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range []string{"a", "b", "c"} {
				step, ok := result.Step(id + "/do")
				if a, _ := result.Run.Action(id); !ok || string(a.Output) != `"of `+id+`"` || string(step.Output) != string(a.Output) {
					t.Errorf("rule 12: %s returned %s, its step %+v", id, a.Output, step)
				}
			}
		})
	}
}

func TestOutputsOfEarlierActions(t *testing.T) {
	t.Parallel()
	asks := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "asks"}, func(_ context.Context, run *workflowkit.Run, _ map[string]any) (any, error) {
		out := map[string]any{}
		for _, id := range []string{"a", "b", "c", "x"} {
			if raw, ok := run.Output(id); ok {
				out[id] = raw
			}
		}
		return out, nil
	})
	engine := echoEngine(t, workflowkit.WithActions(asks))
	definition := `{"actions":[{"id":"a","kind":"echo","inputs":{"n":1}},{"id":"b","kind":"echo"},{"id":"c","kind":"asks"}],
		"edges":[{"from":"$source","to":"a"},{"from":"$source","to":"b"},{"from":"a","to":"c"}]}`
	result, err := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "test"}, workflowkittest.WithWorkflow(definition))
	if err != nil {
		t.Fatal(err)
	}
	if c, _ := result.Run.Action("c"); string(c.Output) != `{"a":{"n":1}}` {
		t.Errorf("rule 4: an action sees what lies before it, and nothing else: got %s", c.Output)
	}
	if _, ok := (&workflowkit.Run{}).Output("a"); ok {
		t.Error("a run without state has an output")
	}
	(&workflowkit.Run{}).Logger().Info("nobody hears this")
}

func TestResultOfAFailedRun(t *testing.T) {
	t.Parallel()
	fails := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "fails"}, func(context.Context, *workflowkit.Run, map[string]any) (any, error) {
		return nil, workflowkit.NoRetryError(errors.New("no luck"))
	})
	engine := echoEngine(t, workflowkit.WithActions(fails))
	definition := `{"name":"Demo","actions":[{"id":"a","kind":"echo","name":"First","inputs":{"n":1}},{"id":"b","kind":"fails","inputs":{"x":"!ref($.state.a.n)"}},
		{"id":"c","kind":"echo"},{"id":"d","kind":"echo"}],
		"edges":[{"id":"e1","from":"$source","to":"a"},{"from":"a","to":"b"},{"from":"b","to":"c"},{"from":"a","to":"d","conditional":{"type":"if","ref":"!ref($.output.nothing)"}}]}`
	result, err := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "test"}, workflowkittest.WithWorkflow(definition))
	var failed *workflowkit.ActionError
	if !errors.As(err, &failed) || failed.ActionID != "b" || failed.Kind != "fails" || !slices.Equal(failed.Completed, []string{"a"}) {
		t.Fatalf("rule 13: got %v", err)
	}
	golden(t, "result/failed.golden.json", indented(t, result.Run))
}
