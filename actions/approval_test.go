package actions_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// revised returns a post with a revision of the run "run".
func revised() actions.Post {
	post := draft()
	post.Revision, post.HasRevision, post.RevisionRun = "the revision", true, "run"
	return post
}

func answer(data string) workflowkit.Event {
	return workflowkit.Event{Name: actions.EventApproval, Data: json.RawMessage(data)}
}

func TestApproval(t *testing.T) {
	t.Parallel()
	applied := actions.Post{ID: "7", Title: "Hello", Status: actions.StatusPublished, Markdown: "the revision", Version: 4}
	discarded := actions.Post{ID: "7", Title: "Hello", Status: actions.StatusDraft, Markdown: markdown, Version: 4}
	for name, tc := range map[string]struct {
		node    map[string]any
		answers map[time.Duration]string
		want    actions.ApprovalOutput
		elapsed time.Duration
		step    string
		reason  string
	}{
		"approved": {
			answers: map[time.Duration]string{time.Hour: `{"id":"7"}`},
			want:    actions.ApprovalOutput{Approved: true, Status: actions.StatusPublished},
			elapsed: time.Hour, step: "1/apply-ai-revision",
		},
		"approved with a number": {
			answers: map[time.Duration]string{time.Hour: `{"id":7,"approved":true,"reason":"fine"}`},
			want:    actions.ApprovalOutput{Approved: true, Reason: "fine", Status: actions.StatusPublished},
			elapsed: time.Hour, step: "1/apply-ai-revision",
		},
		"rejected": {
			answers: map[time.Duration]string{time.Minute: `{"id":"7","approved":false,"reason":"too long"}`},
			want:    actions.ApprovalOutput{Reason: "too long", Status: actions.StatusDraft},
			elapsed: time.Minute, step: "1/discard-ai-revision", reason: "too long",
		},
		"an answer that is neither": {
			answers: map[time.Duration]string{time.Minute: `{"id":"7","approved":"no"}`},
			want:    actions.ApprovalOutput{Reason: `data.approved of the answer is "no", neither true nor false`, Status: actions.StatusDraft},
			elapsed: time.Minute, step: "1/discard-ai-revision", reason: `data.approved of the answer is "no", neither true nor false`,
		},
		"answers for other posts": {
			answers: map[time.Duration]string{time.Second: `{"id":"77"}`, time.Minute: `{"id":8}`, time.Hour: `{}`, 2 * time.Hour: `{"id":"7"}`},
			want:    actions.ApprovalOutput{Approved: true, Status: actions.StatusPublished},
			elapsed: 2 * time.Hour, step: "1/apply-ai-revision",
		},
		"no answer within a day": {
			answers: map[time.Duration]string{25 * time.Hour: `{"id":"7"}`},
			want:    actions.ApprovalOutput{TimedOut: true, Reason: "nobody answered within 1d", Status: actions.StatusDraft},
			elapsed: 24 * time.Hour, step: "1/discard-ai-revision", reason: "nobody answered within 1d",
		},
		"no answer within the time to wait": {
			node:    node("wait_for_approval", map[string]any{"timeout": "1h 30m"}),
			want:    actions.ApprovalOutput{TimedOut: true, Reason: "nobody answered within 1h 30m", Status: actions.StatusDraft},
			elapsed: 90 * time.Minute, step: "1/discard-ai-revision", reason: "nobody answered within 1h 30m",
		},
		"an empty time to wait": {
			node:    node("wait_for_approval", map[string]any{"timeout": ""}),
			want:    actions.ApprovalOutput{TimedOut: true, Reason: "nobody answered within 1d", Status: actions.StatusDraft},
			elapsed: 24 * time.Hour, step: "1/discard-ai-revision", reason: "nobody answered within 1d",
		},
	} {
		for mode, replay := range map[string]workflowkittest.Option{
			"": workflowkittest.WithRunID("run"), ", one step at a time": workflowkittest.WithReplay(1),
		} {
			t.Run(name+mode, func(t *testing.T) {
				t.Parallel()
				n := map[string]any{"kind": "wait_for_approval"}
				if tc.node != nil {
					n["inputs"] = tc.node["inputs"]
				}
				posts := newMemory(revised())
				options := []workflowkittest.Option{workflowkittest.WithRunID("run"), chain(t, n), replay}
				for after, data := range tc.answers {
					options = append(options, workflowkittest.WithEventAfter(after, answer(data)))
				}
				result, err := workflowkittest.Run(t.Context(), newEngine(t, posts, actions.Offline{}), updated(t, "7"), options...)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tc.want, output[actions.ApprovalOutput](t, result, "1")); diff != "" {
					t.Errorf("output (-want +got):\n%s", diff)
				}
				wantPost := discarded
				if tc.want.Approved {
					wantPost = applied
				}
				if diff := cmp.Diff(wantPost, posts.get("7")); diff != "" {
					t.Errorf("post (-want +got):\n%s", diff)
				}
				if result.Elapsed != tc.elapsed {
					t.Errorf("it took %v, want %v", result.Elapsed, tc.elapsed)
				}
				ids := stepIDs(result)
				if last := ids[len(ids)-1]; last != tc.step {
					t.Errorf("last step is %q, want %q", last, tc.step)
				}
				for _, id := range []string{"1/load-blog-post", "1/update-blog-post-status", "1/wait-for-ai-suggestion-approval"} {
					if _, ok := result.Step(id); !ok {
						t.Errorf("step %q is missing in %q", id, ids)
					}
				}
				if posts.reason != tc.reason {
					t.Errorf("reason of the post is %q, want %q", posts.reason, tc.reason)
				}
			})
		}
	}
}

