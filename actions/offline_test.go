package actions_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

func TestOffline(t *testing.T) {
	t.Parallel()
	const post = "# Ship it\n\nwe ship ship small changes. They are easy to review.  Big ones are not. Nobody reads them.\n\n## Why\n\nBecause.\n\n## How\n\nOften.\n"
	for name, tc := range map[string]struct {
		task       actions.Task
		title, doc string
		want, note string
	}{
		"table of contents": {
			task: actions.TableOfContents{}, doc: post, note: "lists the headings",
			want: strings.Replace(post, "# Ship it\n", "# Ship it\n\n## Table of Contents\n\n- [Why](#why)\n- [How](#how)\n", 1),
		},
		"table of contents without headings": {task: actions.TableOfContents{}, doc: "text", want: "text", note: "nothing had to be changed"},
		"grammar": {
			task: actions.GrammarReview{}, doc: post, note: "words written twice",
			want: strings.NewReplacer("we ship ship", "We ship", "review.  Big", "review. Big").Replace(post),
		},
		"LinkedIn": {
			task: actions.LinkedInPosts{}, doc: post, note: "first sentences",
			want: "New on the blog: Ship it\n\nwe ship ship small changes. They are easy to review. Big ones are not.\n\nIn this article: Why, How.\n\nRead the full article on the blog.",
		},
		"the title of the post": {
			task: actions.LinkedInPosts{}, title: "Another\ntitle", doc: "Text.", note: "first sentences",
			want: "New on the blog: Another title\n\nText.\n\nRead the full article on the blog.",
		},
		"several on LinkedIn": {
			task: actions.LinkedInPosts{Number: 2}, title: "T", doc: "A one. B two. C three. D four.", note: "first sentences",
			want: "New on the blog: T\n\nA one. B two. C three.\n\nRead the full article on the blog.\n---\nFrom our article “T”:\n\nD four.\n\nRead the full article on the blog.",
		},
		"tweets": {
			task: actions.Tweets{}, doc: post, note: "first sentences",
			want: "New post: Ship it\n\nwe ship ship small changes.\n---\nThey are easy to review.\n\nFrom: Ship it",
		},
		"tweets about a title": {task: actions.Tweets{}, title: "T", want: "New post: T\n---\nNow on the blog: T", note: "first sentences"},
		"tweets about a text":  {task: actions.Tweets{Number: 1}, doc: "One sentence only.", want: "New post: One sentence only.", note: "first sentences"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			prompt := actions.Prompt{Task: tc.task, Title: tc.title, Document: tc.doc}
			text, err := actions.Offline{}.Generate(t.Context(), prompt)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, text.Content); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if text.Model != "offline" || !strings.Contains(text.Note, "offline, without a language model") || !strings.Contains(text.Note, tc.note) {
				t.Errorf("the text does not say how it was made: %+v", text)
			}
			if strings.Contains(text.Content, "offline") {
				t.Errorf("readers of the post would see how it was made: %s", text.Content)
			}
			if again, _ := (actions.Offline{}).Generate(t.Context(), prompt); again != text {
				t.Errorf("the same prompt gives another text: %+v", again)
			}
		})
	}
}

func TestOfflineTweetsFit(t *testing.T) {
	t.Parallel()
	sentences := make([]string, 40)
	for i := range sentences {
		sentences[i] = fmt.Sprintf("Sentence %d is%s.", i, strings.Repeat(" very long", i*4))
	}
	for name, prompt := range map[string]actions.Prompt{
		"long sentences": {Title: "T", Document: strings.Join(sentences, " ")},
		"a long title":   {Title: strings.Repeat("title ", 100), Document: strings.Join(sentences, " ")},
		"one long word":  {Title: strings.Repeat("x", 1000), Document: "Text."},
		"wide letters":   {Title: strings.Repeat("日本", 200), Document: "日本語。" + strings.Repeat("長い", 300)},
		"emojis":         {Title: strings.Repeat("🚀 ", 300)},
	} {
		for n := 1; n <= 10; n++ {
			prompt.Task = actions.Tweets{Number: n}
			text, err := actions.Offline{}.Generate(t.Context(), prompt)
			if err != nil {
				t.Fatal(err)
			}
			tweets := actions.SplitPosts(text.Content, 99)
			if strings.Contains(name, "sentences") && len(tweets) != n {
				t.Errorf("%s: %d tweets, want %d", name, len(tweets), n)
			}
			seen := make(map[string]bool)
			for i, tweet := range tweets {
				if strings.Contains(name, "sentences") && i > 0 && !strings.HasSuffix(tweet, "\n\nFrom: T") {
					t.Errorf("%s: tweet does not say what it is about: %q", name, tweet)
				}
				if length := actions.TweetLength(tweet); length > actions.MaxTweet || tweet == "" || seen[tweet] {
					t.Errorf("%s: tweet of length %d: %q", name, length, tweet)
				}
				seen[tweet] = true
			}
		}
	}
}

func TestTweetLength(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, "abc": 3, "äöü": 3, "日本": 4, "🚀": 2, "“x”": 3, "…": 2} {
		if got := actions.TweetLength(text); got != want {
			t.Errorf("length of %q is %d, want %d", text, got, want)
		}
	}
}

// translate is a task that no model of ours knows.
type translate struct{}

func (translate) TaskName() string { return "translate" }

func TestOfflineRefuses(t *testing.T) {
	t.Parallel()
	for _, prompt := range []actions.Prompt{{Task: translate{}}, {}} {
		_, err := actions.Offline{}.Generate(t.Context(), prompt)
		if !errors.Is(err, actions.ErrUnknownTask) || !workflowkit.IsNoRetryError(err) {
			t.Errorf("error is %v", err)
		}
	}
	long := actions.Prompt{Task: actions.GrammarReview{}, Document: strings.Repeat("![a](", 20_000)}
	if _, err := (actions.Offline{}).Generate(t.Context(), long); !errors.Is(err, actions.ErrDocumentTooLong) || !workflowkit.IsNoRetryError(err) {
		t.Errorf("error is %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (actions.Offline{}).Generate(ctx, actions.Prompt{Task: actions.GrammarReview{}}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}
