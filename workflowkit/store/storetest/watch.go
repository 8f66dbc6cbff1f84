package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

func testAwait(t *testing.T, h history) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s := newStory()
	changes := make(chan int64)
	for _, workflow := range []string{s.workflow.ID, ""} {
		h.tell(s.all()[0])
		before := h.get(t, s.id).Sequence
		// What has changed already is told at once.
		got := must(h.AwaitChange(ctx, workflow, before-1))(t)
		if got < before {
			t.Errorf("AwaitChange(%q) = %d, want %d at least", workflow, got, before)
		}
		go func() {
			next, err := h.AwaitChange(ctx, s.workflow.ID, before)
			if err != nil {
				t.Errorf("AwaitChange: %v", err)
			}
			changes <- next
		}()
		if workflow == "" {
			h.tell(s.all()[1:]...)
		} else {
			h.tell(s.all()[1])
		}
		if next := <-changes; next <= before || next > h.get(t, s.id).Sequence {
			t.Errorf("AwaitChange = %d, want more than %d and what the run has", next, before)
		}
	}
	if got := must(h.AwaitChange(ctx, "", 0))(t); got < h.get(t, s.id).Sequence {
		t.Errorf("the newest change of all is %d, and that of the run is %d", got, h.get(t, s.id).Sequence)
	}
}

func testAwaitOther(t *testing.T, h history) {
	s, other := newStory(), newStory()
	h.tell(s.all()[0])
	before := h.get(t, s.id).Sequence
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() {
		_, err := h.AwaitChange(ctx, s.workflow.ID, before)
		ended <- err
	}()
	h.tell(other.all()...)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("AwaitChange: %v, want it to wait until its context ends", err)
	}
}

func testAwaitContext(t *testing.T, h history) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	begin := time.Now()
	if _, err := h.AwaitChange(ctx, name("workflow"), 0); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("AwaitChange: %v, want the context's error", err)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("AwaitChange took %s after its context had ended", took)
	}
}

func testPages(t *testing.T, h history) {
	ctx := context.Background()
	workflow := name("workflow")
	var want []string
	first := time.Now().UTC().Add(-time.Hour).Truncate(time.Millisecond)
	for i := range 25 {
		s := storyOf(workflow)
		s.begin = first
		h.tell(s.at("start", workflowkit.RunStarted, i/2)) // two each at the same moment
		want = append([]string{s.id}, want...)
	}
	got := map[string]bool{}
	var last store.Run
	query := store.RunQuery{WorkflowID: workflow, Limit: 7}
	for pages := 1; ; pages++ {
		page := must(h.ListRuns(ctx, query))(t)
		for i, run := range page.Runs {
			if got[run.ID] {
				t.Errorf("run %s is listed twice", run.ID)
			}
			if (i > 0 || pages > 1) && run.StartedAt.After(last.StartedAt) {
				t.Errorf("run %s comes after an older one", run.ID)
			}
			got[run.ID], last = true, run
		}
		if page.Next == "" {
			equal(t, "pages", 4, pages)
			break
		}
		query.After = page.Next
	}
	equal(t, "runs", len(want), len(got))
	for limit, most := range map[int]int{0: 25, -1: 25, 1000: 25, 25: 25, 24: 24, 1: 1} {
		page := must(h.ListRuns(ctx, store.RunQuery{WorkflowID: workflow, Limit: limit}))(t)
		if len(page.Runs) != most || (page.Next == "") != (most == 25) {
			t.Errorf("limit %d: %d runs, next %q; want %d", limit, len(page.Runs), page.Next, most)
		}
	}
	if page := must(h.ListRuns(ctx, store.RunQuery{WorkflowID: name("nobody's")}))(t); page.Runs == nil || len(page.Runs) > 0 {
		t.Errorf("runs of no workflow: %v, want an empty list", page.Runs)
	}
}

func testFilters(t *testing.T, h history) {
	ctx := context.Background()
	workflow := name("workflow")
	running, over := storyOf(workflow), storyOf(workflow)
	h.tell(running.all()[:3]...)
	h.tell(over.all()...)
	h.tell(newStory().all()...)
	ids := func(query store.RunQuery) string {
		query.WorkflowID = workflow
		text := ""
		for _, run := range must(h.ListRuns(ctx, query))(t).Runs {
			if run.Actions != nil || run.Edges != nil || run.EventData != nil {
				t.Errorf("a listed run has its details: %+v", run)
			}
			text += fmt.Sprintf("%s is %s\n", run.ID, run.Status)
		}
		return text
	}
	equal(t, "running", running.id+" is running\n", ids(store.RunQuery{Status: store.StatusRunning}))
	equal(t, "failed", over.id+" is failed\n", ids(store.RunQuery{Status: store.StatusFailed}))
	equal(t, "completed", "", ids(store.RunQuery{Status: store.StatusCompleted}))
	equal(t, "all", 2, len(must(h.ListRuns(ctx, store.RunQuery{WorkflowID: workflow}))(t).Runs))
}
