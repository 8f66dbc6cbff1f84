package actions

import (
	"context"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// TableOfContentsInput configures the action "add_ToC".
type TableOfContentsInput struct {
	// Heading is the heading of the table.
	Heading string `json:"heading,omitempty" jsonschema:"title=Heading,default=Table of Contents,maxLength=200" jsonschema_description:"What stands above the table of contents."`
	// MaxDepth is the deepest level of headings that the table lists.
	MaxDepth int `json:"maxDepth,omitempty" jsonschema:"title=Depth,default=3,minimum=2,maximum=6" jsonschema_description:"The deepest level of headings that the table lists: 2 for sections only."`
	// Instructions are further wishes, in words.
	Instructions string `json:"instructions,omitempty" jsonschema:"title=Instructions" jsonschema_description:"Further wishes for the language model." fieldType:"textarea"`
}

func (b *blog) addTableOfContents(ctx context.Context, run *workflowkit.Run, in TableOfContentsInput) (RevisionOutput, error) {
	task := TableOfContents{Heading: in.Heading, MaxDepth: in.MaxDepth}.withDefaults()
	return b.revise(ctx, run, "add-toc-to-article", task, lines(
		"You edit blog posts written in Markdown.",
		fmt.Sprintf("Insert a table of contents directly below the main heading of the post (its heading of level 1), under the heading %q at level 2. If the post has no main heading, put it first.", task.Heading),
		fmt.Sprintf("It is a nested list of links to the anchors of the headings, down to level %d, without the main heading. If the post has a table of contents already, replace it.", task.MaxDepth),
		"Change nothing else in the post.",
		wishes(in.Instructions),
		answerWithPost,
	))
}

// answerWithPost says how the answer of a revision has to look.
const answerWithPost = "Answer with the complete post in Markdown and nothing else: no introduction, no comments, no code fence around it."
