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
)

// priced returns an engine with actions that cost something: s executes two steps, w one and a wait, a one that
// announces its wait, v one to three, u nobody knows what.
func priced(t testing.TB) *workflowkit.Engine {
	t.Helper()
	exactly := workflowkit.Exactly
	var actions []workflowkit.Action
	for _, spec := range []workflowkit.Spec{
		{Kind: "s", NeverWaits: true, Cost: &workflowkit.Cost{Steps: exactly(2), Bytes: exactly(20)}},
		{Kind: "w", Cost: &workflowkit.Cost{Steps: exactly(1), Waits: exactly(1), Bytes: exactly(14)}},
		{Kind: "a", Cost: &workflowkit.Cost{Steps: exactly(1), Waits: exactly(1), Announced: exactly(1), Bytes: workflowkit.AtLeast(8)}},
		{Kind: "v", NeverWaits: true, Cost: &workflowkit.Cost{Steps: workflowkit.Between(1, 3), Bytes: workflowkit.Between(10, 30)}},
		{Kind: "u"},
	} {
		actions = append(actions, workflowkit.DefineUntyped(spec, func(context.Context, *workflowkit.Run, map[string]any) (any, error) { return nil, nil }))
	}
	engine, err := workflowkit.New(workflowkit.WithActions(actions...))
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

func TestEstimate(t *testing.T) {
	t.Parallel()
	branch := func(condition string, edges ...string) string {
		out := lettered(edges...)
		for i, from := range []string{"if", "else"} {
			to := fmt.Sprintf(`"to":"%s%d"`, condition, i+2)
			out = strings.Replace(out, to, to+fmt.Sprintf(`,"conditional":{"type":%q,"ref":"!ref($.event.data.x)"}`, from), 1)
		}
		return out
	}
	cases := map[string]struct {
		definition string
		model      workflowkit.CostModel
		want       string
		unknown    string
	}{
		"no definition":                 {"null", workflowkit.CostModel{}, "calls 1, steps 1, waits 0, checkpoints 1", ""},
		"a chain":                       {lettered("$source>s1", "s1>s2"), workflowkit.CostModel{}, "calls 1, steps 5, waits 0, checkpoints 5", ""},
		"a chain without checkpoints":   {lettered("$source>s1", "s1>s2"), workflowkit.CostModel{NoCheckpoints: true}, "calls 6, steps 5, waits 0, checkpoints 0", ""},
		"a timeout":                     {strings.Replace(lettered("$source>s1"), `"kind":"s"`, `"kind":"s","timeout":"1m"`, 1), workflowkit.CostModel{}, "calls 1, steps 4, waits 0, checkpoints 4", ""},
		"a timeout of a wait":           {strings.Replace(lettered("$source>w1"), `"kind":"w"`, `"kind":"w","timeout":"1m"`, 1), workflowkit.CostModel{}, "calls 2, steps 3 to 4, waits 1, checkpoints 3 to 4", ""},
		"a wait":                        {lettered("$source>s1", "s1>w2", "w2>s3"), workflowkit.CostModel{}, "calls 2, steps 6, waits 1, checkpoints 6", ""},
		"an announced wait":             {lettered("$source>s1", "s1>a2"), workflowkit.CostModel{}, "calls 2 to 3, steps 4, waits 1, checkpoints 3 to 4", ""},
		"a fork that never waits":       {lettered("$source>s1", "s1>s2", "s1>s3", "s2>s4", "s3>s4"), workflowkit.CostModel{}, "calls 7, steps 9, waits 0, checkpoints 5", ""},
		"a fork that may wait":          {lettered("$source>s1", "s1>s2", "s1>w3", "s2>s4", "w3>s4"), workflowkit.CostModel{}, "calls 14, steps 9, waits 1, checkpoints 3", ""},
		"a number of steps that varies": {lettered("$source>v1"), workflowkit.CostModel{}, "calls 1, steps 2 to 4, waits 0, checkpoints 2 to 4", ""},
		"an action nobody knows":        {lettered("$source>u1"), workflowkit.CostModel{}, "calls at least 1, steps at least 1, waits at least 0, checkpoints at least 1", "u1"},
		"one branch or the other": {
			branch("s", "$source>s1", "s1>s2", "s1>s3", "s3>w4"), workflowkit.CostModel{}, "calls 1 to 2, steps 5 to 6, waits 0 to 1, checkpoints 5 to 6", "",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := priced(t).Estimate(workflowkit.Definition{JSON: json.RawMessage(tc.definition)}, tc.model)
			if err != nil {
				t.Fatal(err)
			}
			text := fmt.Sprintf("calls %v, steps %v, waits %v, checkpoints %v", got.Calls, got.Steps, got.Waits, got.Checkpoints)
			if text != tc.want || strings.Join(got.Unknown, " ") != tc.unknown || !got.Exact {
				t.Errorf("estimate is\n%s, want\n%s; %+v", text, tc.want, got)
			}
		})
	}
}

func TestEstimateOfWhatCannotRun(t *testing.T) {
	t.Parallel()
	var invalid *workflowkit.InvalidError
	_, err := priced(t).Estimate(workflowkit.Definition{JSON: json.RawMessage(lettered("$source>x1"))}, workflowkit.CostModel{})
	if !errors.As(err, &invalid) {
		t.Errorf("error is %v", err)
	}
}

