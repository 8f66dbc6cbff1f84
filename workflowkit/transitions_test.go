package workflowkit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// transitions is an observer that keeps what it is told.
type transitions struct {
	mu   sync.Mutex
	list []workflowkit.Transition
}

func (o *transitions) Observe(_ context.Context, t workflowkit.Transition) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = append(o.list, t)
}

// lines returns the transitions in a short form.
func (o *transitions) lines() []string {
	var lines []string
	for _, t := range o.list {
		line := string(t.Type)
		switch {
		case t.Edge != nil:
			line += fmt.Sprintf(" %s-%s %v: %s", t.Edge.From, t.Edge.To, t.Edge.Taken, t.Edge.Reason)
		case t.Action.ID != "":
			line += " " + t.Action.ID
		}
		for _, part := range []string{t.StepID, t.Error, t.Reason, string(t.Inputs), string(t.Output)} {
			if part != "" {
				line += " | " + part
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// faults holds the transitions of a run to its result: each is told exactly once and after those that it follows from.
func (o *transitions) faults(result *workflowkit.Result) []string {
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	at := map[string]int{}
	keys := map[string]bool{}
	for i, t := range o.list {
		if keys[t.Key] {
			fault("%s is told twice", t.Key)
		}
		keys[t.Key] = true
		if t.Time.IsZero() || t.RunID == "" || t.Key == "" {
			fault("transition %d has no time, run or key: %+v", i, t)
		}
		switch t.Type {
		case workflowkit.EdgeDecided:
			at["edge "+t.Edge.From+" "+t.Edge.To] = i
		case workflowkit.ActionStarted:
			at["start "+t.Action.ID] = i
		case workflowkit.ActionCompleted, workflowkit.ActionFailed, workflowkit.ActionSkipped:
			at["end "+t.Action.ID] = i
			if diff := cmp.Diff(actionOf(result, t.Action.ID), told(t)); diff != "" {
				fault("the end of %s (-result +told):\n%s", t.Action.ID, diff)
			}
		case workflowkit.ActionRetrying, workflowkit.ActionWaiting:
			if _, ok := at["start "+t.Action.ID]; !ok {
				fault("%s before the start of %s", t.Type, t.Action.ID)
			}
		}
	}
	if n := len(o.list); n == 0 || o.list[0].Type != workflowkit.RunStarted || o.list[n-1].Result == nil {
		return append(faults, "the run does not begin and end")
	}
	after := func(earlier, later string) {
		i, ok := at[earlier]
		j, okToo := at[later]
		if ok && okToo && i > j {
			fault("%s is told after %s", earlier, later)
		}
	}
	for _, a := range result.Actions {
		if _, ok := at["end "+a.ID]; !ok {
			fault("the end of %s is not told", a.ID)
		}
		if _, ok := at["start "+a.ID]; ok != (a.Status != workflowkit.StatusSkipped) {
			fault("%s is %s, its start is told: %v", a.ID, a.Status, ok)
		}
		after("start "+a.ID, "end "+a.ID)
	}
	for _, e := range result.Edges {
		edge := "edge " + e.From + " " + e.To
		i, ok := at[edge]
		if !ok {
			fault("%s is not told", edge)
			continue
		}
		if diff := cmp.Diff(e, *o.list[i].Edge); diff != "" {
			fault("%s (-result +told):\n%s", edge, diff)
		}
		after("end "+e.From, edge)
		after(edge, "start "+e.To)
	}
	return faults
}

func actionOf(result *workflowkit.Result, id string) workflowkit.ActionResult {
	i := slices.IndexFunc(result.Actions, func(a workflowkit.ActionResult) bool { return a.ID == id })
	a := result.Actions[i]
	a.Name = ""
	return a
}

// told returns the end of an action in the form of a result.
func told(t workflowkit.Transition) workflowkit.ActionResult {
	a := workflowkit.ActionResult{
		ID: t.Action.ID, Kind: t.Action.Kind, Reason: t.Reason, Inputs: t.Inputs, Output: t.Output, Error: t.Error,
		Started: t.Started, Finished: t.Time,
	}
	switch t.Type {
	case workflowkit.ActionCompleted:
		a.Status = workflowkit.StatusCompleted
	case workflowkit.ActionFailed:
		a.Status = workflowkit.StatusFailed
	default:
		a.Status, a.Finished = workflowkit.StatusSkipped, t.Started
	}
	return a
}

func raw(t interface{ Fatal(...any) }, value any) json.RawMessage {
	out, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
