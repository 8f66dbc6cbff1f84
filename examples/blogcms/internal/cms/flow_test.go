package cms_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/cms"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

func TestReviewAndApprove(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		s := newSite(t, parts{dsn: dsn, seeds: true})
		s.decide(1, "review")
		waiting := s.reach(1, loader.StatusNeedsApproval)
		if waiting.Revision == nil || !strings.Contains(*waiting.Revision, "## Table of Contents") {
			t.Errorf("the revision is %v", waiting.Revision)
		}
		s.decide(1, "approve")
		published := s.reach(1, loader.StatusPublished)
		if published.Markdown != *waiting.Revision || published.Revision != nil {
			t.Errorf("the text is not the revision: %+v", published)
		}
		s.runs() // a publication would cancel the review's run while it is still about to end
		s.decide(1, "publish")
		s.eventually("the announcements", func() error { return s.announced(1, 1) })
		if diff := cmp.Diff([]local.Status{local.Completed, local.Completed}, s.runs()); diff != "" {
			t.Errorf("runs (-want +got):\n%s", diff)
		}
	})
}

// announced returns nil once a post has so many tweets sections.
func (s *site) announced(id int64, sections int) error {
	text := ""
	if post := s.post(id); post.Recommendations != nil {
		text = *post.Recommendations
	}
	if strings.Count(text, "## Twitter posts") != sections {
		return errModel
	}
	return nil
}

func TestDiscard(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	s.newWorkflow(actions.EventPostUpdated, reviewWorkflow)
	post := s.newPost("A post", "the the text")
	s.decide(post.ID, "review")
	s.reach(post.ID, loader.StatusNeedsApproval)
	got := s.request(http.MethodPost, "/api/blog-posts/1/discard", `{"reason": "I like my errors"}`)
	if got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	draft := s.reach(post.ID, loader.StatusDraft)
	if draft.Markdown != post.Markdown || draft.Revision != nil || draft.Error == nil || *draft.Error != "I like my errors" {
		t.Errorf("the post is %+v", draft)
	}
}

func TestApprovalTimeout(t *testing.T) {
	t.Parallel()
	clock := local.NewVirtualClock(time.Time{})
	s := newSite(t, parts{clock: clock})
	s.newWorkflow(actions.EventPostUpdated, reviewWorkflow)
	post := s.newPost("A post", "the the text")
	s.decide(post.ID, "review")
	s.sent()
	if err := clock.Advance(t.Context(), 23*time.Hour); err != nil {
		t.Fatal(err)
	}
	s.reach(post.ID, loader.StatusNeedsApproval)
	if err := clock.Advance(t.Context(), 2*time.Hour); err != nil {
		t.Fatal(err)
	}
	if draft := s.post(post.ID); draft.Status != loader.StatusDraft || draft.Error == nil || !strings.Contains(*draft.Error, "nobody answered") {
		t.Errorf("the post is %+v", draft)
	}
}

func TestDecisionsEndRuns(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		decisions []string // after a review that has come to its request for approval
		status    string
		runs      []local.Status
	}{
		"a revert cancels the review": {
			[]string{"revert"}, loader.StatusDraft, []local.Status{local.Cancelled},
		},
		"publishing ends the review": {
			[]string{"publish"}, loader.StatusPublished, []local.Status{local.Cancelled, local.Completed},
		},
		"a second review replaces the first": {
			[]string{"review"}, loader.StatusNeedsApproval, []local.Status{local.Cancelled, local.Running},
		},
		"unpublishing cancels as well": {
			[]string{"publish", "unpublish"}, loader.StatusDraft, []local.Status{local.Cancelled, local.Completed},
		},
		"a review after a revert runs": {
			[]string{"revert", "review"}, loader.StatusNeedsApproval, []local.Status{local.Cancelled, local.Running},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, parts{})
			s.newWorkflow(actions.EventPostUpdated, reviewWorkflow)
			s.newWorkflow(actions.EventPostPublished, announceWorkflow)
			other, post := s.newPost("Another post", "the the text"), s.newPost("A post", "the the text")
			s.decide(post.ID, "review")
			s.reach(post.ID, loader.StatusNeedsApproval)
			for _, d := range tc.decisions {
				s.decide(post.ID, d)
				s.runs()
			}
			if diff := cmp.Diff(tc.runs, s.runs()); diff != "" {
				t.Errorf("runs (-want +got):\n%s", diff)
			}
			if got := s.post(post.ID); got.Status != tc.status || got.Error != nil {
				t.Errorf("the post is %+v", got)
			}
			if got := s.post(other.ID); got.Status != loader.StatusDraft {
				t.Errorf("the other post is %q", got.Status)
			}
		})
	}
}

