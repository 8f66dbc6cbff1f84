package actions

import (
	"context"
	"fmt"
	"strings"

	"github.com/workflowkit/workflowkit-go/actions/internal/markdown"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// OfflineModel is the name under which [Offline] signs its texts.
const OfflineModel = "offline"

// Offline is a [TextModel] that needs no service: a program that does what a program can do, and says so in
// [Text.Note]. Its tables of contents are as good as any. Its grammar review corrects spaces, words written twice and
// small letters at the start of sentences, and nothing else. Its LinkedIn posts and tweets are made of the title and the
// first sentences of a post. It is deterministic and ignores [Prompt.Instructions], so tone and style have no effect.
//
// The zero value is ready to use and safe for concurrent use.
type Offline struct{}

var _ TextModel = Offline{}

// Generate implements [TextModel]. Tasks that it does not know fail with [ErrUnknownTask], and posts of more than a
// megabyte, or of paragraphs that would take minutes to parse, with [ErrDocumentTooLong].
func (Offline) Generate(ctx context.Context, prompt Prompt) (Text, error) {
	if err := ctx.Err(); err != nil {
		return Text{}, err
	}
	if markdown.TooMuch(prompt.Document) {
		return Text{}, workflowkit.NoRetryError(fmt.Errorf("offline text model: %w", ErrDocumentTooLong))
	}
	text := Text{Model: OfflineModel}
	switch task := prompt.Task.(type) {
	case TableOfContents:
		task = task.withDefaults()
		text.Content = markdown.TableOfContents(prompt.Document, task.Heading, task.MaxDepth)
		text.Note = "Made offline, without a language model: the table of contents lists the headings of the post."
		if text.Content == prompt.Document {
			text.Note = "Made offline, without a language model: nothing had to be changed."
		}
	case GrammarReview:
		text.Content = markdown.Tidy(prompt.Document)
		text.Note = "Made offline, without a language model: only spaces, words written twice and capitals at the start of sentences were checked."
	case LinkedInPosts:
		text.Content = strings.Join(materialOf(prompt).linkedIn(task.withDefaults().Number), postBreak)
		text.Note = "Made offline, without a language model, from the title and the first sentences of the post."
	case Tweets:
		text.Content = strings.Join(materialOf(prompt).tweets(task.withDefaults().Number), postBreak)
		text.Note = "Made offline, without a language model, from the title and the first sentences of the post."
	default:
		name := "none"
		if task != nil {
			name = fmt.Sprintf("%q", task.TaskName())
		}
		return Text{}, workflowkit.NoRetryError(fmt.Errorf("offline text model: %w: %s", ErrUnknownTask, name))
	}
	return text, nil
}

// postBreak stands between two posts.
const postBreak = "\n" + PostSeparator + "\n"
