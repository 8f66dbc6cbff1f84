package cms

import (
	"context"
	"time"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// noteTimeout is how long noting a run may take. A run must not wait for what is only shown.
const noteTimeout = 2 * time.Second

// observe notes which post a run is about, so that the post's page finds it, and wakes the pages that are open.
func (a *App) observe(ctx context.Context, t workflowkit.Transition) {
	if t.Type == workflowkit.RunStarted {
		a.noteRun(ctx, t)
	}
	a.changes.tell()
}

func (a *App) noteRun(ctx context.Context, t workflowkit.Transition) {
	var payload actions.PostEvent
	if t.Event.DecodeData(&payload) != nil {
		return // the first action says what is wrong with the event
	}
	id, err := loader.ParseID(string(payload.ID))
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	started := t.Time
	if started.IsZero() {
		started = time.Now()
	}
	if err := a.db.RecordPostRun(ctx, loader.PostRun{RunID: t.RunID, PostID: id, StartedAt: started}); err != nil {
		a.logger.WarnContext(ctx, "the run of a post was not noted, so its page does not show it", "run_id", t.RunID, "post_id", id, "error", err)
	}
}
