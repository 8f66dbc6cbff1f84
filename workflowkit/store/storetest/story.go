package storetest

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// story is a run that has everything: a wait, a failed attempt, a branch that is not taken, an action that fails.
type story struct {
	id       string
	begin    time.Time
	workflow workflowkit.WorkflowInfo
	event    workflowkit.Event
	steps    []storyStep
}

// storyStep is what is told, and what the run is then.
type storyStep struct {
	told []workflowkit.Transition
	want store.Run
}

func newStory() *story { return storyOf(name("workflow")) }

func storyOf(workflow string) *story {
	s := &story{
		id: name("run"), begin: time.Now().Add(-time.Hour).UTC().Truncate(time.Millisecond),
		workflow: workflowkit.WorkflowInfo{ID: workflow, Version: "7", Name: "Demo", Hash: "h"},
		event:    workflowkit.Event{ID: "e", Name: "demo.started", Data: json.RawMessage(`{"id":"9"}`)},
	}
	s.tell()
	return s
}

func (s *story) time(second int) *time.Time {
	at := s.begin.Add(time.Duration(second) * time.Second)
	return &at
}

func (s *story) at(key string, kind workflowkit.TransitionType, second int) workflowkit.Transition {
	return workflowkit.Transition{
		Key: s.id + "/" + key, Type: kind, Time: *s.time(second), RunID: s.id, Workflow: s.workflow, Event: s.event,
	}
}

func (s *story) action(key string, kind workflowkit.TransitionType, id string, second int) workflowkit.Transition {
	t := s.at(key, kind, second)
	t.Action = workflowkit.ActionInfo{ID: id, Kind: "kind " + id, Name: "Action " + id}
	return t
}

func (s *story) edge(from, to string, taken bool, reason string, second int) workflowkit.Transition {
	t := s.at("edge "+from+" "+to, workflowkit.EdgeDecided, second)
	t.Edge = &workflowkit.EdgeResult{ID: from + "-" + to, From: from, To: to, Taken: taken, Reason: reason}
	return t
}

func (s *story) all() []workflowkit.Transition {
	var all []workflowkit.Transition
	for _, step := range s.steps {
		all = append(all, step.told...)
	}
	return all
}

func (s *story) last() store.Run { return s.steps[len(s.steps)-1].want }

