package actions_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

func TestInputsReachTheModel(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		node map[string]any
		task actions.Task
		says []string
	}{
		"table of contents": {
			node("add_ToC", map[string]any{"heading": "Contents", "maxDepth": 2, "instructions": "be brief"}),
			actions.TableOfContents{Heading: "Contents", MaxDepth: 2},
			[]string{`"Contents"`, "level 2", "be brief"},
		},
		"table of contents by default": {
			node("add_ToC"),
			actions.TableOfContents{Heading: "Table of Contents", MaxDepth: 3},
			[]string{`"Table of Contents"`, "level 3"},
		},
		"grammar": {
			node("grammar_review", map[string]any{"tone": "formal", "style": "use the Oxford comma"}),
			actions.GrammarReview{},
			[]string{"formal tone", "Oxford comma"},
		},
		"grammar by default": {node("grammar_review"), actions.GrammarReview{}, []string{"voice and tone"}},
		"LinkedIn": {
			node("generate_linkedin_posts", map[string]any{"tone": "casual", "number": 3, "emojis": true}),
			actions.LinkedInPosts{Number: 3},
			[]string{"3 posts", "casual tone", "Emojis are welcome", "only ---"},
		},
		"LinkedIn by default": {
			node("generate_linkedin_posts"),
			actions.LinkedInPosts{Number: 1},
			[]string{"one post", "professional tone", "Use no emojis"},
		},
		"tweets": {
			node("generate_tweet_posts", map[string]any{"tone": "casual", "number": 10, "emojis": false}),
			actions.Tweets{Number: 10},
			[]string{"10 tweets", "casual tone", "Use no emojis", "280"},
		},
		"tweets by default": {
			node("generate_tweet_posts"),
			actions.Tweets{Number: 2},
			[]string{"2 tweets", "friendly tone", "Emojis are welcome"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			model := &recorder{}
			_, err := workflowkittest.Run(t.Context(), newEngine(t, newMemory(draft()), model), updated(t, "7"), chain(t, tc.node))
			if err != nil {
				t.Fatal(err)
			}
			prompt := model.prompts[0]
			if diff := cmp.Diff(tc.task, prompt.Task); diff != "" {
				t.Errorf("task (-want +got):\n%s", diff)
			}
			for _, part := range tc.says {
				if !strings.Contains(prompt.Instructions, part) {
					t.Errorf("instructions do not say %q:\n%s", part, prompt.Instructions)
				}
			}
			if prompt.Document != markdown || prompt.Title != "Hello" || strings.Contains(prompt.Instructions, "this is is") {
				t.Errorf("the post is not kept apart from the instructions: %+v", prompt)
			}
		})
	}
}

func TestInputsAreChecked(t *testing.T) {
	t.Parallel()
	for name, node := range map[string]map[string]any{
		"depth":            node("add_ToC", map[string]any{"maxDepth": 7}),
		"tone":             node("grammar_review", map[string]any{"tone": "rude"}),
		"number of tweets": node("generate_tweet_posts", map[string]any{"number": 11}),
		"no tweets":        node("generate_tweet_posts", map[string]any{"number": 0}),
		"number of posts":  node("generate_linkedin_posts", map[string]any{"number": 6}),
		"time to wait":     node("wait_for_approval", map[string]any{"timeout": "tomorrow"}),
		"no time to wait":  node("wait_for_approval", map[string]any{"timeout": "0h"}),
		"a year and more":  node("wait_for_approval", map[string]any{"timeout": "53w"}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			posts := newMemory(draft())
			_, err := workflowkittest.Run(t.Context(), newEngine(t, posts, &recorder{}), updated(t, "7"), chain(t, node))
			if err == nil || !workflowkit.IsNoRetryError(err) {
				t.Errorf("error is %v, want one that is not retried (rule 9)", err)
			}
			if diff := cmp.Diff(draft(), posts.get("7")); diff != "" {
				t.Errorf("post changed (-before +after):\n%s", diff)
			}
		})
	}
}
