package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// history is what is tested: the runs, and how they are told of.
type history struct {
	store.Runs
	observe func(workflowkit.Transition)
}

// TestRuns tests a history of runs. Observe tells it of a transition, and returns when that can be read. Cases run in
// parallel.
func TestRuns(t *testing.T, runs store.Runs, observe func(workflowkit.Transition)) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T, h history){
		"a run is followed from its start to its end":          testFollow,
		"what is told twice is written once":                   testTwice,
		"the order in which a run is told of does not matter":  testOrder,
		"the end of a run brings what was missed":              testMissed,
		"what is over does not change":                         testOver,
		"a run without a workflow is kept":                     testNothingToDo,
		"runs are listed newest first, in pages":               testPages,
		"runs are listed by workflow and status":               testFilters,
		"a run that does not exist is not found":               testNoRun,
		"a change wakes those who wait for it":                 testAwait,
		"a change of another workflow wakes nobody":            testAwaitOther,
		"waiting ends with the context":                        testAwaitContext,
		"of many runs at once every change is seen":            testManyRuns,
		"values keep their digits, and texts their characters": testValues,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, history{runs, observe})
		})
	}
}

// ignored are the fields that a store fills in by itself.
var ignored = cmpopts.IgnoreFields(store.Run{}, "Sequence")

func (h history) tell(all ...workflowkit.Transition) {
	for _, t := range all {
		h.observe(t)
	}
}

func (h history) get(t *testing.T, id string) store.Run {
	t.Helper()
	return must(h.GetRun(context.Background(), id))(t)
}

