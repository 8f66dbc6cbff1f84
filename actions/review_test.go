package actions_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

func TestReviewWithoutInputs(t *testing.T) {
	t.Parallel()
	posts, model := newMemory(draft()), &recorder{}
	result, err := workflowkittest.Run(t.Context(), newEngine(t, posts, model), updated(t, "7"),
		workflowkittest.WithRunID("run"), chain(t, node("add_ToC"), node("grammar_review"), node("apply_changes")))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1/load-blog-post", "1/add-toc-to-article", "1/save-ai-revision",
		"2/load-blog-post", "2/get-ai-grammar-fixes", "2/save-ai-revision",
		"3/load-blog-post", "3/apply-ai-revision",
	}
	if diff := cmp.Diff(want, stepIDs(result)); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	toc := markdown + "\n(table of contents)"
	if diff := cmp.Diff([]string{markdown, toc}, []string{model.prompts[0].Document, model.prompts[1].Document}); diff != "" {
		t.Errorf("working copies (-want +got):\n%s", diff)
	}
	wantPost := draft()
	wantPost.Markdown, wantPost.Status, wantPost.Version = toc+"\n(grammar review)", actions.StatusPublished, 6
	if diff := cmp.Diff(wantPost, posts.get("7")); diff != "" {
		t.Errorf("post (-want +got):\n%s", diff)
	}
	wantChanges := []actions.Change{
		{PostID: "7", RunID: "run", Key: "run/1/save-ai-revision", Version: 3},
		{PostID: "7", RunID: "run", Key: "run/2/save-ai-revision", Version: 4},
		{PostID: "7", RunID: "run", Key: "run/3/apply-ai-revision", Version: 5},
	}
	if diff := cmp.Diff(wantChanges, posts.changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	wantOutput := actions.RevisionOutput{Markdown: toc, Changed: true, Status: actions.StatusUnderReview, Model: "test"}
	if diff := cmp.Diff(wantOutput, output[actions.RevisionOutput](t, result, "1")); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
	if got := output[actions.ApplyOutput](t, result, "3"); got.Status != actions.StatusPublished {
		t.Errorf("output is %+v", got)
	}
}

func TestWorkingCopyBelongsToTheRun(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ run, want string }{
		"revision of this run":       {"run", "the revision"},
		"revision of another run":    {"other", markdown},
		"revision of other software": {"", markdown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			post := draft()
			post.Revision, post.HasRevision, post.RevisionRun = "the revision", true, tc.run
			model := &recorder{}
			// The action's id says nothing: the first action of a workflow need not be "1".
			_, err := workflowkittest.Run(t.Context(), newEngine(t, newMemory(post), model), updated(t, "7"), workflowkittest.WithRunID("run"),
				workflowkittest.WithWorkflow(`{"actions":[{"id":"9","kind":"grammar_review"}],"edges":[{"from":"$source","to":"9"}]}`))
			if err != nil {
				t.Fatal(err)
			}
			if got := model.prompts[0].Document; got != tc.want {
				t.Errorf("working copy is %q, want %q", got, tc.want)
			}
		})
	}
}

func TestPostThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	empty := draft()
	empty.Markdown = " \n"
	for name, tc := range map[string]struct {
		post             actions.Post
		data, kind, text string
	}{
		"no such post":          {draft(), `{"id":"8"}`, "add_ToC", `post "8": post not found`},
		"no id":                 {draft(), `{}`, "add_ToC", "id of a post is missing"},
		"an id of a wrong type": {draft(), `{"id":[7]}`, "grammar_review", "a string or a whole number"},
		"no text":               {empty, `{"id":"7"}`, "grammar_review", "has no text"},
		"nothing to apply":      {draft(), `{"id":"7"}`, "apply_changes", "has no revision made by this run"},
		"nothing to approve":    {draft(), `{"id":"7"}`, "wait_for_approval", "has no revision made by this run"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			posts := newMemory(tc.post)
			event := workflowkit.Event{Name: actions.EventPostUpdated, Data: json.RawMessage(tc.data)}
			result, err := workflowkittest.Run(t.Context(), newEngine(t, posts, &recorder{}), event, chain(t, node(tc.kind)))
			if err == nil || !strings.Contains(err.Error(), tc.text) || !workflowkit.IsNoRetryError(err) {
				t.Errorf("error is %v, want one about %q that is not retried", err, tc.text)
			}
			for _, step := range result.Steps {
				if step.Attempts > 1 {
					t.Errorf("step %s was tried %d times", step.ID, step.Attempts)
				}
			}
			if diff := cmp.Diff(tc.post, posts.get("7")); diff != "" {
				t.Errorf("post changed (-before +after):\n%s", diff)
			}
		})
	}
}

func TestNumericIDs(t *testing.T) {
	t.Parallel()
	posts := newMemory(draft())
	event := workflowkit.Event{Name: actions.EventPostUpdated, Data: json.RawMessage(`{"id":7}`)}
	if _, err := workflowkittest.Run(t.Context(), newEngine(t, posts, &recorder{}), event, chain(t, node("add_ToC"))); err != nil {
		t.Fatal(err)
	}
	if !posts.get("7").HasRevision {
		t.Error("post 7 has no revision")
	}
}

