package server

import (
	"context"
	"log/slog"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest"
)

const (
	firstRetry = 500 * time.Millisecond
	lastRetry  = 30 * time.Second
)

// register tells the Inngest server about the application, as often as it takes, so that nothing but environment
// variables is needed in development. In cloud mode the operator says when: a deployment that is still being tested
// must not take over the functions.
func register(ctx context.Context, client *inngest.Client, url string, logger *slog.Logger) {
	if !client.Dev() {
		logger.InfoContext(ctx, "sync the app with Inngest after each release that changes its functions", "serve_path", url)
		return
	}
	for wait := firstRetry; ; wait = min(2*wait, lastRetry) {
		err := client.Sync(ctx, url)
		if err == nil || ctx.Err() != nil {
			return
		}
		logger.WarnContext(ctx, "app is not registered with Inngest yet; is the dev server running?", "error", err, "next_attempt_in", wait)
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}
