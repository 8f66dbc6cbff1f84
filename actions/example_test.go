package actions_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// A post goes through a review, is approved after two hours, and published.
func Example() {
	posts := newMemory(actions.Post{ID: "1", Title: "Hello", Markdown: "# Hello\n\nthis is is it.\n\n## More\n\nText.\n"})
	all, err := actions.New(actions.Config{Posts: posts, Model: actions.Offline{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	engine, err := workflowkit.New(workflowkit.WithActions(all...), workflowkit.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		fmt.Println(err)
		return
	}
	updated, err := actions.PostUpdated("1")
	if err != nil {
		fmt.Println(err)
		return
	}
	approval, err := actions.Approval("1", true, "well done")
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := workflowkittest.Run(context.Background(), engine, updated,
		workflowkittest.WithWorkflow(`{
			"actions": [{"id": "1", "kind": "add_ToC"}, {"id": "2", "kind": "grammar_review"}, {"id": "3", "kind": "wait_for_approval"}],
			"edges": [{"from": "$source", "to": "1"}, {"from": "1", "to": "2"}, {"from": "2", "to": "3"}]
		}`),
		workflowkittest.WithEventAfter(2*time.Hour, approval))
	if err != nil {
		fmt.Println(err)
		return
	}
	post := posts.get("1")
	fmt.Printf("%s after %v:\n%s", post.Status, result.Elapsed, post.Markdown)
	// Output:
	// published after 2h0m0s:
	// # Hello
	//
	// ## Table of Contents
	//
	// - [More](#more)
	//
	// This is it.
	//
	// ## More
	//
	// Text.
}

func ExampleOffline() {
	text, err := actions.Offline{}.Generate(context.Background(), actions.Prompt{
		Task:     actions.Tweets{Number: 2},
		Title:    "Small changes",
		Document: "# Small changes\n\nSmall changes are easy to review. Big ones are not.\n",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(text.Content)
	fmt.Println()
	fmt.Println(text.Note)
	// Output:
	// New post: Small changes
	//
	// Small changes are easy to review.
	// ---
	// Big ones are not.
	//
	// From: Small changes
	//
	// Made offline, without a language model, from the title and the first sentences of the post.
}

func ExampleModelFromEnvironment() {
	environment := map[string]string{
		"LITELLM_API_KEY": "secret", "LITELLM_BASE_URL": "http://localhost:4000", "OPENAI_MODEL": "claude",
	}
	model, err := actions.ModelFromEnvironment(func(name string) string { return environment[name] }, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	if openai, ok := model.(*actions.OpenAI); ok {
		fmt.Println(openai.Model(), "at", openai.Host())
	}
	// Output:
	// claude at localhost:4000
}

func ExampleApproval() {
	event, err := actions.Approval("42", false, "too long")
	if err != nil {
		fmt.Println(err)
		return
	}
	raw, err := json.Marshal(event)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(raw))
	// Output:
	// {"name":"blog-post.approve-ai-suggestions","data":{"id":"42","approved":false,"reason":"too long"}}
}

func ExamplePostID() {
	for _, data := range []string{`{"id":"42"}`, `{"id":42}`} {
		var payload actions.PostEvent
		if err := json.Unmarshal([]byte(data), &payload); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(payload.ID)
	}
	// Output:
	// 42
	// 42
}

func ExampleParseTimeout() {
	for _, s := range []string{"", "1d 12h", "soon"} {
		fmt.Println(actions.ParseTimeout(s))
	}
	// Output:
	// 24h0m0s <nil>
	// 36h0m0s <nil>
	// 0s time to wait "soon" is not a number with a unit, such as "90m", "24h" or "1d"
}