func TestChangesOfOthersAreNotOverwritten(t *testing.T) {
	t.Parallel()
	posts := newMemory(draft())
	model := modelFunc(func(context.Context, actions.Prompt) (actions.Text, error) {
		posts.edit("7", "edited meanwhile")
		return actions.Text{Content: "the revision", Model: "test"}, nil
	})
	result, err := workflowkittest.Run(t.Context(), newEngine(t, posts, model), updated(t, "7"), chain(t, node("grammar_review")))
	if err == nil || !strings.Contains(err.Error(), "changed by somebody else") {
		t.Errorf("error is %v", err)
	}
	if step, _ := result.Step("1/save-ai-revision"); step.Attempts != 1 {
		t.Errorf("saving was tried %d times, another attempt cannot help", step.Attempts)
	}
	if got := posts.get("7"); got.Markdown != "edited meanwhile" || got.HasRevision {
		t.Errorf("post is %+v", got)
	}
}

func TestPassingErrorsAreRetried(t *testing.T) {
	t.Parallel()
	posts := newMemory(draft())
	result, err := workflowkittest.Run(t.Context(), newEngine(t, posts, &recorder{}), updated(t, "7"), chain(t, node("add_ToC")),
		workflowkittest.FailStep("load-blog-post", errors.New("database is down"), 2),
		workflowkittest.FailStep("add-toc-to-article", errors.New("busy"), 1),
		workflowkittest.FailStep("save-ai-revision", errors.New("database is down"), 1))
	if err != nil {
		t.Fatal(err)
	}
	if step, _ := result.Step("1/load-blog-post"); step.Attempts != 3 {
		t.Errorf("loading was tried %d times, want 3", step.Attempts)
	}
	if !posts.get("7").HasRevision {
		t.Error("no revision was saved")
	}
}

// forgetful loses the answer of the first attempt of each write.
type forgetful struct {
	*memory
	lost map[string]bool
}

var errLost = errors.New("connection lost")

func (f *forgetful) lose(c actions.Change, post actions.Post, err error) (actions.Post, error) {
	if err == nil && !f.lost[c.Key] {
		f.lost[c.Key] = true
		return actions.Post{}, errLost
	}
	return post, err
}

func (f *forgetful) SaveRevision(ctx context.Context, c actions.Change, markdown string) (actions.Post, error) {
	post, err := f.memory.SaveRevision(ctx, c, markdown)
	return f.lose(c, post, err)
}

func (f *forgetful) ApplyRevision(ctx context.Context, c actions.Change) (actions.Post, error) {
	post, err := f.memory.ApplyRevision(ctx, c)
	return f.lose(c, post, err)
}

func (f *forgetful) AppendRecommendations(ctx context.Context, c actions.Change, heading, text string) (actions.Post, error) {
	post, err := f.memory.AppendRecommendations(ctx, c, heading, text)
	return f.lose(c, post, err)
}

func TestWritesWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	posts := &forgetful{newMemory(draft()), map[string]bool{}}
	_, err := workflowkittest.Run(t.Context(), newEngine(t, posts, &recorder{}), updated(t, "7"),
		chain(t, node("grammar_review"), node("generate_linkedin_posts"), node("apply_changes")))
	if err != nil {
		t.Fatal(err)
	}
	want := draft()
	want.Markdown, want.Status, want.Version = markdown+"\n(grammar review)", actions.StatusPublished, 5
	want.Recommendations = "## LinkedIn posts\n\n" + strings.TrimSpace(want.Markdown+"\n(LinkedIn posts)")
	if diff := cmp.Diff(want, posts.get("7")); diff != "" {
		t.Errorf("post (-want +got):\n%s", diff)
	}
	if len(posts.changes) != 6 {
		t.Errorf("%d writes, want each of the three twice", len(posts.changes))
	}
}

func TestModelWithoutAnswer(t *testing.T) {
	t.Parallel()
	posts, calls := newMemory(draft()), 0
	model := modelFunc(func(context.Context, actions.Prompt) (actions.Text, error) {
		calls++
		return actions.Text{Content: " \n", Model: "test"}, nil
	})
	_, err := workflowkittest.Run(t.Context(), newEngine(t, posts, model), updated(t, "7"), chain(t, node("grammar_review")), workflowkittest.WithRetries(2))
	if err == nil || !strings.Contains(err.Error(), "grammar review: text model gave an empty answer") || calls != 3 {
		t.Errorf("error after %d calls is %v", calls, err)
	}
	if posts.get("7").HasRevision {
		t.Error("an empty revision was saved")
	}
}

func TestLogSaysWhoWrote(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	engine := newEngine(t, newMemory(draft()), actions.Offline{}, workflowkit.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if _, err := workflowkittest.Run(t.Context(), engine, updated(t, "7"), chain(t, node("add_ToC")), workflowkittest.WithReplay(1)); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(log.String(), "text generated"); n != 1 || !strings.Contains(log.String(), "model=offline") || !strings.Contains(log.String(), "Made offline") {
		t.Errorf("log has %d lines about the text:\n%s", n, &log)
	}
}
