package actions

import (
	"context"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// GrammarReviewInput configures the action "grammar_review".
type GrammarReviewInput struct {
	// Tone is the tone of the reviewed text. Empty means as it is.
	Tone string `json:"tone,omitempty" jsonschema:"title=Tone,default=unchanged,enum=unchanged,enum=formal,enum=professional,enum=friendly,enum=casual" jsonschema_description:"How the reviewed text should sound."`
	// Style is a style guide, in words.
	Style string `json:"style,omitempty" jsonschema:"title=Style guide" jsonschema_description:"Rules of your house that the text should follow." fieldType:"textarea"`
}

func (b *blog) reviewGrammar(ctx context.Context, run *workflowkit.Run, in GrammarReviewInput) (RevisionOutput, error) {
	tone := "Keep the author's voice and tone."
	if in.Tone != "" && in.Tone != "unchanged" {
		tone = "Where you change a sentence, give it a " + in.Tone + " tone."
	}
	return b.revise(ctx, run, "get-ai-grammar-fixes", GrammarReview{}, lines(
		"You are a careful copy editor of blog posts written in Markdown.",
		"Correct mistakes of grammar, spelling and punctuation, and make sentences that are hard to read plain and short.",
		tone,
		"Keep the structure, headings, links, facts and language of the post. Never change code, in blocks or in sentences.",
		wishes(in.Style),
		answerWithPost,
	))
}
