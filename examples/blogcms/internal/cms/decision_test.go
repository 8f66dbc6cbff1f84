package cms_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/cms"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/loader"
)

func TestDecisionsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		status, decision string
		http             int
		code             string
	}{
		"approve a draft":            {loader.StatusDraft, "approve", 404, "NO_REVISION_FOUND"},
		"discard what is published":  {loader.StatusPublished, "discard", 404, "NO_REVISION_FOUND"},
		"unpublish a draft":          {loader.StatusDraft, "unpublish", 409, "CONFLICT"},
		"revert what is published":   {loader.StatusPublished, "revert", 409, "CONFLICT"},
		"approve before the request": {loader.StatusUnderReview, "approve", 409, "CONFLICT"},
		"discard before the request": {loader.StatusUnderReview, "discard", 409, "CONFLICT"},
		"unpublish during a review":  {loader.StatusNeedsApproval, "unpublish", 409, "CONFLICT"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, parts{})
			post := s.newPostIn(tc.status)
			got := s.request(http.MethodPost, fmt.Sprintf("/api/blog-posts/%d/%s", post.ID, tc.decision), "")
			got.fails(t, tc.http, tc.code, tc.status)
			if after := s.post(post.ID); after.Status != tc.status {
				t.Errorf("the status is %q", after.Status)
			}
			if events := s.local.Events(); len(events) != 0 {
				t.Errorf("events were sent: %v", events)
			}
		})
	}
}

// newPostIn stores a post with a status, as a run would leave it.
func (s *site) newPostIn(status string) loader.Post {
	s.t.Helper()
	ctx := s.t.Context()
	initial := status
	if status == loader.StatusUnderReview || status == loader.StatusNeedsApproval {
		initial = loader.StatusDraft
	}
	post, err := s.db.CreatePost(ctx, loader.NewPost{Title: "A post", Markdown: "text", Status: initial})
	if err == nil && initial != status {
		post, err = s.db.SaveRevision(ctx, loader.Change{PostID: post.ID, RunID: "run", Key: "run/1/save", Version: post.Version}, "a revision")
	}
	if err == nil && status == loader.StatusNeedsApproval {
		post, err = s.db.RequestApproval(ctx, loader.Change{PostID: post.ID, RunID: "run", Key: "run/2/ask", Version: post.Version})
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return post
}

// TestEventThatCannotBeSent takes every decision while Inngest is down: nothing may have changed afterwards.
func TestEventThatCannotBeSent(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ status, decision, code string }{
		"review":          {loader.StatusDraft, "review", "WORKFLOW_ERROR"},
		"review again":    {loader.StatusNeedsApproval, "review", "WORKFLOW_ERROR"},
		"revert":          {loader.StatusNeedsApproval, "revert", "WORKFLOW_ERROR"},
		"approve":         {loader.StatusNeedsApproval, "approve", "APPROVAL_FAILED"},
		"discard":         {loader.StatusNeedsApproval, "discard", "APPROVAL_FAILED"},
		"publish":         {loader.StatusDraft, "publish", "WORKFLOW_ERROR"},
		"publish instead": {loader.StatusNeedsApproval, "publish", "WORKFLOW_ERROR"},
		"unpublish":       {loader.StatusPublished, "unpublish", "WORKFLOW_ERROR"},
	}
	servers := map[string]http.HandlerFunc{
		"refuses": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, `{"error":"no"}`, http.StatusUnauthorized) },
		"breaks": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusServiceUnavailable)
		},
		"hangs up": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	}
	for serverName, server := range servers {
		for name, tc := range cases {
			t.Run(name+" while Inngest "+serverName, func(t *testing.T) {
				t.Parallel()
				s := newSite(t, parts{events: server})
				before := s.newPostIn(tc.status)
				before = s.post(before.ID)
				got := s.request(http.MethodPost, fmt.Sprintf("/api/blog-posts/%d/%s", before.ID, tc.decision), "")
				got.fails(t, http.StatusBadGateway, tc.code, "nothing was changed")
				if diff := cmp.Diff(before, s.post(before.ID)); diff != "" {
					t.Errorf("the post (-before +after):\n%s", diff)
				}
			})
		}
	}
}

// TestRunThatStartedInSpiteOfTheError has Inngest start the run and then break the answer: the decision stays, since
// the run has already worked.
func TestRunThatStartedInSpiteOfTheError(t *testing.T) {
	t.Parallel()
	var s *site
	s = newSite(t, parts{events: func(w http.ResponseWriter, r *http.Request) {
		_, err := s.db.SaveRevision(r.Context(), loader.Change{PostID: 1, RunID: "run", Key: "run/1/save", Version: s.post(1).Version}, "a revision")
		if err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusBadRequest)
	}})
	s.newPost("A post", "text")
	got := s.request(http.MethodPost, "/api/blog-posts/1/review", "")
	got.fails(t, http.StatusBadGateway, "WORKFLOW_ERROR", "not taken back")
	if after := s.post(1); after.Status != loader.StatusUnderReview || after.Revision == nil {
		t.Errorf("the post is %+v", after)
	}
}