func TestApprovalIsAskedForWithTheStatus(t *testing.T) {
	t.Parallel()
	posts, seen := newMemory(revised()), actions.Post{}
	posts.onApproval = func() { seen = posts.get("7") }
	_, err := workflowkittest.Run(t.Context(), newEngine(t, posts, actions.Offline{}), updated(t, "7"), workflowkittest.WithRunID("run"),
		chain(t, node("wait_for_approval")), workflowkittest.WithEventAfter(0, answer(`{"id":"7"}`)))
	if err != nil {
		t.Fatal(err)
	}
	if seen.Status != actions.StatusNeedsApproval || seen.Revision != "the revision" {
		t.Errorf("while it waits the post is %+v", seen)
	}
}

func TestPostEditedWhileApprovalIsPending(t *testing.T) {
	t.Parallel()
	posts := newMemory(revised())
	posts.onApproval = func() { posts.edit("7", "edited meanwhile") }
	_, err := workflowkittest.Run(t.Context(), newEngine(t, posts, actions.Offline{}), updated(t, "7"), workflowkittest.WithRunID("run"),
		chain(t, node("wait_for_approval")), workflowkittest.WithEventAfter(time.Hour, answer(`{"id":"7"}`)))
	if err == nil || !strings.Contains(err.Error(), "changed by somebody else") || !workflowkit.IsNoRetryError(err) {
		t.Errorf("error is %v", err)
	}
	if got := posts.get("7").Markdown; got != "edited meanwhile" {
		t.Errorf("the edit was overwritten: %q", got)
	}
}

func TestRevisionOfAnotherRunIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"wait_for_approval", "apply_changes"} {
		post := revised()
		post.RevisionRun = "other"
		posts := newMemory(post)
		_, err := workflowkittest.Run(t.Context(), newEngine(t, posts, actions.Offline{}), updated(t, "7"), workflowkittest.WithRunID("run"), chain(t, node(kind)))
		if err == nil || !strings.Contains(err.Error(), actions.ErrNoRevision.Error()) {
			t.Errorf("%s: error is %v", kind, err)
		}
		if diff := cmp.Diff(post, posts.get("7")); diff != "" {
			t.Errorf("%s: post changed (-before +after):\n%s", kind, diff)
		}
	}
}

func TestApprovalExpression(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"7":                   `async.data.id == "7" || async.data.id == 7`,
		"1234567":             `async.data.id == "1234567" || async.data.id == 1234567`,
		"9007199254740993":    `async.data.id == "9007199254740993"`,
		"007":                 `async.data.id == "007"`,
		"-7":                  `async.data.id == "-7"`,
		"o'neill":             `async.data.id == "o'neill"`,
		"größe":               `async.data.id == "größe"`,
		"x\" || true || \"":   "",
		`back\slash`:          "",
		"line\nbreak":         "",
		"nul\x00":             "",
		"invalid \xff":        "",
		"paragraph\u2029here": "",
	} {
		got, err := actions.ApprovalOf(id)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("expression for %q is %q, %v, want %q", id, got, err, want)
		}
	}
}

func TestApprovalMatchesLargeIDs(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"7", "999999", "1000000", "1234567", "9007199254740991", "a-slug"} {
		forms := []string{`"` + id + `"`}
		if id[0] <= '9' {
			forms = append(forms, id)
		}
		for _, form := range forms {
			post := revised()
			post.ID = id
			posts := newMemory(post)
			_, err := workflowkittest.Run(t.Context(), newEngine(t, posts, actions.Offline{}), updated(t, id), workflowkittest.WithRunID("run"),
				chain(t, node("wait_for_approval")), workflowkittest.WithEventAfter(time.Hour, answer(`{"id":`+form+`}`)))
			if err != nil || posts.get(id).Status != actions.StatusPublished {
				t.Errorf("answer with id %s: post is %q, %v", form, posts.get(id).Status, err)
			}
		}
	}
}

func TestIDThatNoAnswerCanMatch(t *testing.T) {
	t.Parallel()
	post := revised()
	post.ID = `a"b`
	posts := newMemory(post)
	_, err := workflowkittest.Run(t.Context(), newEngine(t, posts, actions.Offline{}), updated(t, post.ID), workflowkittest.WithRunID("run"), chain(t, node("wait_for_approval")))
	if err == nil || !strings.Contains(err.Error(), "no answer could be matched") || !workflowkit.IsNoRetryError(err) {
		t.Errorf("error is %v", err)
	}
	if got := posts.get(post.ID).Status; got != actions.StatusUnderReview {
		t.Errorf("status is %q", got)
	}
}
