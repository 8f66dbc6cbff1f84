package cms

import (
	"context"
	"fmt"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// Recover makes drafts of the posts whose review ended with the process that ran it, and says so on each of them. It
// is to be called at start if Inngest runs inside the process, and never otherwise: a run on a server of its own has
// survived.
func (a *App) Recover(ctx context.Context) error {
	released, err := a.db.ReleasePosts(ctx, "The review was lost because the application was restarted. Send the post to review again.")
	if err != nil {
		return fmt.Errorf("release posts of lost runs: %w", err)
	}
	if len(released) > 0 {
		a.logger.WarnContext(ctx, "posts are drafts again because their runs ended with the previous process", "posts", released)
	}
	for _, status := range []store.Status{store.StatusRunning, store.StatusWaiting, store.StatusRetrying} {
		if err := a.endLostRuns(ctx, status); err != nil {
			return fmt.Errorf("end lost runs: %w", err)
		}
	}
	return nil
}

func (a *App) endLostRuns(ctx context.Context, status store.Status) error {
	if a.history == nil {
		return nil
	}
	for query := (store.RunQuery{Status: status}); ; {
		lost, err := a.history.ListRuns(ctx, query)
		if err != nil {
			return err
		}
		for _, run := range lost.Runs {
			if err := a.closeRun(ctx, run.ID, (*loader.History).MarkCancelled, "It ended with the process that ran it."); err != nil {
				return err
			}
		}
		if query.After = lost.Next; query.After == "" {
			return nil
		}
	}
}