// TestDoubleClick takes each decision several times at once, as impatient people do.
func TestDoubleClick(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ status, decision, event string }{
		"review":    {loader.StatusDraft, "review", actions.EventPostUpdated},
		"revert":    {loader.StatusNeedsApproval, "revert", "blog-post.reverted"},
		"approve":   {loader.StatusNeedsApproval, "approve", actions.EventApproval},
		"discard":   {loader.StatusNeedsApproval, "discard", actions.EventApproval},
		"publish":   {loader.StatusDraft, "publish", actions.EventPostPublished},
		"unpublish": {loader.StatusPublished, "unpublish", actions.EventPostUnpublished},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, parts{})
			post := s.newPostIn(tc.status)
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					if got := s.request(http.MethodPost, fmt.Sprintf("/api/blog-posts/%d/%s", post.ID, tc.decision), ""); got.status != http.StatusOK {
						t.Errorf("%d %s", got.status, got.body)
					}
				})
			}
			all.Wait()
			sent := 0
			for _, event := range s.local.Events() {
				if event.Name == tc.event {
					sent++
				}
			}
			if sent != 1 {
				t.Errorf("%d events were sent", sent)
			}
		})
	}
}

// TestSameDecisionLater is no double click: the editor wants it again.
func TestSameDecisionLater(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	var skew atomic.Int64
	cms.SetClock(s.app, func() time.Time { return time.Unix(1000, 0).Add(time.Duration(skew.Load())) })
	s.newWorkflow(actions.EventPostPublished, announceWorkflow)
	post := s.newPost("A post", "text")
	s.decide(post.ID, "publish")
	s.decide(post.ID, "publish")
	s.runs()
	if err := s.announced(post.ID, 1); err != nil {
		t.Error("a double click did not announce once")
	}
	skew.Store(int64(3 * time.Second))
	s.decide(post.ID, "publish")
	s.runs()
	if err := s.announced(post.ID, 2); err != nil {
		t.Error("a second publication did not announce again")
	}
}

// TestDecisionSurvivesItsRequest drops the connection as soon as the event is on its way, as a browser does that sends
// the second of two clicks.
func TestDecisionSurvivesItsRequest(t *testing.T) {
	t.Parallel()
	arrived, noticed := make(chan struct{}), make(chan struct{})
	s := newSite(t, parts{
		events: func(w http.ResponseWriter, _ *http.Request) {
			close(arrived)
			<-noticed
			fmt.Fprint(w, `{"ids":["1"],"status":200}`)
		},
		wrap: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					context.AfterFunc(r.Context(), func() { close(noticed) })
				}
				next.ServeHTTP(w, r)
			})
		},
	})
	s.newPost("A post", "text")
	done := make(chan struct{})
	ctx, drop := withCancel(t)
	go func() {
		defer close(done)
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base+"/api/blog-posts/1/review", http.NoBody)
		if err != nil {
			t.Error(err)
			return
		}
		if response, err := s.http.Do(request); err == nil {
			response.Body.Close()
			t.Error("the request was answered")
		}
	}()
	<-arrived
	drop()
	<-done
	s.eventually("the decision", func() error {
		if s.log.contains("editor decided") {
			return nil
		}
		return errModel
	})
	if got := s.post(1).Status; got != loader.StatusUnderReview {
		t.Errorf("the status is %q", got)
	}
}

// TestRecover restarts the application while a post waits for an approval.
func TestRecover(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		s := newSite(t, parts{dsn: dsn, seeds: true})
		s.decide(1, "review")
		s.reach(1, loader.StatusNeedsApproval)
		s.decide(2, "publish")
		s.eventually("the announcements", func() error { return s.announced(2, 1) })
		if err := s.local.Close(); err != nil {
			t.Fatal(err)
		}
		again := newSite(t, parts{dsn: dsn})
		if err := again.app.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		lost := again.post(1)
		if lost.Status != loader.StatusDraft || lost.Revision != nil || lost.Error == nil {
			t.Errorf("the post in review is %+v", lost)
		}
		if other := again.post(2); other.Status != loader.StatusPublished || other.Error != nil {
			t.Errorf("the published post is %+v", other)
		}
		again.decide(1, "review")
		again.reach(1, loader.StatusNeedsApproval)
		if got := again.runs(); !cmp.Equal(got, []local.Status{local.Running}) {
			t.Errorf("runs after the restart: %v", got)
		}
	})
}