// TestDecisionsLeaveOtherPostsAlone takes every decision while another post is in review.
func TestDecisionsLeaveOtherPostsAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	s.newWorkflow(actions.EventPostUpdated, reviewWorkflow)
	s.newWorkflow(actions.EventPostPublished, announceWorkflow)
	other, post := s.newPost("Another post", "the the text"), s.newPost("A post", "the the text")
	s.decide(other.ID, "review")
	s.reach(other.ID, loader.StatusNeedsApproval)
	for _, d := range []string{"review", "revert", "publish", "unpublish", "review", "discard", "review", "approve"} {
		s.decide(post.ID, d)
		s.runs()
	}
	if got := s.post(post.ID).Status; got != loader.StatusPublished {
		t.Errorf("the post is %q", got)
	}
	if got := s.runs()[0]; got != local.Running {
		t.Errorf("the run of the other post is %s", got)
	}
	s.decide(other.ID, "approve")
	s.reach(other.ID, loader.StatusPublished)
}

// TestUnpublishDuringAnnouncement cancels the run of a publication while it works.
func TestUnpublishDuringAnnouncement(t *testing.T) {
	t.Parallel()
	asked, goOn := make(chan struct{}), make(chan struct{})
	s := newSite(t, parts{model: modelFunc(func(ctx context.Context, _ actions.Prompt) (actions.Text, error) {
		close(asked)
		select {
		case <-goOn:
		case <-ctx.Done():
		}
		return actions.Text{Content: "too late", Model: "slow"}, nil
	})})
	s.newWorkflow(actions.EventPostPublished, announceWorkflow)
	post := s.newPost("A post", "text")
	s.decide(post.ID, "publish")
	<-asked
	s.decide(post.ID, "unpublish")
	s.eventually("the run to be cancelled", func() error {
		if got := s.local.Runs(local.Filter{})[0].Status; got != local.Cancelled {
			return errModel
		}
		return nil
	})
	close(goOn)
	s.runs()
	if got := s.post(post.ID); got.Status != loader.StatusDraft || got.Recommendations != nil {
		t.Errorf("the post is %+v", got)
	}
}

func TestFailedRunLeavesItsReason(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		workflow string
		model    actions.TextModel
		markdown string
		reason   string
		attempts int // of the step that fails, zero if it is none
	}{
		"a text model that fails for good": {
			workflow: reviewWorkflow, markdown: "text", reason: errModel.Error(), attempts: 1,
			model: modelFunc(func(context.Context, actions.Prompt) (actions.Text, error) {
				return actions.Text{}, workflowkit.NoRetryError(errModel)
			}),
		},
		"a text model that fails each time": {
			workflow: reviewWorkflow, markdown: "text", reason: errModel.Error(), attempts: 2,
			model: modelFunc(func(context.Context, actions.Prompt) (actions.Text, error) { return actions.Text{}, errModel }),
		},
		"a post without a text":        {workflow: reviewWorkflow, model: actions.Offline{}, reason: "no text"},
		"a workflow that is not valid": {workflow: `{"actions":[{"id":"1","kind":"nope"}],"edges":[]}`, model: actions.Offline{}, reason: `unknown kind "nope"`},
		"a reason that no database holds": {
			workflow: reviewWorkflow, markdown: "text", reason: "a\uFFFDb", attempts: 1,
			model: modelFunc(func(context.Context, actions.Prompt) (actions.Text, error) {
				return actions.Text{}, workflowkit.NoRetryError(errBinary{})
			}),
		},
		"a revision that no database holds": {
			workflow: reviewWorkflow, markdown: "text", reason: "NUL character", attempts: 1,
			model: modelFunc(func(context.Context, actions.Prompt) (actions.Text, error) {
				return actions.Text{Content: "a\x00b", Model: "binary"}, nil
			}),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, parts{model: tc.model})
			s.newWorkflow(actions.EventPostUpdated, tc.workflow)
			post := s.newPost("A post", tc.markdown)
			s.decide(post.ID, "review")
			var got loader.Post
			s.eventually("the reason", func() error {
				if got = s.post(post.ID); got.Error == nil {
					return errModel
				}
				return nil
			})
			if got.Status != loader.StatusDraft || !strings.Contains(*got.Error, tc.reason) {
				t.Errorf("status %q, reason %q", got.Status, *got.Error)
			}
			if len(*got.Error) > 1100 {
				t.Errorf("the reason is %d bytes long", len(*got.Error))
			}
			s.runs()
			for _, step := range s.local.Runs(local.Filter{FunctionID: cms.FunctionID})[0].Steps {
				if step.Status == local.Failed && step.Attempts != tc.attempts {
					t.Errorf("step %s was tried %d times", step.Name, step.Attempts)
				}
			}
			page := s.get("/posts/1").body
			if !strings.Contains(page, "Last workflow:") {
				t.Error("the page of the post does not show the reason")
			}
			// The next review starts afresh.
			s.decide(post.ID, "revert")
			if got := s.post(post.ID); got.Error != nil {
				t.Errorf("the reason is still %q", *got.Error)
			}
		})
	}
}