// tell writes the story.
func (s *story) tell() {
	run := store.Run{
		ID: s.id, WorkflowID: s.workflow.ID, Version: 7, Status: store.StatusRunning, Event: s.event.Name,
		EventData: s.event.Data, StartedAt: s.begin,
	}
	add := func(change func(), told ...workflowkit.Transition) {
		change()
		want := run
		want.Actions = append([]store.ActionRun(nil), run.Actions...)
		want.Edges = append([]store.EdgeRun(nil), run.Edges...)
		s.steps = append(s.steps, storyStep{told, want})
	}
	decided := func(t workflowkit.Transition) {
		run.Edges = append(run.Edges, store.EdgeRun{ID: t.Edge.ID, From: t.Edge.From, To: t.Edge.To, Taken: t.Edge.Taken, Reason: t.Edge.Reason})
	}
	begun := func(id string, second int, inputs string) {
		run.Actions = append(run.Actions, store.ActionRun{
			ActionID: id, Kind: "kind " + id, Name: "Action " + id, Status: store.StatusRunning, Inputs: json.RawMessage(inputs), StartedAt: s.time(second),
		})
	}
	one, two := json.RawMessage(`{"tone":"formal"}`), json.RawMessage(`{}`)

	add(func() {}, s.at("start", workflowkit.RunStarted, 0))

	toOne := s.edge("$source", "1", true, "always", 1)
	startOne := s.action("1 starts", workflowkit.ActionStarted, "1", 1)
	startOne.Inputs = one
	add(func() { decided(toOne); begun("1", 1, string(one)) }, toOne, startOne)

	waits := s.action("1 waits", workflowkit.ActionWaiting, "1", 2)
	waits.StepID, waits.Until = "approval", *s.time(600)
	add(func() {
		a := &run.Actions[0]
		a.Status, a.StepID, a.Until, run.Status = store.StatusWaiting, "approval", s.time(600), store.StatusWaiting
	}, waits)

	endOne := s.action("1 ends", workflowkit.ActionCompleted, "1", 3)
	endOne.Started, endOne.Inputs, endOne.Output = *s.time(1), one, json.RawMessage(`{"ok":true}`)
	add(func() {
		a := &run.Actions[0]
		a.Status, a.StepID, a.Until, a.Output, a.FinishedAt = store.StatusCompleted, "", nil, endOne.Output, s.time(3)
		run.Status = store.StatusRunning
	}, endOne)

	toTwo, toThree := s.edge("1", "2", true, "$.output.ok is true", 4), s.edge("1", "3", false, "$.output.ok is true", 4)
	skipThree := s.action("3 is skipped", workflowkit.ActionSkipped, "3", 4)
	skipThree.Reason = "no edge to it was taken"
	startTwo := s.action("2 starts", workflowkit.ActionStarted, "2", 4)
	startTwo.Inputs = two
	add(func() {
		decided(toTwo)
		decided(toThree)
		run.Actions = append(run.Actions, store.ActionRun{
			ActionID: "3", Kind: "kind 3", Name: "Action 3", Status: store.StatusSkipped, Reason: skipThree.Reason, FinishedAt: s.time(4),
		})
		begun("2", 4, string(two))
	}, toTwo, toThree, skipThree, startTwo)

	for attempt := range 2 {
		retry := s.action(fmt.Sprint("2 fails ", attempt), workflowkit.ActionRetrying, "2", 5+attempt)
		retry.StepID, retry.Attempt, retry.Error = "call", attempt, fmt.Sprintf("busy %d", attempt)
		add(func() {
			a := &run.Actions[2]
			a.Status, a.StepID, a.Attempt, a.Error, run.Status = store.StatusRetrying, "call", attempt, retry.Error, store.StatusRetrying
		}, retry)
	}

	failTwo := s.action("2 fails", workflowkit.ActionFailed, "2", 7)
	failTwo.Started, failTwo.Inputs, failTwo.Error, failTwo.Attempt = *s.time(4), two, "busy for good", 2
	add(func() {
		a := &run.Actions[2]
		a.Status, a.StepID, a.Error, a.FinishedAt, a.Attempt, run.Status = store.StatusFailed, "", failTwo.Error, s.time(7), 2, store.StatusRunning
	}, failTwo)

	end := s.at("end", workflowkit.RunFailed, 8)
	end.Error = "action 2 has failed: busy for good"
	end.Result = s.result(end.Error, one, two, endOne.Output)
	end.Started = s.begin
	add(func() { run.Status, run.Error, run.FinishedAt = store.StatusFailed, end.Error, s.time(8) }, end)
}

func (s *story) result(failure string, one, two, output json.RawMessage) *workflowkit.Result {
	info := s.workflow
	return &workflowkit.Result{
		Status: workflowkit.StatusFailed, Workflow: &info, Error: failure,
		Actions: []workflowkit.ActionResult{
			{ID: "1", Kind: "kind 1", Name: "Action 1", Status: workflowkit.StatusCompleted, Inputs: one, Output: output},
			{ID: "2", Kind: "kind 2", Name: "Action 2", Status: workflowkit.StatusFailed, Inputs: two, Error: "busy for good"},
			{ID: "3", Kind: "kind 3", Name: "Action 3", Status: workflowkit.StatusSkipped, Reason: "no edge to it was taken"},
		},
		Edges: []workflowkit.EdgeResult{
			{ID: "$source-1", From: "$source", To: "1", Taken: true, Reason: "always"},
			{ID: "1-2", From: "1", To: "2", Taken: true, Reason: "$.output.ok is true"},
			{ID: "1-3", From: "1", To: "3", Reason: "$.output.ok is true"},
		},
	}
}
