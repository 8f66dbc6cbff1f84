package cms_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/cms"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
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

// inbox is an Inngest that does not answer as it should until it is repaired, and then takes events.
type inbox struct {
	broken http.HandlerFunc

	mu       sync.Mutex
	repaired bool
	seen     []workflowkit.Event // with those of requests that were answered badly
	taken    []workflowkit.Event
}

func (b *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var events []workflowkit.Event
	if err := json.NewDecoder(r.Body).Decode(&events); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	b.seen = append(b.seen, events...)
	repaired := b.repaired
	if repaired {
		b.taken = append(b.taken, events...)
	}
	b.mu.Unlock()
	if !repaired {
		b.broken(w, r)
		return
	}
	ids := make([]string, len(events))
	for i, e := range events {
		ids[i] = e.ID
	}
	if err := json.NewEncoder(w).Encode(map[string]any{"ids": ids, "status": 200}); err != nil {
		panic(http.ErrAbortHandler)
	}
}

func (b *inbox) repair() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.repaired = true
}

func (b *inbox) lists() (seen, taken []workflowkit.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.seen), slices.Clone(b.taken)
}

// TestDecisionsWithoutInngest takes every decision while Inngest is down: the status is stored, and the event is sent when
// Inngest is there again.
func TestDecisionsWithoutInngest(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ status, decision, want, event string }{
		"review":          {loader.StatusDraft, "review", loader.StatusUnderReview, actions.EventPostUpdated},
		"review again":    {loader.StatusNeedsApproval, "review", loader.StatusUnderReview, actions.EventPostUpdated},
		"revert":          {loader.StatusNeedsApproval, "revert", loader.StatusDraft, "blog-post.reverted"},
		"approve":         {loader.StatusNeedsApproval, "approve", loader.StatusNeedsApproval, actions.EventApproval},
		"discard":         {loader.StatusNeedsApproval, "discard", loader.StatusNeedsApproval, actions.EventApproval},
		"publish":         {loader.StatusDraft, "publish", loader.StatusPublished, actions.EventPostPublished},
		"publish instead": {loader.StatusNeedsApproval, "publish", loader.StatusPublished, actions.EventPostPublished},
		"unpublish":       {loader.StatusPublished, "unpublish", loader.StatusDraft, actions.EventPostUnpublished},
	}
	servers := map[string]http.HandlerFunc{
		"refuses": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, `{"error":"no"}`, http.StatusUnauthorized) },
		"breaks": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusServiceUnavailable)
		},
		"hangs up": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	}
	for serverName, broken := range servers {
		for name, tc := range cases {
			t.Run(name+" while Inngest "+serverName, func(t *testing.T) {
				t.Parallel()
				to := &inbox{broken: broken}
				s := newSite(t, parts{events: to.ServeHTTP})
				post := s.newPostIn(tc.status)
				s.decide(post.ID, tc.decision)
				s.eventually("an attempt", func() error {
					if s.log.contains("event could not be sent, and is tried again") {
						return nil
					}
					return errModel
				})
				if got := s.post(post.ID).Status; got != tc.want {
					t.Errorf("the status is %q", got)
				}
				to.repair()
				s.sent()
				seen, taken := to.lists()
				if len(taken) != 1 || taken[0].Name != tc.event {
					t.Fatalf("Inngest has taken %v", taken)
				}
				for _, event := range seen {
					if event.ID != taken[0].ID {
						t.Errorf("an attempt had the id %s, and another one %s", event.ID, taken[0].ID)
					}
				}
			})
		}
	}
}

// TestEventsOfAPostKeepTheirOrder decides several times while Inngest is down.
func TestEventsOfAPostKeepTheirOrder(t *testing.T) {
	t.Parallel()
	to := &inbox{broken: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }}
	s := newSite(t, parts{events: to.ServeHTTP})
	post := s.newPost("A post", "text")
	for _, decision := range []string{"review", "revert", "publish", "unpublish"} {
		s.decide(post.ID, decision)
	}
	to.repair()
	s.sent()
	var got []string
	_, taken := to.lists()
	for _, event := range taken {
		got = append(got, event.Name)
	}
	want := []string{actions.EventPostUpdated, "blog-post.reverted", actions.EventPostPublished, actions.EventPostUnpublished}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
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
			s.sent()
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

// TestDecisionSurvivesItsRequest ends the request before the decision is stored, as a browser does that sends the second
// of two clicks.
func TestDecisionSurvivesItsRequest(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{wrap: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/review") {
				ctx, cancel := context.WithCancel(r.Context())
				cancel()
				r = r.WithContext(ctx)
			}
			next.ServeHTTP(w, r)
		})
	}})
	s.newPost("A post", "text")
	s.decide(1, "review")
	if got := s.post(1).Status; got != loader.StatusUnderReview {
		t.Errorf("the status is %q", got)
	}
	s.sent()
	for _, event := range s.local.Events() {
		if event.Name == actions.EventPostUpdated {
			return
		}
	}
	t.Error("the event was not sent")
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
		s.stopApp()
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