// With too many paths to look at, the ranges are wide, and still right.
func TestEstimateOfManyPaths(t *testing.T) {
	t.Parallel()
	var w workflowkit.Workflow
	last := workflowkit.SourceID
	for i := range 300 {
		edge := func(from, to, kind string) {
			e := workflowkit.Edge{From: from, To: to}
			if kind != "" {
				e.Conditional = &workflowkit.Conditional{Type: kind, Ref: "!ref($.event.data.x)"}
			}
			w.Edges = append(w.Edges, e)
		}
		a, b, c := fmt.Sprintf("a%d", i), fmt.Sprintf("b%d", i), fmt.Sprintf("c%d", i)
		edge(last, a, workflowkit.ConditionIf)
		edge(last, b, workflowkit.ConditionElse)
		edge(a, c, "")
		edge(b, c, "")
		w.Actions = append(w.Actions, workflowkit.WorkflowAction{ID: a, Kind: "s"}, workflowkit.WorkflowAction{ID: b, Kind: "v"}, workflowkit.WorkflowAction{ID: c, Kind: "s"})
		last = c
	}
	raw, err := json.Marshal(&w)
	if err != nil {
		t.Fatal(err)
	}
	engine, start := priced(t), time.Now()
	got, err := engine.Estimate(workflowkit.Definition{JSON: raw}, workflowkit.CostModel{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Exact || !got.Steps.Contains(1+300*4) || !got.Calls.Contains(1) || !got.Checkpoints.Contains(1+300*4) || got.Steps.Max == workflowkit.Unbounded {
		t.Errorf("estimate is %+v", got)
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("the estimate took %v", d)
	}
}

func TestRange(t *testing.T) {
	t.Parallel()
	for text, r := range map[string]workflowkit.Range{
		"3": workflowkit.Exactly(3), "1 to 3": workflowkit.Between(1, 3), "at least 2": workflowkit.AtLeast(2),
	} {
		raw, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var back workflowkit.Range
		if err := json.Unmarshal(raw, &back); err != nil || back != r || r.String() != text {
			t.Errorf("%s is %s, reads back as %+v: %v", raw, r, back, err)
		}
	}
	var r workflowkit.Range
	if err := json.Unmarshal([]byte(`"3"`), &r); err == nil {
		t.Error("a text is a range")
	}
}

func TestCostThatContradictsItself(t *testing.T) {
	t.Parallel()
	exactly := workflowkit.Exactly
	cases := map[string]struct {
		spec workflowkit.Spec
		want string
	}{
		"a negative number":      {workflowkit.Spec{Cost: &workflowkit.Cost{Steps: exactly(-2)}}, "cost: steps are -2 to -2"},
		"a range that is empty":  {workflowkit.Spec{Cost: &workflowkit.Cost{Bytes: workflowkit.Between(3, 2)}}, "cost: bytes are 3 to 2"},
		"a wait of who does not": {workflowkit.Spec{NeverWaits: true, Cost: &workflowkit.Cost{Waits: exactly(1)}}, "cost: 1 waits of an action that never waits"},
		"announced without wait": {workflowkit.Spec{Cost: &workflowkit.Cost{Announced: exactly(1)}}, "cost: of 0 waits, 1 are announced"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.spec.Kind = "x"
			action := workflowkit.DefineUntyped(tc.spec, func(context.Context, *workflowkit.Run, map[string]any) (any, error) { return nil, nil })
			_, err := workflowkit.New(workflowkit.WithActions(action))
			if err == nil {
				t.Fatal("it is accepted")
			}
			if diff := cmp.Diff(`new engine: action kind "x": `+tc.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func ExampleEngine_Estimate() {
	notify := workflowkit.Define(
		workflowkit.Spec{
			Kind: "notify", NeverWaits: true,
			Cost: &workflowkit.Cost{Steps: workflowkit.Between(1, 2), Bytes: workflowkit.AtLeast(0)},
		},
		func(context.Context, *workflowkit.Run, struct{}) (struct{}, error) { return struct{}{}, nil })
	engine, err := workflowkit.New(workflowkit.WithActions(notify))
	if err != nil {
		panic(err)
	}
	definition := workflowkit.Definition{ID: "1", JSON: json.RawMessage(`{
		"actions": [{"id": "1", "kind": "notify"},
		            {"id": "2", "kind": "builtin:delay", "inputs": {"duration": "1d"}},
		            {"id": "3", "kind": "notify"}],
		"edges":   [{"from": "$source", "to": "1"}, {"from": "1", "to": "2"},
		            {"from": "2", "to": "3", "conditional": {"type": "if", "ref": "!ref($.event.data.remind)"}}]}`)}
	estimate, err := engine.Estimate(definition, workflowkit.CostModel{})
	if err != nil {
		panic(err)
	}
	fmt.Println("calls:", estimate.Calls)
	fmt.Println("steps:", estimate.Steps)
	fmt.Println("waits:", estimate.Waits)
	// Output:
	// calls: 2
	// steps: 2 to 5
	// waits: 1
}
