// Package actions holds the six actions of a blog that reviews and announces its posts with a language model. They work
// over two small interfaces: [Posts], where posts live, and [TextModel], what writes text. [OpenAI] and [Offline] are
// text models; package loader keeps posts in a database.
//
//	model, err := actions.ModelFromEnvironment(os.Getenv, slog.Default())
//	all, err := actions.New(actions.Config{Posts: posts, Model: model})
//	engine, err := workflowkit.New(workflowkit.WithActions(all...), workflowkit.WithLoader(workflows))
//
// # The actions
//
// Each starts with the step "load-blog-post", which loads the post that the run's event names in data.id, and goes on
// with the steps in the table. A workflow need not configure anything.
//
//	kind                     further steps
//	add_ToC                  add-toc-to-article, save-ai-revision
//	grammar_review           get-ai-grammar-fixes, save-ai-revision
//	wait_for_approval        wait-for-ai-suggestion-approval with update-blog-post-status,
//	                         then apply-ai-revision or discard-ai-revision
//	apply_changes            apply-ai-revision
//	generate_linkedin_posts  generate-linked-posts, save-ai-recommendations
//	generate_tweet_posts     generate-tweets, save-ai-recommendations
//
// # The working copy belongs to the run
//
// The first action of a run that revises a post starts from the post as it is. Each later one starts from the revision
// that this run has saved, whatever the actions' ids. A revision that another run left behind is never the start of
// anything, and is neither asked about nor applied: wait_for_approval and apply_changes fail with [ErrNoRevision] where
// this run has not revised the post, and leave the post as it is.
//
// Every write says which version of the post the run has seen, and a write that would overwrite a later one is refused
// with [ErrPostChanged]. So a post that a person edits while a run revises it, or while the run waits for approval,
// keeps the edit, and the run fails. For the same reason two branches of one workflow should not both revise the post:
// the later one to save would fail.
//
// # Approval
//
// wait_for_approval registers its wait before it sets the status "needs approval", so that an answer that is sent as
// soon as the status can be seen is received. The answer is the event [EventApproval] with the same id, as a string or
// as a number. It approves unless data.approved is something other than true, null or absent. Without an answer in time
// the revision is discarded. Ids that contain a quote, a backslash or a control character cannot be waited for, because
// Inngest cannot match them.
//
// # Text models
//
// The instructions to a model and the post are kept apart all the way: see [Prompt]. A model's answer can be wrong all
// the same, and a post can try to talk a model into anything, so a workflow that changes posts should wait for approval
// before it publishes. Errors of a service say whether another attempt can help: rate limits and failures of the
// service are tried again when the service says so; refused, truncated and impossible requests are not.
//
// [Offline] needs no service. Its texts carry a note that says how they were made, which goes to the log, to the
// action's output and, for LinkedIn posts and tweets, above the posts, but not into the text of the blog post.
//
// # Limits
//
// A post's text is in the results of up to three steps and in the output of each action that revises it, so a run stores
// it several times. [OpenAI] refuses posts of more than 64 KiB unless it is configured otherwise. Tweets of a language
// model are asked to fit, but not cut if they do not. A table of contents is recognised, and replaced, as a heading
// followed by a list of nothing but links into the post.
package actions
