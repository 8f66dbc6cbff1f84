package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// trace is an action that records the order in which its steps are executed, and returns its inputs.
func trace(log *[]string) workflowkit.Action {
	return workflowkit.DefineUntyped(workflowkit.Spec{Kind: "trace"},
		func(ctx context.Context, run *workflowkit.Run, inputs map[string]any) (any, error) {
			return inputs, workflowkit.Do(ctx, "do", func(context.Context) error {
				*log = append(*log, run.Action.ID)
				return nil
			})
		})
}

// slow is an action that sleeps for inputs.hours between two steps.
func slow(log *[]string) workflowkit.Action {
	type input struct {
		Hours int `json:"hours"`
	}
	return workflowkit.Define(workflowkit.Spec{Kind: "slow"},
		func(ctx context.Context, run *workflowkit.Run, in input) (struct{}, error) {
			step := func(name string) error {
				return workflowkit.Do(ctx, name, func(context.Context) error {
					*log = append(*log, run.Action.ID+"."+name)
					return nil
				})
			}
			if err := step("before"); err != nil {
				return struct{}{}, err
			}
			if err := workflowkit.Sleep(ctx, "sleep", time.Duration(in.Hours)*time.Hour); err != nil {
				return struct{}{}, err
			}
			return struct{}{}, step("after")
		})
}

// broken is an action that fails for good.
func broken() workflowkit.Action {
	return workflowkit.DefineUntyped(workflowkit.Spec{Kind: "broken"},
		func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
			return nil, workflowkit.Do(ctx, "do", func(context.Context) error { return errors.New("no luck") })
		})
}

// graph writes a workflow of trace actions from edges such as "$source>a", "a>b if !ref($.output.ok)". An id that
// starts with s is slow, one that starts with x broken.
func graph(edges ...string) string {
	type m = map[string]any
	var (
		out  = m{"actions": []any{}, "edges": []any{}}
		seen = map[string]bool{workflowkit.SourceID: true}
	)
	for _, text := range edges {
		ends, rest, conditional := strings.Cut(text, " ")
		from, to, _ := strings.Cut(ends, ">")
		edge := m{"from": from, "to": to}
		if conditional {
			kind, ref, _ := strings.Cut(rest, " ")
			edge["conditional"] = m{"type": kind, "ref": ref}
		}
		out["edges"] = append(out["edges"].([]any), edge)
		for _, id := range []string{from, to} {
			if seen[id] {
				continue
			}
			seen[id] = true
			action := m{"id": id, "kind": "trace"}
			switch id[0] {
			case 's':
				action["kind"], action["inputs"] = "slow", m{"hours": 24}
			case 'x':
				action["kind"] = "broken"
			}
			out["actions"] = append(out["actions"].([]any), action)
		}
	}
	raw, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func TestSchedule(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		graph []string
		event string
		want  []string
		// times is how long the run takes.
		times time.Duration
		err   string
	}{
		"rule 4: siblings run in the order of their edges, breadth first": {
			graph: []string{"$source>a", "$source>b", "a>c", "b>d", "a>e"},
			want:  []string{"a", "b", "c", "e", "d"},
		},
		"rule 1 and 3: an uneven diamond joins once, after its longer side": {
			graph: []string{"$source>a", "a>b", "b>c", "c>d", "a>d"},
			want:  []string{"a", "b", "c", "d"},
		},
		"rule 1: a diamond with a tail runs each node once": {
			graph: []string{"$source>a", "a>b", "a>c", "b>d", "c>d", "d>e"},
			want:  []string{"a", "b", "c", "d", "e"},
		},
		"rule 2: what follows a false edge is skipped": {
			graph: []string{"$source>a if !ref($.event.data.no)", "a>b", "b>c", "$source>d else !ref($.event.data.no)"},
			want:  []string{"d"},
		},
		"rule 2: a join runs when one of its edges is taken": {
			graph: []string{"$source>a", "a>b if !ref($.event.data.no)", "a>c else !ref($.event.data.no)", "b>d", "c>d"},
			want:  []string{"a", "c", "d"},
		},
		"rule 5: a wait in one branch does not hold up another": {
			graph: []string{"$source>s1", "$source>a", "a>b", "s1>z", "b>z"},
			want:  []string{"s1.before", "a", "b", "s1.after", "z"},
			times: 24 * time.Hour,
		},
		"rule 5: two waits at once take as long as one": {
			graph: []string{"$source>s1", "$source>s2"},
			want:  []string{"s1.before", "s2.before", "s1.after", "s2.after"},
			times: 24 * time.Hour,
		},
		"rule 13: a failed action fails the run and names what was completed": {
			graph: []string{"$source>a", "a>x", "x>b"},
			want:  []string{"a"},
			err:   `action "x" (kind "broken"): step "do": no luck (completed before: a)`,
			times: 14 * time.Second,
		},
		"rule 13: branches beside a failed action are finished": {
			graph: []string{"$source>x", "$source>s1", "x>b", "s1>c"},
			want:  []string{"s1.before", "s1.after", "c"},
			err:   `action "x" (kind "broken"): step "do": no luck`,
			times: 24 * time.Hour,
		},
	}
	for name, tc := range cases {
		for _, mode := range []string{"at once", "with replays"} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				var log []string
				engine, err := workflowkit.New(workflowkit.WithActions(trace(&log), slow(&log), broken()))
				if err != nil {
					t.Fatal(err)
				}
				options := []workflowkittest.Option{workflowkittest.WithWorkflow(graph(tc.graph...))}
				if mode == "with replays" {
					options = append(options, workflowkittest.WithReplay(1))
				}
				event := workflowkit.Event{Name: "test", Data: json.RawMessage(`{"no":false}`)}
				result, err := workflowkittest.Run(t.Context(), engine, event, options...)
				if got := fmt.Sprint(err); tc.err == "" && err != nil || tc.err != "" && got != tc.err {
					t.Errorf("error: got %v, want %q", err, tc.err)
				}
				if mode == "at once" {
					if diff := cmp.Diff(tc.want, log); diff != "" {
						t.Errorf("order of steps (-want +got):\n%s", diff)
					}
				}
				if result.Elapsed != tc.times {
					t.Errorf("elapsed: got %v, want %v", result.Elapsed, tc.times)
				}
				seen := map[string]int{}
				for _, s := range log {
					seen[s]++
				}
				for _, s := range tc.want {
					if seen[s] != 1 {
						t.Errorf("rule 1: %s was executed %d times", s, seen[s])
					}
				}
				if len(log) != len(tc.want) {
					t.Errorf("got steps %q, want %q", log, tc.want)
				}
			})
		}
	}
}
