package cms

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/loader"
)

const (
	// FunctionID is the id of the function that runs the workflows, without that of the app.
	FunctionID = "blog-post-workflow"
	// eventPostReverted says that a review is not wanted any more. Only this application knows it.
	eventPostReverted = "blog-post.reverted"

	// samePost holds if two events are about the same post. Conversions are not allowed where it is used.
	samePost = "event.data.id == async.data.id"
	// newer holds for another event than the one that has started the run: an event can reach Inngest twice.
	newer = "event.id != async.id"

	maxReason = 1000
)

// function says how runs are started, replaced, cancelled and cleaned up after.
func (a *App) function(retries *int) inngest.Function {
	return inngest.Function{
		ID:      FunctionID,
		Name:    "Blog post workflow",
		Events:  []string{actions.EventPostUpdated, actions.EventPostPublished},
		Retries: retries,
		// A newer run for the same post and the same event replaces the older one. A singleton would do the same, but an
		// event that reaches Inngest twice would then cancel its own run and start none: see inngest.SingletonCancel.
		// Publishing also ends the review of the post; reviewing does not end what follows its publication.
		CancelOn: []inngest.CancelOn{
			{Event: actions.EventPostUpdated, If: `event.name == "` + actions.EventPostUpdated + `" && ` + newer + " && " + samePost},
			{Event: actions.EventPostPublished, If: newer + " && " + samePost},
			{Event: actions.EventPostUnpublished, If: samePost},
			{Event: eventPostReverted, If: samePost},
		},
		OnFailure:   a.runFailed,
		OnCancelled: a.runCancelled,
	}
}

// runFailed takes the post of a run that has failed for good out of its review and stores the reason on it.
func (a *App) runFailed(ctx context.Context, failure inngest.Failure) error {
	logger := a.logger.With("run_id", failure.RunID, "event", failure.Event.Name)
	logger.ErrorContext(ctx, "workflow run failed", "error", failure.Message)
	if err := a.closeRun(ctx, failure.RunID, (*loader.History).MarkFailed, reasonOf(failure.Message)); err != nil {
		return err
	}
	var payload actions.PostEvent
	if err := failure.Event.DecodeData(&payload); err != nil {
		logger.WarnContext(ctx, "the failed run was about no post", "error", err)
		return nil
	}
	id, err := loader.ParseID(string(payload.ID))
	if err != nil {
		logger.WarnContext(ctx, "the failed run was about no post", "error", err)
		return nil
	}
	_, err = a.db.Fail(ctx, id, failure.RunID, reasonOf(failure.Message))
	if errors.Is(err, loader.ErrNotFound) {
		logger.WarnContext(ctx, "the post of the failed run is gone", "post_id", id)
		return nil
	}
	return err
}

// runCancelled notes the end of a run that nobody has told the engine about.
func (a *App) runCancelled(ctx context.Context, c inngest.Cancellation) error {
	a.logger.InfoContext(ctx, "workflow run cancelled", "run_id", c.RunID, "event", c.Event.Name)
	return a.closeRun(ctx, c.RunID, (*loader.History).MarkCancelled, "It was cancelled: the post was sent to review again, published, or taken back.")
}

// closeRun notes in the history that a run is over. A run that had not begun is not in it.
func (a *App) closeRun(ctx context.Context, id string, mark func(*loader.History, context.Context, string, string) error, why string) error {
	if a.history == nil {
		return nil
	}
	if err := mark(a.history, ctx, id, why); err != nil && !errors.Is(err, loader.ErrNotFound) {
		return err
	}
	a.changes.tell()
	return nil
}

// reasonOf makes a text that can be stored and shown of whatever a run has failed with.
func reasonOf(message string) string {
	message = strings.TrimSpace(strings.ReplaceAll(message, "\x00", ""))
	message = strings.TrimPrefix(message, "unhandled step error: ") // what Inngest puts before every error of a step
	if len(message) <= maxReason {
		return message
	}
	end := maxReason
	for !utf8.RuneStart(message[end]) {
		end--
	}
	return message[:end] + "…"
}