type errBinary struct{}

func (errBinary) Error() string { return "a\xff\x00b " + strings.Repeat("é", 2000) }

// TestEventsOfOtherSoftware sends what the TypeScript application and others do: another form of id, no status.
func TestEventsOfOtherSoftware(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	s.newWorkflow(actions.EventPostUpdated, reviewWorkflow)
	post := s.newPost("A post", "the the text")
	if _, err := s.local.Send(t.Context(), local.Event{Name: actions.EventPostUpdated, Data: map[string]any{"id": 1}}); err != nil {
		t.Fatal(err)
	}
	s.reach(post.ID, loader.StatusNeedsApproval)
	if _, err := s.local.Send(t.Context(), local.Event{Name: actions.EventApproval, Data: map[string]any{"id": 1}}); err != nil {
		t.Fatal(err)
	}
	s.reach(post.ID, loader.StatusPublished)
	for _, data := range []any{map[string]any{"id": "nobody"}, map[string]any{"id": 99}, map[string]any{}, map[string]any{"id": []int{1}}} {
		if _, err := s.local.Send(t.Context(), local.Event{Name: actions.EventPostUpdated, Data: data}); err != nil {
			t.Fatal(err)
		}
	}
	want := []local.Status{local.Completed, local.Failed, local.Failed, local.Failed, local.Failed}
	if diff := cmp.Diff(want, s.runs()); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
	for _, run := range s.local.Runs(local.Filter{FunctionID: "blog-post-workflow-failure"}) {
		if run.Status != local.Completed {
			t.Errorf("cleaning up after a run is %s: %v", run.Status, run.Error)
		}
	}
}

// TestDecisionTakenBackBeforeItsRun delivers the event of a review after the revert, which no cancellation can meet.
func TestDecisionTakenBackBeforeItsRun(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		event, id string
		status    string
		want      string
	}{
		"a review of what is a draft again":        {actions.EventPostUpdated, "blog-post.updated/1/x", loader.StatusDraft, loader.StatusDraft},
		"a review of what is published by now":     {actions.EventPostUpdated, "blog-post.updated/1/x", loader.StatusPublished, loader.StatusPublished},
		"an announcement of what is a draft again": {actions.EventPostPublished, "blog-post.published/1/x", loader.StatusDraft, loader.StatusDraft},
		"an event with an id of somebody else's":   {actions.EventPostUpdated, "x", loader.StatusDraft, loader.StatusNeedsApproval},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, parts{})
			s.newWorkflow(actions.EventPostUpdated, reviewWorkflow)
			s.newWorkflow(actions.EventPostPublished, announceWorkflow)
			post, err := s.db.CreatePost(t.Context(), loader.NewPost{Title: "A post", Markdown: "the the text", Status: tc.status})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.local.Send(t.Context(), local.Event{ID: tc.id, Name: tc.event, Data: map[string]any{"id": "1"}}); err != nil {
				t.Fatal(err)
			}
			s.runs()
			if got := s.post(post.ID); got.Status != tc.want || got.Recommendations != nil {
				t.Errorf("the post is %+v", got)
			}
		})
	}
}
