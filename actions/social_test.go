package actions_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

func published(t *testing.T, id string) workflowkit.Event {
	t.Helper()
	event, err := actions.PostPublished(id)
	if err != nil {
		t.Fatal(err)
	}
	return event
}

func TestSocialPosts(t *testing.T) {
	t.Parallel()
	posts := newMemory(draft())
	model := modelFunc(func(_ context.Context, prompt actions.Prompt) (actions.Text, error) {
		if _, ok := prompt.Task.(actions.Tweets); ok {
			return actions.Text{Content: "Tweet 1: First\n\n---\n\n**Tweet 2/2:**\nSecond\n---\nThird", Model: "test"}, nil
		}
		return actions.Text{Content: "Read this\n\n---\n\nnow", Model: "test"}, nil
	})
	result, err := workflowkittest.Run(t.Context(), newEngine(t, posts, model), published(t, "7"), workflowkittest.WithRunID("run"),
		chain(t, node("generate_linkedin_posts"), node("generate_tweet_posts")))
	if err != nil {
		t.Fatal(err)
	}
	wantSteps := []string{
		"1/load-blog-post", "1/generate-linked-posts", "1/save-ai-recommendations",
		"2/load-blog-post", "2/generate-tweets", "2/save-ai-recommendations",
	}
	if diff := cmp.Diff(wantSteps, stepIDs(result)); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	want := draft()
	want.Recommendations = "## LinkedIn posts\n\nRead this\n\n---\n\nnow\n\n## Twitter posts\n\n**Tweet 1**\n\nFirst\n\n**Tweet 2**\n\nSecond"
	if diff := cmp.Diff(want, posts.get("7")); diff != "" {
		t.Errorf("post (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"First", "Second"}, output[actions.SocialOutput](t, result, "2").Posts); diff != "" {
		t.Errorf("tweets (-want +got):\n%s", diff)
	}
	if posts.changes[0].Key != "run/1/save-ai-recommendations" {
		t.Errorf("change is %+v", posts.changes[0])
	}
}

func TestSocialPostsInBranches(t *testing.T) {
	t.Parallel()
	for seed := range int64(10) {
		posts := newMemory(draft())
		_, err := workflowkittest.Run(t.Context(), newEngine(t, posts, actions.Offline{}), published(t, "7"), workflowkittest.WithReplay(seed),
			workflowkittest.WithWorkflow(`{"actions":[{"id":"1","kind":"generate_linkedin_posts"},{"id":"2","kind":"generate_tweet_posts"}],
				"edges":[{"from":"$source","to":"1"},{"from":"$source","to":"2"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		got := posts.get("7").Recommendations
		if strings.Count(got, "## LinkedIn posts\n") != 1 || strings.Count(got, "## Twitter posts\n") != 1 {
			t.Errorf("seed %d: recommendations are\n%s", seed, got)
		}
	}
}

func TestSplitPosts(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer string
		limit  int
		want   []string
	}{
		"separated":                {"a\n---\nb", 2, []string{"a", "b"}},
		"more than asked for":      {"a\n---\nb\n---\nc", 2, []string{"a", "b"}},
		"fewer than asked for":     {"a", 2, []string{"a"}},
		"one, with a rule inside":  {"a\n\n---\n\nb", 1, []string{"a\n\n---\n\nb"}},
		"blank posts":              {"---\n\n---\na\n --- \n", 3, []string{"a"}},
		"numbers of the model":     {"Tweet 1:\na\n---\n**Tweet #2** b\n---\nPost 3/3 - c", 3, []string{"a", "b", "c"}},
		"a text about numbers":     {"1 tweet a day\n---\nTweets are short", 2, []string{"1 tweet a day", "Tweets are short"}},
		"Windows line endings":     {"a\r\n---\r\nb", 2, []string{"a", "b"}},
		"a hyphen is no separator": {"- a\n- b\n--\n----", 2, []string{"- a\n- b\n--\n----"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, actions.SplitPosts(tc.answer, tc.limit)); diff != "" {
				t.Errorf("posts (-want +got):\n%s", diff)
			}
		})
	}
}
