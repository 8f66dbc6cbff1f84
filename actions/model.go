package actions

import "context"

// TextModel writes text. [OpenAI] and [Offline] implement it. Implementations must be safe for concurrent use.
//
// Generate is called inside a durable step, so its errors are retried: wrap an error with [workflowkit.NoRetryError] if
// another attempt cannot help and with [workflowkit.RetryAtError] if the service said when to come back.
type TextModel interface {
	Generate(ctx context.Context, prompt Prompt) (Text, error)
}

// Prompt is what a text model is asked to do. Its parts are kept apart because they differ in who wrote them:
// Instructions come from this program and from the author of the workflow, Title and Document from whoever writes posts.
// A model must treat the latter as data, whatever they say; [Prompt.Messages] renders a prompt for a chat model
// accordingly.
type Prompt struct {
	// Task says what is wanted, with its parameters, for models that are programs: one of [TableOfContents],
	// [GrammarReview], [LinkedInPosts] and [Tweets], or a type of your own.
	Task Task
	// Instructions say the same in words, for models that read.
	Instructions string
	// Title is the post's title. It may be empty.
	Title string
	// Document is the post's text in Markdown.
	Document string
}

// Text is what a text model wrote.
type Text struct {
	// Content is the text, without anything around it.
	Content string `json:"content"`
	// Model names the model that wrote it, for instance "gpt-4o-mini" or "offline".
	Model string `json:"model"`
	// Note tells people what they should know about how the text was made. It may be empty.
	Note string `json:"note,omitempty"`
}

// Task is the kind of a piece of work for a text model. A type that implements it holds the work's parameters.
type Task interface {
	// TaskName is a short name for messages and logs, for instance "table of contents".
	TaskName() string
}

// TableOfContents asks for the document with a table of contents.
type TableOfContents struct {
	// Heading is the heading of the table. Empty means [DefaultTOCHeading].
	Heading string
	// MaxDepth is the deepest level of headings that the table lists, 2 to 6. Zero means [DefaultTOCDepth].
	MaxDepth int
}

// TaskName implements [Task].
func (TableOfContents) TaskName() string { return "table of contents" }

// GrammarReview asks for the document with corrected language.
type GrammarReview struct{}

// TaskName implements [Task].
func (GrammarReview) TaskName() string { return "grammar review" }

// LinkedInPosts asks for posts that announce the document on LinkedIn, separated by [PostSeparator].
type LinkedInPosts struct {
	// Number is how many. Zero means one.
	Number int
}

// TaskName implements [Task].
func (LinkedInPosts) TaskName() string { return "LinkedIn posts" }

// Tweets asks for tweets that announce the document, separated by [PostSeparator].
type Tweets struct {
	// Number is how many. Zero means [DefaultTweets].
	Number int
}

// TaskName implements [Task].
func (Tweets) TaskName() string { return "tweets" }

// PostSeparator is the line that stands between two posts where a model writes several.
const PostSeparator = "---"
