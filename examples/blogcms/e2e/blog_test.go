package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/cms"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// blog is the blog application on the server under test, as its users see it: over HTTP.
type blog struct {
	*bed
	db *loader.DB
}

// post is a post in the API's JSON.
type post struct {
	ID              int64
	Title, Status   string
	Markdown        string
	Revision        *string `json:"markdown_ai_revision"`
	Recommendations *string `json:"ai_publishing_recommendations"`
	Error           *string `json:"workflow_error"`
}

// workflow is a workflow in the API's JSON.
type workflow struct {
	ID         int64           `json:"id"`
	Trigger    string          `json:"trigger"`
	Definition json.RawMessage `json:"workflow"`
}

// databases are the kinds of databases that the flow must work on.
var databases = map[string]func(t *testing.T) string{
	"sqlite":   func(t *testing.T) string { t.Helper(); return loadertest.SQLite(t) },
	"postgres": func(t *testing.T) string { t.Helper(); return loadertest.Postgres(t) },
}

func newBlog(t *testing.T, dsn string, model actions.TextModel, options ...option) *blog {
	t.Helper()
	logger := slog.New(slog.DiscardHandler)
	db := loadertest.Open(t, dsn, loader.WithLogger(logger))
	if _, err := db.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := newServer(t, options...)
	b := &blog{bed: &bed{server: s, client: newClient(t, s, "e2e-"+slug(t)), calls: &counter{}}, db: db}
	app, err := cms.New(cms.Config{DB: db, Client: b.client, Model: model, Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	b.serve(t, app.Handler())
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- app.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return b
}

// call makes a request to the API and decodes the answer into v, unless v is nil.
func (b *blog) call(t *testing.T, method, path string, body, v any) {
	t.Helper()
	status, raw := b.try(t, method, path, body)
	if status/100 != 2 {
		t.Fatalf("%s %s: %d %s", method, path, status, raw)
	}
	if v == nil {
		return
	}
	if err := json.Unmarshal(raw, v); err != nil {
		t.Fatalf("%s %s: %v\n%s", method, path, err, raw)
	}
}

func (b *blog) try(t *testing.T, method, path string, body any) (int, []byte) {
	t.Helper()
	var content io.Reader = http.NoBody
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		content = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, b.app.URL+path, content)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := b.app.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, raw
}

func (b *blog) get(t *testing.T, id int64) post {
	t.Helper()
	var answer struct {
		BlogPost post `json:"blogPost"`
	}
	b.call(t, http.MethodGet, fmt.Sprintf("/api/blog-posts/%d", id), nil, &answer)
	return answer.BlogPost
}

func (b *blog) create(t *testing.T, title string) int64 {
	t.Helper()
	var answer struct {
		BlogPost post `json:"blogPost"`
	}
	b.call(t, http.MethodPost, "/api/blog-posts", map[string]string{
		"title": title, "subtitle": "On nothing in particular",
		"markdown": "# " + title + "\n\n## First\n\nthis is is a  text.\n\n## Second\n\nIt ends here.\n",
	}, &answer)
	return answer.BlogPost.ID
}

func (b *blog) decide(t *testing.T, id int64, decision string) {
	t.Helper()
	b.call(t, http.MethodPost, fmt.Sprintf("/api/blog-posts/%d/%s", id, decision), nil, nil)
}

// waitFor waits until a post has a status.
func (b *blog) waitFor(t *testing.T, id int64, status string) post {
	t.Helper()
	var p post
	eventually(t, "status "+status, func() error {
		if p = b.get(t, id); p.Status != status {
			return fmt.Errorf("post %d is %q, its error is %v", id, p.Status, p.Error)
		}
		return nil
	})
	return p
}

// workflowFor returns the seeded workflow of a trigger.
func (b *blog) workflowFor(t *testing.T, trigger string) workflow {
	t.Helper()
	var answer struct{ Workflows []workflow }
	b.call(t, http.MethodGet, "/api/workflows", nil, &answer)
	for _, w := range answer.Workflows {
		if w.Trigger == trigger {
			return w
		}
	}
	t.Fatalf("no workflow for %s", trigger)
	return workflow{}
}

func (b *blog) save(t *testing.T, w workflow, definition string) {
	t.Helper()
	b.call(t, http.MethodPut, fmt.Sprintf("/api/workflows/%d", w.ID), map[string]any{"workflow": json.RawMessage(definition)}, nil)
}

// checkPublished checks what the review workflow has made of a post of create.
func checkPublished(t *testing.T, p post) {
	t.Helper()
	if p.Status != "published" || p.Revision != nil {
		t.Errorf("post %d is %q with revision %v", p.ID, p.Status, p.Revision)
	}
	for _, want := range []string{"(#first)", "(#second)", "This is a text."} {
		if !strings.Contains(p.Markdown, want) {
			t.Errorf("post %d does not contain %q:\n%s", p.ID, want, p.Markdown)
		}
	}
}

func TestReviewIsApproved(t *testing.T) {
	alongside(t)
	for name, dsn := range databases {
		t.Run(name, func(t *testing.T) {
			alongside(t)
			b := newBlog(t, dsn(t), actions.Offline{})
			id := b.create(t, "Approved")
			b.decide(t, id, "review")
			waiting := b.waitFor(t, id, "needs approval")
			if waiting.Revision == nil || !strings.Contains(*waiting.Revision, "(#first)") || strings.Contains(waiting.Markdown, "(#first)") {
				t.Errorf("while it waits the post is %+v", waiting)
			}
			b.decide(t, id, "approve")
			checkPublished(t, b.waitFor(t, id, "published"))
		})
	}
}

func TestReviewIsDiscarded(t *testing.T) {
	alongside(t)
	for name, dsn := range databases {
		t.Run(name, func(t *testing.T) {
			alongside(t)
			b := newBlog(t, dsn(t), actions.Offline{})
			id := b.create(t, "Discarded")
			before := b.get(t, id)
			b.decide(t, id, "review")
			b.waitFor(t, id, "needs approval")
			b.decide(t, id, "discard")
			after := b.waitFor(t, id, "draft")
			if after.Revision != nil || after.Markdown != before.Markdown {
				t.Errorf("a discarded post is %+v", after)
			}
		})
	}
}

// TestNobodyAnswers lets the time for the approval pass: a day on the virtual clock, seconds on a real server.
func TestNobodyAnswers(t *testing.T) {
	alongside(t)
	b := newBlog(t, loadertest.SQLite(t), actions.Offline{}, withVirtualClock)
	if onReal() {
		b.save(t, b.workflowFor(t, actions.EventPostUpdated), `{"actions":[{"id":"1","kind":"add_ToC"},
			{"id":"2","kind":"wait_for_approval","inputs":{"timeout":"3s"}}],
			"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"}]}`)
	}
	id := b.create(t, "Nobody answers")
	b.decide(t, id, "review")
	b.waitFor(t, id, "needs approval")
	if b.server.advance(t, 23*time.Hour) {
		if p := b.get(t, id); p.Status != "needs approval" {
			t.Errorf("after 23 hours the post is %q", p.Status)
		}
		b.server.advance(t, time.Hour)
	}
	if p := b.waitFor(t, id, "draft"); p.Revision != nil {
		t.Errorf("the revision is still there: %+v", p)
	}
}

func TestPublishing(t *testing.T) {
	alongside(t)
	for name, dsn := range databases {
		t.Run(name, func(t *testing.T) {
			alongside(t)
			b := newBlog(t, dsn(t), actions.Offline{})
			id := b.create(t, "Published")
			b.decide(t, id, "publish")
			eventually(t, "both recommendations", func() error {
				p := b.get(t, id)
				if p.Recommendations == nil {
					return errors.New("there are none")
				}
				for _, heading := range []string{"## LinkedIn posts", "## Twitter posts"} {
					if strings.Count(*p.Recommendations, heading) != 1 {
						return fmt.Errorf("no %s in\n%s", heading, *p.Recommendations)
					}
				}
				return nil
			})
		})
	}
}

func TestTwoPostsAtOnce(t *testing.T) {
	alongside(t)
	b := newBlog(t, loadertest.SQLite(t), actions.Offline{})
	one, two := b.create(t, "One"), b.create(t, "Two")
	b.decide(t, one, "review")
	b.decide(t, two, "review")
	b.waitFor(t, one, "needs approval")
	b.waitFor(t, two, "needs approval")
	b.decide(t, two, "approve")
	checkPublished(t, b.waitFor(t, two, "published"))
	if p := b.get(t, one); p.Status != "needs approval" {
		t.Errorf("the other post is %q", p.Status)
	}
	b.decide(t, one, "discard")
	b.waitFor(t, one, "draft")
}

// TestNewerReviewReplacesOlder sends a post to review twice; one approval publishes it, and nothing comes after.
func TestNewerReviewReplacesOlder(t *testing.T) {
	alongside(t)
	b := newBlog(t, loadertest.SQLite(t), actions.Offline{})
	id := b.create(t, "Twice")
	b.decide(t, id, "review")
	b.waitFor(t, id, "needs approval")
	b.decide(t, id, "review")
	b.waitFor(t, id, "needs approval")
	b.decide(t, id, "approve")
	checkPublished(t, b.waitFor(t, id, "published"))
}

// TestEventThatArrivesTwice holds that a run survives the second arrival of its event, as after a lost answer.
func TestEventThatArrivesTwice(t *testing.T) {
	alongside(t)
	b := newBlog(t, loadertest.SQLite(t), actions.Offline{})
	id := b.create(t, "Arrives twice")
	if _, err := b.db.SendToReview(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	event, err := actions.PostUpdated(fmt.Sprint(id))
	if err != nil {
		t.Fatal(err)
	}
	event.ID = fmt.Sprintf("%s/%d/%d", slug(t), id, time.Now().UnixNano())
	for range 2 {
		if _, err := b.client.Send(t.Context(), event); err != nil {
			t.Fatal(err)
		}
		b.waitFor(t, id, "needs approval")
	}
	b.decide(t, id, "approve")
	checkPublished(t, b.waitFor(t, id, "published"))
}

// TestRevertedReview takes a post out of its review; the run is cancelled and cannot touch the post again.
func TestRevertedReview(t *testing.T) {
	alongside(t)
	b := newBlog(t, loadertest.SQLite(t), actions.Offline{})
	id := b.create(t, "Reverted")
	b.decide(t, id, "review")
	b.waitFor(t, id, "needs approval")
	b.decide(t, id, "revert")
	b.waitFor(t, id, "draft")
	// A late approval of the cancelled run changes nothing.
	approval, err := actions.Approval(fmt.Sprint(id), true, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.client.Send(t.Context(), approval); err != nil {
		t.Fatal(err)
	}
	other := b.create(t, "Another")
	b.decide(t, other, "review")
	b.waitFor(t, other, "needs approval")
	if p := b.get(t, id); p.Status != "draft" || p.Revision != nil {
		t.Errorf("the reverted post is %+v", p)
	}
	b.decide(t, other, "discard")
	b.waitFor(t, other, "draft")
}

// TestEditedWhileItWaits saves another workflow while a run waits; the run keeps its own (rule 10), the next run uses
// the new one.
func TestEditedWhileItWaits(t *testing.T) {
	alongside(t)
	b := newBlog(t, loadertest.SQLite(t), actions.Offline{})
	id := b.create(t, "Edited")
	b.decide(t, id, "review")
	b.waitFor(t, id, "needs approval")
	b.save(t, b.workflowFor(t, actions.EventPostUpdated), `{"actions":[{"id":"1","kind":"grammar_review"},{"id":"2","kind":"apply_changes"}],
		"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"}]}`)
	next := b.create(t, "Next")
	b.decide(t, next, "review")
	if p := b.waitFor(t, next, "published"); strings.Contains(p.Markdown, "(#first)") || !strings.Contains(p.Markdown, "This is a text.") {
		t.Errorf("the next run did not use the saved workflow:\n%s", p.Markdown)
	}
	b.decide(t, id, "approve")
	checkPublished(t, b.waitFor(t, id, "published"))
}

// failing is a text model that cannot be helped.
type failing struct{}

func (failing) Generate(context.Context, actions.Prompt) (actions.Text, error) {
	return actions.Text{}, workflowkit.NoRetryError(errors.New("the model is gone"))
}

// TestFailedReviewIsNoLimbo holds that a failed run gives its post back, with the reason.
func TestFailedReviewIsNoLimbo(t *testing.T) {
	alongside(t)
	b := newBlog(t, loadertest.SQLite(t), failing{})
	id := b.create(t, "Failed")
	b.decide(t, id, "review")
	eventually(t, "the reason on the post", func() error {
		p := b.get(t, id)
		if p.Status != "draft" || p.Error == nil {
			return fmt.Errorf("the post is %q", p.Status)
		}
		if !strings.Contains(*p.Error, "the model is gone") {
			t.Fatalf("the reason is %q", *p.Error)
		}
		return nil
	})
}

// TestApprovalIsNeverLost approves posts at random moments from the one on at which their status can be seen, through
// the application and by bare events.
func TestApprovalIsNeverLost(t *testing.T) {
	alongside(t)
	const posts = 100
	b := newBlog(t, loadertest.Postgres(t), actions.Offline{})
	b.save(t, b.workflowFor(t, actions.EventPostUpdated), `{"actions":[{"id":"1","kind":"add_ToC"},{"id":"2","kind":"wait_for_approval","inputs":{"timeout":"30s"}}],
		"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"}]}`)
	ids := make([]int64, posts)
	for i := range ids {
		ids[i] = b.create(t, fmt.Sprint("Post ", i))
	}
	// A few at a time, so that the moment between a status and its answer is short.
	limit := make(chan struct{}, 8)
	var wg sync.WaitGroup
	for i, id := range ids {
		limit <- struct{}{}
		wg.Go(func() {
			defer func() { <-limit }()
			if status, raw := b.try(t, http.MethodPost, fmt.Sprintf("/api/blog-posts/%d/review", id), nil); status != http.StatusOK {
				t.Errorf("review of post %d: %d %s", id, status, raw)
				return
			}
			b.approveSoon(t, id, time.Duration(i*i%40)*10*time.Millisecond, i%2 == 0)
		})
	}
	wg.Wait()
	for _, id := range ids {
		b.waitFor(t, id, "published")
	}
}

// approveSoon waits for the moment at which a post needs approval, and a little longer, and approves it.
func (b *blog) approveSoon(t *testing.T, id int64, delay time.Duration, bare bool) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		p, err := b.db.Post(ctx, id)
		if err != nil {
			t.Error(err)
			return
		}
		if p.Status == loader.StatusNeedsApproval {
			break
		}
		select {
		case <-ctx.Done():
			t.Errorf("post %d is %q", id, p.Status)
			return
		case <-time.After(2 * time.Millisecond):
		}
	}
	select {
	case <-ctx.Done():
		return
	case <-time.After(delay):
	}
	if !bare {
		if status, raw := b.try(t, http.MethodPost, fmt.Sprintf("/api/blog-posts/%d/approve", id), nil); status != http.StatusOK {
			t.Errorf("approval of post %d: %d %s", id, status, raw)
		}
		return
	}
	event, err := workflowkit.NewEvent(actions.EventApproval, map[string]any{"id": id}) // a number, as others send it
	if err == nil {
		_, err = b.client.Send(ctx, event)
	}
	if err != nil {
		t.Error(err)
	}
}
