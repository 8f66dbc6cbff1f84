package actions

import (
	"errors"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Config is what the actions work with.
type Config struct {
	// Posts is where the blog posts live. It is required.
	Posts Posts
	// Model writes the texts. It is required; [ModelFromEnvironment] chooses one.
	Model TextModel
}

// The kinds of the actions, as workflows store them.
const (
	KindTableOfContents = "add_ToC"
	KindGrammarReview   = "grammar_review"
	KindWaitForApproval = "wait_for_approval"
	KindApplyChanges    = "apply_changes"
	KindLinkedInPosts   = "generate_linkedin_posts"
	KindTweets          = "generate_tweet_posts"
)

// New returns the six actions of the blog, in the order in which an editor should offer them. It returns an error if
// something required is missing.
func New(config Config) ([]workflowkit.Action, error) {
	switch {
	case config.Posts == nil:
		return nil, errors.New("actions: Posts is nil")
	case config.Model == nil:
		return nil, errors.New("actions: Model is nil")
	}
	b := &blog{posts: config.Posts, model: config.Model}
	return []workflowkit.Action{
		workflowkit.Define(workflowkit.Spec{
			Kind: KindTableOfContents, Name: "Add a Table of Contents", Description: "Add an AI-generated ToC",
			NeverWaits: true, Cost: steps(3),
		}, b.addTableOfContents),
		workflowkit.Define(workflowkit.Spec{
			Kind: KindGrammarReview, Name: "Perform a grammar review", Description: "Use OpenAI for grammar fixes",
			NeverWaits: true, Cost: steps(3),
		}, b.reviewGrammar),
		workflowkit.Define(workflowkit.Spec{
			Kind: KindWaitForApproval, Name: "Apply changes after approval", Description: "Request approval for changes",
			Cost: &workflowkit.Cost{
				Steps: workflowkit.Exactly(3), Waits: workflowkit.Exactly(1), Announced: workflowkit.Exactly(1), Bytes: workflowkit.AtLeast(0),
			},
		}, b.waitForApproval),
		workflowkit.Define(workflowkit.Spec{
			Kind: KindApplyChanges, Name: "Apply changes", Description: "Save the AI revisions",
			NeverWaits: true, Cost: steps(2),
		}, b.applyChanges),
		workflowkit.Define(workflowkit.Spec{
			Kind: KindLinkedInPosts, Name: "Generate LinkedIn posts", Description: "Generate LinkedIn posts",
			NeverWaits: true, Cost: steps(3),
		}, b.generateLinkedInPosts),
		workflowkit.Define(workflowkit.Spec{
			Kind: KindTweets, Name: "Generate Twitter posts", Description: "Generate Twitter posts",
			NeverWaits: true, Cost: steps(3),
		}, b.generateTweets),
	}, nil
}

// steps is the cost of an action that only executes steps. How long texts are depends on the post.
func steps(n int) *workflowkit.Cost {
	return &workflowkit.Cost{Steps: workflowkit.Exactly(n), Bytes: workflowkit.AtLeast(0)}
}

// blog holds what the handlers of the actions share.
type blog struct {
	posts Posts
	model TextModel
}