func (h history) want(t *testing.T, when string, want store.Run) {
	t.Helper()
	if diff := cmp.Diff(want, h.get(t, want.ID), ignored); diff != "" {
		t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

func testFollow(t *testing.T, h history) {
	s := newStory()
	var last int64
	for i, step := range s.steps {
		h.tell(step.told...)
		h.want(t, fmt.Sprintf("after step %d", i), step.want)
		if now := h.get(t, s.id).Sequence; now <= last {
			t.Errorf("after step %d: sequence %d, and before it %d", i, now, last)
		} else {
			last = now
		}
	}
}

func testTwice(t *testing.T, h history) {
	s := newStory()
	var before []workflowkit.Transition
	for i, step := range s.steps {
		h.tell(step.told...)
		before = append(before, step.told...)
		sequence := h.get(t, s.id).Sequence
		h.tell(before...)
		h.want(t, fmt.Sprintf("everything up to step %d, again", i), step.want)
		if now := h.get(t, s.id).Sequence; now != sequence {
			t.Errorf("everything up to step %d, again: it counts as a change", i)
		}
	}
}

// unordered ignores what depends on the order.
var unordered = cmp.Options{
	ignored,
	cmpopts.SortSlices(func(a, b store.ActionRun) bool { return a.ActionID < b.ActionID }),
	cmpopts.SortSlices(func(a, b store.EdgeRun) bool { return a.From+a.To < b.From+b.To }),
	cmpopts.IgnoreFields(store.ActionRun{}, "Attempt", "StepID", "Until", "StartedAt", "FinishedAt"),
}

func testOrder(t *testing.T, h history) {
	for seed := range uint64(25) {
		random := rand.New(rand.NewPCG(seed, 1))
		s := newStory()
		told := append(s.all(), s.all()...)
		random.Shuffle(len(told), func(i, j int) { told[i], told[j] = told[j], told[i] })
		over := map[string]store.Status{}
		for _, one := range told {
			h.tell(one)
			run := h.get(t, s.id)
			over = stillOver(t, over, run)
		}
		if diff := cmp.Diff(s.last(), h.get(t, s.id), unordered); diff != "" {
			t.Fatalf("in the order of seed %d (-want +got):\n%s", seed, diff)
		}
	}
}

// stillOver checks that what was over has stayed as it was.
func stillOver(t *testing.T, before map[string]store.Status, run store.Run) map[string]store.Status {
	t.Helper()
	after := map[string]store.Status{"run": run.Status}
	for _, a := range run.Actions {
		after["action "+a.ActionID] = a.Status
	}
	for what, status := range before {
		if status.Over() && after[what] != status {
			t.Errorf("%s was %s, and is %s now", what, status, after[what])
		}
	}
	return after
}

func testMissed(t *testing.T, h history) {
	s := newStory()
	all := s.all()
	h.tell(all[len(all)-1])
	if diff := cmp.Diff(s.last(), h.get(t, s.id), unordered, cmpopts.IgnoreFields(store.Run{}, "EventData", "StartedAt")); diff != "" {
		t.Errorf("run of which only the end was told (-want +got):\n%s", diff)
	}
	// What comes late is part of the record already.
	h.tell(all...)
	if diff := cmp.Diff(s.last(), h.get(t, s.id), unordered); diff != "" {
		t.Errorf("run of which the end was told first (-want +got):\n%s", diff)
	}
	// Of another one only the middle is missing.
	s = newStory()
	all = s.all()
	h.tell(all[0], all[len(all)/2], all[len(all)-1])
	if diff := cmp.Diff(s.last(), h.get(t, s.id), unordered); diff != "" {
		t.Errorf("run of which the middle was not told (-want +got):\n%s", diff)
	}
}

func testOver(t *testing.T, h history) {
	s := newStory()
	h.tell(s.all()...)
	before := h.get(t, s.id)
	failed := s.at("late failure", workflowkit.RunFailed, 99)
	failed.Error, failed.Result = "late", &workflowkit.Result{Status: workflowkit.StatusFailed, Error: "late"}
	waits := s.action("late wait", workflowkit.ActionWaiting, "1", 99)
	edge := s.at("late edge", workflowkit.EdgeDecided, 99)
	edge.Edge = &workflowkit.EdgeResult{From: "1", To: "4", Taken: true}
	h.tell(failed, waits, s.action("late failure of 1", workflowkit.ActionFailed, "1", 99), edge, s.at("late start", workflowkit.RunStarted, 99))
	equal(t, "run", before, h.get(t, s.id))
}

func testNothingToDo(t *testing.T, h history) {
	s := newStory()
	end := s.at("end", workflowkit.RunSkipped, 1)
	end.Workflow, end.Reason = workflowkit.WorkflowInfo{}, "no workflow is enabled for the event"
	end.Result = &workflowkit.Result{Status: workflowkit.StatusSkipped, Reason: end.Reason}
	h.tell(end)
	got := h.get(t, s.id)
	want := store.Run{ID: s.id, Status: store.StatusSkipped, Event: s.event.Name, Reason: end.Reason, FinishedAt: s.time(1)}
	if diff := cmp.Diff(want, got, ignored, cmpopts.IgnoreFields(store.Run{}, "EventData", "StartedAt")); diff != "" {
		t.Errorf("run (-want +got):\n%s", diff)
	}
}

func testNoRun(t *testing.T, h history) {
	for _, id := range []string{"", "no run", "a\x00b", "\xff"} {
		if _, err := h.GetRun(context.Background(), id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("run %q: error %v, want ErrNotFound", id, err)
		}
	}
}

func testManyRuns(t *testing.T, h history) {
	const runs = 12
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	workflow := name("workflow")
	var stories []*story
	for range runs {
		stories = append(stories, storyOf(workflow))
	}
	var tellers sync.WaitGroup
	for _, s := range stories {
		tellers.Go(func() { h.tell(s.all()...) })
	}
	// A watcher that reads what has changed after each change has seen all ends at the end.
	var after int64
	for {
		next, err := h.AwaitChange(ctx, workflow, after)
		if err != nil {
			t.Fatalf("after %d: %v", after, err)
		}
		if next <= after {
			t.Fatalf("change %d after %d", next, after)
		}
		page := must(h.ListRuns(ctx, store.RunQuery{WorkflowID: workflow}))(t)
		done := 0
		for _, run := range page.Runs {
			if run.Status.Over() && run.Sequence <= next {
				done++
			}
		}
		if after = next; done == runs {
			break
		}
	}
	tellers.Wait()
	for _, s := range stories {
		h.want(t, "at the end", s.last())
	}
}

func testValues(t *testing.T, h history) {
	s := newStory()
	begins := s.action("start", workflowkit.ActionStarted, "1", 1)
	begins.Inputs = json.RawMessage(`{"n":12345678901234567890,"text":"ünïcödé 🎉 \u0000 </script>"}`)
	ends := s.action("end", workflowkit.ActionFailed, "1", 2)
	ends.Inputs, ends.Error = begins.Inputs, "broken \xff text with a \x00 in it"
	h.tell(begins, ends)
	got := h.get(t, s.id)
	sameJSON(t, "inputs", begins.Inputs, got.Actions[0].Inputs)
	if _, err := json.Marshal(got); err != nil {
		t.Error(err)
	}
	s = newStory()
	ends = s.action("end", workflowkit.ActionCompleted, "1", 2)
	ends.Output = json.RawMessage(`null`)
	h.tell(ends)
	equal(t, "an output of null", json.RawMessage("null"), h.get(t, s.id).Actions[0].Output)
}
