package cms_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/loader"
)

// listen opens the stream of changes and returns what it says, until the stream ends.
func (s *site) listen(ctx context.Context) <-chan string {
	s.t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/live", http.NoBody)
	if err != nil {
		s.t.Fatal(err)
	}
	response, err := s.http.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream" {
		s.t.Fatalf("%s, %q", response.Status, response.Header.Get("Content-Type"))
	}
	events := make(chan string, 100)
	go func() {
		defer close(events)
		defer response.Body.Close()
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			if event, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				events <- event
			}
		}
	}()
	return events
}

func awaitEvent(t *testing.T, events <-chan string, want string) {
	t.Helper()
	select {
	case got, open := <-events:
		if !open || got != want {
			t.Fatalf("the stream says %q (open: %v), want %q", got, open, want)
		}
	case <-time.After(30 * time.Second):
		t.Fatalf("the stream does not say %q", want)
	}
}

func TestPagesHearOfChanges(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		s := newSite(t, parts{dsn: dsn})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		events := s.listen(ctx)
		other := s.listen(ctx)
		awaitEvent(t, events, "change") // since the page was rendered
		awaitEvent(t, other, "change")
		s.newPost("A post", "text") // as another process would write it
		awaitEvent(t, events, "change")
		awaitEvent(t, other, "change")
		cancel()
		for range events { //nolint:revive // it ends
		}
	})
}

// TestStreamsEndWithTheApplication so that a server can be shut down.
func TestStreamsEndWithTheApplication(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	events := s.listen(t.Context())
	awaitEvent(t, events, "change")
	s.app.Close()
	for ended := time.After(30 * time.Second); ; {
		select {
		case _, open := <-events:
			if open {
				continue // the history's first word
			}
		case <-ended:
			t.Fatal("the stream does not end")
		}
		break
	}
	if got := s.get("/live"); got.status != http.StatusServiceUnavailable {
		t.Errorf("a new stream: %d", got.status)
	}
	s.app.Close() // twice is the same as once
}

// TestProgress looks at the pages while a run waits, and after it.
func TestProgress(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	s.newWorkflow(actions.EventPostUpdated, reviewWorkflow)
	post := s.newPost("A post", "the the text")
	if got := s.get("/automations/1/runs").body; !strings.Contains(got, "It has not run yet") {
		t.Error("there is a run before the first one")
	}
	s.decide(post.ID, "review")
	s.reach(post.ID, loader.StatusNeedsApproval)
	s.eventually("the progress", func() error {
		for _, path := range []string{"/", "/posts/1"} {
			if body := s.get(path).body; !strings.Contains(body, "1 of 2") || !strings.Contains(body, "waiting") {
				return errModel
			}
		}
		return nil
	})
	runs, err := s.db.PostRuns(t.Context(), post.ID, 1)
	if err != nil || len(runs) != 1 {
		t.Fatalf("%v, %v", runs, err)
	}
	run := "/runs/" + runs[0].RunID
	for _, want := range []string{"Apply changes after approval", "run-waiting", "run-completed", `href="/posts/1"`, "Perform a grammar review", "data-live"} {
		if body := s.get(run).body; !strings.Contains(body, want) {
			t.Errorf("the page of the run does not have %q:\n%s", want, body)
		}
	}
	s.decide(post.ID, "approve")
	s.reach(post.ID, loader.StatusPublished)
	s.eventually("the end", func() error {
		if body := s.get(run).body; !strings.Contains(body, `<span class="pill run-completed">done</span>`) || strings.Contains(body, "data-live") {
			return errModel
		}
		return nil
	})
	if list := s.get("/automations/1/runs").body; !strings.Contains(list, run) || !strings.Contains(s.get("/automations").body, run) {
		t.Error("the lists do not have the run")
	}
	if got := s.get("/runs/nobody"); got.status != http.StatusNotFound {
		t.Errorf("a run that there is not: %d", got.status)
	}
}

// TestCancelledRun is shown as what it is, though nobody tells the engine.
func TestCancelledRun(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	s.newWorkflow(actions.EventPostUpdated, reviewWorkflow)
	post := s.newPost("A post", "the the text")
	s.decide(post.ID, "review")
	s.reach(post.ID, loader.StatusNeedsApproval)
	s.decide(post.ID, "revert")
	s.eventually("the cancellation", func() error {
		if body := s.get("/posts/1").body; !strings.Contains(body, `<span class="pill run-cancelled">cancelled</span>`) {
			return errModel
		}
		return nil
	})
}

// TestLostRuns ends with the process that ran them.
func TestLostRuns(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	s.newWorkflow(actions.EventPostUpdated, reviewWorkflow)
	post := s.newPost("A post", "the the text")
	s.decide(post.ID, "review")
	s.reach(post.ID, loader.StatusNeedsApproval)
	if err := s.app.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	if body := s.get("/posts/1").body; !strings.Contains(body, "ended with the process") && !strings.Contains(body, "run-cancelled") {
		t.Errorf("the run goes on:\n%s", body)
	}
}
